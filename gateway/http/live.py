"""What the routers about alarms and operations are given; ``gateway.main`` puts it in ``app.state.live``."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, cast
from uuid import UUID

from starlette.requests import HTTPConnection

from dispatch.hub import Hub
from gateway.cancelling import Cancelling
from gateway.domain.casework.scope import Scope
from gateway.ports import AlarmQuery, FirstDelivery, History, Overviews, Units, Windows
from gateway.telemetry import Metrics
from schemas.alarm import AlarmView
from schemas.press import Purpose
from schemas.protection import ProtectionView
from schemas.timeline import AlarmNotes, Timeline
from schemas.track import Track


class Alarms(Protocol):
    """Alarms as read. All raise ``DatabaseUnavailable``."""

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""


class AlarmLooks(Protocol):
    """Alarms as a person looks at them: only those of her centres exist, and each look is written down.

    All raise ``DatabaseUnavailable``.
    """

    async def one(self, scope: Scope, alarm_id: UUID, what: str) -> AlarmView:
        """Return an alarm; ``what`` of it is looked at is written down. Raises ``NotFound``."""

    async def open_of(self, scope: Scope, purposes: Sequence[Purpose]) -> list[AlarmView]:
        """Return the open ones of her centres, oldest first."""

    async def closed(self, scope: Scope, query: AlarmQuery) -> list[AlarmView]:
        """Return closed ones, the one raised last first."""

    async def first_delivery(self, scope: Scope, alarm: AlarmView) -> FirstDelivery | None:
        """Return when an alarm was first drawn on a screen."""

    async def track(
        self,
        scope: Scope,
        alarm_id: UUID,
        before: datetime | None,
        limit: int,
        who: Literal["victim", "offender"],
    ) -> Track:
        """Return where she has been, or the offender."""

    async def notes(self, scope: Scope, alarm_id: UUID) -> AlarmNotes:
        """Return all notes, newest first."""

    async def timeline(self, scope: Scope, alarm_id: UUID) -> Timeline:
        """Return every event in the order of commit."""


class Protections(Protocol):
    """How registrations are protected. All raise ``DatabaseUnavailable``."""

    async def of_centres(
        self, centres: Collection[str], reader: UUID, *, whole: bool
    ) -> list[ProtectionView]:
        """Return the state of every real registration of these centres, the worst first.

        ``whole`` False: of the reader's own case teams alone.
        """

    async def of(self, registration_id: UUID, reader: UUID, *, whole: bool) -> ProtectionView | None:
        """Return one registration's; None when there is none, or it is not judged."""


@dataclass(slots=True)
class Health:
    """What the probes answer from; read without any I/O."""

    database: Callable[[], bool]
    spool: Callable[[], bool]
    started: bool = False
    draining: bool = False
    cut_off: bool = False

    @property
    def ready(self) -> bool:
        """Presses can be committed here, or kept while no other node could commit them."""
        can_take = self.database() or (self.spool() and not self.cut_off)
        return self.started and can_take and not self.draining


@dataclass(frozen=True, kw_only=True)
class Live:
    """The running node, as far as its routers need it."""

    hub: Hub
    alarms: Alarms
    looks: AlarmLooks
    history: History
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
