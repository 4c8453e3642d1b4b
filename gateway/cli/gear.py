"""``msa gear``: the accounts that alarm gear reports under by SIA DC-09."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from gateway.cli.support import Json, Stores, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.domain.gear import KEY_BYTES, GearAccount
from gateway.domain.rows import Row
from gateway.store.doors.gear_accounts import PostgresGearAccounts
from gateway.store.sealing import Keyring

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Alarm gear that speaks SIA DC-09: the accounts it reports under, and the keys it encrypts with.",
)

ACCOUNT: Final = re.compile(r"[0-9A-F]{3,16}")
HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
LINE: Final = re.compile(r"L[0-9A-F]{1,6}")

Account = Annotated[str, typer.Argument(help="Its number: 3 to 16 hex digits, as the gear sends it.")]
Line = Annotated[str, typer.Option(help="Its prefix, e.g. L1; without one it counts for every prefix.")]


@app.command("add-account")
def add_account(
    account: Account,
    *,
    integrator: Annotated[str, typer.Option(help="Name or id of the integrator whose gear it is.")],
    key_file: Annotated[
        Path | None,
        typer.Option(help="File with its AES key: 32, 48 or 64 hex digits; or 16, 24 or 32 characters."),
    ] = None,
    in_clear: Annotated[
        bool,
        typer.Option("--in-clear", help="It does not encrypt: anybody on its way can forge it."),
    ] = False,
    line: Line = "",
    json_: Json = False,
) -> None:
    """Add an account; nodes that run know it within 5 seconds.

    Link whom it stands for with `msa integrator link`: the subject is dc09:ACCOUNT, or dc09:ACCOUNT/ZONE.

    Example: msa gear add-account 1234 --integrator 'Example ARC' --key-file key.txt
    """
    number, prefix = _account(account), _line(line)
    if (key_file is None) != in_clear:
        raise typer.BadParameter("give --key-file, or --in-clear, not both")
    key = None if key_file is None else _key(key_file)

    async def command(stores: Stores) -> GearAccount:
        return await _accounts(stores).add(integrator, number, prefix, key)

    added = run(command)
    if json_:
        print_json({"account": added.account, "line": added.line, "encrypted": added.key is not None})
    else:
        out.print(f"added {added.line}#{added.account}", markup=False)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the accounts, those that have ended too; never a key."""

    async def command(stores: Stores) -> list[Row]:
        return await _accounts(stores).rows()

    rows = run(command)
    if json_:
        print_json([_shown(row) for row in rows])
        return
    headings = ("account", "line", "integrator", "sends", "ended")
    table = Table(*(text_column(heading) for heading in headings), box=None)
    for row in rows:
        shown = _shown(row)
        sends = "encrypted" if shown["encrypted"] else "in clear"
        table.add_row(row["account"], row["line"], row["name"], sends, str(shown["ended_at"] or ""))
    out.print(table)


@app.command("end-account")
def end_account(account: Account, *, line: Line = "") -> None:
    """End an account; nodes that run refuse it within 5 seconds."""
    number, prefix = _account(account), _line(line)

    async def command(stores: Stores) -> None:
        await _accounts(stores).end(number, prefix)

    run(command)
    out.print(f"ended {prefix}#{number}", markup=False)


def _accounts(stores: Stores) -> PostgresGearAccounts:
    return PostgresGearAccounts(stores.pool, Keyring.of(stores.settings), SystemClock())


def _shown(row: Row) -> dict[str, object]:
    return {
        "account": row["account"],
        "line": row["line"],
        "integrator": row["name"],
        "encrypted": row["key_id"] is not None,
        "created_at": row["created_at"].isoformat(),
        "ended_at": None if row["ended_at"] is None else row["ended_at"].isoformat(),
    }


def _account(text: str) -> str:
    number = text.strip().upper()
    if ACCOUNT.fullmatch(number) is None:
        raise typer.BadParameter("an account has 3 to 16 hex digits")
    return number


def _line(text: str) -> str:
    prefix = text.strip().upper()
    if prefix and LINE.fullmatch(prefix) is None:
        raise typer.BadParameter("a prefix is L and 1 to 6 hex digits")
    return prefix


def _key(file: Path) -> bytes:
    """Read a key: hex digits as the standard has it, or the characters that many makers use as they are."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter("the key file cannot be read") from None
    if len(text) // 2 in KEY_BYTES and HEX.fullmatch(text) is not None:
        return bytes.fromhex(text)
    if len(text) in KEY_BYTES:
        return text.encode("ascii")
    raise typer.BadParameter("a key has 32, 48 or 64 hex digits, or 16, 24 or 32 characters")
