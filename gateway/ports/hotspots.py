"""Flags on addresses and telephone numbers, as whatever comes in is held against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from schemas.hotspots import HotspotKind
from schemas.position import Position


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A flag that something matched; ``registration_id`` None: it was set by hand."""

    hotspot_id: UUID
    centre: str
    kind: HotspotKind
    registration_id: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FreshAlarm:
    """An open real alarm with a position, that was not held against hotspots."""

    alarm_id: UUID
    centre: str
    registration_id: UUID
    reference: str
    position: Position


class HotspotFlags(Protocol):
    """Flags that are up in a centre. All raise ``DatabaseUnavailable``; nothing waits for them.

    ``number_flags`` and ``address_flags`` are for doors that bring calls and events: hand them what came
    in as it came, after it is committed, and annotate; never decide by it whether or when it is shown.
    """

    async def near(self, centre: str, position: Position) -> Sequence[Flag]:
        """Return the flags within whose circle somebody may be."""

    async def number_flags(self, centre: str, number: str) -> Sequence[Flag]:
        """Return the flags on a telephone number, however it is written; none for what is no number."""

    async def address_flags(self, centre: str, address: str) -> Sequence[Flag]:
        """Return the flags on an address, whatever its case, accents and punctuation."""


class KeptFlags(HotspotFlags, Protocol):
    """Flags that are kept as the files say."""

    async def reconcile(self) -> int:
        """Make the flags what the files say, end those whose day is over; return of how many files."""


class HotspotLooks(Protocol):
    """Which alarms were held against hotspots. All raise ``DatabaseUnavailable``."""

    async def fresh(self) -> Sequence[FreshAlarm]:
        """Return those that were not, the newest first."""

    async def looked(self, alarm: FreshAlarm) -> None:
        """Note that one was."""

    async def over(self) -> Sequence[tuple[str, str]]:
        """Return the notices of alarms that are over, or another centre's by now, as (centre, subject)."""
