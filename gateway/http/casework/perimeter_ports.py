"""What the routers about perimeters and trackers are given."""

from typing import Protocol
from uuid import UUID

from gateway.domain.casework.scope import Scope
from schemas.perimeters import (
    NewPerimeter,
    NewTracker,
    PerimeterChange,
    PerimeterDecided,
    PerimeterEnded,
    PerimeterList,
    PerimeterView,
    TrackerList,
    TrackerSwap,
    TrackerView,
)


class Perimeters(Protocol):
    """Perimeters of files. All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    async def listed(self, scope: Scope, before: UUID | None, *, ended: bool) -> PerimeterList:
        """Return those of all files in scope, the newest first; the look is recorded."""

    async def of_file(self, scope: Scope, registration_id: UUID) -> PerimeterList:
        """Return a file's; the look is recorded."""

    async def get(self, scope: Scope, perimeter_id: UUID) -> PerimeterView:
        """Return one; the look is recorded."""

    async def create(self, scope: Scope, registration_id: UUID, new: NewPerimeter) -> PerimeterView:
        """Draft one, or put it into force. Raises ``NotYours``, ``FieldInvalid``."""

    async def change(self, scope: Scope, perimeter_id: UUID, change: PerimeterChange) -> PerimeterView:
        """Change it. Raises ``StaleVersion``, ``NotAllowedNow``, ``NotYours``, ``FieldInvalid``."""

    async def decide(self, scope: Scope, perimeter_id: UUID, decided: PerimeterDecided) -> PerimeterView:
        """Put a draft into force. Raises ``StaleVersion``, ``NotAllowedNow``, ``NotYours``."""

    async def end(self, scope: Scope, perimeter_id: UUID, ended: PerimeterEnded) -> PerimeterView:
        """End it. Raises ``StaleVersion``, ``NotAllowedNow``, ``NotYours``."""


class FileTrackers(Protocol):
    """Trackers of files. All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    async def of_file(self, scope: Scope, registration_id: UUID) -> TrackerList:
        """Return a file's trackers; the look is recorded."""

    async def add(self, scope: Scope, registration_id: UUID, new: NewTracker) -> TrackerView:
        """Put one on. Raises ``FieldInvalid``, ``NotAllowedNow``."""

    async def swap(self, scope: Scope, tracker_id: UUID, new: TrackerSwap) -> TrackerView:
        """Put another in its place; return that. Raises ``FieldInvalid``, ``NotAllowedNow``."""

    async def end(self, scope: Scope, tracker_id: UUID) -> TrackerView:
        """Take it off. Raises ``NotAllowedNow``."""
