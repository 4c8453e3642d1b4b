"""A receiver that was down for longer than its events are kept for it is told what it lacks, once."""

from dataclasses import replace

from gateway.store.connect import Connection
from gateway.store.doors.gaps import PostgresGaps
from gateway.store.sealing import Keyring
from schemas.receivers import ReceiverState, StreamGap
from tests.support.answering import details_of, notices_of
from tests.support.changing import pressed
from tests.support.contract import as_told
from tests.support.outbound import Sender, an_integrator, time_passes
from tests.support.receiver import a_receiver
from tests.support.records import a_companion

MONTHS = "UPDATE sending SET ended_at = ended_at - interval '31 days' WHERE state = 'dead'"
DUE = "UPDATE receiver_feed SET gap_due_at = gap_due_at - interval '61 s'"


async def test_what_was_given_up_is_told_the_receiver_once_it_is_back_and_the_centre_meanwhile(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(503) as outside:
        receiver, secret = await sender.receiver(outside.url, await an_integrator(connection))
        companion = await a_companion(connection)
        alarm = await pressed(connection, companion)
        await pressed(connection, companion)
        await sender.look()
        await time_passes(connection, 90_000)
        await sender.send_all()
        await sender.engine.tell()
        assert [one["state"] for one in await details_of(connection, "receiver_failed")] == ["dead"]
        await connection.execute(MONTHS)
        await sender.sendings.clear()
        await sender.engine.tell_of_gaps()  # it is still down
        outside.answer = lambda _: 204
        outside.calls.clear()
        await sender.engine.tell_of_gaps()
        assert outside.calls == [], "a node says it each minute"
        await connection.execute(DUE)
        await sender.engine.tell_of_gaps()
        (call,) = outside.calls
        told = as_told(call.verified(secret.given))
        assert (told["type"], told["source"]) == ("be.msa.stream.gap", "/centres/BE-VOV")
        gap = StreamGap.model_validate(told["data"])
        assert (gap.reason, gap.first, gap.last, gap.events) == ("given_up", 1, 2, 2)
        assert (gap.alarms, gap.href) == ((alarm.alarm_id,), "/v1/streams/BE-VOV")

        await connection.execute(DUE)
        await sender.engine.tell_of_gaps()
        assert len(outside.calls) == 1
        await sender.sendings.clear()
        await sender.engine.tell()
        assert await notices_of(connection) == []

        await connection.execute("UPDATE receiver_feed SET epoch = 'of before a standby took over'")
        await sender.engine.tell_of_gaps()
        await sender.engine.tell_of_gaps()
        (_, again) = outside.calls
        other = StreamGap.model_validate(again.verified(secret.given)["data"])
        assert (other.reason, other.first, other.events) == ("epoch_changed", None, 0)
        assert receiver.receiver_id


async def test_of_what_it_lacks_nothing_is_said_unsigned_nor_to_a_receiver_that_says_it_is_gone(
    sender: Sender, connection: Connection
) -> None:
    async with a_receiver(410) as outside:
        receiver, secret = await sender.receiver(outside.url, await an_integrator(connection))
        await connection.execute("UPDATE receiver_feed SET epoch = 'another'")
        without = PostgresGaps(sender.pool, Keyring("other", {"other": bytes(32)}))
        await replace(sender.engine, gaps=without).tell_of_gaps()
        assert outside.calls == []
        await connection.execute(DUE)
        for _ in range(2):
            await sender.engine.tell_of_gaps()
            await connection.execute(DUE)
        assert [call.verified(secret.given)["type"] for call in outside.calls] == ["be.msa.stream.gap"]
        assert (await sender.receivers.find(receiver.name)).state is ReceiverState.DISABLED
        outside.answer = lambda _: 204
        await sender.receivers.resume(receiver.receiver_id)
        await sender.engine.tell_of_gaps()
        assert len(outside.calls) == 2
