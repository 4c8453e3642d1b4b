"""How the files of a case team are protected, and who is told when that changes."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import CaseOfficer, FileReader, RegistrationId
from schemas.casework import TeamId
from schemas.protection_board import BOARD_MAX, Board, ProtectionCourse, Telling, TellingView

router: Final = APIRouter(prefix="/v1/casework", tags=["casework"])


@router.get("/board", responses={200: {"model": Board}}, response_class=Response)
async def board(
    request: Request,
    scope: FileReader,
    team: Annotated[TeamId | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=BOARD_MAX)] = BOARD_MAX,
) -> Response:
    """List how the files of one's teams, or of one team, are protected, the worst first."""
    found = await casework_of(request).board.of(scope, team, limit)
    return Response(found, media_type="application/json")


@router.get("/files/{registration_id}/protection")
async def protection(
    request: Request, scope: FileReader, registration_id: RegistrationId
) -> ProtectionCourse:
    """Tell how one file is protected, how it was, and who is told of changes."""
    services = casework_of(request)
    file, heard_at, changes = await services.board.one(scope, registration_id)
    telling = await services.tellings.of(scope, registration_id)
    return ProtectionCourse(file=file, heard_at=heard_at, changes=changes, telling=telling)


@router.put("/files/{registration_id}/protection/telling")
async def telling(
    request: Request, scope: CaseOfficer, registration_id: RegistrationId, wanted: Telling
) -> TellingView:
    """Say who is told when protection is lacking for a while, and when it is back."""
    return await casework_of(request).tellings.set(scope, registration_id, wanted)
