"""The hub and the follower: each console gets each sequence once and in order, whatever happens."""

import asyncio
import itertools
from collections.abc import Sequence
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from dispatch import timing
from dispatch.follow import follow
from dispatch.hub import Hub
from dispatch.lane import Console
from dispatch.ports import Bounds, Logged, LogUnavailable, Shown
from schemas.frames import MAX_FRAME_BYTES, Cursor, Snapshot
from schemas.registration import Circumstance, CircumstanceKind
from tests.support.clock import VirtualClock
from tests.support.dispatch import Counts, MemoryLog, MemoryOutlet, a_console, an_alarm

NOBODY: frozenset[Console] = frozenset()


def a_hub(log: MemoryLog) -> tuple[Hub, Counts]:
    counts = Counts()
    return Hub(log, VirtualClock(), counts), counts


async def test_a_commit_here_goes_straight_to_the_consoles() -> None:
    log = MemoryLog()
    hub, counts = a_hub(log)
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    hub.publish(log.commit(3))
    assert outlet.types() == ["snapshot", "caught_up", "event", "event", "event"]
    assert outlet.sequences() == [1, 2, 3]
    assert (counts.fanned, counts.filled) == (3, 0)


async def test_a_commit_out_of_order_waits_for_the_log() -> None:
    log = MemoryLog()
    hub, counts = a_hub(log)
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    log.commit()
    hub.publish(log.commit())
    assert outlet.sequences() == []
    await hub.start()
    assert outlet.sequences() == [1, 2]
    assert counts.filled == 2


async def test_what_is_known_and_not_sent_ages_until_it_is() -> None:
    log, clock = MemoryLog(), VirtualClock()
    hub = Hub(log, clock, Counts())
    await hub.start()
    for sequence in (1, 2):
        log.commit()
        hub.ring("BE-VOV", sequence)
        clock.advance(5.0)
    assert hub.oldest_unsent_s() == 10.0
    log.away = True
    with pytest.raises(LogUnavailable):
        await hub.start()
    assert hub.oldest_unsent_s() == 10.0, "one that cannot be read stays unsent"
    log.away = False
    await hub.start()
    assert hub.oldest_unsent_s() == 0.0


async def test_what_was_told_of_and_is_not_in_the_log_is_not_waited_for() -> None:
    log, clock = MemoryLog(), VirtualClock()
    hub = Hub(log, clock, Counts())
    await hub.start()
    hub.ring("BE-VOV", 7)
    clock.advance(5.0)
    assert hub.oldest_unsent_s() == 5.0
    await hub.start()
    assert hub.oldest_unsent_s() == 0.0


async def test_what_was_written_is_never_written_again() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    events = log.commit(2)
    hub.publish(events)
    hub.publish(events[1:])
    hub.ring("BE-VOV", 1)
    await hub.start()
    assert outlet.sequences() == [1, 2]


async def test_a_resumed_console_gets_exactly_what_it_missed() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(500)
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", Cursor(epoch="a1", sequence=7))
    assert outlet.sequences() == list(range(8, 501))
    assert outlet.types()[-1] == "caught_up"
    assert "snapshot" not in outlet.types()


async def test_a_console_ahead_of_this_node_waits_until_it_has_caught_up() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    await hub.start()
    log.commit(2)  # another node's, not yet heard of here
    console, outlet, _ = a_console()
    following = asyncio.create_task(follow(hub, log, console, "BE-VOV", Cursor(epoch="a1", sequence=1)))
    await hub.start()
    async with asyncio.timeout(5):
        await following
    hub.publish(log.commit())
    assert outlet.sequences() == [2, 3]


async def test_a_log_that_cannot_be_continued_is_said() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(3)
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", Cursor(epoch="b2", sequence=3))
    assert [frame.get("reason") for frame in outlet.frames[:2]] == ["epoch_changed", "epoch_changed"]
    assert outlet.types() == ["reset", "snapshot", "caught_up"]


async def test_a_new_epoch_restarts_every_console_of_the_lane() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(3)
    await hub.start()
    console, outlet, restarted = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    log.epoch = "b2"
    log.events.clear()
    await hub.start()
    hub.publish(log.commit())
    assert restarted == ["BE-VOV"]
    assert outlet.sequences() == []


async def test_a_log_restored_from_a_copy_restarts_every_console_of_the_lane() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(3)
    await hub.start()
    console, _, restarted = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    del log.events[1:]
    await hub.start()
    assert restarted == ["BE-VOV"]
    assert hub.cursor("BE-VOV") == Cursor(epoch="a1", sequence=1)


