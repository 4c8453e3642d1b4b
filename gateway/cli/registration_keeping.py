"""``msa registration hold, release, erase``: keeping a file, on the word of whoever runs this machine."""

from typing import Annotated
from uuid import UUID

import typer

from gateway.cli.one_file import one_file
from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run
from gateway.store.casework.keeping import erase_by_system, hold_by_system
from schemas.keeping import ErasureGround

Reference = Annotated[str, typer.Argument(help="The file's own reference, or the registration's id.")]


def hold(reference: Reference) -> None:
    """Hold a file: nothing of it is deleted or erased until it is released.

    Example: msa registration hold GE.11.F1.000123/2026
    """
    _hold(reference, held=True)


def release(reference: Reference) -> None:
    """Release a file that was held."""
    _hold(reference, held=False)


def erase(
    reference: Reference,
    *,
    ground: Annotated[ErasureGround, typer.Option(help="On what ground.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json_: Json = False,
) -> None:
    """Erase a file for ever: its keys are destroyed, and what is personal outside them is removed.

    Refused while it is held, while an alarm of hers is open and, unless a court orders it, before it is
    closed. `msa audit erasure-proof` proves it afterwards.

    Example: msa registration erase GE.11.F1.000123/2026 --ground request
    """

    async def command(stores: Stores) -> tuple[UUID, int]:
        file = await one_file(stores, reference)
        if not yes and not typer.confirm(f"{file.centre} {file.reference}: erase it for ever?", err=True):
            err.print("nothing was erased")
            raise typer.Exit(WRONG)
        return file.registration_id, await erase_by_system(stores.pool, file.registration_id, ground)

    registration_id, disposal = run(command)
    if json_:
        print_json({"registration_id": registration_id, "disposal": disposal})
    else:
        out.print(f"{registration_id} is erased (disposal {disposal})", markup=False)


def _hold(reference: str, *, held: bool) -> None:
    async def command(stores: Stores) -> str:
        file = await one_file(stores, reference)
        await hold_by_system(stores.pool, file.registration_id, held=held)
        return f"{file.centre} {file.reference}"

    out.print(f"{run(command)}: {'held' if held else 'released'}", markup=False)
