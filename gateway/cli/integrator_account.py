"""What the commands about integrators share: who is meant, how a secret is told."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.support import WRONG, Stores, err, out, print_json
from gateway.clock import SystemClock
from gateway.domain.integrators import Integrator
from gateway.store.doors.accounts import PostgresAccounts

Name = Annotated[str, typer.Argument(help="Its name, or its client id.")]
SecretFile = Annotated[
    Path | None,
    typer.Option(help="Write the secret to this new file, mode 0600, and do not show it.", dir_okay=False),
]


def accounts_of(stores: Stores) -> PostgresAccounts:
    """Return the accounts of this database."""
    return PostgresAccounts(stores.pool, SystemClock())


def shown(integrator: Integrator) -> dict[str, Any]:
    """Return an account as JSON."""
    return integrator.view().model_dump(mode="json")


def tell_secret(integrator: Integrator, secret: str, file: Path | None, *, json_: bool) -> None:
    """Tell a secret once, on the screen or in a file of its own."""
    told = None if file is not None and _written(file, secret) else secret
    if json_:
        print_json({**shown(integrator), "client_id": integrator.integrator_id, "client_secret": told})
        return
    out.print(f"client id  {integrator.integrator_id}", markup=False, soft_wrap=True)
    where = f"in {file}" if told is None else told
    out.print(f"secret     {where}", markup=False, soft_wrap=True)
    if told is not None:
        err.print("the secret is kept as a hash, and cannot be shown again")


def _written(file: Path, secret: str) -> bool:
    """Write it. A file that is there is left alone, and the secret shown: it exists by now."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        err.print(f"{file}: {error.strerror}; here it is instead", style="red", markup=False)
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(f"{secret}\n")
    return True


def refuse(words: str) -> typer.Exit:
    """Say what is wrong on standard error; raise what is returned."""
    err.print(words, style="red", markup=False)
    return typer.Exit(WRONG)
