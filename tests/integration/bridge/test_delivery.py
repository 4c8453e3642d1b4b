"""From an act to a receipt on a real disk and real sockets, without Bluetooth: when things go wrong."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ble_bridge import timing
from ble_bridge.clock import SystemClock
from ble_bridge.decoding import Raw
from ble_bridge.drain import Drain
from ble_bridge.drivers.reference import ReferenceButton
from ble_bridge.enrolling import enrol, enrolment_request
from ble_bridge.feedback import Feedback
from ble_bridge.follow import Follow
from ble_bridge.hearing import Ears, Hearing
from ble_bridge.outbox import Outbox
from ble_bridge.ports import LinkFacts, LinkLostError, PositionSource
from ble_bridge.reference_service import PRESS_RECORD, PatternCode, PressRecord, Stage
from ble_bridge.state import StateDirectory
from ble_bridge.track import Point, RecordedTrack
from ble_bridge.uplink import Uplink
from schemas.enrolment import CompanionPolicy
from schemas.press import Purpose
from schemas.registration import ButtonPolicy
from schemas.signals import SignalKind
from tests.support.ble import eventually
from tests.support.companion import BUTTON_ID, CompanionClock, EventLog, an_entry
from tests.support.companion_gateway import CompanionGateway


class SteppedClock(SystemClock):
    """The machine's clock with a wall clock that is wrong by ``ahead_s``."""

    ahead_s = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead_s)


@dataclass
class Way:
    """Hearing, outbox, drain and follow, joined as the bridge joins them."""

    hearing: Hearing
    drain: Drain
    outbox: Outbox
    events: EventLog
    clock: SteppedClock
    settled: list[Stage] = field(default_factory=list)
    counter: int = 0

    def press(self, counter: int | None = None, age_ms: int | None = 0) -> None:
        self.counter = counter or self.counter + 1
        record = PressRecord(PatternCode.HOLD, 1, self.counter, age_ms).encode()
        self.hearing.hear(Raw(PRESS_RECORD, record, self.clock.monotonic()))


@asynccontextmanager
async def a_way(
    directory: Path, gateway: CompanionGateway, positions: PositionSource | None = None
) -> AsyncIterator[Way]:
    clock, events = SteppedClock(), EventLog()
    state = StateDirectory.make(directory)
    enrolment = await enrol(gateway.url, gateway.code, enrolment_request(state.key(), "test", "0"))
    settled: list[Stage] = []
    async with Outbox(state.outbox, clock) as outbox, Uplink(enrolment, state.key(), clock) as uplink:
        follow = Follow(uplink, clock, events, lambda _step, stage: settled.append(stage))
        drain = Drain(outbox, uplink, clock, events, 0.2, follow.follow)
        ears = Ears(
            profile=ReferenceButton.profile,
            decode=ReferenceButton().decode,
            button_id=lambda: BUTTON_ID,
            facts=lambda: LinkFacts(paired=True, bonded=True, encrypted=True),
            kept=drain.add,
            settle=lambda _act, stage: settled.append(stage),
        )
        hearing = Hearing(ears, ButtonPolicy(), clock, outbox, positions, events)
        tasks = [asyncio.create_task(part.run()) for part in (hearing, drain, follow)]
        try:
            yield Way(hearing, drain, outbox, events, clock, settled)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def way(tmp_path: Path, gateway: CompanionGateway) -> AsyncIterator[Way]:
    async with a_way(tmp_path / "companion", gateway) as made:
        yield made


async def committed(gateway: CompanionGateway, presses: int) -> None:
    await gateway.until(lambda: len(gateway.committed) >= presses)


async def test_the_press_is_on_the_disk_before_its_first_byte_leaves(way: Way, gateway: CompanionGateway):
    on_disk: list[bool] = []
    post = way.drain._gateway.post

    async def look_first(as_of_now):
        press = as_of_now()
        with sqlite3.connect(way.outbox.path) as db:
            (row,) = db.execute("SELECT count(*) FROM press WHERE press_id = ?", [str(press.press_id)])
        db.close()
        on_disk.append(row == (1,))
        return await post(as_of_now)

    way.drain._gateway.post = look_first  # type: ignore[method-assign] # looks over its shoulder
    way.press()
    await committed(gateway, 1)
    assert on_disk == [True]


async def test_an_outage_loses_nothing_and_the_backlog_drains_oldest_first(
    way: Way, gateway: CompanionGateway
):
    await gateway.hang_up()
    for _ in range(20):
        way.press()
    await eventually(lambda: len(way.events.of("heard")) == 20)
    await eventually(lambda: all(entry.attempts >= 2 for entry in way.drain._waiting))
    await gateway.listen()
    await committed(gateway, 20)
    heard = [told["press_id"] for told in way.events.of("heard")]
    probe, *backlog = gateway.committed  # one press finds the way open, not always the oldest
    assert backlog == [press_id for press_id in heard if press_id != probe]
    await eventually(lambda: len(way.events.of("receipt")) == 20)
    assert await way.outbox.waiting() == []


