"""What events need to know, and to leave, beside alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.integrators import Integrator
from schemas.events import DeviceCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file as a notice names it."""

    registration_id: UUID
    centre: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAlarm:
    """An alarm that is closed, and since when."""

    alarm_id: UUID
    at: datetime


class OpenAlarms(Protocol):
    """Whose alarms are open. Raises ``DatabaseUnavailable``."""

    async def open_of(self, registration_id: UUID) -> Sequence[UUID]:
        """Return a registration's open alarms, the real one first, then the newest."""

    async def closed_since(self, registration_id: UUID, at: datetime) -> bool:
        """Whether an alarm of hers was closed since then."""

    async def closed_last(self, registration_ids: Sequence[UUID], since: datetime) -> ClosedAlarm | None:
        """Return the alarm of any of these that was closed last since then, a real one before any other."""

    async def named(self, registration_ids: Sequence[UUID]) -> Mapping[UUID, NamedFile]:
        """Return how the files are named; those that are gone are left out."""


class LifeSigns(Protocol):
    """Devices that say by an integrator that they live. Raises ``DatabaseUnavailable``."""

    async def hear(
        self, integrator: Integrator, registration_id: UUID, condition: DeviceCondition, at: datetime
    ) -> None:
        """Supervise the device from now on; what is a fault is written down before this returns."""
