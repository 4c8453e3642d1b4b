"""The statement that stores fixes: once each, in any order, only while an alarm is followed."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain import acts, happenings
from gateway.domain.acts import Actor
from gateway.domain.response import Response
from gateway.store.alarms import FIND
from gateway.store.connect import Connection, connected
from schemas.alarm import AlarmView
from schemas.commands import Close
from schemas.outcome import Outcome
from schemas.session import OperatorName
from tests.support.changing import changed, pressed
from tests.support.records import a_companion, an_operator, press_facts
from tests.support.tracking import a_batch, a_track_fix, placed, stored

TRACK = "SELECT index FROM track_fix ORDER BY index"
TRACK_OF = "SELECT index, fixed_at FROM track_fix WHERE alarm_id = $1"
LAST = "SELECT index FROM last_fix WHERE alarm_id = $1"


async def an_alarm(connection: Connection, companion: tuple[UUID, UUID]) -> AlarmView:
    """An alarm pressed just now, by the database's clock."""
    now = await connection.fetchval("SELECT now()")
    trail = {"pressed_at": now.isoformat(), "received_at": now.isoformat(), "committed_at": now.isoformat()}
    return await pressed(connection, companion, pressed_at=now, facts=press_facts(trail=trail))


async def found(connection: Connection, alarm_id: UUID) -> AlarmView:
    row = await connection.fetchrow(FIND, alarm_id)
    assert row is not None
    return AlarmView.model_validate_json(row["image"])


