"""What the routers about one file's circumstances are given."""

from typing import Protocol
from uuid import UUID

from gateway.domain.casework.scope import Scope
from schemas.circumstances import (
    Checked,
    CircumstancesEdit,
    CircumstancesView,
    PhotoOf,
    RiskView,
    RiskWish,
    VersionList,
)
from schemas.hotspots import HotspotPage, HotspotView, NewHotspot


class Circumstances(Protocol):
    """Circumstances of files. All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    async def current(self, scope: Scope, registration_id: UUID) -> CircumstancesView:
        """Return the newest version, opened; the look is recorded."""

    async def version(self, scope: Scope, registration_id: UUID, number: int) -> CircumstancesView:
        """Return one version as it was saved; the look is recorded."""

    async def save(self, scope: Scope, registration_id: UUID, edit: CircumstancesEdit) -> CircumstancesView:
        """Save the next version. Raises ``StaleVersion``, ``FieldInvalid``."""

    async def check(self, scope: Scope, registration_id: UUID, checked: Checked) -> CircumstancesView:
        """Confirm entries as of today, unchanged. Raises ``StaleVersion``, ``FieldInvalid``."""

    async def history(self, scope: Scope, registration_id: UUID, before: int | None) -> VersionList:
        """Return who saved which version when, and what it changed."""


class Risk(Protocol):
    """Risk levels of files. All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    async def wish(self, scope: Scope, registration_id: UUID, wish: RiskWish) -> RiskView:
        """Raise the level, or ask for a lower one. Raises ``StaleVersion``, ``NotAllowedNow``."""

    async def confirm(self, scope: Scope, registration_id: UUID, request_id: UUID) -> RiskView:
        """Lower the level as a second person. Raises ``NotAllowedNow``."""

    async def refuse(self, scope: Scope, registration_id: UUID, request_id: UUID) -> RiskView:
        """Leave the level as it is. Raises ``NotAllowedNow``."""


class PhotoReader(Protocol):
    """Tells a photo from what is none."""

    async def read(self, raw: bytes) -> bytes:
        """Return the picture as a small JPEG without metadata. Raises ``FieldInvalid``."""


class Photos(Protocol):
    """Photos of files. All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    async def save(
        self, scope: Scope, registration_id: UUID, of: PhotoOf, expected_version: int, photo: bytes | None
    ) -> CircumstancesView:
        """Put a photo into the file, or (None) take it out. Raises ``StaleVersion``, ``FieldInvalid``."""

    async def of_file(self, scope: Scope, registration_id: UUID, of: PhotoOf, version: int | None) -> bytes:
        """Return a photo of a file; the look is recorded."""

    async def of_alarm(self, scope: Scope, alarm_id: UUID, of: PhotoOf) -> bytes:
        """Return the photo of an open alarm, as of the press; the look is recorded."""


class Hotspots(Protocol):
    """Flags of one's teams. All raise ``DatabaseUnavailable``."""

    async def listed(self, scope: Scope, before: UUID | None, *, ended: bool) -> HotspotPage:
        """Return flags, the newest first; ``ended``: those that are no more, too."""

    async def set_by_hand(self, scope: Scope, wanted: NewHotspot) -> HotspotView:
        """Set a flag. Raises ``FieldInvalid``, ``NotFound``."""

    async def end(self, scope: Scope, hotspot_id: UUID) -> HotspotView:
        """End a flag that was set by hand. Raises ``NotFound``, ``NotAllowedNow``."""
