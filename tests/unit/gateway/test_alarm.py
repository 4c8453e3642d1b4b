"""The alarm's machine, as a table."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alarm import AFTER, EventKind, after, check_acknowledge
from gateway.domain.errors import AlreadyTaken, NotAllowedNow
from schemas.alarm import AlarmState
from schemas.session import OperatorName
from tests.support.dispatch import AT, an_alarm


@given(st.sampled_from([None, *AlarmState]), st.sampled_from(EventKind))
def test_a_step_that_is_not_in_the_table_is_refused(state: AlarmState | None, kind: EventKind) -> None:
    if kind in AFTER[state]:
        assert after(state, kind) is AFTER[state][kind]
    else:
        with pytest.raises(NotAllowedNow):
            after(state, kind)


def test_nothing_follows_closed() -> None:
    assert AFTER[AlarmState.CLOSED] == {}


def test_every_state_can_be_reached_or_is_the_end() -> None:
    reached = {state for steps in AFTER.values() for state in steps.values()}
    assert reached | {AlarmState.CLOSED} == set(AlarmState)


def test_whoever_comes_second_is_told_who_has_it() -> None:
    somebody = OperatorName(operator_id=uuid4(), name="Eerste")
    taken = an_alarm(state=AlarmState.ACKNOWLEDGED, acknowledged_by=somebody, acknowledged_at=AT)
    with pytest.raises(AlreadyTaken) as refused:
        check_acknowledge(taken)
    assert refused.value.detail == "Eerste"


def test_a_raised_alarm_may_be_taken_and_a_closed_one_not() -> None:
    check_acknowledge(an_alarm())
    with pytest.raises(NotAllowedNow):
        check_acknowledge(an_alarm(state=AlarmState.CLOSED))
