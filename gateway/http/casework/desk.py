"""What somebody who works on files begins with."""

from typing import Final

from fastapi import APIRouter, Request

from gateway.domain.casework.pages import pages_of
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import Caseworker
from gateway.http.principal import CurrentOperator
from schemas.casework import CaseworkView

router: Final = APIRouter(prefix="/v1/casework", tags=["casework"])


@router.get("")
async def casework(request: Request, scope: Caseworker, operator: CurrentOperator) -> CaseworkView:
    """Tell who is here, for which teams, and which pages are hers."""
    teams = await casework_of(request).teams.of(scope)
    return CaseworkView(operator=operator.view(), teams=teams, pages=pages_of(scope.roles))
