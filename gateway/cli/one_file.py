"""The one file that a command is about."""

import typer

from gateway.cli.support import WRONG, Stores, err
from gateway.store.registrations import RegistrationSummary


async def one_file(stores: Stores, reference: str) -> RegistrationSummary:
    """Find a file by reference or id; unless there is one, the command ends with status 1."""
    summaries = await stores.registrations.summaries()
    found = [one for one in summaries if reference in {one.reference, str(one.registration_id)}]
    if len(found) == 1:
        return found[0]
    if found:
        err.print("several files have this reference; give the id, as `msa registration list` shows it")
    else:
        err.print("there is no such registration; `msa registration list` shows them", style="red")
    raise typer.Exit(WRONG)
