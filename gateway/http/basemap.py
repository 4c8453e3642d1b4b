"""The console's basemap: which it is."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request

from gateway.http.principal import CurrentOperator
from gateway.http.services import services_of
from schemas.basemap import Basemap

router: Final = APIRouter(tags=["basemap"])


@router.get("/v1/basemap")
async def basemap(request: Request, _operator: CurrentOperator) -> Basemap:
    """Say which map lies under what the console draws, and where it is fetched."""
    return services_of(request).basemap
