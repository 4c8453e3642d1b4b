"""The rhythm of tracking over hours, in virtual time: through outages and beside presses."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest

from ble_bridge import timing
from ble_bridge.backlog import WaitingFix
from ble_bridge.entry import Entry
from ble_bridge.ports import Fix, Gateway, Refused, Unknown
from ble_bridge.precedence import Precedence
from ble_bridge.track_sender import Surroundings
from ble_bridge.track_store import TrackStore
from ble_bridge.tracker import Tracker
from ble_bridge.tracking import Tracking
from schemas.enrolment import CompanionPolicy
from schemas.position import Method
from schemas.press import Purpose
from schemas.protection import ReopenedAlarm
from schemas.track import PositionBatch, PositionsReceipt, TrackingPolicy
from tests.support.companion import EventLog, a_press, a_receipt
from tests.support.tasks import running
from tests.support.virtual_time import LoopClock, run_virtually

CLOCK = LoopClock()


class Walk:
    """A source that has a new fix whenever it is asked."""

    def __init__(self) -> None:
        self.radius_m = 8.0

    async def run(self) -> None:
        """Nothing to follow."""

    def latest(self) -> Sequence[Fix]:
        now_s = CLOCK.monotonic()
        return (Fix(51.0, 3.7, now_s, CLOCK.now(), Method.GNSS, radius_m=self.radius_m),)


class Shelf:
    """A store that forgets everything with the process."""

    def __init__(self) -> None:
        self.kept: set[UUID] = set()
        self.erased: list[UUID] = []
        self.numbers: list[int] = []
        self.next_index = 1
        self.unfinished: Tracking | None = None

    async def keep(self, tracking: Tracking) -> None:
        self.kept.add(tracking.alarm_id)
        tracking.next_index = max(tracking.next_index, self.next_index)

    async def add(self, alarm_id: UUID, fixes: Sequence[WaitingFix], gone: Iterable[int] = ()) -> None:
        self.numbers += [fix.index for fix in fixes]

    async def forget(self, alarm_id: UUID, fixes: Sequence[WaitingFix]) -> None:
        """Nothing was kept."""

    async def over(self, alarm_id: UUID) -> None:
        self.erased.append(alarm_id)

    async def knows(self, alarm_id: UUID) -> bool:
        return alarm_id in self.kept

    async def newest(self) -> Tracking | None:
        return self.unfinished


@dataclass
class FarSide:
    """A gateway that takes ``latency_s`` and a network that may be lost."""

    latency_s: float = 0.05
    is_lost: bool = False
    refusal: Refused | None = None
    policy: TrackingPolicy = field(default_factory=lambda: TrackingPolicy(state="track"))
    batches: list[tuple[float, PositionBatch]] = field(default_factory=list)
    tries: int = 0

    async def positions(
        self, alarm_id: UUID, as_of_now: Callable[[], PositionBatch]
    ) -> PositionsReceipt | Refused | Unknown:
        self.tries += 1
        batch, began_s = as_of_now(), CLOCK.monotonic()
        await asyncio.sleep(self.latency_s)
        if self.is_lost:
            return Unknown("ConnectError")
        if self.refusal is not None:
            return self.refusal
        self.batches.append((began_s, batch))
        return PositionsReceipt(alarm_id=alarm_id, stored=len(batch.fixes), known=0, policy=self.policy)

    def indexes(self) -> list[int]:
        return [fix.index for _at, batch in self.batches for fix in batch.fixes]


@dataclass
class Scene:
    far: FarSide = field(default_factory=FarSide)
    shelf: Shelf = field(default_factory=Shelf)
    walk: Walk = field(default_factory=Walk)
    events: EventLog = field(default_factory=EventLog)
    precedence: Precedence = field(default_factory=Precedence)
    policy: CompanionPolicy = field(default_factory=CompanionPolicy)
    battery_pct: int | None = None

    def __post_init__(self) -> None:
        around = Surroundings(lambda: self.policy, lambda: self.battery_pct, self.precedence)
        self.tracker = Tracker(
            cast("TrackStore", self.shelf), cast("Gateway", self.far), CLOCK, self.events, self.walk, around
        )

    def receipted(self, alarm_id: UUID, purpose: Purpose = Purpose.REAL) -> None:
        press = a_press(purpose=purpose)
        receipt = a_receipt(press.press_id).model_copy(
            update={"alarm_id": alarm_id, "committed_at": CLOCK.now()}
        )
        self.tracker.receipted(Entry(press, CLOCK.era, 0.0, None, receipt=receipt))

    def reopened(self, alarm_id: UUID, *, is_real: bool = True) -> None:
        self.tracker.reopened(ReopenedAlarm(alarm_id=alarm_id, said_at=CLOCK.now()), is_real=is_real)

    def states(self) -> list[object]:
        return [told["state"] for told in self.events.of("tracking")]


def play(story: Callable[[Scene], Awaitable[None]]) -> Scene:
    """Run a story beside a running tracker, hours in a moment."""

    async def main() -> Scene:
        scene = Scene()
        async with running(scene.tracker.run()):
            await story(scene)
        return scene

    return run_virtually(main())


def test_two_hours_at_one_fix_a_second_arrive_one_by_one_and_then_it_ends():
    async def story(scene: Scene) -> None:
        scene.receipted(uuid4())
        await asyncio.sleep(3 * 3600)

    scene = play(story)
    assert scene.far.indexes() == list(range(1, 7201))
    assert len(scene.far.batches) == 7200
    ages = [fix.age_s for _at, batch in scene.far.batches for fix in batch.fixes]
    assert max(age or 0.0 for age in ages) < 0.1
    assert scene.states() == ["began", "ended"]
    assert len(scene.shelf.erased) == 1
    assert scene.tracker.alarm_id is None


def test_nothing_is_taken_before_a_press_has_its_receipt():
    async def story(_scene: Scene) -> None:
        await asyncio.sleep(3600)

    assert play(story).far.tries == 0


def test_after_an_outage_where_she_is_arrives_first_and_where_she_was_soon_after_oldest_first():
    async def story(scene: Scene) -> None:
        scene.receipted(uuid4())
        await asyncio.sleep(9.5)
        scene.far.is_lost = True
        await asyncio.sleep(3600)
        scene.far.is_lost = False
        await asyncio.sleep(120)

    scene = play(story)
    first_at, first = next(
        (at, batch) for at, batch in scene.far.batches if at > scene.far.batches[9][0] + 60
    )
    assert first.fixes[-1].age_s is not None
    assert first.fixes[-1].age_s <= 1.0
    assert len(first.fixes) == 1
    backlog = [
        fix.index
        for _at, batch in scene.far.batches
        for fix in batch.fixes
        if 10 < fix.index < first.fixes[0].index
    ]
    assert backlog[-3000:] == sorted(backlog[-3000:])
    assert sorted(scene.far.indexes()) == list(range(1, max(scene.far.indexes()) + 1))
    drained_at = max(at for at, batch in scene.far.batches if any(f.index <= 3000 for f in batch.fixes))
    assert drained_at - first_at < 60


def test_while_the_network_is_lost_it_is_tried_every_few_seconds_and_no_more():
    async def story(scene: Scene) -> None:
        scene.far.is_lost = True
        scene.receipted(uuid4())
        await asyncio.sleep(3600)

    assert 3600 / (timing.POSITIONS_RETRY_MAX_S + 1) < play(story).far.tries < 3600 / 3


def test_what_a_press_proves_about_the_network_is_believed_at_once():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.far.is_lost = True
        scene.receipted(alarm_id)
        await asyncio.sleep(600)
        scene.far.is_lost = False
        scene.receipted(alarm_id)
        await asyncio.sleep(0.2)
        assert scene.far.batches

    play(story)


def test_closing_ends_it_within_a_moment_and_what_waits_is_erased():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(60)
        scene.far.is_lost = True
        await asyncio.sleep(60)
        scene.tracker.closed(uuid4())  # another alarm's end is not this one's
        await asyncio.sleep(1)
        assert scene.tracker.alarm_id == alarm_id
        scene.tracker.closed(alarm_id)
        await asyncio.sleep(1)
        assert scene.shelf.erased == [alarm_id]
        scene.far.is_lost = False
        tries = scene.far.tries
        await asyncio.sleep(600)
        assert scene.far.tries <= tries + 1

    assert play(story).states() == ["began", "stopped"]


def test_the_word_stop_in_an_answer_ends_it():
    async def story(scene: Scene) -> None:
        scene.far.policy = TrackingPolicy(state="stop")
        scene.receipted(uuid4())
        await asyncio.sleep(60)

    scene = play(story)
    assert scene.far.indexes() == [1]
    assert scene.states() == ["began", "stopped"]


@pytest.mark.parametrize("minutes", [10, 180])
def test_an_answer_shortens_or_prolongs_it(minutes):
    async def story(scene: Scene) -> None:
        scene.receipted(uuid4())
        until = CLOCK.now().replace(hour=9 + minutes // 60, minute=minutes % 60)
        scene.far.policy = TrackingPolicy(state="track", until=until)
        await asyncio.sleep(4 * 3600)

    assert play(story).far.indexes() == list(range(1, minutes * 60 + 1))


def test_pressing_again_on_the_same_alarm_begins_the_two_hours_anew():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(3600)
        scene.receipted(alarm_id)
        await asyncio.sleep(3 * 3600)

    scene = play(story)
    assert scene.far.indexes() == list(range(1, 3 * 3600 + 1))
    assert scene.states() == ["began", "ended"]


def test_a_low_battery_and_then_the_gateway_change_the_rate():
    async def story(scene: Scene) -> None:
        scene.battery_pct = 9
        scene.far.is_lost = True  # so that only the phone's own rule holds
        scene.receipted(uuid4())
        await asyncio.sleep(99)
        scene.far.is_lost = False
        scene.far.policy = TrackingPolicy(state="track", every_s=2.0)
        await asyncio.sleep(60)

    scene = play(story)
    assert {batch.phone_battery_pct for _at, batch in scene.far.batches} == {9}
    fixes = sorted(
        (fix for _at, batch in scene.far.batches for fix in batch.fixes), key=lambda fix: fix.index
    )
    gaps = [round((b.fixed_at - a.fixed_at).total_seconds()) for a, b in itertools.pairwise(fixes)]
    assert gaps[:9] == [10] * 9
    assert gaps[-20:] == [2] * 20


def test_a_test_does_not_end_the_tracking_of_a_real_alarm_and_a_real_one_ends_that_of_a_test():
    async def story(scene: Scene) -> None:
        real, test = uuid4(), uuid4()
        scene.receipted(test, Purpose.TEST)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == test
        scene.receipted(real)
        await asyncio.sleep(10)
        assert scene.shelf.erased == [test]
        scene.receipted(uuid4(), Purpose.TEST)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == real

    play(story)


def test_no_batch_begins_while_a_press_is_being_sent():
    async def story(scene: Scene) -> None:
        scene.receipted(uuid4())
        await asyncio.sleep(10)
        with scene.precedence.press():
            await asyncio.sleep(0.1)
            tries = scene.far.tries
            await asyncio.sleep(20)
            assert scene.far.tries == tries
        await asyncio.sleep(0.5)
        assert len(scene.far.batches[-1][1].fixes) >= 20

    play(story)


def test_a_slow_network_is_given_less_than_two_seconds_of_positions_at_a_time():
    """64 kbit/s: some 40 fixes a second."""

    async def story(scene: Scene) -> None:
        scene.far.is_lost = True
        scene.receipted(uuid4())
        await asyncio.sleep(3000)
        scene.far.is_lost = False
        took: list[float] = []
        positions = scene.far.positions

        async def slow(
            alarm_id: UUID, as_of_now: Callable[[], PositionBatch]
        ) -> PositionsReceipt | Refused | Unknown:
            scene.far.latency_s = 0.1 + len(as_of_now().fixes) / 40
            took.append(scene.far.latency_s)
            return await positions(alarm_id, as_of_now)

        scene.far.positions = slow  # type: ignore[method-assign] # a slower network
        await asyncio.sleep(600)
        assert max(took) < 2 * timing.POSITIONS_SLOW_S
        assert sorted(scene.far.indexes()) == list(range(1, max(scene.far.indexes()) + 1))

    play(story)


def test_a_fix_no_gateway_can_read_holds_up_the_others_for_a_moment_only():
    async def story(scene: Scene) -> None:
        scene.far.refusal = Refused(422, "invalid")
        scene.receipted(uuid4())
        await asyncio.sleep(30)
        scene.far.refusal = None
        await asyncio.sleep(60)
        assert len(scene.far.indexes()) > 60

    play(story)


def test_a_gateway_that_does_not_know_positions_yet_is_asked_seldom_and_loses_none():
    async def story(scene: Scene) -> None:
        scene.far.refusal = Refused(404, "not-found")
        scene.receipted(uuid4())
        await asyncio.sleep(600)
        assert scene.far.tries < 60
        scene.far.refusal = None
        await asyncio.sleep(120)
        assert sorted(scene.far.indexes()) == list(range(1, max(scene.far.indexes()) + 1))

    play(story)


def test_an_impossible_fix_is_dropped_and_takes_no_index():
    async def story(scene: Scene) -> None:
        scene.walk.radius_m = -1.0
        scene.receipted(uuid4())
        await asyncio.sleep(10)
        scene.walk.radius_m = 5.0
        await asyncio.sleep(10)

    assert play(story).far.indexes()[0] == 1


def test_what_nobody_took_for_a_day_is_erased():
    async def story(scene: Scene) -> None:
        scene.far.is_lost = True
        scene.receipted(uuid4())
        await asyncio.sleep(7200 + timing.KEEP_UNSENT_S + 600)
        tries = scene.far.tries
        await asyncio.sleep(3600)
        assert scene.far.tries == tries

    assert len(play(story).shelf.erased) == 1


def test_a_fault_of_the_uplink_itself_does_not_end_the_sending():
    async def story(scene: Scene) -> None:
        positions = scene.far.positions

        async def fails_once(
            alarm_id: UUID, as_of_now: Callable[[], PositionBatch]
        ) -> PositionsReceipt | Refused | Unknown:
            scene.far.positions = positions  # type: ignore[method-assign] # works again
            raise RuntimeError("a bug")

        scene.far.positions = fails_once  # type: ignore[method-assign] # has a bug
        scene.receipted(uuid4())
        await asyncio.sleep(10)

    assert play(story).far.indexes()


def heard(scene: Scene, purpose: Purpose = Purpose.REAL) -> None:
    scene.tracker.heard(Entry(a_press(purpose=purpose), CLOCK.era, 0.0, None))


def test_where_she_was_while_her_press_had_no_receipt_is_sent_with_it():
    async def story(scene: Scene) -> None:
        heard(scene)
        await asyncio.sleep(599.5)
        assert scene.far.tries == 0
        assert scene.tracker.alarm_id is None
        scene.receipted(uuid4())
        await asyncio.sleep(60)

    scene = play(story)
    assert sorted(scene.far.indexes()) == list(range(1, max(scene.far.indexes()) + 1))
    assert max(scene.far.indexes()) > 650
    assert scene.far.batches[0][1].fixes[-1].index >= 600
    assert scene.states() == ["began"]
    assert scene.shelf.numbers == sorted(set(scene.shelf.numbers))


def test_what_was_gathered_for_an_alarm_that_is_known_goes_on_with_its_indexes():
    async def story(scene: Scene) -> None:
        scene.shelf.next_index = 5001
        heard(scene)
        await asyncio.sleep(100)
        scene.receipted(uuid4())
        await asyncio.sleep(30)

    scene = play(story)
    assert sorted(scene.far.indexes()) == list(range(5001, max(scene.far.indexes()) + 1))


def test_a_press_that_nobody_took_for_a_day_is_gathered_for_no_longer_than_an_alarm():
    async def story(scene: Scene) -> None:
        heard(scene)
        await asyncio.sleep(4 * 3600)
        tracking = scene.tracker._tracking
        assert tracking is not None
        assert len(tracking.backlog) == 7200
        await asyncio.sleep(timing.KEEP_UNSENT_S)

    scene = play(story)
    assert scene.tracker._tracking is None
    assert scene.far.tries == 0
    assert scene.states() == []


def test_a_press_whose_receipt_comes_after_hours_still_has_her_way():
    async def story(scene: Scene) -> None:
        heard(scene)
        await asyncio.sleep(3 * 3600)
        scene.receipted(uuid4())
        await asyncio.sleep(120)

    indexes = play(story).far.indexes()
    assert sorted(indexes)[:7200] == list(range(1, 7201))


def test_a_test_that_is_heard_does_not_touch_the_tracking_of_an_alarm():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(10)
        heard(scene, Purpose.TEST)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == alarm_id

    assert len(play(story).far.indexes()) == 20


def test_a_real_press_is_gathered_for_though_a_test_is_tracked():
    async def story(scene: Scene) -> None:
        scene.receipted(uuid4(), Purpose.TEST)
        await asyncio.sleep(10)
        heard(scene)
        await asyncio.sleep(20.5)
        scene.receipted(uuid4())
        await asyncio.sleep(10)

    scene = play(story)
    assert len(scene.far.indexes()) >= 40
    assert len(scene.shelf.erased) == 1


def test_pressing_again_without_a_network_after_the_time_was_up_goes_on_with_the_same_track():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(7000)
        scene.far.is_lost = True
        await asyncio.sleep(1000)
        heard(scene)
        await asyncio.sleep(600)
        scene.far.is_lost = False
        scene.receipted(alarm_id)
        await asyncio.sleep(60)

    scene = play(story)
    assert sorted(scene.far.indexes()) == list(range(1, max(scene.far.indexes()) + 1))
    assert max(scene.far.indexes()) > 7800


def test_a_reopened_alarm_is_tracked_again_with_the_indexes_after_its_last_and_for_two_hours():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(99.5)
        scene.tracker.closed(alarm_id)
        await asyncio.sleep(3600)
        taken = max(scene.far.indexes())
        assert taken == 100
        scene.shelf.next_index = taken + 1
        for _ in range(400):  # each heartbeat says so, for as long as it is so
            scene.reopened(alarm_id)
            await asyncio.sleep(10)
        assert scene.tracker.alarm_id == alarm_id
        await asyncio.sleep(4 * 3600)
        assert scene.tracker.alarm_id is None

    scene = play(story)
    assert scene.far.indexes() == list(range(1, 100 + 7200 + 1))
    assert scene.states() == ["began", "stopped", "reopened", "ended"]


def test_the_end_that_the_gateway_says_for_a_reopened_alarm_counts_from_the_reopening():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(10)
        scene.tracker.closed(alarm_id)
        await asyncio.sleep(3600)
        scene.far.policy = TrackingPolicy(state="track", until=CLOCK.now() + timedelta(seconds=600))
        scene.reopened(alarm_id)
        await asyncio.sleep(599)
        assert scene.tracker.alarm_id == alarm_id
        await asyncio.sleep(3)
        assert scene.tracker.alarm_id is None

    play(story)


def test_an_alarm_reopened_while_its_end_is_still_being_noted_is_tracked():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.receipted(alarm_id)
        await asyncio.sleep(10.5)
        scene.tracker.closed(alarm_id)
        scene.reopened(alarm_id)
        await asyncio.sleep(10)

    scene = play(story)
    assert scene.far.indexes() == list(range(1, 22))
    assert scene.states() == ["began", "reopened"]


def test_a_reopened_test_takes_the_tracking_from_no_real_alarm_but_a_real_one_from_a_test():
    async def story(scene: Scene) -> None:
        real, test, reopened = uuid4(), uuid4(), uuid4()
        scene.receipted(real)
        await asyncio.sleep(10)
        scene.reopened(test, is_real=False)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == real
        scene.tracker.closed(real)
        await asyncio.sleep(10)
        scene.reopened(test, is_real=False)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == test
        scene.reopened(reopened)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == reopened

    play(story)


def test_what_is_gathered_for_a_press_without_a_receipt_is_not_lost_to_a_reopened_alarm():
    async def story(scene: Scene) -> None:
        reopened, pressed = uuid4(), uuid4()
        heard(scene)
        await asyncio.sleep(9.5)
        scene.reopened(reopened)
        await asyncio.sleep(10)
        scene.receipted(pressed)
        await asyncio.sleep(10)
        assert scene.tracker.alarm_id == pressed

    assert len(play(story).far.indexes()) > 25  # 20 of them gathered before the receipt
