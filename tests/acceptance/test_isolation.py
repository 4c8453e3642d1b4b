"""What stands still in one place delays nobody elsewhere by more than a second."""

import asyncio

import asyncpg
import pytest

from schemas.problems import CloseCode
from schemas.registration import Circumstance, CircumstanceKind
from tests.acceptance.conftest import CENTRES, Stage
from tests.support.pressing import load
from tests.support.wait import until

LONG = tuple(
    Circumstance(kind=CircumstanceKind.OTHER, text=f"{number}: " + "Zie het dossier. " * 50)
    for number in range(16)
)
"""A file of 14 kB, so that a few dozen events fill the buffers of the kernel and the gateway."""

DELAY_S = 1.0
HELD_S = 2.0
"""How long the row is held: past the gateway's lock time-out (1 s), within its deadline (3 s)."""


@pytest.mark.alone
async def test_a_console_that_stops_reading_is_closed_and_delays_no_other(stage: Stage) -> None:
    await stage.watch_both()
    stopped = await stage.watch("stopped", stage.a.url, centres=CENTRES[:1])
    pressers = [await stage.presser(stage.a.url, circumstances=LONG) for _ in range(4)]
    stopped.reading.clear()
    async with load(pressers, pace_s=0.0) as pressing:
        await until("it is closed as too slow", lambda: closed_as_slow(stage))
        stopped.reading.set()
        await until("it is back", lambda: len(stopped.history.links) > 1)
        await pressing.stop()
    assert stopped.history.links[0].close_code == CloseCode.TOO_SLOW
    verdict = await stage.verdict()
    assert verdict.holds
    first = [watcher.heard() for watcher in stage.watchers if watcher.history.name in {"a1", "a2", "b1"}]
    for place, at in first[0].items():
        assert max(heard[place] for heard in first if place in heard) - at < DELAY_S


async def closed_as_slow(stage: Stage) -> bool:
    return await stage.a.metric('msa_console_slow_total{centre="BE-VOV"}') > 0


@pytest.mark.alone
async def test_a_stuck_centre_delays_no_other_and_recovers(stage: Stage) -> None:
    stuck, other = CENTRES
    async with stage.loaded() as pressing:
        connection = await asyncpg.connect(stage.cluster.people.database)
        try:
            async with connection.transaction():
                await connection.execute("SELECT 1 FROM centre_stream WHERE centre_id = $1 FOR UPDATE", stuck)
                head = (await stage.heads())[stuck]
                began = asyncio.get_running_loop().time()
                await asyncio.sleep(HELD_S)
                assert (await stage.heads())[stuck] == head
        finally:
            await connection.close()
        await pressing.more(20)
    assert (await stage.verdict()).holds
    meanwhile = [
        one.ended - one.began
        for one in stage.history.tries
        if one.told is not None and one.told.centre == other and began < one.began < began + HELD_S
    ]
    assert len(meanwhile) > 5
    assert max(meanwhile) < DELAY_S
