"""The evidence of an alarm over HTTP."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from gateway.domain.casework.scope import Scope
from gateway.http.alarms import AlarmIdPath
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import scope_of
from schemas.session import Role

router: Final = APIRouter(prefix="/v1/alarms", tags=["alarms"])

MEDIA_TYPE: Final = "application/zip"
BUNDLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {MEDIA_TYPE: {}},
        "description": "The signed bundle; README.txt in it says how to verify",
    }
}

Taker = Annotated[Scope, Depends(scope_of(Role.SUPERVISOR, Role.MAGISTRATE, Role.AUDITOR, Role.CASE_OFFICER))]


@router.get("/{alarm_id}/evidence", response_class=Response, responses=BUNDLE)
async def evidence(
    request: Request,
    scope: Taker,
    alarm_id: AlarmIdPath,
    language: Annotated[Literal["nl", "fr", "de", "en"], Query(description="Of its report")] = "nl",
) -> Response:
    """Give the evidence of an alarm as one signed file; whoever takes it is recorded."""
    made = await casework_of(request).keeping.evidence.make(scope, alarm_id, language)
    name = f"evidence-{alarm_id}.zip"
    return Response(
        made,
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
