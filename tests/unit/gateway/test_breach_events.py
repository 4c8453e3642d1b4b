"""What the stream tells of an offender in a perimeter: each change once, and nothing of each fix."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from gateway.domain.alarm import EventKind
from gateway.domain.errors import NotAllowedNow
from gateway.domain.happenings import judge_breach
from schemas.alarm import AlarmState, AlarmView, Breach
from schemas.position import Position
from tests.support.dispatch import an_alarm

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
PERIMETER = uuid4()


def a_breach(perimeter: UUID = PERIMETER, *, p: float = 0.99, inside: bool = True) -> Breach:
    return Breach(
        perimeter_id=perimeter,
        name="Home",
        certain=p >= 0.95,
        probability=p,
        offender=Position(latitude=51.05, longitude=3.72, radius_m=20, fixed_at=AT),
        judged_at=AT,
        inside=inside,
    )


@pytest.mark.parametrize("state", [AlarmState.RAISED, AlarmState.ACKNOWLEDGED])
def test_coming_in_becoming_certain_and_leaving_are_told_and_leave_the_alarm_open(state: AlarmState) -> None:
    alarm: AlarmView = an_alarm(state=state)
    for breach, kind in (
        (a_breach(p=0.6), EventKind.BREACHED),
        (a_breach(), EventKind.BREACHED),
        (a_breach(uuid4()), EventKind.BREACHED),
        (a_breach(p=0.01, inside=False), EventKind.RETREATED),
        (a_breach(), EventKind.BREACHED),
    ):
        change = judge_breach(alarm, breach)
        assert (change.kind, change.alarm.state, change.alarm.breach) == (kind, state, breach)
        assert change.alarm.version == alarm.version + 1
        alarm = change.alarm


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (a_breach(p=0.97), a_breach(p=0.99)),
        (a_breach(p=0.3), a_breach(p=0.8)),
        (a_breach(p=0.2, inside=False), a_breach(p=0.0, inside=False)),
    ],
)
def test_a_fix_that_changes_nothing_to_act_on_is_no_event(before: Breach, after: Breach) -> None:
    alarm = an_alarm(breach=before)
    with pytest.raises(NotAllowedNow):
        judge_breach(alarm, after)


def test_nothing_is_told_of_a_closed_alarm() -> None:
    with pytest.raises(NotAllowedNow):
        judge_breach(an_alarm(state=AlarmState.CLOSED), a_breach())
