"""The history checker finds what is planted, each kind, and nothing where nothing is wrong."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.drill.history import (
    ConsoleHistory,
    History,
    Link,
    Store,
    StoredAlarm,
    StoredEvent,
    StoredPress,
    Try,
)
from gateway.drill.judging import judge
from gateway.drill.verdict import Kind
from schemas.alarm import AlarmView
from schemas.frames import Attach, Cursor, Event, ServerFrame, Snapshot
from schemas.press import Receipt
from tests.support.dispatch import AT, an_alarm

CENTRE = "BE-VOV"
PRESSES = 4


class Run:
    """A run in which nothing went wrong: one victim presses, two consoles watch, one reconnects."""

    def __init__(self) -> None:
        registration_id, alarm_id = uuid4(), uuid4()
        views = [
            an_alarm(alarm_id, version=number, registration_id=registration_id, press_count=number)
            for number in range(1, PRESSES + 1)
        ]
        self.events = [
            Event(
                centre=CENTRE,
                cursor=cursor(view.version),
                kind="alarm.raised" if view.version == 1 else "alarm.pressed_again",
                at=AT,
                alarm=view,
            )
            for view in views
        ]
        self.presses = [
            StoredPress(
                press_id=uuid4(),
                registration_id=registration_id,
                centre=CENTRE,
                alarm_id=alarm_id,
                sequence=view.version,
                committed_at=AT,
            )
            for view in views
        ]
        self.stored = [
            StoredEvent(
                centre=CENTRE,
                sequence=event.cursor.sequence,
                kind=event.kind,
                at=AT,
                alarm_id=alarm_id,
                image=image(event.the_alarm),
            )
            for event in self.events
        ]
        self.alarms = [
            StoredAlarm(
                centre=CENTRE,
                alarm_id=alarm_id,
                registration_id=registration_id,
                purpose="real",
                state="raised",
                version=PRESSES,
                image=image(views[-1]),
            )
        ]
        self.history = History(tries=[answered(press) for press in self.presses])
        self.steady = self._console("steady", [self.events])
        self.moved = self._console("moved", [self.events[:2], self.events[2:]])

    def _console(self, name: str, links: list[list[Event]]) -> ConsoleHistory:
        start = Snapshot(centre=CENTRE, cursor=cursor(0), alarms=(), reason="first_attach")
        console = ConsoleHistory(name, (CENTRE,), applied=[start, *self.events])
        at = None
        for number, events in enumerate(links):
            asked = Attach(console=uuid4(), centres=(CENTRE,), cursors={} if at is None else {CENTRE: at})
            frames: list[Attach | ServerFrame] = [asked, *([] if number else [start]), *events]
            console.links.append(Link(f"node {number}", [(0.0, frame) for frame in frames]))
            at = events[-1].cursor
        console.open_alarms = {self.events[-1].the_alarm.alarm_id: self.events[-1].the_alarm}
        self.history.consoles.append(console)
        return console

    def kinds(self, *, resets: frozenset[str] = frozenset()) -> set[Kind]:
        store = Store(heads={CENTRE: PRESSES}, presses=self.presses, events=self.stored, alarms=self.alarms)
        return judge(self.history, store, resets=resets).kinds()


def cursor(sequence: int) -> Cursor:
    return Cursor(epoch="a1", sequence=sequence)


def image(alarm: AlarmView) -> dict[str, Any]:
    return alarm.model_dump(mode="json")


def receipt(press: StoredPress, **changes: Any) -> Receipt:
    values = {
        "press_id": press.press_id,
        "alarm_id": press.alarm_id,
        "centre": press.centre,
        "sequence": press.sequence,
        "committed_at": press.committed_at,
        "seen_before": False,
    }
    return Receipt(**{**values, **changes})


def answered(press: StoredPress, **changes: Any) -> Try:
    return Try(
        press_id=press.press_id,
        registration_id=press.registration_id,
        node="a",
        began=0.0,
        ended=0.1,
        status=201,
        receipt=receipt(press, **changes),
    )


def unanswered(press_id: UUID, registration_id: UUID) -> Try:
    return Try(press_id=press_id, registration_id=registration_id, node="a", began=0.0, ended=2.0)


def test_a_run_in_which_nothing_went_wrong_holds() -> None:
    assert Run().kinds() == set()


def test_a_press_tried_again_and_told_the_same_holds() -> None:
    run = Run()
    first = run.presses[0]
    run.history.tries[:0] = [unanswered(first.press_id, first.registration_id)]
    run.history.tries.append(answered(first, seen_before=True))
    assert run.kinds() == set()


def lose_an_answered_press(run: Run) -> None:
    run.history.tries.append(answered(replace(run.presses[0], press_id=uuid4())))


def answer_with_another_receipt(run: Run) -> None:
    run.history.tries.append(answered(run.presses[0], seen_before=True, sequence=3))


def say_twice_that_it_is_new(run: Run) -> None:
    run.history.tries.append(answered(run.presses[0]))


def store_a_press_twice(run: Run) -> None:
    run.presses.append(run.presses[0])


def store_a_press_that_was_never_pressed(run: Run) -> None:
    run.history.tries.pop()


def never_answer(run: Run) -> None:
    lost = run.history.tries.pop()
    run.history.tries.append(replace(lost, status=503, receipt=None))


def lose_an_event_of_a_press(run: Run) -> None:
    run.stored[1] = replace(run.stored[1], kind="alarm.acknowledged")


def open_a_second_alarm(run: Run) -> None:
    run.alarms.append(replace(run.alarms[0], alarm_id=uuid4()))


def leave_a_hole_in_the_stream(run: Run) -> None:
    del run.stored[1]


def skip_a_version(run: Run) -> None:
    run.stored[1] = replace(run.stored[1], image={**run.stored[1].image, "version": 7})


def change_an_alarm_without_an_event(run: Run) -> None:
    run.alarms[0] = replace(run.alarms[0], image={**run.alarms[0].image, "state": "acknowledged"})


def send_a_frame_twice(run: Run) -> None:
    run.steady.links[0].frames.append(run.steady.links[0].frames[-1])


def send_frames_out_of_order(run: Run) -> None:
    frames = run.steady.links[0].frames
    frames[-1], frames[-2] = frames[-2], frames[-1]


def leave_out_a_frame(run: Run) -> None:
    del run.moved.links[1].frames[1]


def send_a_frame_before_any_snapshot(run: Run) -> None:
    run.steady.links[0].frames.insert(1, (0.0, run.events[0]))


def apply_an_event_twice(run: Run) -> None:
    run.steady.applied.append(run.events[-1])


def leave_out_an_applied_event(run: Run) -> None:
    del run.steady.applied[2]


def end_before_the_head(run: Run) -> None:
    run.steady.applied.pop()


def show_another_event_at_the_same_place(run: Run) -> None:
    changed = run.events[1].model_copy(
        update={"alarm": run.events[1].the_alarm.model_copy(update={"flags": ("x",)})}
    )
    run.steady.applied[2] = changed


def show_what_the_database_does_not_have(run: Run) -> None:
    for console in run.history.consoles:
        other = run.events[1].the_alarm.model_copy(update={"press_count": 9})
        console.applied[2] = run.events[1].model_copy(update={"alarm": other})


def snapshot_without_a_reason(run: Run) -> None:
    again = Snapshot(centre=CENTRE, cursor=cursor(4), alarms=(), reason="too_far_behind")
    run.steady.applied.append(again)


def forget_an_alarm_on_a_board(run: Run) -> None:
    run.moved.open_alarms.clear()


def keep_an_old_alarm_on_a_board(run: Run) -> None:
    run.moved.open_alarms = {run.events[0].the_alarm.alarm_id: run.events[0].the_alarm}


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lose_an_answered_press, Kind.LOST),
        (answer_with_another_receipt, Kind.UNTRUE),
        (say_twice_that_it_is_new, Kind.DOUBLED),
        (store_a_press_twice, Kind.DOUBLED),
        (store_a_press_that_was_never_pressed, Kind.UNTRUE),
        (never_answer, Kind.REFUSED),
        (lose_an_event_of_a_press, Kind.LOST),
        (open_a_second_alarm, Kind.SECOND_ALARM),
        (leave_a_hole_in_the_stream, Kind.BROKEN_STREAM),
        (skip_a_version, Kind.BROKEN_STREAM),
        (change_an_alarm_without_an_event, Kind.BROKEN_STREAM),
        (send_a_frame_twice, Kind.DOUBLED),
        (send_frames_out_of_order, Kind.GAP),
        (leave_out_a_frame, Kind.GAP),
        (send_a_frame_before_any_snapshot, Kind.GAP),
        (apply_an_event_twice, Kind.DOUBLED),
        (leave_out_an_applied_event, Kind.GAP),
        (end_before_the_head, Kind.LOST),
        (show_another_event_at_the_same_place, Kind.DISAGREEMENT),
        (show_what_the_database_does_not_have, Kind.DISAGREEMENT),
        (snapshot_without_a_reason, Kind.UNEXPLAINED_RESET),
        (forget_an_alarm_on_a_board, Kind.LOST),
        (keep_an_old_alarm_on_a_board, Kind.DISAGREEMENT),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_planted_is_found(plant: Callable[[Run], None], found: Kind) -> None:
    run = Run()
    plant(run)
    assert found in run.kinds()


def test_an_explained_reset_takes_back_what_came_after_its_cursor() -> None:
    run = Run()
    lost = run.events[-1].model_copy(update={"alarm": an_alarm()})
    back = Snapshot(centre=CENTRE, cursor=cursor(3), alarms=(), reason="ahead_of_log")
    run.steady.applied[-1:] = [lost, back, run.events[-1]]
    assert run.kinds(resets=frozenset({"ahead_of_log"})) == set()
    assert Kind.UNEXPLAINED_RESET in run.kinds()


def test_the_verdict_is_a_table_that_ends_in_a_word() -> None:
    run = copy.deepcopy(Run())
    store = Store(heads={CENTRE: PRESSES}, presses=run.presses, events=run.stored, alarms=run.alarms)
    lines = str(judge(run.history, store)).splitlines()
    assert ["presses", "4"] in [line.split() for line in lines]
    assert lines[-1].split() == ["verdict", "holds"]
