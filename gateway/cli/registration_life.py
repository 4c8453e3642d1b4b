"""``msa registration show``, ``steps`` and ``step``: a file's life, in the name of an account.

Whoever runs the command has the database; it acts as one person all the same, so that what she may not
see or do stays so, and the journal names her.
"""

from datetime import datetime
from typing import Annotated, Any, Final

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from gateway.cli.one_file import one_file
from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.casework.scope import Scope
from gateway.domain.wording import field_errors
from gateway.store.casework.files import PostgresFiles
from gateway.store.casework.lives import PostgresLives, Terms
from gateway.store.sealing import Keyring
from schemas.life import FileView, StepsView, StepView
from schemas.steps import NewStep, StepRequest

Reference = Annotated[str, typer.Argument(help="The file's own reference, or the registration's id.")]
As = Annotated[str, typer.Option("--as", help="Username of the account in whose name this is done.")]

_step: Final[TypeAdapter[NewStep]] = TypeAdapter(NewStep)


def show(reference: Reference, *, username: As, json_: Json = False) -> None:
    """Show where a file stands and what each next step lacks; the journal keeps the look.

    Example: msa registration show GE.43.LB.012345/2026 --as an.officer
    """

    async def command(stores: Stores) -> FileView:
        scope, named = await scope_as(stores, username), await one_file(stores, reference)
        return await _files(stores).get(scope, named.registration_id)

    file = run(command)
    if json_:
        print_json(file.model_dump(mode="json", exclude={"person"}))
        return
    out.print(f"{file.reference}: {file.state}, {file.procedure} procedure, version {file.version}")
    table = Table(text_column("next"), text_column("by"), text_column("lacks"), box=None)
    for step in file.next:
        lacks = ", ".join((*step.missing, *(f"{gate} (asked)" for gate in step.asks)))
        table.add_row(step.kind, ", ".join(step.by), lacks or "nothing")
    out.print(table)


def steps(reference: Reference, *, username: As, json_: Json = False) -> None:
    """Show the life of a file, with the grounds of its steps; the journal keeps the look.

    Example: msa registration steps GE.43.LB.012345/2026 --as an.officer --json
    """

    async def command(stores: Stores) -> StepsView:
        scope, named = await scope_as(stores, username), await one_file(stores, reference)
        return await _lives(stores).steps(scope, named.registration_id)

    life = run(command)
    if json_:
        print_json(life.model_dump(mode="json"))
        return
    table = Table(*(text_column(name) for name in ("day", "step", "then", "by", "document")), box=None)
    for step in life.steps:
        by = step.done_by.name if step.done_by else "the system"
        table.add_row(str(step.on_date), step.kind, step.state, by, step.document or "")
    out.print(table)


def take(
    reference: Reference,
    kind: Annotated[str, typer.Argument(help="The step, e.g. heard; `show` lists what may come next.")],
    *,
    username: As,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it was done; else today.")
    ] = None,
    document: Annotated[str | None, typer.Option(help="Where its document is filed.")] = None,
    ground: Annotated[str | None, typer.Option(help="On what ground; kept sealed.")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--with", help="What the step asks, as name=value; several.")
    ] = None,
    json_: Json = False,
) -> None:
    """Take a step; what it lacks is named, and nothing is done without it.

    Example: msa registration step GE.43.LB.012345/2026 heard --as an.officer --with willing=true
    --with agreement_signed=true
    """
    today = day_of(SystemClock().now())
    wanted: dict[str, Any] = {
        "kind": kind,
        "on_date": today if on is None else on.date(),
        "document": document,
        "ground": ground,
        **dict(_pair(one) for one in given or ()),
    }
    wish = _wish({name: value for name, value in wanted.items() if value is not None})

    async def command(stores: Stores) -> StepView:
        scope, named = await scope_as(stores, username), await one_file(stores, reference)
        file = await _files(stores).get(scope, named.registration_id)
        request = StepRequest(expected_version=file.version, step=wish)
        return await _lives(stores).take(scope, named.registration_id, request)

    step = run(command)
    if json_:
        print_json(step.model_dump(mode="json"))
    else:
        out.print(f"{step.number}: {step.kind} on {step.on_date}; now {step.state}", markup=False)


def _wish(wanted: dict[str, Any]) -> NewStep:
    try:
        return _step.validate_python(wanted)
    except ValidationError as error:
        for one in field_errors(error.errors(include_input=False, include_url=False)):
            err.print(f"{one.field or 'step'}: {one.message}", style="red", markup=False)
        raise typer.Exit(WRONG) from None


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise typer.BadParameter("is not name=value", param_hint="--with")
    return name, value


async def scope_as(stores: Stores, username: str) -> Scope:
    """Return what an account may see; without such an account the command ends with status 1."""
    account = await stores.operators.find(username)
    if account is None:
        err.print("there is no such account; `msa operator list` shows them", style="red")
        raise typer.Exit(WRONG)
    return Scope.of(account.operator)


def _files(stores: Stores) -> PostgresFiles:
    return PostgresFiles(stores.pool, Keyring.of(stores.settings), SystemClock(), _terms(stores))


def _lives(stores: Stores) -> PostgresLives:
    """Make what takes steps; running nodes hear within seconds of phones that it revokes."""
    keyring = Keyring.of(stores.settings)
    return PostgresLives(stores.pool, keyring, SystemClock(), _terms(stores), lambda _: None)


def _terms(stores: Stores) -> Terms:
    return Terms(urgent_decision_days=stores.settings.urgent_decision_days)