async def test_whoever_is_read_anew_attends_for_a_while_however_often_that_begins() -> None:
    log, clock = MemoryLog(), VirtualClock()
    hub = Hub(log, clock, Counts())
    await hub.start()
    console, _, _ = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    for epoch in ("b2", "c3"):
        log.epoch = epoch
        await hub.start()
        assert (hub.lanes_of(console), hub.attending(NOBODY)) == ((), {"BE-VOV": 1})
        clock.advance(timing.READ_ANEW_S / 2)
    assert hub.attending(NOBODY) == {}
    await follow(hub, log, console, "BE-VOV", None)
    assert hub.attending(NOBODY) == {"BE-VOV": 1}
    hub.leave_lane("BE-VOV", console)
    assert hub.attending(NOBODY) == {"BE-VOV": 1}
    hub.leave(console)
    assert hub.attending(NOBODY) == {}


async def test_of_those_who_are_live_or_read_anew_the_quiet_and_the_canaries_attend_nothing() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    await hub.start()
    quiet, canary, live, anew = consoles = [a_console()[0] for _ in range(4)]
    canary.canary = True
    for console in consoles:
        await follow(hub, log, console, "BE-VOV", None)
    for console in (anew, canary):
        hub.leave_lane("BE-VOV", console)
    assert hub.attending(NOBODY) == {"BE-VOV": 3}
    assert hub.attending({quiet, canary}) == {"BE-VOV": 2}
    assert hub.attending({quiet, live}) == {"BE-VOV": 1}
    assert hub.attending({quiet, live, anew}) == {}


async def test_a_commit_while_the_log_is_asked_is_not_taken_for_a_restored_log() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(3)
    await hub.start()
    console, outlet, restarted = a_console()
    await follow(hub, log, console, "BE-VOV", None)

    async def bounds_from_before() -> dict[str, Bounds]:
        answer = await MemoryLog.bounds(log)
        hub.publish(log.commit())
        return answer

    log.bounds = bounds_from_before  # type: ignore[method-assign] # the commit must fall into the answer
    await hub.start()
    assert restarted == []
    assert outlet.sequences() == [4]


async def test_a_console_that_does_not_read_is_closed_and_delays_nobody() -> None:
    log = MemoryLog()
    hub, counts = a_hub(log)
    await hub.start()
    stalled, stalled_outlet, _ = a_console()
    reading, reading_outlet, _ = a_console()
    for console in (stalled, reading):
        await follow(hub, log, console, "BE-VOV", None)
    stalled_outlet.backlog = timing.WRITE_BUFFER_BYTES + 1
    hub.publish(log.commit(2))
    assert stalled_outlet.closed is not None
    assert stalled_outlet.closed[0] == 4408
    assert counts.slow == 1
    assert reading_outlet.sequences() == [1, 2]
    hub.publish(log.commit())
    assert stalled_outlet.sequences() == []


async def test_a_console_that_goes_while_the_log_is_read_never_gets_on_the_lane() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    await hub.start()
    console, outlet, _ = a_console()

    async def bounds_as_it_goes() -> dict[str, Bounds]:
        outlet.close(1000, "", 0)
        hub.leave(console)  # as the outlet does the moment it is shut
        return await MemoryLog.bounds(log)

    log.bounds = bounds_as_it_goes  # type: ignore[method-assign] # the goodbye must fall into the answer
    await follow(hub, log, console, "BE-VOV", None)
    assert hub.consoles("BE-VOV") == 0
    assert hub.lanes_of(console) == ()


async def test_a_large_snapshot_comes_in_parts_that_fit_a_frame() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(300)
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    parts = [frame for frame in outlet.frames if frame["type"] == "snapshot"]
    assert len(parts) > 1
    assert [part["first"] for part in parts] == [True] + [False] * (len(parts) - 1)
    assert [part["more"] for part in parts] == [True] * (len(parts) - 1) + [False]
    assert sum(len(part["alarms"]) for part in parts) == 300


async def test_a_snapshot_in_another_script_fits_its_frames_too() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    known = tuple(Circumstance(kind=CircumstanceKind.APPROACH, text="\u0639" * 1000) for _ in range(8))
    alarm = an_alarm(enriched=True, circumstances=known)
    log.commit(6)
    log.alarms = [Shown("alarms", alarm.model_dump_json().encode())] * 6
    await hub.start()
    console, outlet, _ = a_console()
    await follow(hub, log, console, "BE-VOV", None)
    parts = [Snapshot.model_validate(frame) for frame in outlet.frames if frame["type"] == "snapshot"]
    assert sum(len(part.alarms) for part in parts) == 6
    assert max(len(part.model_dump_json().encode()) for part in parts) <= MAX_FRAME_BYTES


async def test_a_heartbeat_tells_each_console_the_heads_of_what_it_follows() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(3)
    await hub.start()
    (live, live_outlet, _), (waiting, waiting_outlet, _) = a_console(), a_console()
    for console in (live, waiting):
        hub.enter(console)
    await follow(hub, log, live, "BE-VOV", None)
    for slot in range(timing.BEAT_SLOTS):
        hub.pulse(slot)
    assert [frame["heads"] for frame in live_outlet.frames if frame["type"] == "heartbeat"] == [
        {"BE-VOV": {"epoch": "a1", "sequence": 3}}
    ]
    assert [frame["heads"] for frame in waiting_outlet.frames] == [{}]
    hub.leave(live)
    hub.pulse(live.slot)
    assert live_outlet.types().count("heartbeat") == 1


