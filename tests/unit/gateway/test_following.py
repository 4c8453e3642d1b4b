"""What follows from fixes: crossing, coming home, moving, being lost and found again."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.alarm import Change, EventKind
from gateway.domain.following import (
    BEYOND_BORDER_M,
    CONFIRMING_FIXES,
    MOVED_AGAIN_S,
    calls_for_a_look,
    follow,
)
from gateway.domain.response import POSITION_LOST_S, Response
from gateway.domain.track import ShownFix
from schemas.alarm import AlarmState, AlarmView, TrackingState
from schemas.position import Position
from schemas.session import OperatorName
from schemas.unit import AssignedUnit, UnitStatus
from tests.support.dispatch import an_alarm
from tests.support.fixes import AT
from tests.support.geodata import DEGREE_M, squares

AREAS = squares()
BORDER = 4.0
"""East of it BE-VAN, west of it BE-VOV, at 51.15 N where a degree of longitude is 69.8 km."""

DEGREE_EAST_M = 69_820.0
RESPONSE = Response(moved_m=200.0)


def at(second: float) -> datetime:
    return AT + timedelta(seconds=second)


def a_position(east_m: float, second: float = 0.0, north_m: float = 0.0, **changes: Any) -> Position:
    """So many metres east of the border."""
    return Position(
        latitude=51.15 + north_m / DEGREE_M,
        longitude=BORDER + east_m / DEGREE_EAST_M,
        fixed_at=at(second),
        **{"radius_m": 10.0, **changes},
    )


def fixes(*east_m: float, second: float = 0.0, **changes: Any) -> tuple[ShownFix, ...]:
    """Fixes a second apart, newest first; the newest at ``second``."""
    return tuple(
        ShownFix(a_position(one, second - number, **changes)) for number, one in enumerate(reversed(east_m))
    )


def a_followed(**changes: Any) -> AlarmView:
    return an_alarm(tracking=TrackingState.LIVE, raised_at=AT, last_pressed_at=AT, **changes)


def decided(alarm: AlarmView, newest: tuple[ShownFix, ...], second: float = 1.0) -> Change | None:
    """What follows; the alarm's own positions begin with its last fix, as they do when it is read."""
    if newest:
        alarm = alarm.model_copy(update={"positions": (newest[0].position,)})
    change = follow(alarm, newest, AREAS, RESPONSE, at(second))
    looked = calls_for_a_look(alarm.centre, alarm, newest, AREAS, RESPONSE, at(second))
    assert looked == (change is not None and change.kind is not EventKind.POSITION_LOST)
    return change


def a_unit(status: UnitStatus = UnitStatus.EN_ROUTE) -> AssignedUnit:
    return AssignedUnit(
        unit_id=uuid4(),
        centre="BE-VOV",
        name="ALPHA 3",
        status=status,
        assigned_at=AT,
        assigned_by=OperatorName(operator_id=uuid4(), name="Op", centre="BE-VOV"),
        status_at=AT,
    )


# --- crossing --------------------------------------------------------------------------------


def test_deep_in_another_area_the_alarm_is_offered_there_and_both_centres_are_told() -> None:
    change = decided(a_followed(), fixes(400, 405, 410))
    assert change is not None
    assert (change.kind, change.alarm.crossed_to) == (EventKind.CROSSED, "BE-VAN")
    assert change.centres == ("BE-VOV", "BE-VAN")
    assert decided(change.alarm, fixes(400, 405, 410)) is None


def test_home_again_the_offer_is_withdrawn_and_the_other_centre_goes_on_seeing_it() -> None:
    crossed = decided(a_followed(), fixes(400, 405, 410))
    assert crossed is not None
    assert decided(crossed.alarm, fixes(-50, -100, -150)) is None
    home = decided(crossed.alarm, fixes(-300, -310, -320))
    assert home is not None
    assert (home.kind, home.alarm.crossed_to) == (EventKind.CROSSED, None)
    assert home.centres == ("BE-VOV", "BE-VAN")


