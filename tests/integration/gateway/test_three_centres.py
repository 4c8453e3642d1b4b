"""A console of three centres that loses one goes on with the others, untouched."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from gateway.store.connect import Connection
from schemas.alarm import AlarmView
from schemas.commands import Acknowledge
from schemas.frames import Refused, Snapshot
from tests.support.two_nodes import Pair, naming, shown, two_nodes
from tests.support.wait import until

CENTRES = ("BE-VOV", "BE-VAN", "BE-VBR")
LOST = "BE-VAN"


@pytest.fixture
async def pair(database: str, tmp_path: Path) -> AsyncIterator[Pair]:
    async with two_nodes(database, tmp_path) as nodes:
        yield nodes


def snapshots(applied: Sequence[object]) -> dict[str, list[str]]:
    """Why each centre was loaded, each time."""
    found: dict[str, list[str]] = {centre: [] for centre in CENTRES}
    for one in applied:
        if isinstance(one, Snapshot):
            found[one.centre].append(one.reason)
    return found


async def test_a_lane_that_begins_anew_leaves_the_other_two_alone(pair: Pair, connection: Connection) -> None:
    watcher = await pair.console("drie", pair.a, *CENTRES)
    pressers = {centre: await pair.presser(pair.a, centre=centre) for centre in CENTRES}
    alarms: dict[str, AlarmView] = {}
    for centre, presser in pressers.items():
        alarms[centre] = await shown(watcher, (await presser.press()).alarm_id)
    async with connection.transaction():  # as of a copy that was restored: the log ends before its head
        await connection.execute("SET LOCAL msa.disposal = 'restored'")
        await connection.execute("UPDATE centre_stream SET last_sequence = 0 WHERE centre_id = $1", LOST)
        await connection.execute("DELETE FROM stream_event WHERE centre_id = $1", LOST)

    def begun_anew() -> bool:
        return len(snapshots(watcher.history.applied)[LOST]) == 2

    await until("the lane began anew", begun_anew)
    for centre, presser in pressers.items():
        await presser.press()
        await shown(watcher, alarms[centre].alarm_id, 2)
    assert snapshots(watcher.history.applied) == {
        centre: ["first_attach", "epoch_changed"] if centre == LOST else ["first_attach"]
        for centre in CENTRES
    }
    assert len(watcher.history.links) == 1
    assert {alarm.alarm_id for alarm in watcher.board.open_alarms()} == {
        alarm.alarm_id for alarm in alarms.values()
    }


async def test_a_centre_that_is_taken_from_an_operator_leaves_the_other_two_alone(
    pair: Pair, connection: Connection
) -> None:
    watcher = await pair.console("drie", pair.a, *CENTRES)
    everything = await pair.console("alles", pair.b, *CENTRES)
    pressers = {centre: await pair.presser(pair.b, centre=centre) for centre in CENTRES}
    for presser in pressers.values():
        await shown(watcher, (await presser.press()).alarm_id)
    await connection.execute(
        "UPDATE operator SET centres = array_remove(centres, $1) WHERE name = 'drie'", LOST
    )
    await watcher.cut()
    await until("it is back", lambda: len(watcher.history.links) == 2 and watcher.board.linked)
    receipts = {centre: await presser.press() for centre, presser in pressers.items()}
    for centre, receipt in receipts.items():
        await shown(everything, receipt.alarm_id, 2)
        if centre != LOST:
            await shown(watcher, receipt.alarm_id, 2)
    assert snapshots(watcher.history.applied) == {centre: ["first_attach"] for centre in CENTRES}
    assert watcher.board.foreign == (LOST,)
    assert {alarm.centre for alarm in watcher.board.open_alarms()} == set(CENTRES) - {LOST}
    theirs = await shown(everything, receipts[LOST].alarm_id)
    answer = await watcher.ask(Acknowledge(**naming(theirs)))
    assert isinstance(answer, Refused)
    assert answer.problem.type.endswith(":not-found")
