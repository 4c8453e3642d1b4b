"""``restore-from-backup``: the database is destroyed under load and restored from its backup and archive."""

import asyncio
from pathlib import Path
from typing import Final
from uuid import UUID

from gateway.backup.restoring import Restored, restore
from gateway.backup.taking import take
from gateway.drill.crowd import accepted_s
from gateway.drill.field import Field
from gateway.drill.kill_database import CHANGED, LOOK_S
from gateway.drill.losable import Archive, Losable, presses_by
from gateway.drill.store_reading import read_store
from schemas.frames import Event, Reset

ACCEPTED_S: Final = 3.0
AGAIN_S: Final = 60.0


async def tell(field: Field, server: Losable, archive: Archive, behind_s: float) -> None:
    """Play it."""
    await field.press_on(1 / 4)
    backup = await _back_up(field, archive)
    await field.press_on(1 / 4)
    await archive.end()
    field.say(f"the archive's link is cut; presses go on for {behind_s:g} s")
    await asyncio.sleep(behind_s)
    kept = await presses_by(field.stage.database, await archive.commits())
    field.say("the database is destroyed: kill -9, rm -r")
    lost_at = field.now()
    await asyncio.to_thread(server.lose)
    receipted = _receipted(field)
    found = await restore(backup, server.cluster, field.stage.settings, archive=archive.wal, say=field.say)
    await asyncio.to_thread(server.start)
    _say_restored(field, found, lost_at)
    await _going_on(field, lost_at)
    await _told(field)
    lost = await _compared(field, kept, receipted)
    _take_back(field, found, lost)
    await field.settle(resets=frozenset({CHANGED}))


async def _back_up(field: Field, archive: Archive) -> Path:
    began = field.now()
    backup, made = await take(field.stage.database, field.stage.database, archive.base)
    field.say(f"backed up while they press: {made.size_bytes / 1e6:.0f} MB in {field.now() - began:.1f} s")
    field.findings.within(
        "a press while a backup is taken is accepted",
        list(accepted_s(field.history.tries, began, field.now()).values()),
        ACCEPTED_S,
        of="presses",
    )
    return backup


def _receipted(field: Field) -> set[UUID]:
    return {one.press_id for one in field.history.tries if one.told is not None}


def _say_restored(field: Field, found: Restored, lost_at: float) -> None:
    last = found.last_commit.isoformat() if found.last_commit else "none"
    field.say(f"restored after {field.now() - lost_at:.1f} s; its last commit is of {last}")
    field.findings.show(
        "the restored log is whole, and goes on from the backup's",
        "; ".join(found.state.problems) or f"{found.state.log_position} links",
        holds=not found.state.problems,
    )


async def _going_on(field: Field, lost_at: float) -> None:
    """Wait for a receipt of a press that was first sent after the disaster, then let them press on."""

    def committed() -> bool:
        return any(one.told is not None and one.began >= lost_at for one in field.history.tries)

    took_s = await field.look("a press is committed", committed, LOOK_S) - lost_at
    field.findings.show(
        "presses are committed again",
        f"{took_s:.1f} s after",
        holds=took_s <= AGAIN_S,
        bound=f"<= {AGAIN_S:g} s",
    )
    field.findings.within(
        "a press meanwhile is accepted, and kept by a node",
        list(accepted_s(field.history.tries, lost_at, lost_at + took_s).values()),
        ACCEPTED_S,
        of="presses",
    )
    await field.press_on(1 / 4)


async def _told(field: Field) -> None:
    """Wait until every console was told of the new epoch."""

    def told() -> int:
        return sum(
            any(isinstance(frame, Reset) and frame.reason == CHANGED for _, frame in console.frames())
            for console in field.history.consoles
        )

    await field.look("every console is told", lambda: told() == len(field.watchers), LOOK_S)
    field.findings.show(
        "every console is told that the log goes on in another epoch",
        f"{told()} of {len(field.watchers)}",
        holds=True,
    )


async def _compared(field: Field, kept: set[UUID], receipted: set[UUID]) -> set[UUID]:
    """Hold what is there to what the archive had; return the presses that were receipted and are lost."""
    there = await _there(field)
    missing, lost = kept - there, receipted - kept
    field.findings.show(
        "nothing that was archived is missing",
        f"{len(kept)} presses archived, {len(missing)} missing" + _named(missing),
        holds=bool(kept) and not missing,
    )
    field.findings.show(
        "what is lost is exactly what was receipted after the archive's end",
        f"{len(receipted - there)} of {len(receipted)} receipted presses" + _named(receipted - there),
        holds=receipted - there == lost,
    )
    return lost


async def _there(field: Field) -> set[UUID]:
    """Return the presses that the database has now."""
    store = await read_store(field.stage.database)
    return {press.press_id for press in store.presses}


def _named(presses: set[UUID]) -> str:
    return f": {' '.join(sorted(map(str, presses)))}" if presses else ""


def _take_back(field: Field, found: Restored, lost: set[UUID]) -> None:
    """Have the checker judge what the log has not lost: the rest of it was just named."""
    field.history.tries[:] = [one for one in field.history.tries if one.press_id not in lost]
    before = found.statement.epoch
    for console in field.history.consoles:
        console.applied[:] = [
            one
            for one in console.applied
            if not (
                isinstance(one, Event)
                and one.cursor.epoch == before
                and one.cursor.sequence > found.state.centres[one.centre].sequence
            )
        ]
