"""A receiver that fails is tried again and told of; what it never takes is given up."""

import pytest

from gateway.store.connect import Connection
from tests.support.answering import details_of, notices_of
from tests.support.changing import pressed
from tests.support.outbound import Sender, an_integrator, sendings_of, time_passes
from tests.support.receiver import DRIP, ENDLESS, HALF_OPEN, HANG, Call, a_receiver
from tests.support.records import a_companion


async def test_an_alarm_whose_event_fails_waits_in_order_and_no_other_alarm_waits_for_it(
    sender: Sender, connection: Connection
) -> None:
    failing: set[str] = set()
    async with a_receiver(lambda call: 503 if call.event["subject"] in failing else 204) as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        stuck, free = await a_companion(connection), await a_companion(connection)
        alarm = await pressed(connection, stuck)
        failing.add(str(alarm.alarm_id))
        await pressed(connection, free)
        await pressed(connection, stuck)
        await pressed(connection, free)
        await sender.send_all()
        states = dict(await sendings_of(connection, receiver.receiver_id))
        assert states == {1: "waiting", 2: "delivered", 3: "waiting", 4: "delivered"}
        failing.clear()
        await time_passes(connection, 2)
        await sender.send_all()
    taken = [int(call.event["sequence"]) for call in outside.calls]
    tried = [one for one in taken if one in {1, 3}]
    assert (tried[:2], set(tried[:-1]), tried[-1]) == ([1, 1], {1}, 3)
    assert [one for one in taken if one in {2, 4}] == [2, 4]
    assert len(set(outside.ids)) == 4
    assert await sender.look() == 0


@pytest.mark.parametrize("answer", [HANG, DRIP, HALF_OPEN, 302, 500, 404])
async def test_a_receiver_that_does_not_take_it_is_tried_again_and_a_notice_raised_and_cleared(
    sender: Sender, connection: Connection, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    if answer in {HANG, DRIP}:
        monkeypatch.setattr("gateway.outbound.calling.RECEIVER_TRY_S", 0.3)
    async with a_receiver(answer, "Location: http://127.0.0.1:9/elsewhere") as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        await pressed(connection, await a_companion(connection))
        for tries, wait_s in enumerate((1, 2, 5, 10), 1):
            assert await sender.look() == 1
            await time_passes(connection, -60)  # what is not due yet is not due, however slow this is
            assert await sender.look() == 0
            await sender.engine.tell()
            failed = ("BE-VOV", "receiver_failed", str(receiver.receiver_id)) in await notices_of(connection)
            assert failed == (tries >= 4)
            await time_passes(connection, 60 + wait_s)
        monkeypatch.undo()
        outside.answer = lambda _: 200
        assert await sender.look() == 1
        await sender.engine.tell()
    assert len(set(outside.ids)) == 1
    assert len(outside.calls) == 5 or answer in {HANG, DRIP}
    assert await notices_of(connection) == []


async def test_an_answer_without_end_is_an_answer_and_its_rest_is_not_read(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(ENDLESS) as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        await pressed(connection, await a_companion(connection))
        assert await sender.look() == 1
        assert await sendings_of(connection, receiver.receiver_id) == [(1, "delivered")]


async def test_a_receiver_that_says_it_is_gone_is_sent_nothing_until_it_is_resumed(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(410) as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        await pressed(connection, await a_companion(connection))
        await sender.look()
        await time_passes(connection, 86_400)
        await pressed(connection, await a_companion(connection))
        await sender.send_all()
        assert len(outside.calls) == 1
        await sender.engine.tell()
        assert await details_of(connection, "receiver_failed") == [
            {"receiver": receiver.name, "state": "gone"}
        ]
        outside.answer = lambda _: 204
        await sender.receivers.resume(receiver.receiver_id)
        await sender.send_all()
        await sender.engine.tell()
    assert len(outside.calls) == 3
    assert await notices_of(connection) == []


async def test_what_cannot_be_delivered_for_a_day_is_dead_told_and_replayed(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(500) as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        companion = await a_companion(connection)
        await pressed(connection, companion)
        await pressed(connection, companion)
        await sender.look()
        await time_passes(connection, 86_400)
        await sender.send_all()
        await sender.engine.tell()
        assert await sendings_of(connection, receiver.receiver_id) == [(1, "dead"), (2, "dead")]
        assert await details_of(connection, "receiver_failed") == [
            {"receiver": receiver.name, "state": "dead"}
        ]
        first, second = await sender.receivers.dead(receiver.receiver_id)
        assert (first.error, first.sequence) == ("500", 1)
        outside.answer = lambda _: 204
        assert await sender.receivers.discard(receiver.receiver_id, [second.number]) == 1
        assert await sender.receivers.replay(receiver.receiver_id, None) == 1
        await sender.send_all()
        await sender.engine.tell()
    assert outside.ids[-1] == outside.ids[0]
    assert await notices_of(connection) == []
    assert await sender.receivers.dead(receiver.receiver_id) == []


def refuses_its_first(call: Call) -> int:
    return 422 if call.event["id"].endswith(":1") else 204


async def test_an_event_that_a_receiver_will_never_take_is_given_up_within_a_minute(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(refuses_its_first) as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        companion = await a_companion(connection)
        await pressed(connection, companion)
        await pressed(connection, companion)
        for wait_s in (1, 2, 5, 10, 36, 72):
            await sender.look()
            await time_passes(connection, wait_s)
        await sender.send_all()
    assert await sendings_of(connection, receiver.receiver_id) == [(1, "dead"), (2, "delivered")]


async def test_what_was_put_off_for_long_is_tried_at_once_when_the_receiver_takes_something_again(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(503) as outside:
        receiver, _ = await sender.receiver(outside.url, await an_integrator(connection))
        await pressed(connection, await a_companion(connection))
        for wait_s in (1, 2, 5, 10, 36, 72):
            assert await sender.look() == 1
            await time_passes(connection, wait_s)
        assert await sender.look() == 1  # and now it waits for five minutes
        outside.answer = lambda _: 204
        await pressed(connection, await a_companion(connection))
        await sender.send_all()
    assert await sendings_of(connection, receiver.receiver_id) == [(1, "delivered"), (2, "delivered")]
