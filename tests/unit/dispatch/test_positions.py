"""Positions on their way to consoles: the newest wins, once a second, and no console is made to wait."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import timing
from dispatch.hub import Hub
from dispatch.lane import Console
from dispatch.outlet import Outlet
from dispatch.ports import LastFix, Logged
from dispatch.positions import Positions
from schemas.frames import PositionFrame, server_frame
from tests.support.clock import VirtualClock
from tests.support.dispatch import AT, Counts, MemoryLog, MemoryOutlet, a_console

CENTRE, OTHER = "BE-VOV", "BE-VAN"


class Told:
    """``PositionMetrics``."""

    def __init__(self) -> None:
        self.shown = 0
        self.held_back = 0

    def positions_shown(self, fixed_at: Iterable[datetime], now: datetime) -> None:
        self.shown += len(list(fixed_at))

    def positions_held_back(self, count: int) -> None:
        self.held_back += count


class Nowhere:
    """``LastFixes`` of no other node."""

    async def changed(self) -> Sequence[LastFix]:
        return []


class Room:
    """Positions, and the consoles that are live on each lane."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.told = Told()
        self.lanes: dict[str, dict[Console, Outlet]] = defaultdict(dict)
        self.positions = Positions(Nowhere(), lambda centre: self.lanes[centre], self.clock, self.told)

    def a_console(self, centre: str = CENTRE) -> MemoryOutlet:
        console, outlet, _ = a_console()
        self.lanes[centre][console] = console.outlet
        self.positions.joined(centre, console)
        return outlet

    def pass_time(self, seconds: float = timing.POSITION_EVERY_S) -> None:
        self.clock.advance(seconds)
        self.positions.tick()


@pytest.fixture
def room() -> Room:
    return Room()


def a_fix(alarm_id: UUID, second: float = 0.0, *centres: str) -> LastFix:
    position = {"latitude": 51.0, "longitude": 3.0, "fixed_at": (AT + timedelta(seconds=second)).isoformat()}
    payload = f'"position":{str(position).replace(chr(39), chr(34))},"flags":["stale"]'
    return LastFix(
        alarm_id=alarm_id,
        centres=frozenset(centres or {CENTRE}),
        fixed_at=AT + timedelta(seconds=second),
        payload=payload.encode(),
    )


def test_of_two_offenders_of_an_alarm_each_has_frames_of_his_own(room: Room) -> None:
    console, alarm_id = room.a_console(), uuid4()
    room.positions.take([a_fix(alarm_id, 5), replace(a_fix(alarm_id, 1), number=2)])
    room.positions.tick()
    assert sorted(seconds(console)) == [1, 5], "the newer of one hides nothing of the other"
    late = room.a_console()
    assert sorted(seconds(late)) == [1, 5]
    room.positions.heard(an_event("alarm.closed", alarm_id))
    assert room.a_console().frames == []


def an_event(kind: str, alarm_id: UUID, centre: str = CENTRE) -> Logged:
    return Logged(centre=centre, epoch="a1", sequence=1, kind=kind, at=AT, alarm_id=alarm_id, payload=b"{}")


def seconds(outlet: MemoryOutlet, alarm_id: UUID | None = None) -> list[float]:
    """When what the console was told was fixed."""
    frames = [server_frame.validate_python(frame) for frame in outlet.frames]
    return [
        (frame.position.fixed_at - AT).total_seconds()
        for frame in frames
        if isinstance(frame, PositionFrame) and alarm_id in {None, frame.alarm_id}
    ]


def test_a_position_reaches_every_console_of_every_centre_that_sees_the_alarm(room: Room) -> None:
    mine, also_mine, other, foreign = (room.a_console(centre) for centre in (CENTRE, CENTRE, OTHER, "BE-WLG"))
    alarm_id = uuid4()
    room.positions.take([a_fix(alarm_id, 0, CENTRE, OTHER)])
    room.positions.tick()
    assert [len(outlet.frames) for outlet in (mine, also_mine, other, foreign)] == [1, 1, 1, 0]
    assert (mine.frames[0]["centre"], other.frames[0]["centre"]) == (CENTRE, OTHER)
    assert mine.frames[0] == {**mine.frames[0], "alarm_id": str(alarm_id), "flags": ["stale"]}


