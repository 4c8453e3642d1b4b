"""What assigning, reporting and taking away a unit does to its alarm."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from gateway.domain import acts
from gateway.domain.acts import Actor
from gateway.domain.alarm import Change, DeadlineKind, UnitMove
from gateway.domain.errors import NotAllowedNow
from gateway.domain.response import Response
from schemas.alarm import AlarmState, AlarmView
from schemas.commands import Assign, ReportUnit
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import UnitStatus, UnitView
from tests.support.dispatch import AT, an_alarm

ACTOR = Actor(OperatorName(operator_id=uuid4(), name="Op", centre="BE-VOV"))
LATER = AT + timedelta(minutes=1)


def a_unit(**changes: Any) -> UnitView:
    values: dict[str, Any] = {"unit_id": uuid4(), "centre": "BE-VOV", "name": "ALPHA 3", "on_duty": True}
    return UnitView(**{**values, "since": AT, **changes})


def taken(**changes: Any) -> AlarmView:
    return acts.acknowledge(an_alarm(**changes), ACTOR, AT, Response()).alarm


def sent(alarm: AlarmView, unit: UnitView, *, force: bool = False) -> Change:
    command = Assign(
        request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=1, unit_id=unit.unit_id, force=force
    )
    return acts.assign(alarm, command, unit, ACTOR, AT)


def reported(alarm: AlarmView, unit: UnitView, status: UnitStatus) -> Change:
    command = ReportUnit(
        request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=1, unit_id=unit.unit_id, status=status
    )
    return acts.report_unit(alarm, command, ACTOR, LATER, Response())


def test_an_alarm_whose_unit_is_taken_away_says_so_and_may_lapse_again() -> None:
    unit = a_unit()
    change = acts.take_away(sent(taken(), unit).alarm, unit.unit_id, ACTOR, LATER, Response())
    (gone,) = change.alarm.units
    assert (gone.status, gone.taken_away, gone.status_at) == (UnitStatus.CLEARED, True, LATER)
    assert [due.kind for due in change.due] == [DeadlineKind.LAPSE]
    assert change.alarm.lapses_at == LATER + timedelta(seconds=Response().lapse_s)
    assert change.units == (), "the assignment that it is committed with moves the unit"


def test_an_alarm_that_has_another_unit_left_does_not_lapse() -> None:
    one, other = a_unit(), a_unit()
    both = sent(sent(taken(), one).alarm, other).alarm
    change = acts.take_away(both, one.unit_id, ACTOR, LATER, Response())
    assert change.due == ()
    assert change.alarm.lapses_at is None


def test_nothing_is_taken_from_an_alarm_that_has_it_no_more() -> None:
    unit = a_unit()
    cleared = reported(sent(taken(), unit).alarm, unit, UnitStatus.CLEARED).alarm
    for alarm in (taken(), cleared):
        with pytest.raises(NotAllowedNow):
            acts.take_away(alarm, unit.unit_id, ACTOR, LATER, Response())


def test_a_unit_cleared_and_sent_again_is_taken_away_no_more() -> None:
    unit = a_unit()
    away = acts.take_away(sent(taken(), unit).alarm, unit.unit_id, ACTOR, LATER, Response()).alarm
    (back,) = sent(away, unit).alarm.units
    assert (back.status, back.taken_away) == (UnitStatus.DISPATCHED, False)


def test_force_names_the_alarm_that_it_takes_the_unit_from() -> None:
    unit = a_unit(alarm_id=uuid4(), status=UnitStatus.DISPATCHED)
    (move,) = sent(taken(), unit, force=True).units
    assert move == UnitMove(unit.unit_id, UnitStatus.DISPATCHED, force=True, taken_from=unit.alarm_id)


def test_a_unit_off_duty_or_of_a_centre_that_does_not_see_the_alarm_is_not_sent() -> None:
    for unit in (a_unit(on_duty=False), a_unit(centre="BE-WBR")):
        with pytest.raises(NotAllowedNow):
            sent(taken(), unit)


def test_an_exercise_that_loses_its_unit_does_not_lapse() -> None:
    unit = a_unit()
    alarm = sent(taken(purpose=Purpose.EXERCISE), unit).alarm
    assert reported(alarm, unit, UnitStatus.CLEARED).due == ()
    assert alarm.state is AlarmState.ACKNOWLEDGED
