"""``GET /v1/integrator``: an integrator asks who it is here, and what it may do."""

from typing import Annotated

from fastapi import APIRouter, Depends

from gateway.domain.integrators import Integrator
from gateway.http.doors.principal import scoped_to
from schemas.integrators import IntegratorView

router = APIRouter(prefix="/v1/integrator", tags=["integrators"])


@router.get("")
async def who(integrator: Annotated[Integrator, Depends(scoped_to())]) -> IntegratorView:
    """Say whose access token or signature this is, its scopes with it, and whether it is a sandbox."""
    return integrator.view()
