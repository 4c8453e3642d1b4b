"""``msa statistics``: figures about files and alarms, as of a day, protected as on the page."""

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.support import Stores, err, run
from gateway.clock import SystemClock
from gateway.csv_text import csv_text
from gateway.domain.casework.answer_text import answer_page, asked_for_page
from gateway.domain.casework.answers import Asked, as_of_for, as_table
from gateway.domain.casework.days import day_of
from gateway.pdf import pdf
from gateway.store.casework.statistics import PostgresStatistics
from schemas.session import Role
from schemas.statistics import By, Statistics

app = typer.Typer(add_completion=False, help="Figures about files and alarms; small ones are hidden.")


class Language(StrEnum):
    """The languages of an answer."""

    NL = "nl"
    FR = "fr"
    DE = "de"
    EN = "en"


@app.command()
def statistics(
    *,
    year: Annotated[int | None, typer.Option(help="One year; without it, all there are.")] = None,
    by: Annotated[By, typer.Option(help="What a row is for, besides its year.")] = By.YEAR,
    place: Annotated[str | None, typer.Option(help="One place by its code, e.g. BE-5415.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day; default: the end of last month.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of JSON.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON (the default).")] = False,
    answer: Annotated[Path | None, typer.Option("--pdf", help="Write a one-page answer there.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of the answer.")] = Language.NL,
) -> None:
    """Print figures as of a day that is over, always the same; the asking is in the journal.

    Example: msa statistics --year 2025 --by zone --csv
    """
    if csv and json_:
        raise typer.BadParameter("either --csv or --json")
    wanted: date | None = None if as_of is None else as_of.date()

    async def command(stores: Stores) -> Statistics:
        clock = SystemClock()
        day = as_of_for(wanted, [Role.CASE_OFFICER], day_of(clock.now()))
        asked = Asked(as_of=day, by=by, place=place, first=year, last=year)
        form = "pdf" if answer else "csv" if csv else "json"
        return await PostgresStatistics(stores.pool, clock).of(
            None, asked_for_page(asked) if answer else asked, form
        )

    figures = run(command)
    if answer is not None:
        answer.write_bytes(pdf("answer", answer_page(figures, lang)))
        err.print(f"wrote {answer}", markup=False)
    elif csv:
        sys.stdout.write(csv_text(*as_table(figures)))
    else:
        typer.echo(figures.model_dump_json(indent=2))
