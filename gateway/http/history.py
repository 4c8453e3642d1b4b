"""Looking back over HTTP: notes and timeline of an alarm; and the centres there are."""

from typing import Final

from fastapi import APIRouter, Request

from gateway.domain.casework.scope import Scope
from gateway.http.alarms import AlarmIdPath, Attendant, visible
from gateway.http.live import live_of
from gateway.http.principal import CurrentOperator
from schemas.centre import CentreView
from schemas.timeline import AlarmNotes, Timeline

router: Final = APIRouter()


@router.get("/v1/alarms/{alarm_id}/notes", tags=["alarms"])
async def notes(request: Request, operator: Attendant, alarm_id: AlarmIdPath) -> AlarmNotes:
    """Show all notes of an alarm of the operator's centres, newest first."""
    await visible(request, operator, alarm_id, "notes")
    return await live_of(request).looks.notes(Scope.of(operator), alarm_id)


@router.get("/v1/alarms/{alarm_id}/timeline", tags=["alarms"])
async def timeline(request: Request, operator: Attendant, alarm_id: AlarmIdPath) -> Timeline:
    """Tell everything that happened to an alarm, in the order of commit."""
    await visible(request, operator, alarm_id, "timeline")
    return await live_of(request).looks.timeline(Scope.of(operator), alarm_id)


@router.get("/v1/centres", tags=["centres"])
async def centres(request: Request, _: CurrentOperator) -> list[CentreView]:
    """List the centres there are: an alarm can be handed over to each."""
    return await live_of(request).history.centres()
