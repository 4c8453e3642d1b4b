"""Photos of victims and offenders: uploaded by the case team, shown to whoever must know them."""

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, TooLarge
from gateway.domain.people import ATTENDS_ALARMS
from gateway.http.casework.circumstances import VERSION_MAX
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import CaseOfficer, FileReader, RegistrationId, scope_of
from gateway.photos import FORMATS, MEDIA_TYPE
from gateway.timing import PHOTO_BODY_S
from schemas.circumstances import PHOTO_MAX_BYTES, CircumstancesView, PhotoOf

router: Final = APIRouter(prefix="/v1", tags=["files"])

Attendant = Annotated[Scope, Depends(scope_of(*ATTENDS_ALARMS))]
Of = Annotated[PhotoOf, Path(description="Of whom")]
Seen = Annotated[int, Query(ge=1, le=VERSION_MAX, description="The version of the file that was seen")]

NOT_LIMITED_BY_FASTAPI: Final = 2**62
"""Its own limit answers with no problem; ours does, while the body is read."""

BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            f"image/{one.lower()}": {"schema": {"type": "string", "format": "binary"}} for one in FORMATS
        },
    }
}
PHOTO: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MEDIA_TYPE: {}}, "description": "A JPEG of at most 480 x 600 pixels"}
}


@router.put(
    "/registrations/{registration_id}/photos/{of}", max_body_size=NOT_LIMITED_BY_FASTAPI, openapi_extra=BODY
)
async def save(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, of: Of, expected_version: Seen
) -> CircumstancesView:
    """Put a photo into the file; it is made small, and what came with it is not kept."""
    services = casework_of(request)
    photo = await services.photo_reader.read(await _body(request))
    return await services.photos.save(scope, registration_id, of, expected_version, photo)


@router.delete("/registrations/{registration_id}/photos/{of}")
async def remove(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, of: Of, expected_version: Seen
) -> CircumstancesView:
    """Take the photo out of the file; older versions and alarms keep it."""
    return await casework_of(request).photos.save(scope, registration_id, of, expected_version, None)


@router.get("/registrations/{registration_id}/photos/{of}", responses=PHOTO, response_class=Response)
async def of_file(
    request: Request,
    scope: FileReader,
    registration_id: RegistrationId,
    of: Of,
    version: Annotated[int | None, Query(ge=1, le=VERSION_MAX, description="With which it came")] = None,
) -> Response:
    """Show the photo that the file has, or had."""
    return _shown(await casework_of(request).photos.of_file(scope, registration_id, of, version))


@router.get("/alarms/{alarm_id}/photos/{of}", responses=PHOTO, response_class=Response)
async def of_alarm(
    request: Request,
    scope: Attendant,
    alarm_id: Annotated[UUID, Path(description="The alarm's id")],
    of: Of,
) -> Response:
    """Show the photo that her file had when she pressed, for as long as the alarm is open."""
    return _shown(await casework_of(request).photos.of_alarm(scope, alarm_id, of))


def _shown(photo: bytes) -> Response:
    return Response(photo, media_type=MEDIA_TYPE, headers={"Content-Disposition": "inline"})


async def _body(request: Request) -> bytes:
    """Read the body within bounds. Raises ``TooLarge``, ``FieldInvalid``."""
    raw = bytearray()
    try:
        async with asyncio.timeout(PHOTO_BODY_S):
            async for part in request.stream():
                raw += part
                if len(raw) > PHOTO_MAX_BYTES:
                    raise TooLarge(f"a photo has at most {PHOTO_MAX_BYTES // 2**20} MiB")
    except TimeoutError:
        raise FieldInvalid("photo", "did not arrive in time") from None
    return bytes(raw)
