"""Units over HTTP: who attends alarms sees those of her centres; a supervisor makes and changes them."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, status

from gateway.domain.errors import NotFound, NotYours
from gateway.domain.people import ATTENDS_ALARMS, Operator
from gateway.http.live import live_of
from gateway.http.principal import require_role
from schemas.session import OperatorName, Role
from schemas.unit import NewUnit, UnitChange, UnitView

router: Final = APIRouter(prefix="/v1/units", tags=["units"])

Attendant = Annotated[Operator, Depends(require_role(*ATTENDS_ALARMS))]
Supervisor = Annotated[Operator, Depends(require_role(Role.SUPERVISOR))]


@router.get("")
async def units(request: Request, operator: Attendant) -> list[UnitView]:
    """List the units of the operator's centres, by centre and name."""
    return await live_of(request).units.of_centres(sorted(operator.centres))


@router.post("", status_code=status.HTTP_201_CREATED)
async def add(request: Request, operator: Supervisor, unit: NewUnit) -> UnitView:
    """Make a unit of one of the supervisor's centres."""
    if unit.centre not in operator.centres:
        raise NotYours
    return await live_of(request).units.add(unit, _name(operator, unit.centre))


@router.patch("/{unit_id}")
async def change(
    request: Request,
    operator: Supervisor,
    unit_id: Annotated[UUID, Path(description="The unit's id")],
    wanted: UnitChange,
) -> UnitView:
    """Rename a unit, put it on or off duty; one that serves an alarm is left as it is (409)."""
    unit = await live_of(request).units.find(unit_id)
    if unit is None or unit.centre not in operator.centres:
        raise NotFound
    return await live_of(request).units.change(unit, wanted, _name(operator, unit.centre))


def _name(operator: Operator, centre: str) -> OperatorName:
    return OperatorName(operator_id=operator.operator_id, name=operator.name, centre=centre)
