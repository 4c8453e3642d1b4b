"""Files of case teams over HTTP: listed, opened, looked at, and taken a step further."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from gateway.domain.casework.asked import FilesAsked
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import CaseOfficer, FileReader, RegistrationId
from gateway.timing import FILES_PAGE_MAX
from schemas.life import FilesPage, FileState, FileView, NewFile, StepsView, StepView, Turn
from schemas.steps import StepRequest

router: Final = APIRouter(prefix="/v1/registrations", tags=["files"])


@router.get("")
async def files(
    request: Request,
    scope: FileReader,
    *,
    state: Annotated[tuple[FileState, ...], Query(description="Only files in one of these states")] = (),
    turn: Annotated[Turn | None, Query(description="Only files whose next step is theirs")] = None,
    after: Annotated[str | None, Query(max_length=500, description="What the page before said")] = None,
    limit: Annotated[int, Query(ge=1, le=FILES_PAGE_MAX)] = 100,
) -> FilesPage:
    """List the files of my teams, the worst protected first; the journal keeps that they were listed."""
    asked = FilesAsked(states=state, turn=turn, after=after, limit=limit)
    return await casework_of(request).files.page(scope, asked)


@router.post("", status_code=201)
async def open_file(request: Request, scope: CaseOfficer, new: NewFile) -> FileView:
    """Open a file: somebody asks for an alarm."""
    return await casework_of(request).files.create(scope, new)


@router.get("/{registration_id}")
async def file(request: Request, scope: FileReader, registration_id: RegistrationId) -> FileView:
    """Look at a file; the journal keeps who looked."""
    return await casework_of(request).files.get(scope, registration_id)


@router.get("/{registration_id}/steps")
async def steps(request: Request, scope: FileReader, registration_id: RegistrationId) -> StepsView:
    """Look at a file's life, with the grounds of its steps; the journal keeps who looked."""
    return await casework_of(request).lives.steps(scope, registration_id)


@router.post("/{registration_id}/steps", status_code=201)
async def take_step(
    request: Request, scope: FileReader, registration_id: RegistrationId, wanted: StepRequest
) -> StepView:
    """Take a step. What it lacks is named: `not-allowed-now`, with the codes of the gates."""
    return await casework_of(request).lives.take(scope, registration_id, wanted)
