"""What follows from fixes while the database is away: no breach is undone by what he does then."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.perimeters.machine import Sign, Watch
from gateway.ports.perimeters import (
    Book,
    JudgingPerimeter,
    KnownWatch,
    TrackerFix,
    WatchKey,
    WatchRecord,
    WornTracker,
)
from gateway.watching.board import Board, Due
from gateway.watching.following import Following
from gateway.watching.keeping import PerimeterKeeping
from schemas.perimeters import CircleArea, TamperedNear, TrackerRole, VictimArea, VictimTold, WatchState
from schemas.position import Method, Position
from schemas.press import Purpose
from tests.support.perimeters import HOME

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
FILE, TRACKER = uuid4(), uuid4()
PERIMETER = JudgingPerimeter(
    perimeter_id=uuid4(),
    version=1,
    registration_id=FILE,
    purpose=Purpose.REAL,
    centre="BE-VOV",
    reference="BE-2026-1",
    name="Thuis",
    area=CircleArea(latitude=HOME[0], longitude=HOME[1], radius_m=500),
    ring_m=500,
    trackers=frozenset({TRACKER}),
    victim_told=VictimTold.NEVER,
    tampered_near=TamperedNear.NOTICE,
)
WORN = WornTracker(
    tracker_id=TRACKER,
    registration_id=FILE,
    integrator_id=uuid4(),
    integrator="Tagcentrale",
    subject_hash=b"",
    role=TrackerRole.OFFENDER,
    centre="BE-VOV",
    reference="BE-2026-1",
)


class Away:
    """Every port that what follows needs; ``away``: the database is."""

    def __init__(self) -> None:
        self.away = True
        self.stored = KnownWatch()
        self.raised: list[UUID] = []
        self.told: list[Watch] = []

    async def record(self, _key: WatchKey, _since: datetime) -> WatchRecord:
        if self.away:
            raise DatabaseUnavailable
        return WatchRecord(stored=self.stored, told=tuple(self.told))

    async def move(self, _key: WatchKey, _file: UUID, seen: KnownWatch, to: KnownWatch) -> KnownWatch | None:
        assert seen.version == self.stored.version
        self.stored = KnownWatch(watch=to.watch, version=seen.version + 1, alarm_id=to.alarm_id)
        self.told.append(to.watch)
        return self.stored

    async def victims(self, _files: Sequence[UUID]) -> Mapping[UUID, Position]:
        return {}

    async def open_of(self, _file: UUID) -> Sequence[UUID]:
        return ()

    async def bare(self, _alarms: Sequence[UUID]) -> Mapping[UUID, Any]:
        return {}

    async def accept(self, *_sign: object) -> Any:
        self.raised.append(uuid4())
        return SimpleNamespace(alarm_id=self.raised[-1])

    async def keep(self, _fixes: Sequence[TrackerFix]) -> None:
        pass

    async def tell(self, *_notice: object) -> None:
        pass

    def now(self) -> datetime:
        return START + timedelta(minutes=5)


def seen(board: Board, off_m: float, after_s: float) -> list[Due]:
    at = START + timedelta(seconds=after_s)
    latitude = HOME[0] + off_m / 111_250
    position = Position(
        latitude=latitude, longitude=HOME[1], radius_m=10, confidence=0.95, fixed_at=at, method=Method.GNSS
    )
    return board.moved(WORN, board.fixed(WORN, position, at))


async def test_a_breach_that_the_database_could_not_take_is_raised_though_he_has_left_meanwhile() -> None:
    world, board = Away(), Board()
    board.put(Book(perimeters=(PERIMETER,), trackers=(WORN,)))
    ports: Any = world
    following = Following(
        board=board,
        books=ports,
        watches=ports,
        fixes=ports,
        ingest=ports,
        notices=ports,
        alarms=ports,
        hers=ports,
        changes=ports,
        tellings=ports,
        moved=lambda _state: None,
        clock=ports,
    )
    for off_m, after_s in ((100, 0), (1500, 60), (1600, 70)):
        for due in seen(board, off_m, after_s):
            with pytest.raises(DatabaseUnavailable):
                await following.carry_out(due)
    (again,) = seen(board, 1600, 70)
    with pytest.raises(DatabaseUnavailable):
        await following.carry_out(again)  # sent again, it is not answered as if all before it were done
    assert world.raised == []
    world.away = False
    for due in seen(board, 1700, 80):
        await following.carry_out(due)
    assert len(world.raised) == 1
    assert world.stored.watch.state is WatchState.FAR
    assert not board.is_busy((PERIMETER.perimeter_id, TRACKER))


async def test_a_tracker_that_is_heard_while_its_silence_is_told_is_not_left_silent() -> None:
    told: list[bool] = []

    class HeardMeanwhile(Away):
        async def silent(self, _limit: int) -> Sequence[UUID]:
            return (TRACKER,)

        async def note_silent(self, _trackers: Sequence[UUID]) -> frozenset[UUID]:
            return frozenset()

        async def tell(self, *notice: Any) -> None:
            told.extend(one.open for one in notice[1])

    board, ports = Board(), cast("Any", HeardMeanwhile())
    board.put(Book(trackers=(WORN,)))
    keeping = PerimeterKeeping(
        board=board,
        books=ports,
        lane=ports,
        following=ports,
        sight=ports,
        states=ports,
        notices=ports,
        told=lambda _perimeters, _trackers: None,
    )
    await keeping.supervise()
    assert told == [True, False]


def test_around_her_his_fix_counts_at_once_though_hers_is_a_few_seconds_newer() -> None:
    board = Board()
    around = replace(PERIMETER, area=VictimArea(radius_m=500))
    board.put(Book(perimeters=(around,), trackers=(WORN,)))
    her = Position(
        latitude=HOME[0], longitude=HOME[1], radius_m=10, confidence=0.95, fixed_at=START, method=Method.GNSS
    )
    board.victim_moved(FILE, her)
    assert seen(board, 5000, 1) == []
    board.victim_moved(FILE, her.model_copy(update={"fixed_at": START + timedelta(seconds=60)}))
    dues = seen(board, 100, 55)
    assert [due.judgement.sign for due in dues] == [Sign.CERTAIN], "his tag is five seconds slower than hers"
    (due,) = dues
    board.done(due.key)
    assert seen(board, 100, 55) == [], "the same fix moves nothing"


def test_what_another_node_moved_by_an_older_fix_than_ours_is_judged_once_more() -> None:
    board, key = Board(), (PERIMETER.perimeter_id, TRACKER)
    board.put(Book(perimeters=(PERIMETER,), trackers=(WORN,)))
    (due,) = seen(board, 100, 60)
    board.set(key, KnownWatch(watch=Watch(state=WatchState.BREACH, fixed_at=START, peak=1.0), version=1))
    board.done(key)
    at = START + timedelta(seconds=30)
    left = KnownWatch(watch=Watch(state=WatchState.FAR, fixed_at=at), version=2)
    (again,) = board.put_watches([(key, left)])
    assert (again.fix, again.judgement.sign) == (due.fix, Sign.CERTAIN)
    assert board.put_watches([(key, left)]) == []
    newer = KnownWatch(watch=Watch(fixed_at=START + timedelta(seconds=60)), version=3)
    assert board.put_watches([(key, newer)]) == [], "it was moved by what we saw, too"
