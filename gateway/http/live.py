"""What the routers about alarms and operations are given; ``gateway.main`` puts it in ``app.state.live``."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

from starlette.requests import HTTPConnection

from dispatch.hub import Hub
from gateway.cancelling import Cancelling
from gateway.ports import FirstDelivery, History, Overviews, Tracks, Units, Windows
from gateway.telemetry import Metrics
from schemas.alarm import AlarmView
from schemas.protection import ProtectionView


class Alarms(Protocol):
    """Alarms as read. All raise ``DatabaseUnavailable``."""

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""

    async def open_of(self, centres: tuple[str, ...]) -> list[AlarmView]:
        """Return the open alarms of these centres, oldest first."""

    async def first_delivery(self, alarm: AlarmView) -> FirstDelivery | None:
        """Return when the alarm was first drawn on a screen."""


class Protections(Protocol):
    """How registrations are protected. All raise ``DatabaseUnavailable``."""

    async def of_centres(self, centres: Collection[str]) -> list[ProtectionView]:
        """Return the state of every real registration of these centres, the worst first."""

    async def of(self, registration_id: UUID) -> ProtectionView | None:
        """Return one registration's; None when there is none, or it is not judged."""


@dataclass(slots=True)
class Health:
    """What the probes answer from; read without any I/O."""

    database: Callable[[], bool]
    started: bool = False
    draining: bool = False

    @property
    def ready(self) -> bool:
        """Presses can be committed here."""
        return self.started and self.database() and not self.draining


@dataclass(frozen=True, kw_only=True)
class Live:
    """The running node, as far as its routers need it."""

    hub: Hub
    alarms: Alarms
    history: History
    tracks: Tracks
    units: Units
    windows: Windows
    protections: Protections
    overviews: Overviews
    cancelling: Cancelling
    health: Health
    metrics: Metrics


def live_of(connection: HTTPConnection) -> Live:
    """Return what ``gateway.main`` gave the application."""
    return cast("Live", connection.app.state.live)
