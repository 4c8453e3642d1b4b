"""Hotspots: flags on addresses and numbers, beside the alarm and never instead of it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from gateway.domain.casework.scope import Scope
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import scope_of
from schemas.hotspots import HotspotPage, HotspotView, NewHotspot
from schemas.session import Role

router: Final = APIRouter(prefix="/v1/hotspots", tags=["hotspots"])

Flagger = Annotated[Scope, Depends(scope_of(Role.CASE_OFFICER, Role.SUPERVISOR))]


@router.get("")
async def hotspots(
    request: Request,
    scope: Flagger,
    before: Annotated[UUID | None, Query(description="Flags set before this one")] = None,
    *,
    ended: Annotated[bool, Query(description="Those that have ended, too")] = False,
) -> HotspotPage:
    """List the flags of one's teams; those of files for whoever knows the file."""
    return await casework_of(request).hotspots.listed(scope, before, ended=ended)


@router.post("", status_code=201)
async def flag(request: Request, scope: Flagger, wanted: NewHotspot) -> HotspotView:
    """Set a flag by hand, with a reason and a last day."""
    return await casework_of(request).hotspots.set_by_hand(scope, wanted)


@router.post("/{hotspot_id}/end")
async def end(
    request: Request, scope: Flagger, hotspot_id: Annotated[UUID, Path(description="The flag's id")]
) -> HotspotView:
    """End a flag that was set by hand; a file's ends with the file."""
    return await casework_of(request).hotspots.end(scope, hotspot_id)