def test_of_several_within_a_second_the_newest_is_told(room: Room) -> None:
    console, alarm_id = room.a_console(), uuid4()
    for second in (1, 3, 2):
        room.positions.take([a_fix(alarm_id, second)])
    room.positions.tick()
    room.positions.take([a_fix(alarm_id, 4)])
    room.positions.tick()
    assert seconds(console) == [3]
    room.positions.take([a_fix(alarm_id, 5)])
    room.pass_time()
    assert seconds(console) == [3, 5]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=400))
def test_a_console_is_told_once_a_second_at_most_in_the_mean(ticks_apart: list[int]) -> None:
    room, alarm_id = Room(), uuid4()
    console = room.a_console()
    began = room.clock.monotonic()
    for number, ticks in enumerate(ticks_apart):
        room.positions.take([a_fix(alarm_id, float(number))])
        for _ in range(ticks):
            room.pass_time(timing.POSITION_TICK_S)
        assert len(console.frames) <= (room.clock.monotonic() - began) / timing.POSITION_EVERY_S + 2


def test_a_phone_whose_second_wavers_is_shown_at_once(room: Room) -> None:
    console, alarm_id = room.a_console(), uuid4()
    for number in range(30):
        room.positions.take([a_fix(alarm_id, float(number))])
        room.pass_time(timing.POSITION_TICK_S)
        assert seconds(console)[-1] == number
        room.pass_time(0.8 if number % 2 else 1.0)


def test_a_late_old_fix_replaces_no_newer_one(room: Room) -> None:
    console, alarm_id = room.a_console(), uuid4()
    room.positions.take([a_fix(alarm_id, 9)])
    room.pass_time()
    room.positions.take([a_fix(alarm_id, 2)])
    room.pass_time()
    assert seconds(console) == [9]


def test_a_console_that_joins_is_told_where_everybody_is_before_anything_else(room: Room) -> None:
    here, there = uuid4(), uuid4()
    room.positions.take([a_fix(here, 1), a_fix(there, 2, OTHER)])
    room.pass_time()
    assert seconds(room.a_console()) == [1]


def test_a_centre_that_is_shown_the_alarm_is_told_at_once_where_she_is(room: Room) -> None:
    mine, other, alarm_id = room.a_console(), room.a_console(OTHER), uuid4()
    room.positions.take([a_fix(alarm_id, 1)])
    room.positions.tick()
    room.positions.heard(an_event("alarm.crossed", alarm_id, OTHER))
    room.positions.tick()
    assert (seconds(mine), seconds(other)) == ([1], [1])


@pytest.mark.parametrize("kind", ["alarm.closed", "alarm.expired"])
def test_an_alarm_that_is_over_is_told_of_no_more_though_a_poll_began_before(room: Room, kind: str) -> None:
    console, alarm_id = room.a_console(), uuid4()
    room.positions.take([a_fix(alarm_id, 1)])
    room.positions.heard(an_event(kind, alarm_id))
    room.positions.take([a_fix(alarm_id, 2)])
    room.pass_time()
    assert seconds(console) == seconds(room.a_console()) == []
    room.positions.heard(an_event("alarm.reopened", alarm_id))
    room.positions.take([a_fix(alarm_id, 3)])
    room.pass_time()
    assert seconds(console) == [3]


def test_a_slow_console_is_told_nothing_until_it_reads_on_and_then_the_last_of_each(room: Room) -> None:
    slow, quick = room.a_console(), room.a_console()
    one, two = uuid4(), uuid4()
    slow.backlog = timing.POSITION_BACKLOG_BYTES + 1
    for second in (1, 2, 3):
        room.positions.take([a_fix(one, second), a_fix(two, second)])
        room.pass_time()
    assert (seconds(slow), seconds(quick, one), room.told.held_back) == ([], [1, 2, 3], 6)
    assert slow.closed is None
    slow.backlog = 0
    room.pass_time(timing.POSITION_TICK_S)
    assert (seconds(slow, one), seconds(slow, two)) == ([3], [3])
    room.positions.take([a_fix(one, 4)])
    room.pass_time()
    assert seconds(slow, one) == seconds(quick, one)[-2:]


def test_a_console_that_is_gone_is_forgotten_with_what_it_missed(room: Room) -> None:
    slow, alarm_id = room.a_console(), uuid4()
    slow.backlog = timing.POSITION_BACKLOG_BYTES + 1
    room.positions.take([a_fix(alarm_id)])
    room.pass_time()
    room.lanes[CENTRE].clear()
    room.pass_time()
    assert room.positions._owed == {}


