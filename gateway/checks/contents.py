"""What is in the database: its schema, whom it guards files from, and whether it fits this node's files."""

import asyncio
from typing import Final

from gateway.checks.check import Check, doubt, good, wrong
from gateway.checks.context import Context
from gateway.domain.casework.matrix import EVERYWHERE, MATRIX
from gateway.domain.errors import GatewayError
from gateway.geography import check_known, load_centres
from gateway.responses import check_answering, load_responses
from gateway.store import migrate
from gateway.store.casework.standing import standing
from gateway.store.connect import Database
from gateway.store.rewrapping import named
from gateway.store.sealing import Keyring

CENTRES: Final = "SELECT centre_id FROM centre"


async def schema(connection: Database, context: Context) -> Check:
    """Look whether this program fits the schema. Raises ``SchemaTooOld``, ``SchemaTooNew``."""
    fits = False
    try:
        await migrate.check(connection)
        fits = True
    finally:
        context.fits(fits=fits)
    return good("schema", migrate.head())


async def access(connection: Database, context: Context) -> Check:
    """Say whether the database itself holds people to what they may know."""
    anybody = {table: "".join(cells) for table, cells in MATRIX.items()}
    found = await standing(connection, anybody, EVERYWHERE)
    if found.faults:
        return wrong("access", "; ".join(found.faults), "docs/casework.md")
    held = f"row-level security holds on {len(MATRIX) - len(EVERYWHERE)} tables"
    # The embedded server has no other role, and nobody else reaches it.
    if found.doubts and not context.settings.embedded:
        return doubt("access", "; ".join([held, *found.doubts]), "docs/casework.md")
    return good("access", held)


async def sealed_files(connection: Database, context: Context) -> Check:
    """Compare the key file with what is sealed."""
    used = set(await named(connection))
    try:
        keyring = await asyncio.to_thread(Keyring.read, context.settings.kek_file) if used else None
    except GatewayError:
        keyring = None
    missing = used - set(keyring.keys if keyring else ())
    if missing:
        said = f"sealed by {', '.join(sorted(missing))}, which the key file does not have"
        return wrong("sealed files", said, "put the key into every node's key file", "AlarmShownWithoutFile")
    return good("sealed files", "the key file has every key that was used")


async def centres(connection: Database, context: Context) -> Check | None:
    """Compare the areas with the centres there are, if the areas can be read at all."""
    known = await _known(connection)
    try:
        areas = await asyncio.to_thread(load_centres, context.settings)
    except GatewayError:
        return None
    check_known(areas, known)
    bare = ", ".join(sorted(known.difference(areas.centres)))
    return good("centres", f"without an area of its own: {bare or 'none'}")


async def answering_centres(connection: Database, context: Context) -> Check | None:
    """Compare the sections of ``MSA_RESPONSES`` with the centres there are."""
    known = await _known(connection)
    try:
        responses = await asyncio.to_thread(load_responses, context.settings)
    except GatewayError:
        return None
    check_answering(responses, known)
    return None


async def _known(connection: Database) -> set[str]:
    return {row["centre_id"] for row in await connection.fetch(CENTRES)}
