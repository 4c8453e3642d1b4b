"""What the victim is told of her alarm, from the alarm as it is."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from gateway.domain import acts
from gateway.domain.acts import Actor
from gateway.domain.response import Response
from gateway.domain.signals import signals_of
from schemas.alarm import AlarmState, AlarmView, Closure
from schemas.commands import Close
from schemas.outcome import Outcome
from schemas.session import OperatorName
from schemas.signals import SignalKind
from schemas.unit import AssignedUnit, UnitStatus
from tests.support.dispatch import AT, an_alarm

ACTOR = Actor(OperatorName(operator_id=uuid4(), name="Op", centre="BE-VOV"))
SEEN, SENT, CLOSED = SignalKind.SEEN, SignalKind.UNIT_ON_THE_WAY, SignalKind.CLOSED


def with_a_unit(status: UnitStatus = UnitStatus.EN_ROUTE, **changes: Any) -> AlarmView:
    unit = AssignedUnit(
        unit_id=uuid4(),
        centre="BE-VOV",
        name="ALPHA 3",
        status=status,
        assigned_at=AT,
        assigned_by=ACTOR.name,
        status_at=AT,
    )
    taken = {"state": AlarmState.ACKNOWLEDGED, "acknowledged_by": ACTOR.name, "acknowledged_at": AT}
    return an_alarm(**{**taken, **changes}, units=(unit,))


def told(alarm: AlarmView, after: int = 1) -> list[SignalKind]:
    return [signal.kind for signal in signals_of(alarm, after).signals]


def test_each_step_is_told_once_under_an_index_of_its_own() -> None:
    alarm = with_a_unit(closure=Closure(at=AT, by=ACTOR.name, outcome=Outcome.PREVENTED))
    assert told(alarm) == [SEEN, SENT, CLOSED]
    assert [signal.index for signal in signals_of(alarm, 0).signals] == [1, 2, 3, 4]
    assert told(alarm, after=3) == [CLOSED]
    assert signals_of(alarm, 4).last == 4


def test_a_team_that_is_back_is_not_on_its_way() -> None:
    assert told(with_a_unit(UnitStatus.ON_SCENE)) == [SEEN, SENT]
    assert told(with_a_unit(UnitStatus.CLEARED)) == [SEEN]


def test_of_a_reopened_alarm_nothing_of_before_it_was_closed_is_told_again() -> None:
    alarm = with_a_unit()
    naming = {"request_id": uuid4(), "alarm_id": alarm.alarm_id, "expected_version": alarm.version}
    closing = Close(**naming, outcome=Outcome.PREVENTED, note="In time.")
    closed = acts.close(alarm, closing, ACTOR, AT + timedelta(minutes=5)).alarm
    assert told(closed) == [SEEN, CLOSED]
    reopened = acts.reopen(closed, "He is back.", ACTOR, AT + timedelta(minutes=9), Response()).alarm
    assert told(reopened) == []
    again = acts.acknowledge(reopened, ACTOR, AT + timedelta(minutes=10), Response()).alarm
    assert told(again) == [SEEN]
