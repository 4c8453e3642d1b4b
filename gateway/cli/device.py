"""``msa device``: companions, the phones that hear a victim's button."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import segno
import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, err, id_column, out, print_json, run, text_column
from gateway.domain.people import Companion
from gateway.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Companions (the phones that hear a button): enrol, list, revoke.",
)


@app.command()
def enrol(
    *,
    registration: Annotated[UUID | None, typer.Option(help="The registration's id.")] = None,
    reference: Annotated[str | None, typer.Option(help="The file's own reference instead.")] = None,
    json_: Json = False,
) -> None:
    """Make a one-time code with which a companion enrols itself; it holds for 15 minutes.

    The QR code is the address the companion posts its public key to.

    Example: msa device enrol --reference GE.11.F1.000123/2026
    """
    if (registration is None) == (reference is None):
        raise typer.BadParameter("give either --registration or --reference")

    async def command(stores: Stores) -> tuple[UUID, str, datetime]:
        found = await _registration(stores, registration, reference)
        code, expires_at = await stores.companions.new_code(found)
        return found, enrolment_url(stores.settings, code), expires_at

    registration_id, url, expires_at = run(command)
    code = url.rpartition("/")[2]
    if json_:
        print_json({"code": code, "url": url, "expires_at": expires_at, "registration_id": registration_id})
        return
    segno.make(url, error="m").terminal(compact=True)
    out.print(
        f"code     {code}\naddress  {url}\nuntil    {expires_at.astimezone():%H:%M:%S}, once", markup=False
    )


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


async def _registration(stores: Stores, registration: UUID | None, reference: str | None) -> UUID:
    summaries = await stores.registrations.summaries()
    matching = [one for one in summaries if registration == one.registration_id or reference == one.reference]
    if len(matching) == 1:
        return matching[0].registration_id
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