def test_a_heap_of_alarms_is_written_tick_by_tick(room: Room) -> None:
    console = room.a_console()
    everybody = [uuid4() for _ in range(timing.POSITIONS_A_TICK + 5)]
    room.positions.take([a_fix(alarm_id) for alarm_id in everybody])
    room.positions.tick()
    assert len(console.frames) == timing.POSITIONS_A_TICK
    later = room.a_console()
    assert len(later.frames) == timing.POSITIONS_A_TICK
    room.positions.tick()
    assert len(console.frames) == len(later.frames) == len(everybody)


DEEDS = st.lists(
    st.sampled_from(["fix", "fix", "tick", "second", "join", "leave", "slow", "quick", "share"]), max_size=60
)


class Story:
    """Any deeds, and what every console must have been told in the end."""

    def __init__(self, seed: random.Random) -> None:
        self.room = Room()
        self.seed = seed
        self.alarms = [uuid4() for _ in range(3)]
        self.joined: list[tuple[str, MemoryOutlet]] = []
        self.newest: dict[UUID, float] = {}
        self.seen: dict[UUID, set[str]] = defaultdict(lambda: {CENTRE})

    def do(self, deed: str) -> None:
        match deed:
            case "fix":
                self.fix(self.seed.choice(self.alarms), float(self.seed.randint(0, 50)))
            case "tick":
                self.room.pass_time(timing.POSITION_TICK_S)
            case "second":
                self.room.pass_time()
            case "join":
                centre = self.seed.choice([CENTRE, OTHER])
                self.joined.append((centre, self.room.a_console(centre)))
            case "share":
                self.share(self.seed.choice(self.alarms))
            case _ if self.joined:
                self.of_a_console(deed, self.seed.choice(self.joined))

    def fix(self, alarm_id: UUID, second: float) -> None:
        self.newest[alarm_id] = max(second, self.newest.get(alarm_id, 0.0))
        self.room.positions.take([a_fix(alarm_id, second, *self.seen[alarm_id])])

    def share(self, alarm_id: UUID) -> None:
        if alarm_id in self.newest:
            self.seen[alarm_id].add(OTHER)
            self.room.positions.heard(an_event("alarm.transferred", alarm_id, OTHER))

    def of_a_console(self, deed: str, one: tuple[str, MemoryOutlet]) -> None:
        centre, outlet = one
        if deed == "leave":
            self.joined.remove(one)
            lane = self.room.lanes[centre]
            self.room.lanes[centre] = {key: out for key, out in lane.items() if id(out) != id(outlet)}
        else:
            outlet.backlog = 0 if deed == "quick" else timing.POSITION_BACKLOG_BYTES + 1


@given(deeds=DEEDS, seed=st.randoms(use_true_random=False))
def test_whatever_happens_positions_never_go_back_and_the_last_one_arrives(
    deeds: list[str], seed: random.Random
) -> None:
    story = Story(seed)
    for deed in deeds:
        story.do(deed)
    for _, outlet in story.joined:
        outlet.backlog = 0
    story.room.pass_time()
    story.room.pass_time()
    for centre, outlet in story.joined:
        for alarm_id, second in story.newest.items():
            told = seconds(outlet, alarm_id)
            assert told == sorted(told)
            assert told[-1:] == ([second] if centre in story.seen[alarm_id] else [])


async def test_the_hub_tells_positions_after_caught_up_in_the_same_breath() -> None:
    log, clock = MemoryLog(), VirtualClock()
    hub = Hub(log, clock, Counts())
    positions = Positions(Nowhere(), hub.live, clock, Told())
    hub.accompany(positions)
    await hub.start()
    (raised,) = log.commit()
    hub.publish([raised])
    assert raised.alarm_id is not None
    positions.take([a_fix(raised.alarm_id, 1)])
    console, outlet, _ = a_console()
    cursor = hub.cursor(CENTRE)
    assert cursor is not None
    greeting: dict[str, Any] = {"type": "caught_up", "centre": CENTRE, "cursor": cursor.model_dump()}
    text = str(greeting).replace("'", '"').encode()
    assert hub.join(CENTRE, console, cursor, bytes((0x81, len(text))) + text)
    assert outlet.types() == ["caught_up", "position"]
    assert datetime.fromisoformat(outlet.frames[1]["position"]["fixed_at"]).tzinfo == UTC
