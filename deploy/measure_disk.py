"""What a press takes on PostgreSQL's disk: tables and indexes before and after some hundreds, by table.

Two nodes and 22 consoles press and look on as in a drill; nobody acknowledges, so alarms climb their ladder
too. Write-ahead log is told apart: it is what a backup and a standby are sent.
"""

import asyncio
import logging
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from gateway.drill.field import Field, Size, Stand, played
from gateway.drill.findings import Findings
from gateway.drill.running import narrator
from gateway.store.connect import Role, connected
from gateway.store.embedded import EmbeddedPostgres
from gateway.telemetry import configure_logging

SIZES = """
SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
 WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"""
WAL = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"


async def tell(field: Field) -> None:
    """Press for the drill's time, and print what that took."""
    await field.press_on(0.1)
    before, wal, begun = await _sizes(field), await _wal(field), _presses(field)
    await field.press_on(1.0)
    await field.crowd.stop(30.0)
    after, presses = await _sizes(field), _presses(field) - begun
    grown = {name: (after[name] - before.get(name, 0)) / presses for name in after}
    for name, size in sorted(grown.items(), key=lambda one: -one[1]):
        if size >= 1:
            print(f"{size:10,.0f} bytes a press  {name}")
    print(f"{sum(grown.values()):10,.0f} bytes a press in all, of {presses}")
    print(f"{(await _wal(field) - wal) / presses:10,.0f} bytes of write-ahead log a press")


def _presses(field: Field) -> int:
    return len({one.press_id for one in field.history.tries if one.told is not None})


async def _sizes(field: Field) -> dict[str, int]:
    async with connected(field.stage.database, application_name="measure", role=Role.TOOL) as database:
        return {row["name"]: row["bytes"] for row in await database.fetch(SIZES)}


async def _wal(field: Field) -> int:
    async with connected(field.stage.database, application_name="measure", role=Role.TOOL) as database:
        return int(await database.fetchval(WAL))


async def main(seconds: float) -> None:
    """Measure on a PostgreSQL of its own."""
    configure_logging("error")
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="msa-disk-") as directory:
        stand = Stand(
            directory=Path(directory),
            findings=Findings(narrator()),
            size=Size(seconds=seconds, per_s=50),
            stack=AsyncExitStack(),
        )
        async with stand.stack:
            await played(stand, EmbeddedPostgres(Path(directory) / "postgres"), tell)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
