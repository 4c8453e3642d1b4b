"""What a supervisor sees of her centres."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from gateway.domain.people import Operator
from gateway.http.live import live_of
from gateway.http.principal import require_role
from schemas.overview import Overview
from schemas.session import Role

router: Final = APIRouter(prefix="/v1", tags=["overview"])

Supervisor = Annotated[Operator, Depends(require_role(Role.SUPERVISOR))]


@router.get("/overview")
async def overview(request: Request, supervisor: Supervisor) -> Overview:
    """Tell how the supervisor's centres are: consoles, what waits, protections, answer times."""
    return await live_of(request).overviews.of(supervisor.centres)
