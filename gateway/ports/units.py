"""The units that centres send."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from gateway.ports.changes import RequestKey
from schemas.session import OperatorName
from schemas.unit import NewUnit, UnitChange, UnitView


class Units(Protocol):
    """The units of the centres. Raises ``DatabaseUnavailable``."""

    async def find(self, unit_id: UUID) -> UnitView | None:
        """Return a unit."""

    async def of_centres(self, centres: Sequence[str]) -> list[UnitView]:
        """Return the units of these centres, by centre and name."""

    async def add(self, unit: NewUnit, by: OperatorName | None) -> UnitView:
        """Make a unit. Raises ``UnknownCentre``, and ``FieldInvalid`` for a name that is taken."""

    async def change(self, unit: UnitView, wanted: UnitChange, by: OperatorName | None) -> UnitView:
        """Change a unit. Raises ``NotAllowedNow`` while it serves, ``FieldInvalid`` for a taken name."""

    async def set_duty(self, unit: UnitView, on_duty: bool, by: OperatorName, request: RequestKey) -> None:  # noqa: FBT001 (the fact itself)
        """Put it on or off duty. Raises ``NotAllowedNow`` while it serves an alarm."""
