"""The devices and companions of a file: listed, enrolled by a one-time code, revoked."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, status

from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import CaseOfficer, RegistrationId
from gateway.http.services import services_of
from gateway.qr import qr_of
from schemas.devices import CompanionView, EnrolmentCodeRequest, EnrolmentCodeView, FileDevices

router: Final = APIRouter(prefix="/v1", tags=["devices"])


@router.get("/registrations/{registration_id}/devices")
async def file_devices(request: Request, scope: CaseOfficer, registration_id: RegistrationId) -> FileDevices:
    """List what a victim has, and the companions of her file with when each was last heard."""
    return await casework_of(request).companions.of(scope, registration_id)


@router.post("/registrations/{registration_id}/enrolment-codes", status_code=status.HTTP_201_CREATED)
async def new_code(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, wanted: EnrolmentCodeRequest
) -> EnrolmentCodeView:
    """Make a one-time code with which her phone enrols itself within 15 minutes; it is told this once."""
    code, until = await casework_of(request).companions.new_code(scope, registration_id, wanted.device_id)
    public = services_of(request).settings.public_urls
    base = public[0] if public else str(request.base_url).rstrip("/")
    url = f"{base}/v1/enrolments/{code}"
    return EnrolmentCodeView(code=code, url=url, expires_at=until, qr=qr_of(url))


@router.post("/companions/{companion_id}/revocation")
async def revoke(
    request: Request,
    scope: CaseOfficer,
    companion_id: Annotated[UUID, Path(description="The companion's id")],
) -> CompanionView:
    """Refuse a companion from now on, e.g. a lost phone; every node knows it within 5 seconds."""
    return await casework_of(request).companions.revoke(scope, companion_id)
