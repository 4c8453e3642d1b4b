"""Alarms as stored: the open ones, and looking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.centre import CentreView
from schemas.press import Purpose
from schemas.timeline import AlarmNotes, Timeline


class Alarms(Protocol):
    """Alarms as stored. Raises ``DatabaseUnavailable`` when they cannot be read now."""

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""


class BareAlarms(Protocol):
    """Alarms without their files. Raises ``DatabaseUnavailable``."""

    async def bare(self, alarm_ids: Sequence[UUID]) -> Mapping[UUID, AlarmView | None]:
        """Return those there are, None for one that cannot be read: enough to decide, and sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmQuery:
    """Which closed alarms are wanted: at most ``limit``, raised before the alarm ``before``."""

    purposes: Sequence[Purpose]
    awaiting_review: bool
    before: UUID | None
    limit: int


class History(Protocol):
    """Looking back. Raises ``DatabaseUnavailable``."""

    async def closed(self, centres: Sequence[str], query: AlarmQuery) -> list[AlarmView]:
        """Return closed alarms of these centres, the one raised last first."""

    async def notes(self, alarm_id: UUID) -> AlarmNotes:
        """Return all notes of an alarm, newest first."""

    async def timeline(self, alarm_id: UUID) -> Timeline:
        """Return every event of an alarm in the order of commit."""

    async def centres(self) -> list[CentreView]:
        """Return the centres there are, by code."""


@dataclass(frozen=True, slots=True)
class FirstDelivery:
    """When an alarm was first written to consoles, and first drawn on one."""

    fanned_out_at: datetime | None
    painted_at: datetime
    delivered_at: datetime
