"""Units: found, made, renamed, put on and off duty; each change is an event of its centre's stream."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from dispatch.ports import Logged
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound, UnknownCentre
from gateway.ports import RequestKey
from gateway.store.connect import Pool, acquire
from gateway.store.view import Viewer
from schemas.session import OperatorName
from schemas.unit import NewUnit, UnitChange, UnitView

FIND: Final = "SELECT unit_image(u) AS image FROM unit u WHERE u.unit_id = $1"

OF_CENTRES: Final = """
SELECT unit_image(u) AS image FROM unit u WHERE u.centre_id = ANY ($1) ORDER BY u.centre_id, u.name"""

COMMIT: Final = """
SELECT outcome, sequence, at, 'unit.changed' AS kind, 'unit' AS subject, image::text AS image,
       $5::jsonb AS done_by, NULL::uuid AS alarm_id, stream_epoch() AS epoch
  FROM commit_unit($1, $2, $3, $4, $5, $6, $7)"""


class PostgresUnits:
    """``gateway.ports.Units``."""

    def __init__(self, pool: Pool, viewer: Viewer, publish: Callable[[Sequence[Logged]], None]) -> None:
        self._pool = pool
        self._viewer = viewer
        self._publish = publish

    async def find(self, unit_id: UUID) -> UnitView | None:
        """Return a unit."""
        async with acquire(self._pool) as database:
            image = await database.fetchval(FIND, unit_id)
        return None if image is None else UnitView.model_validate(image)

    async def of_centres(self, centres: Sequence[str]) -> list[UnitView]:
        """Return the units of these centres, by centre and name."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OF_CENTRES, list(centres))
        return [UnitView.model_validate(row["image"]) for row in rows]

    async def add(self, unit: NewUnit, by: OperatorName | None) -> UnitView:
        """Make a unit. Raises ``UnknownCentre``, and ``FieldInvalid`` for a name that is taken."""
        unit_id = uuid4()
        await self._commit(unit.centre, unit_id, unit.name, unit.on_duty, by, None)
        return await self._found(unit_id)

    async def change(self, unit: UnitView, wanted: UnitChange, by: OperatorName | None) -> UnitView:
        """Change a unit. Raises ``NotAllowedNow`` while it serves, ``FieldInvalid`` for a name that is taken.

        What is None, or so already, stays as it is and is no event.
        """
        on_duty = unit.on_duty if wanted.on_duty is None else wanted.on_duty
        await self._commit(unit.centre, unit.unit_id, wanted.name, on_duty, by, None)
        return await self._found(unit.unit_id)

    async def set_duty(self, unit: UnitView, on_duty: bool, by: OperatorName, request: RequestKey) -> None:  # noqa: FBT001 (the fact itself)
        """Put it on or off duty. Raises ``NotAllowedNow`` while it serves an alarm."""
        await self._commit(unit.centre, unit.unit_id, None, on_duty, by, request)

    async def _found(self, unit_id: UUID) -> UnitView:
        unit = await self.find(unit_id)
        if unit is None:
            raise NotFound
        return unit

    async def _commit(
        self,
        centre: str,
        unit_id: UUID,
        name: str | None,
        on_duty: bool,  # noqa: FBT001 (the fact itself)
        by: OperatorName | None,
        request: RequestKey | None,
    ) -> None:
        written: Any = None if by is None else by.model_dump(mode="json")
        operator_id, request_id = (request.operator_id, request.request_id) if request else (None, None)
        async with acquire(self._pool) as database:
            try:
                (row,) = await database.fetch(
                    COMMIT, centre, unit_id, name, on_duty, written, operator_id, request_id
                )
            except asyncpg.UniqueViolationError:
                raise FieldInvalid("name", "another unit of the centre has it") from None
            except asyncpg.ForeignKeyViolationError:
                raise UnknownCentre(centre) from None
        match row["outcome"]:
            case "committed":
                self._publish([self._viewer.event(row, centre, row["epoch"])])
            case "serving":
                raise NotAllowedNow("it serves an open alarm")
            case "unknown":
                raise NotFound
