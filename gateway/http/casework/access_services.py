"""What the routers about who may look, and who looked, are given."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.casework.looking import LooksQuery
from gateway.domain.casework.scope import Scope
from gateway.domain.throttle import Throttle
from schemas.access import (
    AnomalyView,
    DenialView,
    DenialWish,
    FileAccess,
    FileGlassWish,
    GlassView,
    GlassWish,
    LooksPage,
    NeedToKnow,
)


class Glass(Protocol):
    """Asking to see a file. All raise ``DatabaseUnavailable``."""

    async def newest(self, scope: Scope) -> tuple[GlassView, ...]:
        """Return what this person asked for, may answer, or audits."""

    async def ask(
        self, scope: Scope, wish: FileGlassWish | GlassWish, registration_id: UUID | None = None
    ) -> GlassView:
        """Ask to see a file. Raises ``FieldInvalid``."""

    async def answer(self, scope: Scope, glass_id: UUID, *, allowed: bool) -> GlassView:
        """Let her in, or not. Raises ``NotFound`` and ``NotAllowedNow``."""


class NeedsToKnow(Protocol):
    """One file, to who must know it. Raises ``DatabaseUnavailable``."""

    async def of(self, scope: Scope, registration_id: UUID) -> NeedToKnow:
        """Show it. Raises ``NotFound``."""


class Denials(Protocol):
    """From whom files are kept. All raise ``NotFound`` and ``DatabaseUnavailable``."""

    async def of(self, scope: Scope, registration_id: UUID) -> FileAccess:
        """Return who may not see a file, who asked to, and who there is."""

    async def deny(self, scope: Scope, registration_id: UUID, wish: DenialWish) -> DenialView:
        """Keep it from somebody. Raises ``FieldInvalid`` and ``NotAllowedNow``."""

    async def admit(self, scope: Scope, registration_id: UUID, denial_id: UUID) -> None:
        """Lift it, as a second person. Raises ``NotAllowedNow``."""


class LookLog(Protocol):
    """Who looked. All raise ``DatabaseUnavailable``."""

    async def audit(self, scope: Scope, query: LooksQuery) -> LooksPage:
        """Return looks in this auditor's centres."""

    async def of_file(self, scope: Scope, query: LooksQuery) -> LooksPage:
        """Return who looked at a file, to its case team. Raises ``NotFound``."""

    async def told(
        self, scope: Scope, registration_id: UUID, language: str, made: datetime, *, names: bool
    ) -> str:
        """Return who looked at her file, for the victim herself. Raises ``NotFound``."""


class Anomalies(Protocol):
    """What is odd about how people look. All raise ``DatabaseUnavailable``."""

    async def newest(self, scope: Scope) -> tuple[AnomalyView, ...]:
        """Return what was odd in this person's centres, never what is about herself."""

    async def plant(self, scope: Scope, registration_id: UUID, *, on: bool) -> None:
        """Make a file one about nobody, or one like others. Raises ``NotFound``."""


@dataclass(frozen=True, kw_only=True)
class AccessServices:
    """What ``gateway.http.casework.access`` uses, as ports."""

    glass: Glass
    knowing: NeedsToKnow
    denials: Denials
    looks: LookLog
    anomalies: Anomalies
    # In earnest one asks for one file; whoever tries out references is through in a moment.
    asking: Throttle = field(default_factory=lambda: Throttle(burst=5, every_s=60))
