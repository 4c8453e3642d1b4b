"""Who may look at a file besides its team, who may not, and who looked."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status
from pydantic import AwareDatetime

from gateway.domain.casework.looking import VICTIM_WORDS, LooksQuery, place_from
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, TooMany
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import Asker, Auditor, FileReader, Overseer, RegistrationId
from gateway.http.services import services_of
from schemas.access import (
    AnomalyView,
    DenialView,
    DenialWish,
    FileAccess,
    FileGlassWish,
    GlassAnswer,
    GlassView,
    GlassWish,
    Honeytoken,
    LooksPage,
    NeedToKnow,
)

router: Final = APIRouter(tags=["access"])

LOOKS_A_PAGE: Final = 100
Limit = Annotated[int, Query(ge=1, le=500, description="So many, the newest")]
After = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
PLAIN: Final = "text/plain; charset=utf-8"


@router.get("/v1/glass")
async def asked(request: Request, scope: Overseer) -> tuple[GlassView, ...]:
    """List who asked to see a file: what one asked oneself, may answer, or audits; the newest first."""
    return await casework_of(request).access.glass.newest(scope)


@router.post("/v1/glass", status_code=status.HTTP_202_ACCEPTED)
async def ask(request: Request, scope: Asker, wish: GlassWish) -> GlassView:
    """Ask to see the file of a reference. The answer is the same whether or not there is one."""
    _throttle(request, scope)
    return await casework_of(request).access.glass.ask(scope, wish)


@router.post("/v1/registrations/{registration_id}/glass", status_code=status.HTTP_202_ACCEPTED)
async def ask_by_id(
    request: Request, scope: Asker, registration_id: RegistrationId, wish: FileGlassWish
) -> GlassView:
    """Ask to see a file whose id is known, likewise."""
    _throttle(request, scope)
    return await casework_of(request).access.glass.ask(scope, wish, registration_id)


@router.post("/v1/glass/{glass_id}/answer")
async def answer(
    request: Request,
    scope: Asker,
    glass_id: Annotated[UUID, Path(description="Its id")],
    given: GlassAnswer,
) -> GlassView:
    """Let somebody in to a file for an hour, or not, as a second person of its centre, within 15 minutes."""
    return await casework_of(request).access.glass.answer(scope, glass_id, allowed=given.allowed)


@router.get("/v1/registrations/{registration_id}/known")
async def known(request: Request, scope: Asker, registration_id: RegistrationId) -> NeedToKnow:
    """Show a file to who must know it now: her team, an open alarm's operators, who was let in."""
    return await casework_of(request).access.knowing.of(scope, registration_id)


@router.get("/v1/registrations/{registration_id}/access")
async def access(request: Request, scope: FileReader, registration_id: RegistrationId) -> FileAccess:
    """Tell from whom a file is kept, who asked to see it, and who there is."""
    return await casework_of(request).access.denials.of(scope, registration_id)


@router.post("/v1/registrations/{registration_id}/denials", status_code=status.HTTP_201_CREATED)
async def deny(
    request: Request, scope: FileReader, registration_id: RegistrationId, wish: DenialWish
) -> DenialView:
    """Keep a file from somebody, from now on. It is never kept from everybody."""
    return await casework_of(request).access.denials.deny(scope, registration_id, wish)


@router.post(
    "/v1/registrations/{registration_id}/denials/{denial_id}/admit", status_code=status.HTTP_204_NO_CONTENT
)
async def admit(
    request: Request,
    scope: FileReader,
    registration_id: RegistrationId,
    denial_id: Annotated[UUID, Path(description="Its id")],
) -> None:
    """Let somebody see a file again that was kept from her, as another person than who did that."""
    await casework_of(request).access.denials.admit(scope, registration_id, denial_id)


@router.get("/v1/registrations/{registration_id}/looks")
async def looks_of_file(
    request: Request,
    scope: FileReader,
    registration_id: RegistrationId,
    limit: Limit = LOOKS_A_PAGE,
    after: After = None,
) -> LooksPage:
    """List who looked at a file, to its case team, the newest first."""
    query = LooksQuery(registration_id=registration_id, limit=limit, after=place_from(after))
    return await casework_of(request).access.looks.of_file(scope, query)


@router.get("/v1/audit/looks")
async def looks(
    request: Request,
    scope: Auditor,
    registration: Annotated[UUID | None, Query(description="At this file")] = None,
    operator: Annotated[UUID | None, Query(description="By this person")] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    limit: Limit = LOOKS_A_PAGE,
    after: After = None,
) -> LooksPage:
    """List who looked at what, when and why, in the auditor's centres, the newest first."""
    query = LooksQuery(
        registration_id=registration,
        operator_id=operator,
        since=since,
        until=until,
        after=place_from(after),
        limit=limit,
    )
    return await casework_of(request).access.looks.audit(scope, query)


@router.get(
    "/v1/audit/looks/{registration_id}/for-victim",
    response_class=Response,
    responses={200: {"content": {PLAIN: {}}}},
)
async def for_victim(
    request: Request,
    scope: Auditor,
    registration_id: RegistrationId,
    language: Annotated[str, Query(description="nl, fr, de or en")] = "nl",
    names: Annotated[bool, Query(description="With the officers' names")] = False,  # noqa: FBT002 (a query's flag)
) -> Response:
    """Write down for the victim who looked at her file: function and service, when and why."""
    if language not in VICTIM_WORDS:
        raise FieldInvalid("language", "nl, fr, de or en")
    made = services_of(request).clock.now()
    told = await casework_of(request).access.looks.told(scope, registration_id, language, made, names=names)
    name = f"looks-{registration_id}-{language}.txt"
    return Response(told, media_type=PLAIN, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/v1/audit/anomalies")
async def anomalies(request: Request, scope: Overseer) -> tuple[AnomalyView, ...]:
    """List who looked at unusually many files, or at one about nobody; never what is about oneself."""
    return await casework_of(request).access.anomalies.newest(scope)


@router.put("/v1/audit/honeytokens/{registration_id}", status_code=status.HTTP_204_NO_CONTENT)
async def honeytoken(
    request: Request, scope: Auditor, registration_id: RegistrationId, wanted: Honeytoken
) -> None:
    """Make a file one about nobody, of which every look is told at once; or one like others."""
    await casework_of(request).access.anomalies.plant(scope, registration_id, on=wanted.on)


def _throttle(request: Request, scope: Scope) -> None:
    """Count one asking of this person. Raises ``TooMany``: references are not to be tried out."""
    now = services_of(request).clock.monotonic()
    if not casework_of(request).access.asking.allow(str(scope.operator_id), now):
        raise TooMany
