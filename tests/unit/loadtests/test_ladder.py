"""A ladder is judged from the stream: every planted breach is found, and lateness is what it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from loadtests.feed import Seen, seen_in
from loadtests.ladder import climbed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def seen(
    kind: str, at_s: float, *, due_s: float | None = None, level: int | None = None, **fields: Any
) -> Seen:
    plain = {
        "kind": f"alarm.{kind}",
        "at": at(at_s),
        "size": 1,
        "alarm_id": "a",
        "registration_id": "r",
        "version": 1,
        "state": "raised",
        "escalates_at": None if due_s is None else at(due_s),
        "level": level,
    }
    return Seen(**{**plain, **fields})


RAISED = seen("raised", 0, due_s=10)
ACKNOWLEDGED = seen("acknowledged", 4, state="acknowledged")


def judged(*events: Seen, ended_s: float = 0.0):
    return climbed(dict(enumerate(events, 1)), ["a"], NOW + timedelta(seconds=ended_s))


def test_each_level_is_held_against_the_deadline_of_the_image_before_it() -> None:
    found = judged(
        RAISED,
        seen("escalated", 10.2, due_s=30, level=1),
        seen("position_lost", 20, due_s=30, level=1),
        seen("escalated", 30.7, due_s=60, level=2),
        ended_s=50,
    )
    assert found.broken == ()
    assert [(one.level, (one.committed_at - one.due_at).total_seconds()) for one in found.levels] == [
        (1, 0.2),
        (2, 0.7),
    ]


def test_a_ladder_that_starts_anew_tells_its_first_level_again() -> None:
    lapsed = seen("acknowledgement_lapsed", 124, due_s=134)
    first = seen("escalated", 10, due_s=30, level=1)
    found = judged(
        RAISED, first, ACKNOWLEDGED, lapsed, seen("escalated", 134, due_s=150, level=1), ended_s=140
    )
    assert found.broken == ()


def test_a_level_told_twice_is_found() -> None:
    again = seen("escalated", 30.4, due_s=60, level=1)
    assert judged(RAISED, seen("escalated", 10.2, due_s=30, level=1), again).broken == (
        "1 levels told again",
    )


def test_a_level_told_after_somebody_answered_is_found() -> None:
    late = seen("escalated", 10.2, due_s=30, level=1, state="acknowledged")
    assert "1 levels told after somebody answered" in judged(RAISED, ACKNOWLEDGED, late).broken


def test_a_level_told_too_soon_is_found() -> None:
    soon = seen("escalated", 9.9, due_s=30, level=1)
    assert judged(RAISED, soon).broken == ("1 levels told before their deadline",)


def test_a_level_that_is_never_told_is_found_once_it_cannot_be_late_any_more() -> None:
    assert judged(RAISED, ended_s=14).broken == ()
    assert judged(RAISED, ended_s=16).broken == ("1 levels never told",)
    assert judged(RAISED, ACKNOWLEDGED, ended_s=16).broken == ()


def test_a_diversion_from_a_centre_whose_consoles_are_attached_is_found() -> None:
    diverted = seen("escalated", 5, due_s=30, level=3, reason="no_console")
    assert judged(RAISED, diverted).broken == ("1 levels told elsewhere as if nobody attended",)


def test_alarms_of_others_and_events_about_no_alarm_are_not_judged() -> None:
    other = seen("raised", 0, due_s=1, alarm_id="b")
    duty = seen_in({"kind": "unit.duty_changed", "at": at(0), "unit": {}}, 10)
    assert judged(other, duty, ended_s=60) == judged()
