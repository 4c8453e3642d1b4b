"""What a heartbeat shows: bands, hysteresis, and that equal signs mean equal conditions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.conditions import (
    BATTERY_BACK_PCT,
    CLOCK_RIGHT_AGAIN_S,
    CLOCK_WRONG_S,
    NO_FIX_S,
    Heard,
    Limits,
    conditions,
    signs,
    version_of,
)
from schemas.protection import CompanionHeartbeat, FaultKind
from tests.support.heartbeats import heartbeats, well

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIMITS = Limits(low_pct=20, critical_pct=5, oldest_version=(1, 2))


def heard(said: CompanionHeartbeat, skew_s: float = 0.0, at: datetime = AT) -> Heard:
    return Heard(heartbeat=said, received_at=at, skew_s=skew_s)


def wrong(
    before: dict[FaultKind, datetime] | None = None, skew_s: float = 0.0, **said: Any
) -> set[FaultKind]:
    return set(conditions(before or {}, heard(well(**said), skew_s), LIMITS))


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, set()),
        ({"button_battery_pct": 20}, {FaultKind.BUTTON_BATTERY_LOW}),
        ({"button_battery_pct": 21}, set()),
        (
            {"phone_battery_pct": 5},
            {FaultKind.PHONE_BATTERY_LOW, FaultKind.PHONE_BATTERY_CRITICAL},
        ),
        ({"phone_battery_pct": 5, "phone_charging": True}, {FaultKind.PHONE_BATTERY_LOW}),
        ({"button_link": "down"}, {FaultKind.BUTTON_LINK_LOST}),
        ({"button_link": "unknown"}, set()),
        ({"missing_permissions": ("bluetooth",)}, {FaultKind.PERMISSION_MISSING}),
        ({"missing_permissions": ("location",)}, {FaultKind.NO_POSITION_SOURCE}),
        ({"position_source": "off"}, {FaultKind.NO_POSITION_SOURCE}),
        ({"position_source": "no_fix", "last_fix_age_s": NO_FIX_S - 1}, set()),
        ({"position_source": "no_fix", "last_fix_age_s": NO_FIX_S}, {FaultKind.NO_POSITION_SOURCE}),
        ({"presses_waiting": 1}, {FaultKind.PRESSES_WAITING}),
        ({"companion_version": "1.1.9"}, {FaultKind.OUTDATED}),
        ({"companion_version": "v1.2.0-rc1"}, set()),
        ({"companion_version": "unknown"}, set()),
    ],
)
def test_a_heartbeat_shows(said: dict[str, Any], kinds: set[FaultKind]) -> None:
    assert wrong(**said) == kinds


def test_a_clock_is_wrong_from_a_minute_until_within_half_of_one() -> None:
    before = {FaultKind.CLOCK_WRONG: AT}
    assert wrong(skew_s=CLOCK_WRONG_S) == set()
    assert wrong(skew_s=-CLOCK_WRONG_S - 1) == {FaultKind.CLOCK_WRONG}
    assert wrong(before, skew_s=CLOCK_RIGHT_AGAIN_S) == {FaultKind.CLOCK_WRONG}
    assert wrong(before, skew_s=CLOCK_RIGHT_AGAIN_S - 1) == set()


def test_a_link_is_down_since_the_companion_says_and_at_each_heartbeat_since_then() -> None:
    first = conditions({}, heard(well(button_link="down", button_link_since_s=40.0)), LIMITS)
    assert first == {FaultKind.BUTTON_LINK_LOST: AT - timedelta(seconds=40)}
    later = heard(well(button_link="down", button_link_since_s=2.0), at=AT + timedelta(seconds=25))
    assert conditions(first, later, LIMITS) == first


def test_what_a_heartbeat_does_not_tell_of_a_battery_is_as_it_was() -> None:
    before = {FaultKind.BUTTON_BATTERY_LOW: AT}
    assert wrong(before, button_battery_pct=None) == {FaultKind.BUTTON_BATTERY_LOW}
    assert wrong(button_battery_pct=None) == set()


@pytest.mark.parametrize(
    ("kind", "field", "limit"),
    [
        (FaultKind.BUTTON_BATTERY_LOW, "button_battery_pct", LIMITS.low_pct),
        (FaultKind.PHONE_BATTERY_CRITICAL, "phone_battery_pct", LIMITS.critical_pct),
    ],
)
@given(data=st.data())
def test_no_readings_make_a_battery_flap_within_its_hysteresis(
    kind: FaultKind, field: str, limit: int, data: st.DataObject
) -> None:
    near = st.integers(limit - 2, limit + BATTERY_BACK_PCT + 2)
    state: dict[FaultKind, datetime] = {}
    turned: list[int] = []
    for percent in data.draw(st.lists(near, min_size=2, max_size=30)):
        was = kind in state
        state = conditions(state, heard(well(**{field: percent})), LIMITS)
        if (kind in state) is not was:
            turned.append(percent)
    assert all(abs(one - other) >= BATTERY_BACK_PCT for one, other in pairwise(turned))


@given(st.lists(st.floats(20, 70), min_size=2, max_size=30))
def test_no_clock_flaps_within_its_hysteresis(skews: list[float]) -> None:
    state: dict[FaultKind, datetime] = {}
    turned: list[float] = []
    for skew_s in skews:
        was = FaultKind.CLOCK_WRONG in state
        state = conditions(state, heard(well(), skew_s), LIMITS)
        if (FaultKind.CLOCK_WRONG in state) is not was:
            turned.append(skew_s)
    apart_s = CLOCK_WRONG_S - CLOCK_RIGHT_AGAIN_S
    assert all(abs(one - other) >= apart_s for one, other in pairwise(turned))


@given(heartbeats(), heartbeats(), heartbeats(), st.floats(-120, 120), st.floats(-120, 120))
def test_two_heartbeats_with_the_same_signs_leave_the_same_conditions(
    earlier: CompanionHeartbeat,
    one: CompanionHeartbeat,
    other: CompanionHeartbeat,
    skew_s: float,
    other_skew_s: float,
) -> None:
    first, second = heard(one, skew_s), heard(other, other_skew_s)
    if signs(first, LIMITS) != signs(second, LIMITS):
        second = heard(one, skew_s)
    before = conditions(conditions({}, heard(earlier), LIMITS), first, LIMITS)
    assert conditions(before, second, LIMITS).keys() == before.keys()


@given(heartbeats(), heartbeats())
def test_whoever_looks_only_when_the_signs_change_misses_no_condition(
    one: CompanionHeartbeat, other: CompanionHeartbeat
) -> None:
    before = conditions({}, heard(one), LIMITS)
    after = conditions(before, heard(other), LIMITS)
    if before.keys() != after.keys():
        assert signs(heard(one), LIMITS) != signs(heard(other), LIMITS)


def test_versions_compare_by_their_numbers() -> None:
    assert version_of("0.10.0") > version_of("0.9.9")
    assert version_of("") == ()
