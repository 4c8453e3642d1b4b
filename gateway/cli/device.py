"""``msa device``: companions, the phones that hear a victim's button; the devices: ``device_stock``."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import segno
import typer
from rich.progress import track
from rich.table import Column, Table

from gateway.cli import device_stock
from gateway.cli.support import (
    WRONG,
    Json,
    Stores,
    err,
    id_column,
    out,
    print_json,
    print_json_line,
    run,
    text_column,
)
from gateway.domain.people import Companion
from gateway.settings import Settings
from gateway.store.registrations import RegistrationSummary

MANY: Final = 100

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Buttons and phones: consignments, stock, history; the companions on phones: enrol, list, revoke.",
)
device_stock.register(app)


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time enrolment code and the file it is for."""

    code: str
    url: str
    expires_at: datetime
    registration_id: UUID
    centre: str
    reference: str


@app.command()
def enrol(
    *,
    registration: Annotated[UUID | None, typer.Option(help="The registration's id.")] = None,
    reference: Annotated[str | None, typer.Option(help="The file's own reference instead.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="One for each file without a companion; --json: one object a line.")
    ] = False,
    listed: Annotated[
        typer.FileText | None,
        typer.Option("--from", help="One for each registration's id in it, one a line; - is standard input."),
    ] = None,
    json_: Json = False,
) -> None:
    """Make a one-time code with which a companion enrols itself; it holds for 15 minutes.

    The QR code is the address the companion posts its public key to.

    Example: msa device enrol --reference GE.11.F1.000123/2026
    """
    if [registration is not None, reference is not None, every, listed is not None].count(True) != 1:
        raise typer.BadParameter("give one of --registration, --reference, --all and --from")
    wanted = None if listed is None else _ids(listed)

    async def command(stores: Stores) -> list[Code]:
        if wanted is not None:
            files = await _files(stores, wanted)
        elif every:
            files = await _without_companion(stores)
        else:
            files = [await _file(stores, registration, reference)]
        return [await _code(stores, one) for one in _shown(files)]

    codes = run(command)
    if every or wanted is not None:
        _print_codes(codes, json_=json_)
    elif json_:
        print_json(asdict(codes[0]))
    else:
        segno.make(codes[0].url, error="m").terminal(compact=True)
        until = f"{codes[0].expires_at.astimezone():%H:%M:%S}"
        out.print(f"code     {codes[0].code}\naddress  {codes[0].url}\nuntil    {until}, once", markup=False)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the companions, newest first."""

    async def command(stores: Stores) -> tuple[Companion, ...]:
        return await stores.companions.every()

    companions = run(command)
    if json_:
        print_json([_as_json(one) for one in companions])
        return
    columns = (
        id_column("companion"),
        id_column("registration"),
        *map(text_column, ("label", "enrolled", "state")),
    )
    table = Table(*columns, box=None)
    for one in companions:
        state = f"revoked {one.revoked_at:%Y-%m-%d %H:%M}" if one.revoked_at else "enrolled"
        enrolled = f"{one.enrolled_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.companion_id), str(one.registration_id), one.label, enrolled, state)
    out.print(table)


@app.command()
def revoke(
    companion: Annotated[UUID, typer.Argument(help="The companion's id, as `msa device list` shows it.")],
) -> None:
    """Refuse a companion from now on, e.g. a lost phone; nodes that run know it within 5 seconds."""

    async def command(stores: Stores) -> bool:
        return await stores.companions.revoke(companion)

    if not run(command):
        err.print("there is no such companion", style="red")
        raise typer.Exit(WRONG)
    out.print("revoked")


def enrolment_url(settings: Settings, code: str) -> str:
    """Return where a companion posts its public key."""
    base = settings.public_urls[0] if settings.public_urls else f"http://{settings.host}:{settings.port}"
    return f"{base}/v1/enrolments/{code}"


async def _code(stores: Stores, one: RegistrationSummary) -> Code:
    code, expires_at = await stores.companions.new_code(one.registration_id)
    url = enrolment_url(stores.settings, code)
    return Code(code, url, expires_at, one.registration_id, one.centre, one.reference)


def _shown(files: Sequence[RegistrationSummary]) -> Iterable[RegistrationSummary]:
    """Show progress on a terminal where there are many."""
    quiet = len(files) < MANY or not err.is_terminal
    return track(files, description="making codes", console=err, disable=quiet, transient=True)


def _print_codes(codes: Sequence[Code], *, json_: bool) -> None:
    if json_:
        for one in codes:
            print_json_line(asdict(one))
        return
    table = Table(
        text_column("centre"),
        text_column("reference", min_width=12),
        Column("code", no_wrap=True),
        "until",
        box=None,
    )
    for one in codes:
        table.add_row(one.centre, one.reference, one.code, f"{one.expires_at.astimezone():%H:%M:%S}")
    out.print(table)


async def _without_companion(stores: Stores) -> list[RegistrationSummary]:
    summaries = await stores.registrations.summaries()
    return [one for one in summaries if not one.companions and not one.erased]


def _ids(listed: Iterable[str]) -> list[UUID]:
    """Read the ids before anything is made."""
    wanted = []
    for number, line in enumerate(listed, 1):
        try:
            wanted.append(UUID(line.strip()))
        except ValueError:
            raise typer.BadParameter(f"line {number} is no registration's id", param_hint="--from") from None
    return list(dict.fromkeys(wanted))


async def _files(stores: Stores, wanted: Sequence[UUID]) -> list[RegistrationSummary]:
    """Find all of them or none."""
    found = {one.registration_id: one for one in await stores.registrations.summaries() if not one.erased}
    missing = [str(one) for one in wanted if one not in found]
    if missing:
        err.print(f"there is no such registration: {', '.join(missing[:3])}", style="red", markup=False)
        raise typer.Exit(WRONG)
    return [found[one] for one in wanted]


async def _file(stores: Stores, registration: UUID | None, reference: str | None) -> RegistrationSummary:
    summaries = await stores.registrations.summaries()
    matching = [one for one in summaries if registration == one.registration_id or reference == one.reference]
    if len(matching) == 1:
        return matching[0]
    if matching:
        ids = ", ".join(f"{one.registration_id} ({one.centre})" for one in matching)
        err.print(f"several files have this reference; give --registration: {ids}", style="red", markup=False)
    else:
        err.print("there is no such registration; `msa registration list` shows them", style="red")
    raise typer.Exit(WRONG)


def _as_json(companion: Companion) -> dict[str, object]:
    return {
        "companion_id": companion.companion_id,
        "registration_id": companion.registration_id,
        "label": companion.label,
        "version": companion.version,
        "enrolled_at": companion.enrolled_at,
        "revoked_at": companion.revoked_at,
        "last_seen_at": companion.last_seen_at,
    }
