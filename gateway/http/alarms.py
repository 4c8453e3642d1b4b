"""Alarms over HTTP: for operators what the console shows, for the companion what she may feel."""

import asyncio
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime

from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotFound
from gateway.domain.people import ATTENDS_ALARMS, Operator
from gateway.domain.signals import signals_of
from gateway.domain.trail import trail_of
from gateway.http.live import live_of
from gateway.http.principal import require_role
from gateway.http.services import services_of
from gateway.http.signatures import SignedAtAnyTime, SignedBy
from gateway.ingest.wish import read_wish
from gateway.ports import AlarmQuery
from gateway.timing import CANCEL_ANSWER_S, SIGNALS_WAIT_S
from schemas.alarm import AlarmView
from schemas.press import Purpose
from schemas.signals import Signals
from schemas.track import CancelAnswer, Track
from schemas.trail import AlarmTrail

router: Final = APIRouter(prefix="/v1/alarms", tags=["alarms"])

CANCEL_BODY: Final = {
    "requestBody": {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CancelWish"}}},
    }
}

Attendant = Annotated[Operator, Depends(require_role(*ATTENDS_ALARMS))]
AlarmIdPath = Annotated[UUID, Path(description="The alarm's id")]


CLOSED_SHOWN: Final = 50
CLOSED_SHOWN_MAX: Final = 100
"""Alarms of one answer: each may be 50 kB."""

NOT_CANARY: Final = (Purpose.REAL, Purpose.TEST, Purpose.EXERCISE)
"""What is listed when no purpose is asked for: nobody looks for canaries among alarms."""


@router.get("")
async def alarms(
    request: Request,
    operator: Attendant,
    state: Annotated[Literal["open", "closed"] | None, Query(description="open, if not said")] = None,
    purpose: Annotated[tuple[Purpose, ...], Query(description="May be given again")] = NOT_CANARY,
    awaiting: Annotated[Literal["review"] | None, Query(description="Closed; wants a second look")] = None,
    limit: Annotated[int, Query(ge=1, le=CLOSED_SHOWN_MAX, description="Of closed ones")] = CLOSED_SHOWN,
    before: Annotated[UUID | None, Query(description="Closed ones raised before this one")] = None,
) -> list[AlarmView]:
    """List alarms of the operator's centres: all open ones, oldest first; or closed ones, newest first."""
    looks, scope = live_of(request).looks, Scope.of(operator)
    if state != "closed" and awaiting is None:
        return await looks.open_of(scope, purpose)
    if state == "open":
        raise FieldInvalid("awaiting", "only a closed alarm awaits a review")
    if before is not None:
        await visible(request, operator, before, "page")
    query = AlarmQuery(purposes=purpose, awaiting_review=awaiting is not None, before=before, limit=limit)
    return await looks.closed(scope, query)


@router.get("/{alarm_id}")
async def one_alarm(request: Request, operator: Attendant, alarm_id: AlarmIdPath) -> AlarmView:
    """Show one alarm of the operator's centres."""
    return await visible(request, operator, alarm_id, "alarm")


@router.get("/{alarm_id}/trail")
async def trail(request: Request, operator: Attendant, alarm_id: AlarmIdPath) -> AlarmTrail:
    """Tell how long each leg of the way took, against the budget."""
    alarm = await visible(request, operator, alarm_id, "trail")
    shown = await live_of(request).looks.first_delivery(Scope.of(operator), alarm)
    return trail_of(
        alarm,
        fanned_out_at=shown.fanned_out_at if shown else None,
        delivered_at=shown.delivered_at if shown else None,
        budget_ms=services_of(request).settings.latency_budget_ms,
    )


@router.get("/{alarm_id}/track")
async def track(
    request: Request,
    operator: Attendant,
    alarm_id: AlarmIdPath,
    before: Annotated[AwareDatetime | None, Query(description="Fixes before this instant")] = None,
    limit: Annotated[int, Query(ge=1, le=2000, description="So many of them, the newest")] = 500,
    who: Annotated[Literal["victim", "offender"], Query(description="Whose track")] = "victim",
) -> Track:
    """Tell where she, or the offender, has been, in time order, and the last position with its age."""
    await visible(request, operator, alarm_id, "track" if who == "victim" else "offender_track")
    return await live_of(request).looks.track(Scope.of(operator), alarm_id, before, limit, who)


@router.get("/{alarm_id}/signals")
async def signals(
    request: Request,
    companion: SignedBy,
    alarm_id: AlarmIdPath,
    after: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Signals:
    """Wait up to 25 s for what the victim may feel next: that a person has seen it, that help comes."""
    live = live_of(request)
    deadline = asyncio.get_running_loop().time() + SIGNALS_WAIT_S
    while True:
        with live.hub.watch(alarm_id) as changed:
            alarm = await live.alarms.find(alarm_id)
            if alarm is None or alarm.registration_id != companion.registration_id:
                raise NotFound
            found = signals_of(alarm, after)
            if found.signals or live.health.draining:
                return found
            try:
                async with asyncio.timeout_at(deadline):
                    await changed.wait()
            except TimeoutError:
                return found


@router.post("/{alarm_id}/cancel", openapi_extra=CANCEL_BODY)
async def cancel(request: Request, companion: SignedAtAnyTime, alarm_id: AlarmIdPath) -> CancelAnswer:
    """Note that her phone asks to cancel. The alarm goes on, and the answer is always this one."""
    held = asyncio.create_task(asyncio.sleep(CANCEL_ANSWER_S))
    try:
        wish = read_wish(await request.body())
        await live_of(request).cancelling.note(alarm_id, companion.registration_id, wish.word)
    finally:
        await held
    return CancelAnswer(alarm_id=alarm_id)


async def visible(request: Request, operator: Operator, alarm_id: UUID, what: str) -> AlarmView:
    """Return the alarm; one of another centre, or kept from this operator, does not exist for her.

    What of it she looks at is written down.
    """
    return await live_of(request).looks.one(Scope.of(operator), alarm_id, what)
