"""The part of the composition root for the case teams: files, devices, reports, statistics, audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from gateway.casework_mail import CaseworkMail
from gateway.enduring import enduring
from gateway.hotspot_watch import HotspotWatch
from gateway.http.casework.access_services import AccessServices
from gateway.http.casework.services import CaseworkServices
from gateway.keeping import keeping_of
from gateway.look_watch import LookWatch
from gateway.photos import PhotoReader
from gateway.ports import Clock, Notices
from gateway.rereading import Reread
from gateway.retention_file import retention_of
from gateway.sealing_log import sealer_key, sealer_of
from gateway.settings import Settings
from gateway.store.casework.anomalies import PostgresAnomalies
from gateway.store.casework.board import PostgresBoard
from gateway.store.casework.circumstances import PostgresCircumstances
from gateway.store.casework.denials import PostgresDenials
from gateway.store.casework.device_acts import PostgresDeviceActs
from gateway.store.casework.device_watch import DeviceWatch
from gateway.store.casework.devices import PostgresDevices
from gateway.store.casework.file_companions import PostgresFileCompanions
from gateway.store.casework.files import PostgresFiles
from gateway.store.casework.glass import PostgresGlass
from gateway.store.casework.hotspot_flags import PostgresHotspotFlags
from gateway.store.casework.hotspot_looks import PostgresHotspotLooks
from gateway.store.casework.hotspot_seal import Blinds
from gateway.store.casework.hotspots import PostgresHotspots
from gateway.store.casework.lives import PostgresLives, Terms
from gateway.store.casework.look_log import PostgresLookLog
from gateway.store.casework.need_to_know import PostgresNeedToKnow
from gateway.store.casework.photos import PostgresPhotos
from gateway.store.casework.reminding import Reminding
from gateway.store.casework.retaining import Retaining
from gateway.store.casework.review_watch import ReviewWatch
from gateway.store.casework.risk import PostgresRisk
from gateway.store.casework.statistics import PostgresStatistics
from gateway.store.casework.teams import PostgresTeams
from gateway.store.companions import Companions
from gateway.store.connect import Pool
from gateway.store.doors.perimeter_seal import SubjectHashes
from gateway.store.doors.perimeters import PostgresPerimeters
from gateway.store.doors.trackers import PostgresFileTrackers
from gateway.store.sealing import Keyring
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Casework:
    """What ``gateway.main`` needs of it."""

    services: CaseworkServices
    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    def of(
        cls,
        settings: Settings,
        pool: Pool,
        keyring: Keyring,
        companions: Companions,
        notices: Notices,
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing runs yet."""
        intervals = settings.review_intervals
        mail = CaseworkMail.of(settings, pool, keyring, clock, metrics)
        terms = Terms(urgent_decision_days=settings.urgent_decision_days)
        anomalies = PostgresAnomalies(pool)
        sealer = sealer_of(settings, pool, clock, metrics)
        device_acts = PostgresDeviceActs(pool, clock, companions.forget)
        circumstances = PostgresCircumstances(pool=pool, keyring=keyring, clock=clock, intervals=intervals)
        blinds = Blinds(keyring)
        flags = PostgresHotspotFlags(pool=pool, keyring=keyring, clock=clock, blinds=blinds)
        return cls(
            services=CaseworkServices(
                teams=PostgresTeams(pool),
                board=PostgresBoard(pool),
                tellings=mail.tellings,
                reports=mail.reports,
                access=_access(pool, keyring, notices, anomalies),
                keeping=keeping_of(settings, pool, keyring, sealer, clock),
                circumstances=circumstances,
                photos=PostgresPhotos(files=circumstances),
                photo_reader=PhotoReader(),
                hotspots=PostgresHotspots(pool=pool, keyring=keyring, clock=clock, blinds=blinds),
                perimeters=PostgresPerimeters(pool=pool, keyring=keyring, clock=clock),
                trackers=PostgresFileTrackers(
                    pool=pool, keyring=keyring, clock=clock, hashes=SubjectHashes(keyring)
                ),
                risk=PostgresRisk(pool=pool, keyring=keyring, clock=clock, intervals=intervals),
                files=PostgresFiles(pool, keyring, clock, terms),
                lives=PostgresLives(pool, keyring, clock, terms, companions.forget),
                devices=PostgresDevices(pool),
                device_acts=device_acts,
                companions=PostgresFileCompanions(pool, clock, companions.forget),
                statistics=PostgresStatistics(pool, clock),
            ),
            loops=tuple(
                enduring(loop)
                for loop in (
                    sealer.run,
                    Retaining(pool=pool, clock=clock, retention=retention_of(settings)).run,
                    DeviceWatch(pool, device_acts, clock).run,
                    Reminding(pool, keyring, clock, terms, notices).run,
                    LookWatch(anomalies, notices, metrics).run,
                    *mail.loops,
                    ReviewWatch(pool=pool, clock=clock, intervals=intervals, notices=notices).run,
                    HotspotWatch(flags, PostgresHotspotLooks(pool=pool), notices).run,
                )
            ),
            rereads={} if sealer.key is None else {"seal_key": partial(sealer_key, settings, sealer)},
        )


def _access(pool: Pool, keyring: Keyring, notices: Notices, anomalies: PostgresAnomalies) -> AccessServices:
    glass = PostgresGlass(pool, keyring, notices)
    return AccessServices(
        glass=glass,
        knowing=PostgresNeedToKnow(pool, keyring),
        denials=PostgresDenials(pool, keyring, glass),
        looks=PostgresLookLog(pool),
        anomalies=anomalies,
    )
