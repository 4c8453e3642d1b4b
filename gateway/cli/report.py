"""``msa report``: a case team's daily report, with references and no names."""

import os
import sys
from datetime import date, datetime
from typing import Annotated

import typer

from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run
from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.casework.report import window_of
from gateway.ports.reports import ReportTeam
from gateway.reporting.document import document_of, text_of
from gateway.reporting.html import html_of
from gateway.reporting.pages import pdf_of
from gateway.store.casework.reports import ASK, PostgresReports, made_report
from gateway.store.connect import acquire
from schemas.report import DailyReport, ReportFormat

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Daily reports of case teams: read one, have it sent again.\n\nNames are on its page only.",
)


@app.callback()
def _main() -> None:
    pass


@app.command()
def daily(
    *,
    team: Annotated[str, typer.Option(help="A police zone or a centre, e.g. BE-5415.")],
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Default: today in Brussels.")
    ] = None,
    form: Annotated[ReportFormat | None, typer.Option("--format", help="Default: plain text.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Have it mailed once more, by a gateway that runs.")
    ] = False,
    json_: Json = False,
) -> None:
    """Print a team's day: as it was made, or as things stand while it goes on.

    Example: msa report daily --team BE-5415 --date 2026-03-02 --format pdf > report.pdf
    """
    wanted = day.date() if day else day_of(SystemClock().now())

    async def command(stores: Stores) -> tuple[ReportTeam, DailyReport | None, bool]:
        reports = PostgresReports(stores.pool, stores.settings, stores.settings.review_intervals)
        async with acquire(stores.pool) as database:
            whose = await reports.find_team(database, team)
            if whose is None:
                err.print("there is no such team; `msa zone list` shows the zones", style="red")
                raise typer.Exit(WRONG)
            made = await made_report(database, whose.team, wanted)
            now = SystemClock().now()
            if made is None and window_of(wanted, whose.report_at).from_at <= now:
                found: DailyReport | None = await reports.report_of(database, whose, wanted, now)
            else:
                found = made
            sending = send and made is not None and bool(whose.mail)
            if sending:
                await database.fetchval(ASK, whose.team, wanted, None)
        return whose, found, sending

    whose, report, sending = run(command)
    if report is None:
        err.print("that day has not begun", style="red")
        raise typer.Exit(WRONG)
    _show(report, whose, ReportFormat.JSON if json_ else form)
    if send:
        _sent(wanted, sending=sending)


def _show(report: DailyReport, team: ReportTeam, form: ReportFormat | None) -> None:
    document = document_of(report, team.language)
    match form:
        case ReportFormat.JSON:
            print_json(report.model_dump(mode="json"))
        case ReportFormat.HTML:
            out.file.write(html_of(document) + "\n")
        case ReportFormat.PDF:
            with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as target:
                target.write(pdf_of(document))
        case None:
            out.file.write(text_of(document))


def _sent(day: date, *, sending: bool) -> None:
    if not sending:
        err.print("not sent: no report was made of that day, or the team has no address", style="red")
        raise typer.Exit(WRONG)
    err.print(f"the report of {day} is on its way")
