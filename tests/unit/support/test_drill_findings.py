"""What a drill says of its figures: nothing measured is nothing shown, and the slowest counts."""

import math
from uuid import UUID, uuid4

import pytest

from gateway.drill.crowd import CommittedAnew, accepted_s, receipted_s
from gateway.drill.findings import Findings
from gateway.drill.history import ConsoleHistory, History, Link, Try
from gateway.drill.screens import kept, pressed_since, shown_s
from schemas.frames import Cursor, Event, Provisional, Snapshot
from schemas.press import Purpose, Receipt
from tests.support.dispatch import AT, an_alarm

NODE = "http://node"


def a_try(press_id: UUID, began: float, ended: float, status: int | None, sequence: int = 0) -> Try:
    receipt = Receipt(
        press_id=press_id,
        alarm_id=press_id,
        centre="BE-VOV",
        sequence=sequence or 1,
        committed_at=AT,
        purpose=Purpose.REAL,
        seen_before=False,
    )
    return Try(
        press_id=press_id,
        registration_id=press_id,
        node=NODE,
        began=began,
        ended=ended,
        status=status,
        receipt=receipt if sequence else None,
    )


def seen_by(history: History, *shown: tuple[float, UUID]) -> None:
    console = ConsoleHistory("console", ("BE-VOV",), links=[Link(NODE)])
    console.links[0].frames += [
        (
            at,
            Provisional(
                centre="BE-VOV", press_id=press_id, node="a", kept_at=AT, alarm=an_alarm(uuid4(), version=1)
            ),
        )
        for at, press_id in shown
    ]
    history.consoles.append(console)


@pytest.mark.parametrize(
    ("seconds", "holds"), [([0.1, 2.9], True), ([0.1, 3.1], False), ([], False), ([math.inf], False)]
)
def test_the_slowest_must_keep_to_the_bound_and_something_must_be_measured(
    seconds: list[float], *, holds: bool
) -> None:
    findings = Findings(lambda _: None)
    findings.within("it is shown", seconds, 3.0, of="presses")
    assert findings.holds is holds


def test_a_drill_that_found_nothing_holds_nothing() -> None:
    assert not Findings(lambda _: None).holds


def test_a_kept_press_is_shown_when_the_first_screen_has_it_since_it_was_first_sent() -> None:
    spooled, never_shown, committed = uuid4(), uuid4(), uuid4()
    history = History(
        tries=[
            a_try(spooled, 10.0, 11.0, None),
            a_try(spooled, 11.0, 11.5, 202),
            a_try(never_shown, 20.0, 20.5, 202),
            a_try(committed, 30.0, 30.5, 201),
        ]
    )
    seen_by(history, (12.5, spooled), (12.0, spooled))
    seen_by(history, (11.75, spooled))
    assert sorted(shown_s(history, kept(history))) == [1.75, math.inf]


def test_a_kept_press_whose_stored_event_is_on_a_screen_first_was_shown_by_that() -> None:
    spooled = uuid4()
    history = History(tries=[a_try(spooled, 10.0, 10.5, 202), a_try(spooled, 15.0, 15.5, 200, sequence=7)])
    stored = Event(
        centre="BE-VOV", cursor=Cursor(epoch="1", sequence=7), kind="alarm.raised", at=AT, alarm=an_alarm()
    )
    seen_by(history, (13.0, spooled))
    history.consoles[0].links[0].frames.append((12.0, stored))
    assert shown_s(history, kept(history)) == [2.0]


def test_a_press_is_shown_by_a_snapshot_that_was_taken_after_it_once_its_last_part_is_there() -> None:
    before, after = uuid4(), uuid4()
    history = History(tries=[a_try(before, 10.0, 10.5, 201, 7), a_try(after, 10.0, 10.5, 201, 9)])
    seen_by(history)
    parts = (11.0, True), (12.0, False)
    history.consoles[0].links[0].frames += [
        (
            at,
            Snapshot(
                centre="BE-VOV",
                cursor=Cursor(epoch="1", sequence=8),
                alarms=(),
                reason="too_far_behind",
                more=more,
            ),
        )
        for at, more in parts
    ]
    assert shown_s(history, [before, after]) == [2.0, math.inf]


def test_a_press_belongs_to_when_it_was_first_sent() -> None:
    before, after = uuid4(), uuid4()
    tries = [a_try(before, 4.0, 4.5, 202), a_try(before, 6.0, 6.5, 201), a_try(after, 5.0, 5.5, 201)]
    assert pressed_since(History(tries=tries), 5.0) == {after}


def test_presses_are_committed_again_with_the_first_receipt_of_a_try_that_began_after_the_return() -> None:
    kept, fresh = uuid4(), uuid4()
    tries = [a_try(kept, 4.0, 5.5, 200, sequence=1), a_try(kept, 4.5, 5.0, 202)]
    committed = CommittedAnew(tries, 5.0)
    assert not committed()
    tries.append(a_try(fresh, 6.0, 6.5, 202))
    assert not committed()
    tries.append(a_try(kept, 6.0, 6.5, 200, sequence=1))
    assert committed()


def test_of_what_was_kept_the_first_receipt_counts_from_the_return_on() -> None:
    kept, never_kept = uuid4(), uuid4()
    tries = [
        a_try(kept, 4.0, 4.5, 202),
        a_try(kept, 8.0, 9.5, 200, sequence=1),
        a_try(kept, 10.0, 12.0, 200, sequence=1),
        a_try(never_kept, 20.0, 21.0, 201, sequence=2),
    ]
    assert receipted_s(History(tries=tries), 5.0) == [4.5]


def test_a_press_is_accepted_with_its_first_2xx_and_belongs_to_when_it_was_first_sent() -> None:
    before, refused_first, never = uuid4(), uuid4(), uuid4()
    tries = [
        a_try(before, 4.0, 5.5, 201),
        a_try(refused_first, 6.0, 6.5, 503),
        a_try(refused_first, 7.0, 7.5, 202),
        a_try(refused_first, 8.0, 8.5, 201),
        a_try(never, 6.0, 6.5, None),
    ]
    assert accepted_s(tries, 5.0, 10.0) == {refused_first: 1.5}
