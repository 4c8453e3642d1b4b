"""Nodes share the work of calling receivers: each event once and in order, whichever of them dies."""

import asyncio
import random
from collections import Counter

import pytest

from gateway.store.connect import Connection
from tests.support.changing import pressed
from tests.support.outbound import Sender, a_sender, an_integrator, time_passes
from tests.support.receiver import HALF_OPEN, Call, a_receiver
from tests.support.records import a_companion


async def test_what_a_node_died_over_is_sent_by_another_under_the_same_id(
    database: str, sender: Sender, connection: Connection
) -> None:
    async with a_receiver() as outside, a_sender(database) as other:
        await sender.receiver(outside.url, await an_integrator(connection))
        await pressed(connection, await a_companion(connection))
        await sender.sendings.feed()
        (claimed,) = await sender.sendings.claim({})
        assert claimed.told is not None
        await sender.engine._call(
            claimed, claimed.told
        )  # it was answered; the node dies before it writes that
        assert await other.look() == 0
        await time_passes(connection, 10)
        assert await other.look() == 1
        await sender.sendings.put_off(claimed, 1.0, "late")  # and wakes once more
        assert await other.look() == 0
    assert len(outside.calls) == 2
    assert len(set(outside.ids)) == 1


async def test_two_nodes_share_the_work_and_send_nothing_twice(
    database: str, sender: Sender, connection: Connection
) -> None:
    async with a_receiver() as outside, a_sender(database) as other:
        await sender.receiver(outside.url, await an_integrator(connection))
        for _ in range(6):
            companion = await a_companion(connection)
            await pressed(connection, companion)
            await pressed(connection, companion)
        await asyncio.gather(sender.send_all(), other.send_all())
        await sender.send_all()
    assert len(outside.calls) == len(set(outside.ids)) == 12


async def test_a_receiver_with_all_its_calls_under_way_is_begun_no_more_and_others_are(
    sender: Sender, connection: Connection
) -> None:
    of = await an_integrator(connection)
    full, _ = await sender.receiver("http://127.0.0.1:9/", of)
    free, _ = await sender.receiver("http://127.0.0.1:9/", of)
    for _ in range(9):
        await pressed(connection, await a_companion(connection))
    await sender.sendings.feed()
    claimed = await sender.sendings.claim({full.receiver_id: 6, free.receiver_id: 0})
    begun = Counter(one.receiver_id for one in claimed)
    assert begun == {full.receiver_id: 2, free.receiver_id: 8}
    assert not await sender.sendings.claim({full.receiver_id: 8, free.receiver_id: 8})


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_fails_each_alarm_arrives_complete_and_in_order(
    database: str, sender: Sender, connection: Connection, seed: int
) -> None:
    chance = random.Random(seed)
    taken: list[tuple[str, int]] = []

    def answer(call: Call) -> int:
        if chance.random() < 0.6:
            return chance.choice([429, 500, 503, 404, HALF_OPEN])
        if (told := (call.event["subject"], int(call.event["sequence"]))) not in taken:
            taken.append(told)
        return chance.choice([200, 204, HALF_OPEN])  # taken, and we may never know

    async with a_receiver(answer) as outside, a_sender(database) as other:
        await sender.receiver(outside.url, await an_integrator(connection))
        companions = [await a_companion(connection) for _ in range(3)]
        for _ in range(4):
            await pressed(connection, chance.choice(companions))
            await asyncio.gather(sender.look(), other.look())
            await time_passes(connection, chance.choice([0, 1, 5]))
        while await connection.fetchval("SELECT count(*) FROM sending WHERE state = 'waiting'"):
            await time_passes(connection, 1200)
            await asyncio.gather(sender.look(), other.look())
            await connection.execute("UPDATE sending SET made_at = now()")  # within the day
    events = await connection.fetch("SELECT alarm_id, sequence FROM stream_event WHERE subject = 'alarm'")
    assert sorted(taken) == sorted((str(row["alarm_id"]), row["sequence"]) for row in events)
    for alarm in {alarm for alarm, _ in taken}:
        told = [sequence for one, sequence in taken if one == alarm]
        assert told == sorted(told)


async def test_a_node_that_comes_too_late_lets_go_of_nothing_that_another_holds(
    database: str, sender: Sender, connection: Connection
) -> None:
    async with a_receiver() as outside, a_sender(database) as other:
        await sender.receiver(outside.url, await an_integrator(connection))
        companion = await a_companion(connection)
        await pressed(connection, companion)
        await pressed(connection, companion)
        await sender.sendings.feed()
        (late,) = await sender.sendings.claim({})
        await time_passes(connection, 10)
        assert await other.look() == 1
        (held,) = await other.sendings.claim({})
        assert held.sequence == late.sequence + 1
        for too_late in (sender.sendings.delivered(late), sender.sendings.dead(late, "500")):
            await too_late
            assert not await sender.sendings.claim({})
