"""Registrations over HTTP: the test window of one."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from gateway.domain.casework.scope import Scope
from gateway.domain.people import Operator
from gateway.http.live import live_of
from gateway.http.principal import require_role
from schemas.session import OperatorName, Role
from schemas.window import WindowRequest, WindowView

router: Final = APIRouter(prefix="/v1/registrations", tags=["registrations"])

CaseTeam = Annotated[Operator, Depends(require_role(Role.CASE_OFFICER, Role.SUPERVISOR))]


@router.post("/{registration_id}/test-window")
async def set_test_window(
    request: Request,
    operator: CaseTeam,
    registration_id: Annotated[UUID, Path(description="The registration's id")],
    wanted: WindowRequest,
) -> WindowView:
    """Take her real presses as tests for at most an hour, or (0 minutes) no more."""
    windows = live_of(request).windows
    scope = Scope.of(operator)
    found = await windows.find(scope, registration_id)
    name = OperatorName(operator_id=operator.operator_id, name=operator.name, centre=found.centre)
    return await windows.open(registration_id, wanted.minutes, name, scope)
