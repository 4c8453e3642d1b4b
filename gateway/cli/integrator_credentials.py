"""``msa integrator`` for secrets, keys and access tokens."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from gateway.cli.integrator_account import Name, SecretFile, accounts_of, tell_secret
from gateway.cli.support import Json, Stores, content_of, out, print_json, run
from gateway.domain.credentials import KeyAlgorithm, key_from_pem
from gateway.domain.integrators import Integrator
from gateway.door_timing import SECRET_OVERLAP_S

OVERLAP_HOURS: Final = SECRET_OVERLAP_S / 3600

Overlap = Annotated[
    float, typer.Option(min=0, max=24 * 90, help="For so many hours the old one holds yet; 0 ends it now.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("rotate-secret")(rotate_secret)
    app.command("add-key")(add_key)
    app.command("end-key")(end_key)
    app.command("revoke-tokens")(revoke_tokens)


def rotate_secret(
    name: Name,
    *,
    overlap_hours: Overlap = OVERLAP_HOURS,
    secret_file: SecretFile = None,
    json_: Json = False,
) -> None:
    """Make a new secret; the old one holds for a week yet, so that nothing stops meanwhile.

    Two hold at most: rotating again ends the older one at once. After a leak: --overlap-hours 0, and
    `msa integrator revoke-tokens`.
    """

    async def command(stores: Stores) -> tuple[Integrator, str]:
        accounts = accounts_of(stores)
        integrator = await accounts.find(name)
        return integrator, await accounts.rotate_secret(integrator, timedelta(hours=overlap_hours))

    tell_secret(*run(command), secret_file, json_=json_)


def add_key(
    name: Name,
    file: Annotated[Path, typer.Argument(help="Public key in PEM; - reads standard input.", allow_dash=True)],
    *,
    json_: Json = False,
) -> None:
    """Keep a public key, P-256 or Ed25519, by which it signs its requests (RFC 9421); print the key's id.

    To rotate, add the new one and end the old one with `msa integrator end-key`.

    Example: openssl genpkey -algorithm ed25519 -out key.pem;
    openssl pkey -in key.pem -pubout | msa integrator add-key '112 BE' -
    """
    pem = content_of(file)

    async def command(stores: Stores) -> tuple[UUID, KeyAlgorithm]:
        algorithm, public_key = key_from_pem(pem)
        accounts = accounts_of(stores)
        return await accounts.add_key(await accounts.find(name), algorithm, public_key), algorithm

    key_id, algorithm = run(command)
    if json_:
        print_json({"key_id": key_id, "algorithm": algorithm})
    else:
        out.print(f"key id     {key_id}\nalgorithm  {algorithm}", markup=False)


def end_key(
    name: Name,
    key: Annotated[UUID, typer.Argument(help="The key's id.")],
    *,
    overlap_hours: Overlap = OVERLAP_HOURS,
    json_: Json = False,
) -> None:
    """Let a key end; it holds for a week yet."""

    async def command(stores: Stores) -> datetime:
        accounts = accounts_of(stores)
        return await accounts.end_key(await accounts.find(name), key, timedelta(hours=overlap_hours))

    until = run(command)
    if json_:
        print_json({"key_id": key, "ends_at": until})
    else:
        out.print(f"ends at {until.astimezone():%Y-%m-%d %H:%M}")


def revoke_tokens(name: Name, *, json_: Json = False) -> None:
    """Take all its access tokens back; with its secret it gets new ones."""

    async def command(stores: Stores) -> int:
        accounts = accounts_of(stores)
        return await accounts.revoke_tokens(await accounts.find(name))

    number = run(command)
    if json_:
        print_json({"revoked": number})
    else:
        out.print(f"{number} revoked")