def test_from_one_foreign_area_into_the_next_it_is_offered_to_that_one() -> None:
    crossed = decided(a_followed(centre="BE-VWV"), fixes(-3000, -2990, -2980))
    assert crossed is not None
    assert crossed.alarm.crossed_to == "BE-VOV"
    again = decided(crossed.alarm, fixes(3000, 3010, 3020))
    assert again is not None
    assert again.alarm.crossed_to == "BE-VAN"
    assert again.centres == ("BE-VWV", "BE-VOV", "BE-VAN")


@pytest.mark.parametrize(
    "doubtful",
    [
        fixes(400, 405),
        fixes(400, -20, 410),
        fixes(150, 160, 170),
        fixes(400, 405, 410, radius_m=400.0),
        fixes(400, 405, 410, radius_m=None)[:2],
        fixes(60_000, 60_005, 60_010),
        tuple(ShownFix(fix.position, ("mock",)) for fix in fixes(400, 405, 410)),
        (*fixes(400, 405)[:2], ShownFix(fixes(410)[0].position, ("stale",))),
    ],
)
def test_a_doubtful_crossing_is_none(doubtful: tuple[ShownFix, ...]) -> None:
    assert decided(a_followed(), doubtful) is None


def test_a_jump_into_another_area_and_back_is_no_crossing() -> None:
    alarm = a_followed()
    way = [-5_000.0] * 5 + [9_000.0] + [-5_000.0] * 5
    for end in range(CONFIRMING_FIXES + 1, len(way) + 1):
        assert decided(alarm, fixes(*way[end - CONFIRMING_FIXES - 1 : end])) is None


@given(
    wavering=st.lists(st.floats(-BEYOND_BORDER_M, BEYOND_BORDER_M), min_size=10, max_size=60),
    noise_m=st.floats(1, 50),
    seed=st.randoms(use_true_random=False),
)
def test_walking_along_a_border_is_offered_to_nobody(
    wavering: list[float], noise_m: float, seed: random.Random
) -> None:
    alarm = a_followed()
    way = [east + seed.uniform(-noise_m, noise_m) for east in wavering]
    for end in range(1, len(way) + 1):
        newest = fixes(*way[max(0, end - CONFIRMING_FIXES - 1) : end], radius_m=noise_m)
        assert decided(alarm, newest) is None


@given(st.lists(st.floats(-2_000, 2_000), min_size=4, max_size=80))
def test_between_an_offer_and_its_withdrawal_she_goes_a_long_way(way: list[float]) -> None:
    alarm, places = a_followed(), []
    for end in range(4, len(way) + 1):
        change = decided(alarm, fixes(*way[end - 4 : end], radius_m=5.0))
        if change is not None:
            alarm = change.alarm
            places.append(way[end - 1])
    assert all(abs(one - other) > 2 * BEYOND_BORDER_M for one, other in pairwise(places))


# --- moving ----------------------------------------------------------------------------------


def with_a_unit(east_m: float = -5_000.0, status: UnitStatus = UnitStatus.EN_ROUTE) -> AlarmView:
    return a_followed(
        state=AlarmState.ACKNOWLEDGED, units=(a_unit(status),), assigned_position=a_position(east_m)
    )


def test_a_move_since_the_unit_was_sent_is_told_and_measured_anew_from_there() -> None:
    change = decided(with_a_unit(), fixes(-4_700, second=40), 41)
    assert change is not None
    assert change.kind is EventKind.VICTIM_MOVED
    assert change.alarm.moved_m == pytest.approx(300, abs=2)
    assert change.alarm.assigned_position == a_position(-4_700, 40)
    assert decided(change.alarm, fixes(-4_600, second=80), 81) is None


