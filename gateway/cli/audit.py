"""``msa audit``: is the log whole, what is kept how long, what was destroyed."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.progress import Progress

from gateway.cli.looks import looks
from gateway.cli.support import Json, Stores, err, failed, out, print_json, run, settings_or_exit
from gateway.clock import SystemClock
from gateway.domain.casework.retention import DataClass, Retention
from gateway.domain.errors import SealKeyRefused
from gateway.retention_file import retention_of
from gateway.seal_keys import SealKey, rotate
from gateway.sealing_log import checking_of, seal_key_of, sealer_of
from gateway.store.casework.keeping import erasure_proof as proof_of
from gateway.store.casework.log_checking import Checked
from gateway.store.casework.retaining import Retaining
from schemas.keeping import ErasureProof

TAMPERED: Final = 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The log: whether it is whole, what is kept how long, what was destroyed.",
)


@app.command()
def verify(
    *,
    first: Annotated[
        int, typer.Option("--from", min=1, help="Position to start at; what was erased is then not added up.")
    ] = 1,
    key: Annotated[
        Path | None, typer.Option(help="Public keys in PEM that may sign heads; else the seal key file's.")
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(help="File of heads written outside the database; else MSA_SEAL_HEADS.")
    ] = None,
    json_: Json = False,
) -> None:
    """Check the sealed log: every record against its link, every link against the one before.

    Exit status 0: whole. 1: it could not be checked. 3: something was changed, removed, put in, moved, cut
    off or forged; where, is said.

    Example: msa audit verify --heads /mnt/append-only/heads
    """

    async def command(stores: Stores) -> Checked:
        checking = checking_of(stores.settings, stores.pool, key, heads)
        with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task("links", total=None)
            return await checking.check(
                first, lambda done, total: bar.update(task, completed=done, total=total)
            )

    try:
        checked = run(command)
    except OSError as error:
        err.print(f"{error.filename}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(1) from None
    if json_:
        print_json(_as_json(checked))
    else:
        _print(checked)
    if checked.log.wrongs:
        raise typer.Exit(TAMPERED)


app.command("looks")(looks)


@app.command("public-key")
def public_key() -> None:
    """Print the public key that verifies what is signed from now on, as PEM; its id on standard error.

    Hand it to whoever is to verify evidence by a way of its own, before there is any.
    """
    try:
        key = SealKey.read(settings_or_exit().seal_key)
    except SealKeyRefused as error:
        raise failed(error) from None
    typer.echo(key.public_pem.decode(), nl=False)
    err.print(f"key id {key.key_id}", markup=False)


@app.command("rotate-key")
def rotate_key() -> None:
    """Make a new key, which signs once a node has read it (SIGHUP); the old one goes on verifying.

    Every node needs the new file.
    """
    try:
        made = rotate(settings_or_exit().seal_key)
    except SealKeyRefused as error:
        raise failed(error) from None
    out.print(f"key id {made}; restart the nodes", markup=False)


@app.command()
def retention(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is due.")] = False,
    json_: Json = False,
) -> None:
    """End what has no more ground to be kept, now: nodes do it each hour.

    What is of a file under legal hold stays. Each batch is recorded (`data.expired`) and in the sealed log.

    Example: msa audit retention --dry-run
    """

    async def command(stores: Stores) -> tuple[Retention, dict[DataClass, int]]:
        kept = retention_of(stores.settings)
        retaining = Retaining(pool=stores.pool, clock=SystemClock(), retention=kept)
        return kept, await (retaining.due() if dry_run else retaining.end())

    kept, counted = run(command)
    if json_:
        print_json({"dry_run": dry_run, "classes": {
            one: {"days": kept.days[one], "count": counted[one]} for one in DataClass
        }})  # fmt: skip
        return
    for one in DataClass:
        what = "due" if dry_run else "ended"
        out.print(f"{one:<11}{kept.days[one]:>6} days  {counted[one]} {what}", markup=False, highlight=False)


@app.command("erasure-proof")
def erasure_proof(
    registration_id: Annotated[UUID, typer.Argument(help="The registration's id, which outlives its file.")],
) -> None:
    """Print a signed statement that a file was erased: what was destroyed, when, by whom.

    Exit status 1 where it was not, or where a key of it is left.

    Example: msa audit erasure-proof 0192a000-0000-7000-8000-000000000001 > proof.json
    """

    async def command(stores: Stores) -> ErasureProof:
        key = seal_key_of(stores.settings)
        await sealer_of(stores.settings, stores.pool, SystemClock(), None).seal_all()
        return await proof_of(stores.pool, key, registration_id)

    print_json(run(command).model_dump(mode="json"))


def _as_json(checked: Checked) -> dict[str, Any]:
    log = checked.log
    return {
        "log": checked.log_id,
        "ok": not log.wrongs,
        "links": checked.links,
        "whole": log.whole,
        "erased": log.erased,
        "unsealed": checked.unsealed,
        "heads": checked.heads,
        "signed_to": log.signed_to if checked.signed else None,
        "wrong": log.wrongs,
        "findings": [asdict(one) for one in log.findings],
    }


def _print(checked: Checked) -> None:
    log = checked.log
    for one in log.findings:
        where = "" if one.position is None else f" at {one.position}"
        record = "" if one.record is None else f" {one.record}:"
        err.print(f"{one.wrong}{where}:{record} {one.detail}", style="red", markup=False)
    out.print(f"{checked.links} links of log {checked.log_id}", markup=False)
    out.print(f"  {log.whole} records whole")
    out.print(f"  {log.erased} erased, digest kept")
    out.print(f"  {checked.unsealed} not sealed yet")
    if checked.signed:
        out.print(f"  {checked.heads} heads hold, the last at {log.signed_to}")
    else:
        out.print("  no key given: heads are not verified", style="yellow")
    out.print(f"{log.wrongs} findings" if log.wrongs else "the log is whole")
