"""A device that needs no phone: its word beside an alarm, in supervision, and when it says nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from gateway.domain.alarm import EventKind
from gateway.domain.conditions import Heard, Limits, conditions, signs
from gateway.domain.devices import heartbeat_of
from gateway.domain.errors import (
    NotAllowedNow,
    TooMany,
)
from gateway.domain.happenings import RECEIVED_MAX, receive, report_device
from gateway.domain.supervision import SupervisionPolicy, Watched, judge_companion
from schemas.alarm import AlarmState, DeviceReport, Note
from schemas.events import (
    ConditionKind,
    DeviceCondition,
)
from schemas.protection import FaultKind
from schemas.session import OperatorName
from tests.support.dispatch import AT, an_alarm
from tests.support.effecting import NOW
from tests.support.events import APP

BY = OperatorName(operator_id=APP.integrator_id, name=APP.name)


def test_of_a_device_the_latest_word_counts_and_a_closed_alarm_is_left_alone() -> None:
    told = DeviceReport(condition=ConditionKind.OK, battery_pct=50, at=AT)
    alarm = an_alarm(device=told)
    earlier = told.model_copy(update={"condition": ConditionKind.FAILED, "at": AT - timedelta(seconds=1)})
    assert report_device(alarm, earlier, BY) is None
    failed = report_device(alarm, DeviceReport(condition=ConditionKind.FAILED, at=NOW), BY)
    assert failed is not None
    assert failed.alarm.device == DeviceReport(condition=ConditionKind.FAILED, battery_pct=50, at=NOW)
    closed = alarm.model_copy(update={"state": AlarmState.CLOSED})
    with pytest.raises(NotAllowedNow):
        report_device(closed, DeviceReport(condition=ConditionKind.FAILED, at=NOW), BY)


def test_nobody_fills_an_alarm_with_words() -> None:
    note = Note(at=AT, by=BY, text="x", about=EventKind.MESSAGE_RECEIVED)
    receive(an_alarm(messages=RECEIVED_MAX - 1), note)
    with pytest.raises(TooMany):
        receive(an_alarm(messages=RECEIVED_MAX), note)


def after(*kinds: ConditionKind) -> set[FaultKind]:
    """Return what is wrong after these words of a device, one after the other."""
    wrong: Mapping[FaultKind, datetime] = {}
    for kind in kinds:
        said = heartbeat_of(DeviceCondition(condition=kind), Limits())
        wrong = conditions(wrong, Heard(heartbeat=said, received_at=AT, skew_s=-3600.0), Limits())
    return set(wrong)


def test_a_device_is_as_it_was_told_last_and_tampering_stays_until_it_is_taken_back() -> None:
    kinds = ConditionKind
    assert after(kinds.OK) == set()
    assert after(kinds.BATTERY_FAILED) >= {FaultKind.BUTTON_BATTERY_CRITICAL}
    assert after(kinds.LINK_LOST) == {FaultKind.BUTTON_LINK_LOST}
    assert after(kinds.TAMPERED, kinds.LINK_LOST) == {FaultKind.DEVICE_TAMPERED, FaultKind.BUTTON_LINK_LOST}
    assert after(kinds.TAMPERED, kinds.FAILED, kinds.OK) == set()
    said = [heartbeat_of(DeviceCondition(condition=kind), Limits()) for kind in kinds]
    told = {signs(Heard(heartbeat=one, received_at=AT), Limits()) for one in said}
    assert len(told) == len(kinds)


@pytest.mark.parametrize("alarm_open", [True, False])
@pytest.mark.parametrize(("within_s", "most_s"), [(None, 90_000.0), (600.0, 600.0)])
def test_a_device_is_silent_when_it_says_nothing_for_longer_than_it_said(
    within_s: float | None, most_s: float, *, alarm_open: bool
) -> None:
    said = heartbeat_of(DeviceCondition(next_within_s=within_s), Limits())
    watched = Watched(companion_id=uuid4(), enrolled_at=AT, heard=Heard(heartbeat=said, received_at=AT))
    for unheard_s, silent in ((most_s - 1, False), (most_s, True)):
        now = AT + timedelta(seconds=unheard_s)
        judged = judge_companion(watched, SupervisionPolicy(), alarm_open=alarm_open, resumed_at=AT, now=now)
        assert judged.silent is silent
