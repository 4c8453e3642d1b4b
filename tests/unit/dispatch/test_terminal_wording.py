"""An alarm in words for a terminal."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dispatch.terminal import wording
from schemas.alarm import AlarmSource, AlarmState, Breach, CancelRequest, DeviceReport, SourceKind
from schemas.events import ConditionKind
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


def test_an_offender_in_a_zone_is_said_with_how_sure_that_is_and_where_he_is() -> None:
    breach = Breach(
        perimeter_id=uuid4(),
        name="Home",
        certain=False,
        probability=0.62,
        distance_m=350,
        approaching=True,
        offender=a_frame(radius_m=40).position,
        judged_at=AT,
    )
    alarm = an_alarm(breach=breach, circumstances=some_circumstances())
    text = read(wording.detail(alarm, None, AT + timedelta(seconds=5)))
    assert "may be inside the forbidden zone (62%), 350 m from her, coming closer" in text
    assert "within 40 m, gnss, 5 s old" in text
    assert text.index("may be inside") < text.index("jachtgeweer")
    newer = a_frame(radius_m=15, fixed_at=AT + timedelta(seconds=4))
    assert "within 15 m, gnss, 1 s old" in read(
        wording.detail(alarm, None, AT + timedelta(seconds=5), [newer])
    )
    other = newer.model_copy(update={"number": 2, "of": 2})
    both = read(wording.detail(alarm, None, AT + timedelta(seconds=5), [newer, other]))
    assert "offender 1/2 is at" in both
    assert "offender 2/2 is at" in both
    assert "may be inside" in read(*wording.row(alarm, AT))
    left = breach.model_copy(update={"inside": False, "approaching": False})
    assert "offender left the forbidden zone" in read(wording.detail(an_alarm(breach=left), None, AT))


def test_it_says_where_an_alarm_came_from_and_that_other_systems_said_something() -> None:
    device = DeviceReport(condition=ConditionKind.LINK_LOST, battery_pct=12, at=AT)
    source = AlarmSource(kind=SourceKind.APP_112, name="112 BE")
    told = read(wording.detail(an_alarm(source=source, messages=2, calls=1, device=device), None, AT))
    for words in ("From the 112 app (112 BE)", "2 chat messages", "1 calls", "link lost, battery 12 %"):
        assert words in told
    assert "medical" not in told
    own = read(wording.detail(an_alarm(), None, AT))
    assert not any(line.startswith(("From ", "Told ", "Device ")) for line in own.splitlines())
    assert set(wording.SOURCE_WORD) == set(SourceKind) - {SourceKind.BUTTON}
