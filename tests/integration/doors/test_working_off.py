"""What waits in the inbox is worked off: subject by subject, whatever fails and whoever stops."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.errors import DatabaseUnavailable, FieldInvalid, NoOpenAlarm
from gateway.domain.integrators import Inbound
from gateway.door_timing import EFFECT_TRIES_MAX, FIX_LOOKS_AT_ONCE
from gateway.store.doors.inbox_work import PostgresInboxWork
from gateway.working_off import TRIES_OF_A_FAULT
from schemas.events import EventType
from tests.support.inbox import CLOCK, InboxStage, fates
from tests.support.wait import until


async def test_what_comes_behind_one_that_takes_long_waits_for_it_and_no_other_subject_does(
    stage: InboxStage,
) -> None:
    long = stage.effects.held_up["first"] = asyncio.Event()
    async with stage.node() as one, stage.node() as other:
        await one.take([stage.chat("first")], CLOCK.now())
        await until("it is begun", lambda: "first" in stage.effects.begun)
        await one.take([stage.chat("second")], CLOCK.now())
        await other.take([stage.chat("third"), stage.chat("elsewhere", "b")], CLOCK.now())
        await until("another's is done", lambda: ("b", "elsewhere") in stage.effects.done)
        wish = replace(stage.chat("wish"), type=EventType.CANCEL_REQUESTED)
        await other.take([wish], CLOCK.now())
        await until("a wish to cancel waits behind nothing", lambda: len(stage.effects.done) > 1)
        long.set()
        await until("all are done", lambda: len(stage.effects.done) == 5)
    names = [name for _, name in stage.effects.done]
    assert names == ["elsewhere", "wish", "first", "second", "third"]


async def test_a_newer_position_never_takes_the_place_of_one_that_is_being_worked_off(
    stage: InboxStage,
) -> None:
    stage.integrator = replace(stage.integrator, events_per_s=0.001)
    long = stage.effects.held_up["held"] = asyncio.Event()
    async with stage.node() as node:
        await node.take([stage.position("within", "other")], CLOCK.now())
        await until("the first is done", lambda: ("other", "within") in stage.effects.done)
        assert fates(await node.take([stage.position("held")], CLOCK.now())) == ["coalesced"]
        await until("it is begun", lambda: "held" in stage.effects.begun)
        for name in ("passed over", "newest"):
            assert fates(await node.take([stage.position(name)], CLOCK.now())) == ["coalesced"]
        long.set()
        await until("the newest is done", lambda: ("acc-1", "newest") in stage.effects.done)
    assert [name for _, name in stage.effects.done] == ["within", "held", "newest"]


async def test_of_many_positions_at_once_few_look_up_whose_they_are(stage: InboxStage) -> None:
    stage.links.held = asyncio.Event()
    async with stage.node() as node:
        await node.take(
            [stage.position(f"fix-{number}", f"acc-{number}") for number in range(40)], CLOCK.now()
        )
        await until("some look", lambda: stage.links.asking >= FIX_LOOKS_AT_ONCE)
        for _ in range(200):
            await asyncio.sleep(0)
        assert stage.links.asking == FIX_LOOKS_AT_ONCE, "consoles need the pool's connections, too"
        stage.links.held.set()
        await until("all are done", lambda: len(stage.effects.done) == 40)


async def test_what_is_wrong_for_good_is_put_aside_and_holds_up_nobody(stage: InboxStage) -> None:
    begun: list[str] = []
    its_time_has_come = False

    def fault(event: Inbound) -> Exception | None:
        begun.append(event.event_id)
        match event.event_id:
            case "poison":
                return FieldInvalid("text", "does nothing here")
            case "early" if not its_time_has_come:
                return NoOpenAlarm()
            case "bug":
                return ZeroDivisionError()
        return None

    async def aside(events: int) -> bool:
        return bool(await stage.pool.fetchval("SELECT count(*) = $1 FROM event_quarantine", events))

    stage.effects.fault = fault
    events = [
        stage.chat("poison", "a"),
        stage.chat("after", "a"),
        stage.chat("early", "b"),
        stage.chat("behind", "b"),
        stage.chat("other", "c"),
        stage.chat("bug", "d"),
    ]
    async with stage.node() as node:
        await node.take(events, CLOCK.now())
        await until("events are done", lambda: {("a", "after"), ("c", "other")} <= set(stage.effects.done))
        assert ("b", "behind") not in stage.effects.done  # it waits for what may be right later
        its_time_has_come = True
        await until("events are done", lambda: ("b", "behind") in stage.effects.done)
        assert stage.effects.done.index(("b", "early")) < stage.effects.done.index(("b", "behind"))
        await until("what is a fault is aside, too", lambda: aside(2))
        rows = await stage.pool.fetch("SELECT reason, centre_id FROM event_quarantine")
        assert {tuple(row) for row in rows} == {("invalid", "BE-VOV"), ("failed", "BE-VOV")}
        assert (begun.count("poison"), begun.count("bug")) == (1, TRIES_OF_A_FAULT)


async def test_what_the_database_had_no_time_for_is_never_put_aside_for_it(stage: InboxStage) -> None:
    async def aside() -> bool:
        return bool(await stage.pool.fetchval("SELECT count(*) > 0 FROM event_quarantine"))

    away = ["one", "two"]
    stage.effects.fault = lambda _: DatabaseUnavailable(away.pop()) if away else None
    async with stage.node(works=False) as node:
        await node.take([stage.chat("said"), stage.chat("never", "b")], CLOCK.now())
    await stage.pool.execute("UPDATE inbox_event SET tries = $1", EFFECT_TRIES_MAX - 1)
    await stage.pool.execute("UPDATE inbox_event SET tries = $1 WHERE number = 2", EFFECT_TRIES_MAX)
    async with stage.node():
        await until("it is done", lambda: ("acc-1", "said") in stage.effects.done)
        await until("the other is aside", aside)
    rows = await stage.pool.fetch("SELECT reason FROM event_quarantine")
    assert [row["reason"] for row in rows] == ["never-ended"]


async def test_a_subject_does_not_stand_still_where_what_was_done_could_not_be_let_go_of(
    stage: InboxStage,
) -> None:
    lost: list[Sequence[int]] = []
    let_go: list[int] = []

    class Lossy(PostgresInboxWork):
        async def finish(self, numbers: Sequence[int]) -> None:
            if numbers and not lost:  # a node that begins lets go of nothing first
                lost.append(numbers)
                raise DatabaseUnavailable
            await super().finish(numbers)
            let_go.extend(numbers)

    stage.work = Lossy
    async with stage.node() as node:
        await node.take([stage.chat("first")], CLOCK.now())
        await until("letting go of it was lost", lambda: bool(lost))
        await node.take([stage.chat("second")], CLOCK.now())
        await until("the next is done", lambda: ("acc-1", "second") in stage.effects.done)
    assert stage.effects.done == [("acc-1", "first"), ("acc-1", "second")]
    assert len(let_go) == len(set(let_go)) == 2, "what is let go of is not let go of again"


async def test_a_node_that_is_stopped_leaves_no_subject_waiting(stage: InboxStage) -> None:
    stage.effects.held_up["first"] = asyncio.Event()
    async with stage.node() as node:
        await node.take([stage.chat("first")], CLOCK.now())
        await until("it is begun", lambda: "first" in stage.effects.begun)
    stage.effects.held_up.clear()
    assert await stage.pool.fetchval("SELECT tries FROM inbox_event") == 0
    async with stage.node():
        await until("another node does it", lambda: stage.effects.done == [("acc-1", "first")])


async def test_a_node_that_is_stopped_while_it_lets_go_of_what_is_done_lets_go_of_it_still(
    stage: InboxStage,
) -> None:
    letting_go = asyncio.Event()

    class Stuck(PostgresInboxWork):
        async def finish(self, numbers: Sequence[int]) -> None:
            if numbers and not letting_go.is_set():
                letting_go.set()
                await asyncio.Event().wait()
            await super().finish(numbers)

    stage.work = Stuck
    async with stage.node() as node:
        await node.take([stage.chat("first")], CLOCK.now())
        await until("it is letting go", letting_go.is_set)
    assert stage.effects.done == [("acc-1", "first")]
    assert await stage.waiting() == 0, "another node would do it again"
