"""What is taken in is kept once, in its order, sealed, and within its sender's quota."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from gateway.ingest.event_results import digest_of
from gateway.store.doors.alarm_keys import PostgresAlarmKeys
from schemas.events import AlarmRaised, ChatSaid, EventType
from tests.support.clock import VirtualClock
from tests.support.inbox import CLOCK, KEYRING, InboxStage, fates
from tests.support.wait import until


async def test_what_is_taken_in_is_done_once_in_its_order_whichever_node_it_came_to(
    stage: InboxStage,
) -> None:
    events = [stage.chat(f"e{number}", f"s{number % 3}") for number in range(30)]
    async with stage.node(works=False) as one, stage.node(works=False) as other:
        assert set(fates(await one.take(events[:20], CLOCK.now()))) == {"accepted"}
        both = await asyncio.gather(one.take(events[20:], CLOCK.now()), other.take(events[20:], CLOCK.now()))
    assert sorted(result.seen_before for answer in both for result in answer) == [False] * 10 + [True] * 10
    assert await stage.waiting() == 30
    async with stage.node() as one, stage.node():
        await until("events are done", lambda: len(stage.effects.done) == 30)
        again = await one.take(events[:1], CLOCK.now())
        assert (again[0].fate, again[0].seen_before) == ("accepted", True)
        differs = await one.take([replace(events[0], data=ChatSaid(text="other"))], CLOCK.now())
        assert differs[0].flags == ("content_differs",)
    for subject in ("s0", "s1", "s2"):
        done = [event_id for about, event_id in stage.effects.done if about == subject]
        assert done == [event.event_id for event in events if event.subject == subject]


async def test_beyond_a_quota_the_newest_position_of_each_subject_stands_and_the_rest_waits(
    stage: InboxStage,
) -> None:
    stage.clock = VirtualClock()  # the quota grows by nothing, however long all this takes
    async with stage.node(works=False) as node:
        moved = [stage.position(f"p{number}", f"s{number % 2}") for number in range(60)]
        told = fates(await node.take(moved, CLOCK.now()))
        assert told[:40] == ["accepted"] * 40  # two seconds' worth
        assert set(told[40:]) == {"coalesced"}
        assert await stage.waiting() == 42
        said = await node.take([stage.chat(f"c{number}") for number in range(5)], CLOCK.now())
        assert fates(said) == ["accepted"] * 5
        slow = replace(stage.integrator, integrator_id=uuid4(), events_per_s=0.05)
        flood = await node.take(
            [replace(stage.chat(f"f{number}"), integrator=slow) for number in range(50)], CLOCK.now()
        )
        assert {one.problem.type for one in flood if one.problem} == {"urn:msa:problem:too-many"}
        wish = replace(stage.chat("w"), type=EventType.CANCEL_REQUESTED)
        assert fates(await node.take([wish], CLOCK.now())) == ["accepted"]
    due = "SELECT count(*) FROM inbox_event WHERE type = 'be.msa.chat.said' AND due_at > now()"
    assert await stage.pool.fetchval(due) > 0
    async with stage.node():
        await until("events are done", lambda: ("acc-1", "w") in stage.effects.done)
        await until("events are done", lambda: {("s0", "p58"), ("s1", "p59")} <= set(stage.effects.done))


async def test_neither_a_position_nor_what_came_with_an_alarm_waits_behind_what_is_beyond_a_quota(
    stage: InboxStage,
) -> None:
    stage.integrator = replace(stage.integrator, events_per_s=0.02)
    async with stage.node() as node:
        assert (
            fates(await node.take([stage.chat(f"c{n}") for n in range(3)], CLOCK.now())) == ["accepted"] * 3
        )
        alarm = replace(stage.chat("a"), type=EventType.ALARM_RAISED, data=AlarmRaised(text="He is here"))
        assert fates(await node.take([stage.position("p"), alarm], CLOCK.now())) == ["coalesced", "committed"]
        soon = {("acc-1", "c0"), ("acc-1", "p"), ("acc-1", "a#text")}
        await until("they are done", lambda: soon <= set(stage.effects.done))
    assert set(stage.effects.done) == soon


async def test_nothing_that_an_event_says_is_found_in_the_database(stage: InboxStage) -> None:
    mark = f"geheim-{uuid4()}"
    said = replace(stage.chat(mark, mark), source=mark, data=ChatSaid(text=mark), raw=mark.encode())
    async with stage.node(works=False) as node:
        await node.take([said], CLOCK.now())
        (again,) = await node.take([said], CLOCK.now())
        assert (again.seen_before, again.flags) == (True, ())
    digest = digest_of(said)
    keys, key, file = PostgresAlarmKeys(stage.pool, KEYRING), uuid4(), uuid4()
    held = [(await keys.hold(key, file, one, CLOCK.now())).differs for one in (digest, digest, b"other")]
    assert held == [False, False, True]
    for kept in await stage.pool.fetch("SELECT digest FROM inbox_seen UNION SELECT digest FROM alarm_event"):
        assert kept["digest"] != digest, "numbers could be tried on it"
    for table in ("inbox_event", "inbox_seen"):
        row = await stage.pool.fetchval(f"SELECT string_agg(t::text, '') FROM {table} t")
        assert mark not in row
        assert mark.encode().hex() not in row
