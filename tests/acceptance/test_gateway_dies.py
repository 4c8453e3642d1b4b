"""A gateway node is killed at its worst moments, stands still or is restarted, under load."""

import asyncio

import pytest

from dispatch.client import ConsoleClient
from gateway.drill.history import ConsoleHistory
from gateway.drill.proxy import tcp_proxy
from schemas.frames import Event, Snapshot
from tests.acceptance.conftest import CENTRES, Stage, Staged
from tests.support.wait import until

KILLED = -9


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "after_reply"])
async def test_a_node_killed_at_a_named_point_loses_and_doubles_nothing(staged: Staged, point: str) -> None:
    async with staged(faults={"a": f"{point}:15"}) as stage:
        async with stage.loaded() as pressing:
            assert await stage.a.ended() == KILLED
            await pressing.more(20)
            await stage.a.start()
            await pressing.more(20)
        assert (await stage.verdict()).holds


async def test_a_node_killed_in_the_middle_of_a_frame_leaves_no_half_event(stage: Stage) -> None:
    async with tcp_proxy(stage.a.url) as link:
        torn = await stage.watch("torn", link.url, stage.b.url)
        async with stage.loaded() as pressing:
            link.cut_after(200, marker=b'"type":"event"', then=stage.a.kill)
            assert await stage.a.ended() == KILLED
            await pressing.more(20)
        assert link.cuts == 1
        assert (await stage.verdict()).holds
        assert len(torn.history.links) == 2


async def test_a_node_that_stands_still_and_goes_on_doubles_nothing(stage: Stage) -> None:
    async with stage.loaded() as pressing:
        stage.a.freeze()
        await until("companions gave up on it", lambda: unanswered(stage) >= 6)
        await pressing.more(20)
        stage.a.thaw()
        await pressing.more(20)
    assert (await stage.verdict()).holds


def unanswered(stage: Stage) -> int:
    return sum(one.status is None and one.node == stage.a.url for one in stage.history.tries)


async def test_a_restarted_node_continues_its_consoles_from_their_cursors(stage: Stage) -> None:
    shipped = ConsoleHistory("shipped client", CENTRES)
    stage.history.consoles.append(shipped)
    token = await stage.cluster.people.a_session(*CENTRES)
    async with ConsoleClient(stage.a.url, token) as client:
        reading = asyncio.create_task(read(client, shipped))
        async with stage.loaded() as pressing:
            stage.a.stop()
            assert await stage.a.ended() == 0
            await pressing.more(20)
            await stage.a.start()
            await pressing.more(20)
        heads = {centre: head for centre, head in (await stage.heads()).items() if centre in CENTRES}
        await until("the shipped client has everything", lambda: reached(shipped) == heads)
        reading.cancel()
        shipped.open_alarms = {alarm.alarm_id: alarm for alarm in client.board.open_alarms()}
    assert sum(isinstance(applied, Snapshot) for applied in shipped.applied) == len(CENTRES)
    assert (await stage.verdict()).holds


async def read(client: ConsoleClient, into: ConsoleHistory) -> None:
    async for applied in client:
        if isinstance(applied, Event | Snapshot):
            into.applied.append(applied)


def reached(console: ConsoleHistory) -> dict[str, int]:
    return {applied.centre: applied.cursor.sequence for applied in console.applied}
