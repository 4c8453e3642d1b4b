"""Who is protected now, for those who answer alarms and those who follow the files up."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from gateway.domain.errors import NotFound
from gateway.domain.people import ATTENDS_ALARMS, Operator
from gateway.http.live import live_of
from gateway.http.principal import require_role
from schemas.base import CentreId
from schemas.protection import ProtectionView
from schemas.session import Role

router: Final = APIRouter(prefix="/v1", tags=["protection"])

Reader = Annotated[Operator, Depends(require_role(*ATTENDS_ALARMS, Role.CASE_OFFICER))]


@router.get("/protections")
async def protections(
    request: Request, operator: Reader, centre: Annotated[CentreId | None, Query()] = None
) -> list[ProtectionView]:
    """List how every victim of a centre is protected, the worst first; without a centre, of all of hers."""
    if centre is not None and centre not in operator.centres:
        raise NotFound
    centres = {centre} if centre else operator.centres
    return await live_of(request).protections.of_centres(
        centres, operator.operator_id, whole=_attends(operator)
    )


@router.get("/registrations/{registration_id}/protection")
async def protection(
    request: Request,
    operator: Reader,
    registration_id: Annotated[UUID, Path(description="The registration's id")],
) -> ProtectionView:
    """Tell whether one victim is protected now, and if not, why."""
    found = await live_of(request).protections.of(
        registration_id, operator.operator_id, whole=_attends(operator)
    )
    if found is None or found.centre not in operator.centres:
        raise NotFound
    return found


def _attends(operator: Operator) -> bool:
    """Whether she may be called to any victim of her centres; else she knows those of her teams."""
    return not ATTENDS_ALARMS.isdisjoint(operator.roles)