async def test_whoever_waits_for_an_alarm_is_woken_by_its_event() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    await hub.start()
    (event,) = log.commit()
    assert event.alarm_id is not None
    with hub.watch(event.alarm_id) as changed, hub.watch(UUID(int=1)) as other:
        hub.publish([event])
        assert changed.is_set()
        assert not other.is_set()


async def test_a_replay_broken_off_by_the_log_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "FOLLOW_RETRY_S", 0.0)
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(timing.REPLAY_BATCH * 2)
    await hub.start()
    console, outlet, _ = a_console()
    read, reads = log.read, itertools.count()

    async def once_away(centre: str, *, after: int, up_to: int, limit: int) -> Sequence[Logged]:
        if next(reads) == 1:
            raise LogUnavailable("away")
        return await read(centre, after=after, up_to=up_to, limit=limit)

    monkeypatch.setattr(log, "read", once_away)
    await follow(hub, log, console, "BE-VOV", Cursor(epoch="a1", sequence=0))
    assert outlet.sequences() == list(range(1, timing.REPLAY_BATCH * 2 + 1))


async def test_a_console_that_knows_of_a_failover_before_this_node_does_not_ask_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timing, "FOLLOW_RETRY_S", 0.01)
    log = MemoryLog()
    hub, _ = a_hub(log)
    await hub.start()
    log.epoch = "b2"
    asked = itertools.count(1)

    async def bounds_counted() -> dict[str, Bounds]:
        if next(asked) > 2:
            raise RuntimeError("asked again and again")
        return await MemoryLog.bounds(log)

    log.bounds = bounds_counted  # type: ignore[method-assign] # it is counted how often it is asked
    console, outlet, _ = a_console()
    following = asyncio.create_task(follow(hub, log, console, "BE-VOV", None))
    await asyncio.sleep(0)
    assert not following.done()
    del log.bounds
    await hub.start()
    async with asyncio.timeout(5):
        await following
    assert outlet.types() == ["snapshot", "caught_up"]


async def test_a_console_is_served_once_the_log_is_back() -> None:
    log = MemoryLog()
    hub, _ = a_hub(log)
    log.commit(2)
    await hub.start()
    log.away = True
    console, outlet, _ = a_console()
    following = asyncio.create_task(follow(hub, log, console, "BE-VOV", None))
    await asyncio.sleep(0)
    assert outlet.frames == []
    log.away = False
    async with asyncio.timeout(5):
        await following
    assert outlet.types() == ["snapshot", "caught_up"]


STEPS = st.lists(
    st.sampled_from(
        ["commit here", "commit elsewhere", "ring", "poll", "attach", "drop", "resume", "away", "back"]
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_each_console_applies_each_sequence_once_whatever_the_order(steps: list[str]) -> None:
    asyncio.run(_story(steps))


class Story:
    """One node, its log, and consoles that come and go."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.hub, _ = a_hub(self.log)
        self.live: list[tuple[Console, MemoryOutlet, int]] = []
        self.gone: list[int] = []
        self.followers: list[asyncio.Task[None]] = []

    def attach(self, after: int | None) -> None:
        console, outlet, _ = a_console()
        asked = None if after is None else Cursor(epoch=self.log.epoch, sequence=after)
        self.followers.append(asyncio.create_task(follow(self.hub, self.log, console, "BE-VOV", asked)))
        self.live.append((console, outlet, -1 if after is None else after))

    def drop(self) -> None:
        console, outlet, start = self.live.pop(0)
        self.hub.leave(console)
        self.gone.append(_check(outlet, start))

    async def step(self, what: str) -> None:
        match what:
            case "commit here":
                self.hub.publish(self.log.commit())
            case "commit elsewhere":
                self.log.commit()
            case "ring":
                self.hub.ring("BE-VOV", self.log.head)
            case "poll":
                await self.hub.start()
            case "attach":
                self.attach(None)
            case "drop" if self.live:
                self.drop()
            case "resume" if self.gone:
                self.attach(self.gone.pop())


async def _story(steps: list[str]) -> None:
    story = Story()
    await story.hub.start()
    for step in steps:
        await story.step(step)
        for _ in range(3):
            await asyncio.sleep(0)
    await story.hub.start()
    async with asyncio.timeout(10):
        await asyncio.gather(*story.followers)
    await story.hub.start()
    for _, outlet, start in story.live:
        assert _check(outlet, start) == story.log.head


def _check(outlet: MemoryOutlet, start: int) -> int:
    """Walk what a console was sent; return the sequence it reached."""
    at = start
    for frame in outlet.frames:
        if frame["type"] == "snapshot":
            at = frame["cursor"]["sequence"]
        elif frame["type"] == "event":
            assert frame["cursor"]["sequence"] == at + 1
            at += 1
        elif frame["type"] == "caught_up":
            assert frame["cursor"]["sequence"] == at
    return max(at, 0) if at == -1 else at
