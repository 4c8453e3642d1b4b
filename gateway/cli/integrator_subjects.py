"""``msa integrator`` for subjects: which registration is meant by what another system calls somebody."""

import csv
import sys
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from gateway.cli.integrator_account import Name, accounts_of, refuse
from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run
from gateway.clock import SystemClock
from gateway.store.doors.subjects import PostgresSubjects
from gateway.store.sealing import Keyring
from schemas.integrators import Subject

_subject: TypeAdapter[str] = TypeAdapter(Subject)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(link)
    app.command()(unlink)


Said = Annotated[
    str | None,
    typer.Argument(help="What it calls her: a number, an account, a serial number; - reads standard input."),
]


def link(
    name: Name,
    subject: Said = None,
    *,
    registration: Annotated[UUID | None, typer.Option(help="The registration's id.")] = None,
    reference: Annotated[str | None, typer.Option(help="The file's own reference instead.")] = None,
    listed: Annotated[
        typer.FileText | None,
        typer.Option(
            "--from", help="CSV without a heading: subject, registration's id; - is standard input."
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Let subjects of an integrator mean registrations, all or none. They are kept as keyed hashes only.

    An alarm of a subject that means nobody is raised all the same, as one without a file.

    Example: echo +32470000001 | msa integrator link '112 BE' - --reference GE.11.F1.000123/2026
    """
    files = [registration is not None, reference is not None].count(True)
    if (subject is None) == (listed is None) or files != (subject is not None):
        raise typer.BadParameter("give a subject with --registration or --reference, or --from")
    said = None if subject is None else _said(subject)
    table = [] if listed is None else _table(listed)

    async def command(stores: Stores) -> int:
        integrator = await accounts_of(stores).find(name)
        links = table
        if said is not None:
            links = [(said, registration or await _referenced(stores, reference or ""))]
        return await _subjects(stores).link(integrator, links)

    new = run(command)
    if json_:
        print_json({"linked": new})
    else:
        out.print(f"{new} linked")


def unlink(
    name: Name,
    subject: Said = None,
    *,
    registration: Annotated[
        UUID | None, typer.Option(help="Every subject that means this registration instead.")
    ] = None,
    json_: Json = False,
) -> None:
    """Let a subject mean nobody any more, or all that mean one registration."""
    if (subject is None) == (registration is None):
        raise typer.BadParameter("give a subject or --registration")
    said = None if subject is None else _said(subject)

    async def command(stores: Stores) -> int:
        integrator = await accounts_of(stores).find(name)
        if registration is not None:
            return await _subjects(stores).unlink_file(integrator, registration)
        return int(await _subjects(stores).unlink(integrator, said or ""))

    number = run(command)
    if json_:
        print_json({"unlinked": number})
    else:
        out.print(f"{number} unlinked")
    if not number:
        raise typer.Exit(WRONG)


def _subjects(stores: Stores) -> PostgresSubjects:
    return PostgresSubjects(stores.pool, Keyring.of(stores.settings), SystemClock())


async def _referenced(stores: Stores, reference: str) -> UUID:
    found = [one for one in await stores.registrations.summaries() if one.reference == reference]
    if len(found) != 1:
        several = "several files have this reference; give --registration"
        raise refuse(
            several if found else "there is no such registration; `msa registration list` shows them"
        )
    return found[0].registration_id


def _said(subject: str) -> str:
    """Read a subject; from standard input, so that no number stands in a shell's history."""
    try:
        return _subject.validate_python(sys.stdin.readline().strip() if subject == "-" else subject)
    except ValidationError:
        raise typer.BadParameter(
            "a subject has 1 to 128 printable characters of ASCII, without spaces", param_hint="SUBJECT"
        ) from None


def _table(lines: Iterable[str]) -> list[tuple[str, UUID]]:
    """Read every line before anything is linked; what it says is not repeated."""
    links, wrong = [], []
    for number, row in enumerate(csv.reader(lines), 1):
        if not any(cell.strip() for cell in row):
            continue
        try:
            subject, registration = row
            links.append((_subject.validate_python(subject.strip()), UUID(registration.strip())))
        except ValueError:
            wrong.append(number)
    if wrong:
        for number in wrong:
            err.print(f"line {number}: is not subject,registration's id", style="red")
        raise typer.Exit(WRONG)
    return links
