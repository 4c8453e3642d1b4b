"""What she feels of an alarm that is closed and reopened, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID, uuid4

from ble_bridge import timing
from ble_bridge.decoding import Step
from ble_bridge.entry import Entry
from ble_bridge.follow import Follow
from ble_bridge.ports import Gateway, Refused, Unknown
from ble_bridge.reference_service import Stage
from schemas.press import Purpose
from schemas.protection import ReopenedAlarm
from schemas.signals import Signal, SignalKind, Signals
from tests.support.companion import EventLog, a_press, a_receipt
from tests.support.tasks import running
from tests.support.virtual_time import LoopClock, run_virtually

CLOCK = LoopClock()
KINDS = tuple(SignalKind)


@dataclass
class FarSide:
    """A gateway that holds polls for 25 s and tells each alarm's kinds as it is told."""

    reached: dict[UUID, set[SignalKind]] = field(default_factory=dict)
    asked: list[tuple[UUID, int]] = field(default_factory=list)

    def say(self, alarm_id: UUID, *kinds: SignalKind) -> None:
        self.reached[alarm_id] = {SignalKind.COMMITTED, *kinds}

    async def signals(self, alarm_id: UUID, after: int) -> Signals | Refused | Unknown:
        self.asked.append((alarm_id, after))
        for _ in range(25):
            reached = [(KINDS.index(kind) + 1, kind) for kind in self.reached.get(alarm_id, ())]
            news = [Signal(index=i, kind=kind, at=CLOCK.now()) for i, kind in sorted(reached) if i > after]
            if news:
                return Signals(alarm_id=alarm_id, signals=tuple(news), last=news[-1].index)
            await asyncio.sleep(1.0)
        return Signals(alarm_id=alarm_id, last=after)


@dataclass
class Scene:
    far: FarSide = field(default_factory=FarSide)
    felt: list[tuple[Step | None, Stage]] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.follow = Follow(
            cast("Gateway", self.far),
            CLOCK,
            EventLog(),
            lambda step, stage: self.felt.append((step, stage)),
            self.closed.append,
        )

    def press(self, alarm_id: UUID, step: Step | None = None, purpose: Purpose = Purpose.REAL) -> None:
        self.follow.follow(an_entry(alarm_id, step, purpose))

    def again(self, alarm_id: UUID, times: int = 1) -> bool | None:
        """What a heartbeat's answer says."""
        return self.follow.again(ReopenedAlarm(alarm_id=alarm_id, times=times, said_at=CLOCK.now()))

    async def through_to_the_end(self, alarm_id: UUID) -> None:
        """An alarm that was answered, had a team on its way and is closed."""
        self.press(alarm_id)
        self.far.say(alarm_id, SignalKind.SEEN, SignalKind.UNIT_ON_THE_WAY)
        await asyncio.sleep(5)
        self.far.say(alarm_id, SignalKind.CLOSED)
        await asyncio.sleep(5)
        assert self.closed == [alarm_id]
        self.felt.clear()
        self.far.asked.clear()


def an_entry(alarm_id: UUID, step: Step | None = None, purpose: Purpose = Purpose.REAL) -> Entry:
    press = a_press(purpose=purpose)
    receipt = a_receipt(press.press_id).model_copy(update={"alarm_id": alarm_id, "committed_at": CLOCK.now()})
    return Entry(press, CLOCK.era, 0.0, None, step=step, receipt=receipt)


