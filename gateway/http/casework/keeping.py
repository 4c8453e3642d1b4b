"""How a file is kept: held, erased, exported."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import FileReader, Magistrate, RegistrationId
from schemas.keeping import EraseWish, HoldWish, KeepingView

router: Final = APIRouter(prefix="/v1/registrations/{registration_id}", tags=["files"])

MEDIA_TYPE: Final = "application/zip"
EXPORT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {MEDIA_TYPE: {}},
        "description": "Everything about the file, as JSON, one table a member",
    }
}


@router.get("/keeping")
async def keeping(request: Request, scope: FileReader, registration_id: RegistrationId) -> KeepingView:
    """Tell whether the file is held or erased, what hinders erasing it, and what was destroyed."""
    return await casework_of(request).keeping.keeping.of(scope, registration_id)


@router.put("/hold")
async def hold(
    request: Request, scope: Magistrate, registration_id: RegistrationId, wish: HoldWish
) -> KeepingView:
    """Hold the file, or release it: while it is held nothing of it is deleted or erased."""
    return await casework_of(request).keeping.keeping.hold(scope, registration_id, held=wish.held)


@router.post("/erasure")
async def erase(
    request: Request, scope: Magistrate, registration_id: RegistrationId, wish: EraseWish
) -> KeepingView:
    """Erase the file for ever: its keys are destroyed, and what is personal outside them is removed."""
    return await casework_of(request).keeping.keeping.erase(scope, registration_id, wish)


@router.get("/export", response_class=Response, responses=EXPORT)
async def export(request: Request, scope: FileReader, registration_id: RegistrationId) -> Response:
    """Give everything there is about the file, opened, for the person concerned or a transfer."""
    made = await casework_of(request).keeping.export.of(scope, registration_id)
    name = f"file-{registration_id}.zip"
    return Response(
        made,
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
