"""Buttons and phones as stored: what a person sees of them, and what she does with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.casework.consignment import Consignment
from gateway.domain.casework.scope import Scope
from schemas.devices import (
    CompanionView,
    DeviceActRequest,
    DeviceHistory,
    DeviceKind,
    DeviceModel,
    DevicePage,
    DeviceState,
    DeviceSummary,
    DeviceView,
    FileDevices,
    IdleReport,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceQuery:
    """Which devices are wanted: at most ``limit``, by serial number, behind the device ``after``.

    ``scanned``: what a scanner typed, a serial number or a button's id. ``text``: a part of one.
    ``battery_below``: only with a battery that is known to have less, in percent.
    """

    team: str | None = None
    kind: DeviceKind | None = None
    state: DeviceState | None = None
    scanned: str | None = None
    text: str | None = None
    battery_below: int | None = None
    after: UUID | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleLimits:
    """After how many days a device counts as unused."""

    silent_days: int
    stock_days: int
    unwiped_days: int


class Devices(Protocol):
    """Devices. A scope None is the machine's own administrator. Raises ``DatabaseUnavailable``."""

    async def page(self, scope: Scope | None, query: DeviceQuery) -> DevicePage:
        """Return those that are wanted."""

    async def export(self, scope: Scope | None, query: DeviceQuery) -> tuple[DeviceView, ...]:
        """Return all that are wanted, however many; that they left is written down."""

    async def summary(self, scope: Scope | None) -> DeviceSummary:
        """Count them, by team, kind and state."""

    async def idle(self, scope: Scope | None, limits: IdleLimits) -> IdleReport:
        """Return those that lie unused, the longest first."""

    async def history(self, scope: Scope | None, device_id: UUID) -> DeviceHistory:
        """Return one with all that was done with it. Raises ``NotFound``."""

    async def models(self, scope: Scope | None) -> tuple[DeviceModel, ...]:
        """Return the models that are known."""


class DeviceActs(Protocol):
    """What people do with devices. Raises ``DatabaseUnavailable``."""

    async def act(self, scope: Scope | None, device_id: UUID, wanted: DeviceActRequest) -> DeviceView:
        """Do it and write it down, or refuse it and change nothing.

        Raises:
            NotFound: there is no such device here, or no such file, team or companion.
            StaleVersion: it has changed since it was seen.
            NotYours, NotAllowedNow, FieldInvalid: as ``gateway.domain.casework.devices`` decides.
        """

    async def receive(
        self, scope: Scope | None, content: bytes, *, team: str | None, dry_run: bool
    ) -> Consignment:
        """Read a consignment and, unless anything is wrong in it or ``dry_run``, receive all of it."""


class FileCompanions(Protocol):
    """The companions and devices of a file. Raises ``DatabaseUnavailable``."""

    async def of(self, scope: Scope, registration_id: UUID) -> FileDevices:
        """Return them. Raises ``NotFound``."""

    async def new_code(
        self, scope: Scope, registration_id: UUID, device_id: UUID | None
    ) -> tuple[str, datetime]:
        """Make a one-time enrolment code; return it and when it expires.

        Raises ``NotFound``; ``NotAllowedNow`` when the phone is not with this file.
        """

    async def revoke(self, scope: Scope, companion_id: UUID) -> CompanionView:
        """Refuse a companion from now on; again changes nothing. Raises ``NotFound``."""