def play(story: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def main() -> Scene:
        scene = Scene()
        async with running(scene.follow.run()):
            await story(scene)
        return scene

    return run_virtually(main())


def test_a_closed_alarm_is_asked_about_no_more():
    async def story(scene: Scene) -> None:
        await scene.through_to_the_end(uuid4())
        await asyncio.sleep(3600)
        assert scene.far.asked == []

    play(story)


def test_a_reopened_alarm_is_asked_about_from_its_beginning_and_she_feels_only_what_comes_then():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        await scene.through_to_the_end(alarm_id)
        scene.far.say(alarm_id)
        assert scene.again(alarm_id) is True
        await asyncio.sleep(60)
        assert scene.far.asked[0] == (alarm_id, 0)
        assert scene.felt == []
        scene.far.say(alarm_id, SignalKind.SEEN)
        await asyncio.sleep(30)
        assert scene.felt == [(None, Stage.SEEN)]
        scene.far.say(alarm_id, SignalKind.SEEN, SignalKind.CLOSED)
        await asyncio.sleep(30)
        assert scene.closed == [alarm_id, alarm_id]

    play(story)


def test_being_told_of_it_by_every_heartbeat_begins_nothing_twice():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        await scene.through_to_the_end(alarm_id)
        scene.far.say(alarm_id, SignalKind.SEEN)
        for _ in range(20):
            assert scene.again(alarm_id) is True
            await asyncio.sleep(10)
        assert [after for _alarm, after in scene.far.asked].count(0) == 1
        assert scene.felt == [(None, Stage.SEEN)]

    play(story)


def test_who_was_told_so_too_late_hears_at_once_that_it_is_closed():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        await scene.through_to_the_end(alarm_id)
        assert scene.again(alarm_id) is True
        await asyncio.sleep(1)
        assert scene.closed == [alarm_id, alarm_id]
        await asyncio.sleep(3600)
        assert len(scene.far.asked) == 1

    play(story)


def test_a_press_on_a_reopened_alarm_is_told_nothing_of_before_it_was_closed():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        await scene.through_to_the_end(alarm_id)
        scene.far.say(alarm_id)
        scene.press(alarm_id, Step(1, 7))
        await asyncio.sleep(30)
        assert scene.felt == []
        scene.far.say(alarm_id, SignalKind.SEEN)
        await asyncio.sleep(30)
        assert scene.felt == [(Step(1, 7), Stage.SEEN)]

    play(story)


def test_who_never_heard_that_it_was_closed_forgets_what_was_reached_before():
    async def story(scene: Scene) -> None:
        alarm_id = uuid4()
        scene.press(alarm_id)
        scene.far.say(alarm_id, SignalKind.SEEN, SignalKind.UNIT_ON_THE_WAY)
        await asyncio.sleep(5)
        scene.felt.clear()
        scene.far.say(alarm_id)  # closed and reopened while the phone had no network
        for _ in range(20):
            assert scene.again(alarm_id) is True
            await asyncio.sleep(10)
        scene.press(alarm_id, Step(1, 7))
        await asyncio.sleep(1)
        assert scene.felt == []
        scene.far.say(alarm_id, SignalKind.SEEN)
        await asyncio.sleep(5)
        scene.far.say(alarm_id)
        assert scene.again(alarm_id, times=2) is True
        scene.far.say(alarm_id, SignalKind.SEEN)
        await asyncio.sleep(5)
        assert scene.felt == [(Step(1, 7), Stage.SEEN)] * 2
        assert [after for _alarm, after in scene.far.asked].count(0) == 3

    play(story)


def test_another_companion_s_alarm_and_an_older_one_are_not_followed():
    async def story(scene: Scene) -> None:
        older, newer = uuid4(), uuid4()
        await scene.through_to_the_end(older)
        scene.press(newer)
        await asyncio.sleep(1)
        scene.far.asked.clear()
        assert scene.again(older) is None
        assert scene.again(uuid4()) is None
        await asyncio.sleep(60)
        assert {alarm_id for alarm_id, _after in scene.far.asked} == {newer}

    play(story)


def test_a_reopened_test_is_known_as_one():
    async def story(scene: Scene) -> None:
        real, test = uuid4(), uuid4()
        scene.press(real)
        scene.press(test, purpose=Purpose.TEST)
        scene.far.say(test, SignalKind.CLOSED)
        await asyncio.sleep(5)
        assert scene.again(test) is False
        assert scene.again(real) is True

    play(story)


def test_an_alarm_of_a_run_of_yesterday_is_followed_only_once_it_is_said_to_be_open_again():
    async def story(scene: Scene) -> None:
        entry = an_entry(uuid4())
        assert entry.receipt is not None
        await asyncio.sleep(timing.FOLLOW_AFTER_RESTART_S + 1)
        scene.follow.resume(entry)
        await asyncio.sleep(60)
        assert scene.far.asked == []
        assert scene.again(entry.receipt.alarm_id) is True
        await asyncio.sleep(60)
        assert scene.far.asked[0] == (entry.receipt.alarm_id, 0)

    play(story)