async def test_a_cut_after_the_commit_is_asked_again_and_opens_no_second_alarm(
    way: Way, gateway: CompanionGateway
):
    gateway.plan.extend(["cut_after", "503", "portal"])
    way.press()
    await eventually(lambda: way.events.of("receipt") != [])
    assert len(gateway.committed) == 1
    (tries,) = gateway.tries().values()
    assert tries == 4
    assert [press.attempt for press in gateway.presses] == [1, 2, 3, 4]
    assert way.events.of("receipt")[0]["seen_before"]


async def test_a_press_that_is_only_kept_is_told_so_once_and_asked_for_again_until_it_is_committed(
    way: Way, gateway: CompanionGateway
):
    gateway.plan.extend(["202"] * 4)
    way.press()
    await eventually(lambda: way.events.of("receipt") != [])
    assert [press.attempt for press in gateway.presses] == [1, 2, 3, 4, 5]
    assert len({press.press_id for press in gateway.presses}) == 1
    (kept,) = way.events.of("kept")
    assert kept["press_id"] == way.events.of("receipt")[0]["press_id"]
    assert await way.outbox.waiting() == []


async def test_a_refused_press_is_parked_visibly_and_does_not_hold_up_the_next(
    way: Way, gateway: CompanionGateway
):
    gateway.plan.append("422")
    way.press()
    await eventually(lambda: way.events.of("parked") != [])
    way.press()
    await eventually(lambda: way.events.of("receipt") != [])
    (parked,) = await way.outbox.waiting()
    assert parked.parked == "invalid: A field is missing or wrong"
    assert parked.press.press_id != gateway.committed[0]


async def test_a_refused_press_is_asked_again_for_ever(way: Way, gateway: CompanionGateway, monkeypatch):
    monkeypatch.setattr(timing, "PARKED_RETRY_S", 0.02)
    gateway.plan.extend(["422"] * 5)
    way.press()
    await committed(gateway, 1)
    assert len(gateway.presses) == 6
    await eventually(lambda: way.events.of("receipt") != [])
    assert len(way.events.of("parked")) == 1


async def test_a_failing_disk_stops_no_alarm(way: Way, gateway: CompanionGateway):
    await way.outbox._run(lambda: way.outbox._connection.execute("PRAGMA query_only = ON"))
    way.press()
    await committed(gateway, 1)


async def test_a_fault_of_the_uplink_itself_does_not_end_the_sending(way: Way, gateway: CompanionGateway):
    post = way.drain._gateway.post

    async def fails_once(as_of_now):
        way.drain._gateway.post = post  # type: ignore[method-assign] # works again
        raise RuntimeError("a bug")

    way.drain._gateway.post = fails_once  # type: ignore[method-assign] # has a bug
    way.press()
    await committed(gateway, 1)


async def test_a_wrong_clock_changes_no_age(way: Way, gateway: CompanionGateway):
    gateway.plan.append("503")
    way.clock.ahead_s = 5 * 86_400
    way.press(age_ms=2000)
    await eventually(lambda: len(way.events.of("heard")) == 1)
    way.clock.ahead_s = -86_400
    await committed(gateway, 1)
    ages = [press.age_ms for press in gateway.presses]
    assert all(age is not None and 2000 <= age < 10_000 for age in ages)


async def test_one_press_heard_over_and_over_is_sent_once(way: Way, gateway: CompanionGateway):
    for _ in range(5):
        way.press(counter=7)
        await asyncio.sleep(timing.REPEAT_S)
    await eventually(lambda: way.settled.count(Stage.COMMITTED) >= 1)
    assert len(gateway.presses) == 1


async def test_the_last_fixes_travel_with_the_press(tmp_path: Path, gateway: CompanionGateway):
    walk = RecordedTrack([Point(51.05, 3.72, 0.0, radius_m=8.0)], SystemClock())
    async with a_way(tmp_path / "companion", gateway, walk) as way:
        way.press()
        await committed(gateway, 1)
    (position,) = gateway.presses[0].positions
    assert (position.latitude, position.radius_m) == (51.05, 8.0)
    assert position.age_s is not None


async def test_an_impossible_fix_is_dropped_and_the_press_is_not(tmp_path: Path, gateway: CompanionGateway):
    walk = RecordedTrack([Point(51.05, 3.72, 0.0, radius_m=-1.0)], SystemClock())
    async with a_way(tmp_path / "companion", gateway, walk) as way:
        way.press()
        await committed(gateway, 1)
    assert gateway.presses[0].positions == ()


