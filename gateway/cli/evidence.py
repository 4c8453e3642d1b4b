"""``msa evidence``: the evidence of an alarm, made and verified."""

import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from gateway import evidence_check
from gateway.cli.support import Stores, out, run
from gateway.clock import SystemClock
from gateway.domain.casework.evidence_words import WORDS
from gateway.evidence import Evidence
from gateway.sealing_log import sealer_of
from gateway.store.casework.evidence import PostgresEvidence
from gateway.store.sealing import Keyring

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The evidence of an alarm: make it, verify it offline."
)


@app.command()
def make(
    alarm_id: Annotated[UUID, typer.Argument(help="The alarm's id.")],
    *,
    file: Annotated[Path, typer.Option("--out", help="Write it here, mode 0600.")],
    language: Annotated[str, typer.Option(help="Of its report: nl, fr, de or en.")] = "nl",
) -> None:
    """Make the signed evidence of an alarm: everything there is about it, in one file.

    It is personal data in the clear: keep it where only those may read it who must.

    Example: msa evidence make 0192a000-0000-7000-8000-000000000001 --out evidence.zip
    """
    if language not in WORDS:
        raise typer.BadParameter("nl, fr, de or en", param_hint="--language")

    async def command(stores: Stores) -> bytes:
        evidence = Evidence(
            store=PostgresEvidence(stores.pool, Keyring.of(stores.settings)),
            sealer=sealer_of(stores.settings, stores.pool, SystemClock(), None),
            clock=SystemClock(),
            budget_ms=stores.settings.latency_budget_ms,
        )
        return await evidence.make_by_system(alarm_id, language)

    made = run(command)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(made)
    out.print(f"{file}: {len(made)} bytes", markup=False)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The bundle.")],
    *,
    key: Annotated[Path, typer.Option(help="The public key in PEM, from a source you trust.")],
) -> None:
    """Verify a bundle offline: no database, no settings.

    Exit status 0: whole. 1: not. The same as `python gateway/evidence_check.py`, which is one file that
    needs nothing of this project.

    Example: msa evidence verify evidence.zip --key seal-public.pem
    """
    raise typer.Exit(evidence_check.main([str(file), "--key", str(key)]))
