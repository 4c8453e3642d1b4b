"""What a heartbeat tells, and what of it cannot wait."""

from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ble_bridge.condition import Facts, heartbeat_of, urgent
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix, PhoneHealth
from schemas.position import Method
from schemas.protection import CompanionHeartbeat, LinkState, PositionSourceState
from tests.support.clock import START

NOW = Moment(START, 1000.0, "boot-1")
WELL = Facts(
    version="1.2.3",
    link=lambda: (LinkState.UP, 60.0),
    button_battery_pct=lambda: 87,
    phone=lambda: PhoneHealth(64, charging=False),
    fixes=lambda: (Fix(51.0, 3.7, 998.0, START, Method.GNSS),),
    presses_waiting=lambda: 0,
    alarm_id=lambda: None,
)
NOTHING_KNOWN = Facts(
    version="1.2.3",
    link=lambda: (LinkState.UNKNOWN, None),
    button_battery_pct=lambda: None,
    phone=PhoneHealth,
    fixes=None,
    presses_waiting=lambda: 0,
    alarm_id=lambda: None,
)


def test_everything_known_is_told():
    alarm_id = uuid4()
    facts = replace(WELL, presses_waiting=lambda: 2, alarm_id=lambda: alarm_id)
    assert heartbeat_of(facts, NOW) == CompanionHeartbeat(
        sent_at=START,
        companion_version="1.2.3",
        phone_battery_pct=64,
        phone_charging=False,
        button_battery_pct=87,
        button_link=LinkState.UP,
        button_link_since_s=60.0,
        position_source=PositionSourceState.OK,
        last_fix_age_s=2.0,
        presses_waiting=2,
        alarm_id=alarm_id,
    )


def test_what_nobody_knows_is_not_made_up():
    told = heartbeat_of(NOTHING_KNOWN, NOW).model_dump(exclude_none=True)
    assert told == {
        "sent_at": START,
        "companion_version": "1.2.3",
        "button_link": LinkState.UNKNOWN,
        "missing_permissions": (),
        "position_source": PositionSourceState.OFF,
        "presses_waiting": 0,
    }


@pytest.mark.parametrize(
    ("age_s", "state"), [(29.0, PositionSourceState.OK), (31.0, PositionSourceState.NO_FIX)]
)
def test_a_source_whose_last_fix_is_old_has_none(age_s, state):
    facts = replace(WELL, fixes=lambda: (Fix(51.0, 3.7, 1000.0 - age_s, START, Method.GNSS),))
    heartbeat = heartbeat_of(facts, NOW)
    assert (heartbeat.position_source, heartbeat.last_fix_age_s) == (state, age_s)


def test_a_source_without_any_fix_says_so():
    heartbeat = heartbeat_of(replace(WELL, fixes=lambda: ()), NOW)
    assert (heartbeat.position_source, heartbeat.last_fix_age_s) == (PositionSourceState.NO_FIX, None)


@given(st.floats(0, 1e12), st.floats(-1e12, 1e12), st.integers(0, 10**9))
def test_no_age_and_no_number_makes_a_heartbeat_impossible(since_s, fixed_s, waiting):
    facts = replace(
        WELL,
        link=lambda: (LinkState.DOWN, since_s),
        fixes=lambda: (Fix(51.0, 3.7, fixed_s, START, Method.GNSS),),
        presses_waiting=lambda: waiting,
    )
    heartbeat_of(facts, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"link": lambda: (LinkState.DOWN, 0.0)},
        {"button_battery_pct": lambda: 20},
        {"button_battery_pct": lambda: 5},
        {"phone": lambda: PhoneHealth(20)},
        {"phone": lambda: PhoneHealth(5)},
        {"alarm_id": uuid4},
    ],
)
def test_a_link_or_a_battery_that_gets_worse_cannot_wait(change):
    assert urgent(heartbeat_of(replace(WELL, **change), NOW)) != urgent(heartbeat_of(WELL, NOW))


@pytest.mark.parametrize("limit", [5, 10, 15, 20, 25])
def test_wherever_a_gateway_calls_a_battery_low_the_step_below_it_is_told(limit):
    above, at = (replace(WELL, button_battery_pct=partial(int, pct)) for pct in (limit + 1, limit))
    assert urgent(heartbeat_of(above, NOW)) != urgent(heartbeat_of(at, NOW))


@pytest.mark.parametrize(
    "change",
    [
        {"link": lambda: (LinkState.UP, 3600.0)},
        {"button_battery_pct": lambda: 26},
        {"button_battery_pct": lambda: None},
        {"phone": lambda: PhoneHealth(30, charging=True)},
        {"presses_waiting": lambda: 3},
        {"fixes": lambda: ()},
    ],
)
def test_everything_else_can(change):
    assert urgent(heartbeat_of(replace(WELL, **change), NOW)) == urgent(heartbeat_of(WELL, NOW))
