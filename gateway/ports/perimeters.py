"""What is judged by perimeters, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from gateway.domain.perimeters.machine import Watch
from schemas.events import ConditionKind
from schemas.perimeters import Area, TamperedNear, TrackerRole, VictimTold
from schemas.position import Position
from schemas.press import Purpose
from schemas.protection import NoticeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class WornTracker:
    """A tracker that is worn, for one file."""

    tracker_id: UUID
    registration_id: UUID
    integrator_id: UUID
    integrator: str
    subject_hash: bytes
    role: TrackerRole
    centre: str
    reference: str
    number: int = 1
    of: int = 1
    """How many of its role are worn for the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgingPerimeter:
    """A perimeter that is in force today, opened. ``purpose``: that of an alarm that it raises."""

    perimeter_id: UUID
    version: int
    registration_id: UUID
    purpose: Purpose
    centre: str
    reference: str
    name: str
    area: Area
    ring_m: float
    trackers: frozenset[UUID]
    victim_told: VictimTold
    tampered_near: TamperedNear
    changed_at: datetime | None = None
    """What was heard before is judged by no term that was decided then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownWatch:
    """A watch as stored. ``version`` 0: there is no row yet."""

    watch: Watch = Watch()  # noqa: RUF009 (frozen)
    version: int = 0
    alarm_id: UUID | None = None
    distance_m: float | None = None


WatchKey = tuple[UUID, UUID]
"""Perimeter and tracker."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """Everything that fixes are judged by today, and the registrations of it that have an open alarm."""

    perimeters: tuple[JudgingPerimeter, ...] = ()
    trackers: tuple[WornTracker, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OverNotice:
    """A notice that is open though what it is about is over."""

    centre: str
    kind: NoticeKind
    subject: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighted:
    """A perimeter around a victim by which somebody is judged, and when this node knows that she was seen."""

    perimeter_id: UUID
    registration_id: UUID
    seen_at: datetime | None


class Sight(StrEnum):
    """What becomes of it. ``long_since``: that it sees again was told long enough."""

    BLIND = "blind"
    SEES = "sees"
    LONG_SINCE = "long_since"


@dataclass(frozen=True, kw_only=True, slots=True)
class SightChange:
    """What is not told yet. ``why``: ``no_tracker``, ``silent`` or ``no_fix`` of her own tracker."""

    perimeter_id: UUID
    to: Sight
    seen_at: datetime | None
    blind_since: datetime | None
    why: str


class Sights(Protocol):
    """Which perimeters around victims are blind, for all nodes. All raise ``DatabaseUnavailable``."""

    async def changes(self, sighted: Sequence[Sighted]) -> Sequence[SightChange]:
        """Write down when she was seen; return what is not told yet, again and again until it is noted."""

    async def note(self, change: SightChange) -> None:
        """Note that a change was told."""

    async def over(self, watched: Sequence[UUID]) -> Sequence[OverNotice]:
        """Return notices that are open about any other."""

    async def forget(self, watched: Sequence[UUID]) -> None:
        """Forget what is known of all others."""


class PerimeterBooks(Protocol):
    """What is in force. All raise ``DatabaseUnavailable``."""

    async def changed(self) -> Book | None:
        """Return the whole book, the first time and whenever it has changed; None: it has not."""

    async def watches(self) -> Sequence[tuple[WatchKey, KnownWatch]]:
        """Return watches that changed since it was last asked; all of them the first time."""

    async def with_alarm(self, registrations: Sequence[UUID]) -> frozenset[UUID]:
        """Return those that have an open alarm."""

    async def victims(self, registrations: Sequence[UUID]) -> Mapping[UUID, Position]:
        """Return where each of these victims was seen last: by her own tracker, or in her open alarm."""

    async def over(self) -> Sequence[OverNotice]:
        """Return notices that are open about what is watched no more."""

    async def forget(self) -> None:
        """Have the watches of perimeters and trackers that are no more begin from far."""

    async def arm_anew(self) -> None:
        """Have who is inside still raise an alarm anew, once that of his breach was closed for a while."""


class Watches(Protocol):
    """Where watches stand, for all nodes. All raise ``DatabaseUnavailable``."""

    async def record(self, key: WatchKey, since: datetime) -> "WatchRecord":
        """Return a watch as it is stored now, its last moves, and the tracker's fixes since."""

    async def move(
        self, key: WatchKey, registration_id: UUID, seen: KnownWatch, to: KnownWatch
    ) -> KnownWatch | None:
        """Store ``to`` in the place of ``seen``; None: somebody else moved it since."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackerFix:
    """One fix of a tracker on our clock. ``radius_m`` is at 95 %; ``position`` keeps what was sent."""

    tracker_id: UUID
    position: Position
    radius_m: float | None
    received_at: datetime
    flags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A tracker was heard, and maybe says how it is. ``condition`` None: it said nothing of that."""

    tracker_id: UUID
    at: datetime
    condition: ConditionKind | None = None
    battery_pct: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchRecord:
    """A watch for all nodes. ``told``: its last moves, the oldest first, the last of them as it stands."""

    stored: KnownWatch = KnownWatch()
    told: tuple[Watch, ...] = ()
    fixes: tuple[TrackerFix, ...] = ()


class TrackerFixes(Protocol):
    """Where fixes of trackers are kept. All raise ``Overloaded`` and ``CannotCommit``."""

    async def keep(self, fixes: Sequence[TrackerFix]) -> None:
        """Return once they are committed; those of an open alarm are with it, and shown."""


class TrackerStates(Protocol):
    """How trackers are. All raise ``DatabaseUnavailable``."""

    async def heard(self, heard: Sequence[Heard]) -> frozenset[UUID]:
        """Write down that they were heard; return those that had been silent."""

    async def silent(self, limit: int) -> Sequence[UUID]:
        """Return trackers that are silent and were not said to be; the same one again until it is noted."""

    async def note_silent(self, tracker_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Note that their silence was told; return those that are silent still."""
