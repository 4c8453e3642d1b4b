"""The daily report of a case team: read, taken away, sent once more."""

import asyncio
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import CaseOfficer
from gateway.reporting.document import document_of
from gateway.reporting.html import html_of
from gateway.reporting.mail import file_name
from gateway.reporting.pages import pdf_of
from schemas.casework import TeamId
from schemas.report import DailyReport, ReportFormat, SendingView
from schemas.zone import ReportLanguage

router: Final = APIRouter(prefix="/v1/reports/daily", tags=["casework"])

Day = Annotated[date, Path(description="The day on whose hour it ends, in Brussels")]
Team = Annotated[TeamId | None, Query(description="Needed by whoever has several")]
FORMATS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": DailyReport, "content": {"text/html": {}, "application/pdf": {}}}
}


@router.get("/{day}", responses=FORMATS, response_class=Response)
async def daily(
    request: Request,
    scope: CaseOfficer,
    day: Day,
    team: Team = None,
    format: Annotated[ReportFormat, Query()] = ReportFormat.JSON,  # noqa: A002 (its name in the address)
    language: Annotated[ReportLanguage | None, Query(description="Default: the team's own")] = None,
) -> Response:
    """Return a team's day with the names of its files: as it was made, or as far as it has gone."""
    report, whose = await casework_of(request).reports.read(scope, team, day, format)
    if format is ReportFormat.JSON:
        return Response(report.model_dump_json(), media_type="application/json")
    document = document_of(report, language or whose.language)
    if format is ReportFormat.HTML:
        return Response(html_of(document), media_type="text/html")
    made = await asyncio.to_thread(pdf_of, document)
    name = f'attachment; filename="{file_name(report.team, day)}"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


@router.post("/{day}/resend", status_code=202)
async def resend(
    request: Request, scope: CaseOfficer, day: Day, team: Team = None
) -> tuple[SendingView, ...]:
    """Have a report that was made sent once more, without names, to the team's addresses."""
    return await casework_of(request).reports.resend(scope, team, day)
