"""The alarm's machine, as a table."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.acts import Actor, acknowledge
from gateway.domain.alarm import AFTER, EventKind, after
from gateway.domain.errors import AlreadyTaken, NotAllowedNow
from gateway.domain.response import Response
from schemas.alarm import AlarmState
from schemas.session import OperatorName
from tests.support.dispatch import AT, an_alarm

ACTOR = Actor(OperatorName(operator_id=uuid4(), name="Tweede", centre="BE-VOV"))


@given(st.sampled_from([None, *AlarmState]), st.sampled_from(EventKind))
def test_a_step_that_is_not_in_the_table_is_refused(state: AlarmState | None, kind: EventKind) -> None:
    if kind in AFTER[state]:
        assert after(state, kind) is AFTER[state][kind]
    else:
        with pytest.raises(NotAllowedNow):
            after(state, kind)


def test_a_closed_alarm_is_only_written_to_looked_at_again_or_reopened() -> None:
    assert set(AFTER[AlarmState.CLOSED]) == {EventKind.NOTED, EventKind.REVIEWED, EventKind.REOPENED}


def test_every_state_can_be_reached_or_is_the_end() -> None:
    reached = {state for steps in AFTER.values() for state in steps.values()}
    assert reached | {AlarmState.CLOSED} == set(AlarmState)


def test_whoever_comes_second_is_told_who_has_it() -> None:
    somebody = OperatorName(operator_id=uuid4(), name="Eerste")
    taken = an_alarm(state=AlarmState.ACKNOWLEDGED, acknowledged_by=somebody, acknowledged_at=AT)
    with pytest.raises(AlreadyTaken) as refused:
        acknowledge(taken, ACTOR, AT, Response())
    assert refused.value.detail == "Eerste"


def test_a_raised_alarm_may_be_taken_and_a_closed_one_not() -> None:
    taken = acknowledge(an_alarm(), ACTOR, AT, Response()).alarm
    assert (taken.state, taken.acknowledged_by) == (AlarmState.ACKNOWLEDGED, ACTOR.name)
    with pytest.raises(NotAllowedNow):
        acknowledge(an_alarm(state=AlarmState.CLOSED), ACTOR, AT, Response())
