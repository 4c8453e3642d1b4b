"""Fixes on their way in, and the tracks they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from gateway.domain.track import Followed, PlacedFix, ShownFix
from schemas.track import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class FixBatch:
    """Fixes that a companion sends for an alarm, under a nonce that it signed."""

    alarm_id: UUID
    companion_id: UUID
    registration_id: UUID
    nonce: str
    received_at: datetime
    fixes: tuple[PlacedFix, ...]


class BatchFate(StrEnum):
    """What became of a batch. ``unknown``: there is no such alarm of hers."""

    TAKEN = "taken"
    REPLAYED = "replayed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a batch and its fixes. ``unwanted``: fixed while the alarm was not followed."""

    fate: BatchFate
    stored: int
    known: int
    unwanted: int
    followed: Followed
    at: datetime


class FixWriter(Protocol):
    """Where fixes become durable."""

    async def keep(self, batch: FixBatch) -> Kept:
        """Return once its fixes are committed.

        Raises ``Overloaded`` when too many wait already, and ``CannotCommit`` when they are not known
        to be committed in time: the companion keeps them and sends them again.
        """


class Tracks(Protocol):
    """Tracks as stored. Raises ``DatabaseUnavailable``."""

    async def read(self, alarm_id: UUID, before: datetime | None, limit: int) -> Track:
        """Return the newest ``limit`` fixes before an instant, in time order, and the last of all."""


class NewestFixes(Protocol):
    """Where victims are now. Raises ``DatabaseUnavailable``."""

    async def newest(self, alarm_ids: Sequence[UUID]) -> dict[UUID, tuple[ShownFix, ...]]:
        """Return the last few fixes of each that has any, newest first."""

    async def silent(self, for_s: float, limit: int) -> Sequence[UUID]:
        """Return alarms that are followed live and had no fix for so long, the longest first."""
