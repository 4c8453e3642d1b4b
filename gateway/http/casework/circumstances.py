"""Circumstances of a file, and its risk level."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import CaseOfficer, FileReader, RegistrationId
from schemas.circumstances import (
    Checked,
    CircumstancesEdit,
    CircumstancesView,
    RiskView,
    RiskWish,
    VersionList,
)

router: Final = APIRouter(prefix="/v1/registrations/{registration_id}", tags=["files"])

VERSION_MAX: Final = 2**31 - 1
Version = Annotated[int, Path(ge=1, le=VERSION_MAX, description="A version of the file")]
RequestId = Annotated[UUID, Path(description="What was asked about the level")]


@router.get("/circumstances")
async def circumstances(
    request: Request, scope: FileReader, registration_id: RegistrationId
) -> CircumstancesView:
    """Show who it is about and what a team must know, as they stand."""
    return await casework_of(request).circumstances.current(scope, registration_id)


@router.put("/circumstances")
async def save(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, edit: CircumstancesEdit
) -> CircumstancesView:
    """Save the next version. An alarm that is open keeps what it shows."""
    return await casework_of(request).circumstances.save(scope, registration_id, edit)


@router.post("/circumstances/checked")
async def check(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, checked: Checked
) -> CircumstancesView:
    """Confirm entries as of today, unchanged."""
    return await casework_of(request).circumstances.check(scope, registration_id, checked)


@router.get("/versions")
async def versions(
    request: Request,
    scope: FileReader,
    registration_id: RegistrationId,
    before: Annotated[int | None, Query(ge=1, le=VERSION_MAX, description="Versions older than this")] = None,
) -> VersionList:
    """List who saved which version when, and what it changed, as kinds alone."""
    return await casework_of(request).circumstances.history(scope, registration_id, before)


@router.get("/versions/{version}")
async def version(
    request: Request, scope: FileReader, registration_id: RegistrationId, version: Version
) -> CircumstancesView:
    """Show one version as it was saved."""
    return await casework_of(request).circumstances.version(scope, registration_id, version)


@router.put("/risk")
async def risk(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, wish: RiskWish
) -> RiskView:
    """Raise the level at once, or ask for a lower one, which a second person confirms."""
    return await casework_of(request).risk.wish(scope, registration_id, wish)


@router.post("/risk/{request_id}/confirm")
async def confirm(
    request: Request, scope: FileReader, registration_id: RegistrationId, request_id: RequestId
) -> RiskView:
    """Lower the level, as a second person."""
    return await casework_of(request).risk.confirm(scope, registration_id, request_id)


@router.post("/risk/{request_id}/refuse")
async def refuse(
    request: Request, scope: FileReader, registration_id: RegistrationId, request_id: RequestId
) -> RiskView:
    """Leave the level as it is; whoever asked withdraws it so."""
    return await casework_of(request).risk.refuse(scope, registration_id, request_id)
