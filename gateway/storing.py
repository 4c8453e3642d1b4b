"""The part of the composition root that stores: the PostgreSQL adapters that parts share, their loops."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from gateway.measuring import judge_delivery
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.store.alarms import PostgresAlarms
from gateway.store.canaries import keep_canaries_few
from gateway.store.casework.alarm_looks import PostgresAlarmLooks
from gateway.store.changes import PostgresChanges
from gateway.store.companions import Companions
from gateway.store.connect import Connection, Pool, connect
from gateway.store.deliveries import PostgresDeliveries
from gateway.store.history import PostgresHistory
from gateway.store.housekeeping import keep_house
from gateway.store.notices import PostgresNotices
from gateway.store.oidc_sign_ins import OidcSignIns
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.units import PostgresUnits
from gateway.store.windows import PostgresWindows
from gateway.store.writer import Writers
from gateway.streaming import Streaming
from gateway.telemetry import Metrics


@dataclass(frozen=True, kw_only=True)
class Storing:
    """What the other parts read and commit with."""

    alarms: PostgresAlarms
    looks: PostgresAlarmLooks
    history: PostgresHistory
    changes: PostgresChanges
    units: PostgresUnits
    notices: PostgresNotices
    windows: PostgresWindows
    deliveries: PostgresDeliveries
    writers: Writers
    companions: Companions
    registrations: Registrations
    operators: Operators
    sign_ins: OidcSignIns
    loops: tuple[Callable[[], Any], ...]

    @classmethod
    def of(
        cls,
        settings: Settings,
        database: str,
        pool: Pool,
        streaming: Streaming,
        clock: Clock,
        metrics: Metrics,
    ) -> Self:
        """Put it together; nothing runs yet, and ``companions`` are yet to be loaded."""
        viewer, keyring, publish = streaming.viewer, streaming.keyring, streaming.publish
        notices, companions = PostgresNotices(pool, viewer, publish), Companions(pool, clock)
        metrics.companions_known.set_function(lambda: companions.known)
        windows = PostgresWindows(pool, notices)
        operators = Operators(pool, clock, settings.session_hours, settings.session_watch_hours)
        deliveries = PostgresDeliveries(pool, clock, partial(judge_delivery, settings, metrics))
        writers = Writers(streaming.centres, partial(_connect, database), viewer, publish, metrics)
        return cls(
            alarms=PostgresAlarms(pool, viewer),
            looks=PostgresAlarmLooks(pool, viewer, keyring, clock),
            history=PostgresHistory(pool, viewer, keyring),
            changes=PostgresChanges(pool, viewer, keyring, publish, metrics),
            units=PostgresUnits(pool, viewer, publish),
            notices=notices,
            windows=windows,
            deliveries=deliveries,
            writers=writers,
            companions=companions,
            registrations=Registrations(pool, keyring, clock),
            operators=operators,
            sign_ins=OidcSignIns(pool, clock),
            loops=(
                writers.run,
                deliveries.run,
                companions.run,
                windows.run,
                partial(keep_house, operators),
                partial(keep_canaries_few, pool),
            ),
        )


async def _connect(database: str, centre: str) -> Connection:
    """Open the connection that the writer of a centre holds."""
    return await connect(database, application_name=f"msa writer {centre}")