async def test_a_fix_is_stored_once_whatever_is_sent_again(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    at = alarm.raised_at
    fixes = placed(
        *(a_track_fix(n, at + timedelta(seconds=n)) for n in (1, 2, 3)), received_at=at + timedelta(9)
    )
    (first,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes[:2]))
    (again,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert [first["stored"], again["stored"], again["wanted"]] == [2, 1, 3]
    assert len(await connection.fetch(TRACK)) == 3


async def test_a_nonce_is_taken_once(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    fixes = placed(a_track_fix(1, alarm.raised_at), received_at=alarm.raised_at)
    batch = a_batch(companion, alarm.alarm_id, fixes)
    outcomes = [(await stored(connection, batch))[0]["outcome"] for _ in range(2)]
    assert outcomes == ["taken", "replayed"]


async def test_somebody_elses_alarm_is_unknown_and_nothing_is_stored(connection: Connection) -> None:
    alarm = await an_alarm(connection, await a_companion(connection))
    stranger = await a_companion(connection)
    fixes = placed(a_track_fix(1, alarm.raised_at), received_at=alarm.raised_at)
    rows = await stored(
        connection,
        a_batch(stranger, alarm.alarm_id, fixes),
        a_batch(await a_companion(connection), uuid4(), fixes),
    )
    assert [row["outcome"] for row in rows] == ["unknown", "unknown"]
    assert await connection.fetch(TRACK) == []


async def test_two_companions_number_their_fixes_apart(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    fixes = placed(a_track_fix(1, alarm.raised_at), received_at=alarm.raised_at)
    other = (companion[0], uuid4())
    rows = await stored(
        connection, a_batch(companion, alarm.alarm_id, fixes), a_batch(other, alarm.alarm_id, fixes)
    )
    assert [row["stored"] for row in rows] == [1, 1]


async def closed(connection: Connection, alarm: AlarmView) -> AlarmView:
    """Have it taken and closed."""
    operator = OperatorName(operator_id=await an_operator(connection), name="Op", centre="BE-VOV")
    taken = await changed(connection, acts.acknowledge(alarm, Actor(operator), alarm.raised_at, Response()))
    close = Close(
        request_id=uuid4(),
        alarm_id=alarm.alarm_id,
        expected_version=taken.version,
        outcome=Outcome.OFFENDER_GONE,
        note="x",
    )
    return await changed(connection, acts.close(taken, close, Actor(operator), alarm.raised_at))


async def test_a_closed_alarm_takes_what_was_fixed_before_and_nothing_later(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    await closed(connection, alarm)
    later = await connection.fetchval("SELECT now() + interval '1 minute'")
    fixes = placed(a_track_fix(1, alarm.raised_at), a_track_fix(2, later), received_at=later)
    (row,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert (row["state"], row["given"], row["wanted"], row["stored"]) == ("closed", 2, 1, 1)
    assert [fix["index"] for fix in await connection.fetch(TRACK)] == [1]


async def test_what_was_fixed_between_the_end_of_tracking_and_of_the_alarm_is_not_taken(
    connection: Connection,
) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    ended = await changed(connection, happenings.end_tracking(alarm))
    between = await connection.fetchval("SELECT clock_timestamp()")
    await closed(connection, ended)
    fixes = placed(a_track_fix(1, alarm.raised_at), a_track_fix(2, between), received_at=between)
    (row,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert (row["state"], row["wanted"]) == ("closed", 1)


async def test_when_tracking_has_ended_later_fixes_are_not_taken(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    await changed(connection, happenings.end_tracking(alarm))
    later = await connection.fetchval("SELECT now()") + timedelta(minutes=1)
    fixes = placed(a_track_fix(1, alarm.raised_at), a_track_fix(2, later), received_at=later)
    (row,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert (row["state"], row["wanted"]) == ("raised", 1)


async def test_the_time_ends_tracking_though_nobody_has_said_so_yet(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    assert alarm.tracking_until is not None
    late = alarm.tracking_until + timedelta(seconds=1)
    fixes = placed(a_track_fix(1, alarm.tracking_until), a_track_fix(2, late), received_at=late)
    (row,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert (row["wanted"], row["until"]) == (1, alarm.tracking_until)


async def test_fixes_from_long_before_the_press_are_not_taken(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    ages = [timedelta(minutes=4), timedelta(minutes=6)]
    fixes = placed(
        *(a_track_fix(n, alarm.raised_at - age) for n, age in enumerate(ages, 1)), received_at=alarm.raised_at
    )
    await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert [fix["index"] for fix in await connection.fetch(TRACK)] == [1]


async def test_a_canary_is_not_followed(connection: Connection) -> None:
    companion = await a_companion(connection)
    await connection.execute("UPDATE registration SET population = 'canary'")
    alarm = await an_alarm(connection, companion)
    fixes = placed(a_track_fix(1, alarm.raised_at), received_at=alarm.raised_at)
    (row,) = await stored(connection, a_batch(companion, alarm.alarm_id, fixes))
    assert (row["outcome"], row["wanted"], row["until"]) == ("taken", 0, None)


async def test_an_alarm_is_found_with_where_she_is_now_first(connection: Connection) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    at = alarm.raised_at
    fixes = placed(
        a_track_fix(1, at, radius_m=10.0, confidence=0.68),
        a_track_fix(2, at + timedelta(seconds=1)),
        received_at=at + timedelta(seconds=2),
    )
    await stored(connection, a_batch(companion, alarm.alarm_id, fixes[1:]))
    await stored(connection, a_batch(companion, alarm.alarm_id, fixes[:1]))
    (position,) = (await found(connection, alarm.alarm_id)).positions
    assert position.fixed_at == at + timedelta(seconds=1)


async def test_an_event_tells_where_she_was_and_the_stored_alarm_is_what_it_tells(
    connection: Connection,
) -> None:
    companion = await a_companion(connection)
    alarm = await an_alarm(connection, companion)
    fixes = placed(
        *(a_track_fix(n, alarm.raised_at + timedelta(seconds=n)) for n in range(1, 6)),
        received_at=alarm.raised_at + timedelta(seconds=9),
    )
    for fix in fixes:
        await stored(connection, a_batch(companion, alarm.alarm_id, [fix]))
        now = await found(connection, alarm.alarm_id)
        told = await changed(connection, happenings.request_cancel(now, "none", now.raised_at))
        assert told.positions == now.positions
    assert len(told.positions) == 3
    crossed = await changed(connection, happenings.cross(told, "BE-VAN", told.raised_at))
    images = await connection.fetch("SELECT alarm_image(a)::text FROM alarm a")
    assert {AlarmView.model_validate_json(row[0]) for row in images} == {crossed}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seconds=st.lists(st.integers(0, 30), min_size=1, max_size=12),
    seed=st.randoms(use_true_random=False),
    size=st.integers(1, 5),
)
def test_any_order_and_duplication_of_batches_gives_the_same_track(
    database: str, seconds: list[int], seed: random.Random, size: int
) -> None:
    asyncio.run(_same_track(database, seconds, seed, size))


async def _same_track(database: str, seconds: list[int], seed: random.Random, size: int) -> None:
    async with connected(database, application_name="test") as connection:
        companion = await a_companion(connection)
        alarm = await an_alarm(connection, companion)
        at = alarm.raised_at
        fixes = placed(
            *(a_track_fix(n, at + timedelta(seconds=second)) for n, second in enumerate(seconds, 1)),
            received_at=at + timedelta(seconds=40),
        )
        sent = [*fixes, *seed.choices(fixes, k=len(fixes))]
        seed.shuffle(sent)
        for start in range(0, len(sent), size):
            await stored(connection, a_batch(companion, alarm.alarm_id, sent[start : start + size]))
        rows = await connection.fetch(TRACK_OF, alarm.alarm_id)
        kept = {row["index"]: row["fixed_at"] for row in rows}
        last = await connection.fetchrow(LAST, alarm.alarm_id)
        assert kept == {fix.index: fix.position.fixed_at for fix in fixes}
        assert last is not None
        newest = max(fixes, key=lambda fix: (fix.position.fixed_at, fix.index))
        assert last["index"] == newest.index
