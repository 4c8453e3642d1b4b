"""What the routers about keeping files, and about evidence, are given."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.domain.casework.scope import Scope
from schemas.keeping import EraseWish, KeepingView


class Keeping(Protocol):
    """How files are kept. Raises ``DatabaseUnavailable``; ``NotFound`` for what is not in scope."""

    async def of(self, scope: Scope, registration_id: UUID) -> KeepingView:
        """Tell how a file is kept; the look is recorded."""

    async def hold(self, scope: Scope, registration_id: UUID, *, held: bool) -> KeepingView:
        """Hold a file, or release it. Raises ``NotAllowedNow`` for one that was erased."""

    async def erase(self, scope: Scope, registration_id: UUID, wish: EraseWish) -> KeepingView:
        """Erase a file for ever. Raises ``FieldInvalid`` and ``NotAllowedNow``."""


class FileExport(Protocol):
    """Exports files. Raises ``DatabaseUnavailable``; ``NotFound`` for what is not in scope."""

    async def of(self, scope: Scope, registration_id: UUID) -> bytes:
        """Return everything about a file, as a zip."""


class EvidenceMaker(Protocol):
    """Makes evidence. Raises ``DatabaseUnavailable``; ``NotFound`` for what is not in scope."""

    async def make(self, scope: Scope, alarm_id: UUID, language: str) -> bytes:
        """Return the signed bundle. Raises ``SealKeyRefused`` and ``NotAllowedNow``."""


@dataclass(frozen=True, kw_only=True)
class KeepingServices:
    """Holding, erasing, exporting files; evidence of alarms."""

    keeping: Keeping
    export: FileExport
    evidence: EvidenceMaker