@pytest.mark.parametrize(
    ("alarm", "newest"),
    [
        (a_followed(assigned_position=a_position(-5_000)), fixes(-4_000, second=40)),
        (with_a_unit(status=UnitStatus.CLEARED), fixes(-4_000, second=40)),
        (with_a_unit(), fixes(-4_810, second=40)),
        (with_a_unit(), fixes(-4_700, second=MOVED_AGAIN_S - 1)),
        (with_a_unit(), fixes(-4_700, second=40, radius_m=400.0)),
        (with_a_unit(), tuple(ShownFix(fix.position, ("mock",)) for fix in fixes(-4_000, second=40))),
        (with_a_unit(), fixes(-4_900, 15_000, second=40)),
    ],
    ids=["no unit", "cleared", "too little", "too soon", "perhaps", "simulated", "a jump"],
)
def test_what_is_no_move_to_tell(alarm: AlarmView, newest: tuple[ShownFix, ...]) -> None:
    assert decided(alarm, newest, 41) is None


def test_the_first_position_after_a_unit_was_sent_without_one_is_told() -> None:
    alarm = a_followed(state=AlarmState.ACKNOWLEDGED, units=(a_unit(),))
    change = decided(alarm, fixes(-5_000, second=2), 3)
    assert change is not None
    assert (change.kind, change.alarm.moved_m) == (EventKind.VICTIM_MOVED, None)
    assert change.alarm.assigned_position == a_position(-5_000, 2)


@given(st.lists(st.floats(0, 40), min_size=2, max_size=120))
def test_moves_are_told_at_most_every_thirty_seconds(speeds: list[float]) -> None:
    alarm, east, told = with_a_unit(), -5_000.0, [0]
    for second, speed in enumerate(speeds, 1):
        east += speed
        change = decided(alarm, fixes(east, second=second), second)
        if change is not None and change.kind is EventKind.VICTIM_MOVED:
            alarm = change.alarm
            told.append(second)
    assert all(later - earlier >= MOVED_AGAIN_S for earlier, later in pairwise(told))


# --- lost and found --------------------------------------------------------------------------


def test_a_position_is_lost_after_its_time_and_restored_by_a_fresh_fix_only() -> None:
    alarm = a_followed()
    assert decided(alarm, fixes(-5_000), POSITION_LOST_S) is None
    lost = decided(alarm, fixes(-5_000), POSITION_LOST_S + 1)
    assert lost is not None
    assert (lost.kind, lost.alarm.tracking) == (EventKind.POSITION_LOST, TrackingState.LOST)
    assert decided(lost.alarm, fixes(-5_000, second=3), 60) is None
    found = decided(lost.alarm, fixes(-5_000, second=59), 60)
    assert found is not None
    assert (found.kind, found.alarm.tracking) == (EventKind.POSITION_RESTORED, TrackingState.LIVE)


def test_of_a_phone_that_never_sends_a_fix_it_is_said_too() -> None:
    change = decided(a_followed(), (), POSITION_LOST_S + 1)
    assert change is not None
    assert change.kind is EventKind.POSITION_LOST


@pytest.mark.parametrize("tracking", [TrackingState.OFF, TrackingState.ENDED])
def test_who_is_not_followed_is_not_lost(tracking: TrackingState) -> None:
    assert decided(an_alarm(tracking=tracking), (), 1000) is None


def test_nothing_follows_once_the_alarm_is_closed() -> None:
    closed = a_followed(state=AlarmState.CLOSED, units=(a_unit(),))
    assert follow(closed, fixes(400, 405, 410), AREAS, RESPONSE, at(1)) is None


def kinds(changes: Iterable[Change]) -> list[EventKind]:
    return [change.kind for change in changes]


def test_several_things_follow_one_after_the_other() -> None:
    alarm = with_a_unit(-5_000).model_copy(update={"tracking": TrackingState.LOST})
    newest, said = fixes(400, 405, 410, second=40), []
    while (change := decided(alarm, newest, 41)) is not None:
        said.append(change)
        alarm = change.alarm
    assert kinds(said) == [EventKind.POSITION_RESTORED, EventKind.CROSSED, EventKind.VICTIM_MOVED]