async def test_rubbish_between_presses_does_not_deafen(way: Way, gateway: CompanionGateway):
    way.hearing.hear(Raw(PRESS_RECORD, b"\x00", way.clock.monotonic()))
    way.hearing.hear(None)  # type: ignore[arg-type] # what should never come
    way.hearing.hear(17)  # type: ignore[arg-type] # the same
    way.press()
    await committed(gateway, 1)


async def test_real_presses_overtake_tests_that_wait(tmp_path: Path, gateway: CompanionGateway):
    clock = CompanionClock()
    state = StateDirectory.make(tmp_path / "companion")
    async with Outbox(state.outbox, clock) as outbox:
        entries = [an_entry(clock, purpose) for purpose in (Purpose.TEST, Purpose.TEST, Purpose.REAL)]
        for entry in entries:
            await outbox.put(entry, BUTTON_ID)
    async with a_way(tmp_path / "companion", gateway):
        await committed(gateway, 3)
    assert [press.purpose for press in gateway.presses] == [Purpose.REAL, Purpose.TEST, Purpose.TEST]


async def test_a_real_press_goes_before_tests_that_wait_already(way: Way, gateway: CompanionGateway):
    await gateway.hang_up()
    for purpose in (Purpose.TEST, Purpose.TEST, Purpose.REAL):
        way.drain.add(an_entry(CompanionClock(), purpose))
    waiting = way.drain._waiting
    assert [entry.press.purpose for entry in waiting] == [Purpose.REAL, Purpose.TEST, Purpose.TEST]
    await gateway.listen()
    await committed(gateway, 3)


async def test_a_newer_alarm_ends_the_wait_for_an_older_ones_news(tmp_path: Path, gateway: CompanionGateway):
    gateway.companion_policy = CompanionPolicy(signals_wait_s=60.0)
    async with a_way(tmp_path / "companion", gateway) as way:
        way.press()
        await eventually(lambda: len(way.events.of("receipt")) == 1)
        way.press()
        await eventually(lambda: len(way.events.of("receipt")) == 2)
        newer = list(gateway.store.values())[1]
        await gateway.signal(newer.alarm_id, SignalKind.SEEN)
        await eventually(lambda: Stage.SEEN in way.settled, 20)


async def test_a_closed_alarm_is_asked_about_no_more(way: Way, gateway: CompanionGateway):
    way.press()
    await eventually(lambda: len(way.events.of("receipt")) == 1)
    (receipt,) = gateway.store.values()
    await gateway.signal(receipt.alarm_id, SignalKind.CLOSED)
    await eventually(lambda: [told["kind"] for told in way.events.of("signal")] == ["closed"])
    polls = len(gateway.messages)
    await asyncio.sleep(gateway.companion_policy.signals_wait_s + 0.2)
    assert len(gateway.messages) == polls


async def test_a_test_is_followed_beside_an_alarm_and_takes_no_news_from_it(
    way: Way, gateway: CompanionGateway
):
    way.press()
    await eventually(lambda: len(way.events.of("receipt")) == 1)
    way.drain.add(an_entry(CompanionClock(), Purpose.TEST))
    await eventually(lambda: len(way.events.of("receipt")) == 2)
    real, test = (receipt.alarm_id for receipt in gateway.store.values())
    await gateway.signal(test, SignalKind.SEEN)
    await gateway.signal(real, SignalKind.UNIT_ON_THE_WAY)
    await eventually(lambda: {Stage.SEEN, Stage.UNIT_ON_THE_WAY} <= set(way.settled))


class Tongue:
    """A link that is down until told otherwise, and notes what the button was told."""

    def __init__(self) -> None:
        self.is_up = False
        self.told: list[Stage] = []

    async def stage(self, _step: object, stage: Stage) -> None:
        if not self.is_up:
            raise LinkLostError("down")
        self.told.append(stage)


@pytest.mark.parametrize(
    ("wanted", "felt"), [(True, [Stage.COMMITTED, Stage.SEEN]), (False, [Stage.DISMISSED])]
)
async def test_what_could_not_be_told_is_told_when_the_link_is_up_again(wanted, felt):
    feedback, tongue = Feedback(wanted=wanted), Tongue()
    task = asyncio.create_task(feedback.run(tongue))
    feedback.tell(None, Stage.COMMITTED)
    feedback.tell(None, Stage.SEEN)
    await asyncio.sleep(0)
    assert tongue.told == []
    tongue.is_up = True
    feedback.link_is_up()
    await eventually(lambda: tongue.told == felt)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_stack_that_answers_a_cancellation_with_an_error_stops_no_shutdown():
    class Grudging:
        async def stage(self, _step: object, _stage: Stage) -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                raise LinkLostError("the link is going anyway") from None

    feedback = Feedback(wanted=True)
    task = asyncio.create_task(feedback.run(Grudging()))
    feedback.tell(None, Stage.COMMITTED)
    await asyncio.sleep(0.01)
    task.cancel()
    async with asyncio.timeout(2):
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
