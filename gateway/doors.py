"""The part of the composition root for other systems: doors in, doors out, perimeters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from gateway.door_metrics import DoorMetrics
from gateway.doors_events import EventsIn
from gateway.doors_formats import format_doors
from gateway.doors_gear import GearIn
from gateway.doors_ground import Callers, Ground
from gateway.doors_out import DoorsOut
from gateway.doors_perimeters import PerimeterParts
from gateway.enduring import enduring
from gateway.http.doors.events import PATH as EVENTS_PATH
from gateway.http.doors.principal import Principals
from gateway.http.doors.scaip import PATH as SCAIP_PATH
from gateway.http.doors.services import DoorServices
from gateway.http.front import Application
from gateway.ports import Effects
from gateway.rereading import Reread
from gateway.store.doors.credentials import PostgresCredentials
from gateway.store.doors.integrators import PostgresIntegrators


@dataclass(frozen=True, kw_only=True)
class Doors:
    """What ``gateway.main`` needs of it. ``paths``: what is served past FastAPI, by its path."""

    services: DoorServices
    effects: Effects
    paths: Mapping[str, Application]
    loops: tuple[Callable[[], Any], ...]
    rereads: Mapping[str, Reread]

    @classmethod
    def of(cls, ground: Ground) -> Self:
        """Put it together; nothing runs yet."""
        settings, pool, clock = ground.settings, ground.pool, ground.clock
        measured = DoorMetrics(ground.metrics.registry)
        integrators = PostgresIntegrators(pool, ground.streaming.keyring, clock)
        credentials = PostgresCredentials(pool, ground.streaming.keyring, clock)
        principals = Principals(
            integrators, credentials, clock=clock, public_urls=settings.public_urls, metrics=measured
        )
        callers = Callers(integrators=integrators, principals=principals, measured=measured)
        perimeters = PerimeterParts.of(ground, measured)
        events = EventsIn.of(ground, callers, trackers=perimeters.lane)
        gear = GearIn.of(ground, callers, events.intake)
        out = DoorsOut.of(ground)
        return cls(
            services=DoorServices(
                integrators=integrators,
                credentials=credentials,
                principals=principals,
                metrics=measured,
                streams=out.streams,
                bodies=out.bodies,
                locations=out.locations,
            ),
            effects=ground.effects,
            paths={
                EVENTS_PATH: events.door,
                **format_doors(ground, callers, events),
                SCAIP_PATH: gear.scaip,
            },
            loops=(
                enduring(credentials.run),
                *events.loops,
                *gear.loops,
                *perimeters.loops,
                *out.loops,
            ),
            rereads={**gear.rereads, **out.rereads},
        )
