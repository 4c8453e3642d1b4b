"""An alarm in words for a terminal."""

from datetime import timedelta
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dispatch.terminal import wording
from schemas.alarm import AlarmState, CancelRequest
from schemas.frames import PositionFrame
from schemas.position import Method, Position
from schemas.press import Purpose
from tests.support.build import a_person, some_circumstances
from tests.support.dispatch import AT, an_alarm

STATES = st.sampled_from(AlarmState)
PURPOSES = st.sampled_from(Purpose)


def read(*parts: object) -> str:
    """What stands on a screen of 200 columns."""
    written = StringIO()
    screen = Console(file=written, width=200, color_system=None)
    for part in parts:
        screen.print(part)
    return written.getvalue()


def a_frame(**changes: object) -> PositionFrame:
    position = Position(latitude=51.05, longitude=3.72, radius_m=12, fixed_at=AT, method=Method.GNSS)
    return PositionFrame(
        alarm_id=an_alarm().alarm_id, centre="BE-VOV", position=position.model_copy(update=changes)
    )


@given(st.lists(st.tuples(PURPOSES, STATES, st.integers(0, 3600)), max_size=12))
def test_whoever_waits_longest_for_an_answer_to_a_real_alarm_stands_on_top(
    given_alarms: list[tuple[Purpose, AlarmState, int]],
) -> None:
    alarms = [
        an_alarm(purpose=purpose, state=state, raised_at=AT + timedelta(seconds=seconds))
        for purpose, state, seconds in given_alarms
    ]
    queue = wording.in_order(alarms)
    assert all(alarm.purpose is not Purpose.CANARY for alarm in queue)
    waiting = [one for one in alarms if (one.purpose, one.state) == (Purpose.REAL, AlarmState.RAISED)]
    assert [one in waiting for one in queue] == sorted((one in waiting for one in queue), reverse=True)
    if waiting:
        assert queue[0].raised_at == min(one.raised_at for one in waiting)


def test_what_is_dangerous_stands_before_who_she_is() -> None:
    alarm = an_alarm(enriched=True, person=a_person(), circumstances=some_circumstances())
    text = read(wording.detail(alarm, None, AT))
    assert text.index("jachtgeweer") < text.index("Voorbeeld, Anna")
    assert "none is known" in text


def test_a_position_is_never_shown_without_age_radius_and_method() -> None:
    fresh = read(wording.detail(an_alarm(), a_frame(), AT + timedelta(seconds=5)))
    assert "within 12 m, gnss, 5 s old" in fresh
    assert "STALE" not in fresh
    old = read(wording.detail(an_alarm(), a_frame(radius_m=None), AT + timedelta(minutes=2)))
    assert "accuracy unknown, gnss, 2 min 00 s old  POSITION STALE" in old


def test_coercion_is_said_above_everything() -> None:
    alarm = an_alarm(cancel=CancelRequest(at=AT, coerced=True), circumstances=some_circumstances())
    text = read(wording.detail(alarm, None, AT))
    assert text.index("coerced") < text.index("jachtgeweer")


def test_what_is_not_real_says_so_instead_of_stalking_alarm() -> None:
    text = read(wording.detail(an_alarm(purpose=Purpose.EXERCISE), None, AT))
    assert "EXERCISE - no real alarm" in text
    assert "STALKING ALARM" not in text
