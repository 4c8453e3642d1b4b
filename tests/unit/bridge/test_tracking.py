"""Until when she is tracked, how often, and which number each fix gets."""

from datetime import timedelta
from uuid import uuid4

import pytest

from ble_bridge import timing
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix
from ble_bridge.tracking import Tracking
from schemas.enrolment import CompanionPolicy
from schemas.position import Method
from schemas.track import TrackingPolicy
from tests.support.clock import START
from tests.support.companion import a_receipt

POLICY = CompanionPolicy()
DAYS_OFF = START + timedelta(days=3)  # what a phone says whose clock is wrong


def moment(s: float, era: str = "boot-1") -> Moment:
    return Moment(DAYS_OFF + timedelta(seconds=s), s, era)


def a_tracking(length_s: float = 7200.0) -> Tracking:
    return Tracking.begun(a_receipt(uuid4()), is_real=True, now=moment(100.0), length_s=length_s)


def a_fix(fixed_s: float) -> Fix:
    return Fix(51.0, 3.7, fixed_s, START, Method.GNSS)


def test_it_lasts_as_long_as_the_policy_says_from_the_receipt():
    tracking = a_tracking()
    assert tracking.left_s(moment(100.0)) == 7200.0
    assert tracking.left_s(moment(7299.0)) == 1.0
    assert tracking.left_s(moment(7301.0)) == -1.0


@pytest.mark.parametrize("minutes", [1, 30, 240])
def test_an_answer_prolongs_or_shortens_it_on_the_gateways_clock_whatever_the_phones_says(minutes):
    tracking = a_tracking()
    tracking.heed(TrackingPolicy(state="track", until=START + timedelta(minutes=minutes)))
    assert tracking.left_s(moment(100.0)) == minutes * 60


@pytest.mark.parametrize("years", [-1, 5])
def test_a_wrong_date_tracks_nobody_for_years_and_breaks_nothing(years):
    tracking = a_tracking()
    tracking.heed(TrackingPolicy(state="track", until=START.replace(year=START.year + years)))
    assert tracking.left_s(moment(100.0)) == (timing.TRACK_MOST_S if years > 0 else 0.0)


def test_pressing_again_begins_the_time_anew_and_the_indexes_not():
    tracking = a_tracking()
    tracking.take(a_fix(200.0), moment(200.0))
    tracking.pressed(a_receipt(uuid4()), moment(7000.0), 7200.0)
    assert tracking.left_s(moment(7000.0)) == 7200.0
    assert tracking.next_index == 2


def test_the_word_stop_ends_it_until_she_presses_again():
    tracking = a_tracking()
    tracking.heed(TrackingPolicy(state="stop"))
    assert tracking.is_stopped
    tracking.pressed(a_receipt(uuid4()), moment(300.0), 7200.0)
    assert not tracking.is_stopped


def test_after_a_restart_of_the_machine_the_wall_clock_tells_how_long_it_was():
    assert a_tracking().left_s(moment(1100.0, era="boot-2")) == 6200.0


def test_where_nobody_knows_how_long_it_was_she_is_still_tracked():
    set_back = Moment(START - timedelta(days=400), 5.0, "boot-2")
    assert a_tracking().left_s(set_back) == 7200.0


@pytest.mark.parametrize(("battery_pct", "every_s"), [(None, 1.0), (80, 1.0), (15, 1.0), (14, 10.0)])
def test_a_low_battery_sends_less_often(battery_pct, every_s):
    assert a_tracking().every_s(POLICY, battery_pct) == every_s


def test_the_gateways_rate_wins():
    tracking = a_tracking()
    tracking.heed(TrackingPolicy(state="track", every_s=5.0))
    assert tracking.every_s(POLICY, 80) == tracking.every_s(POLICY, 3) == 5.0


@pytest.mark.parametrize(("said", "done"), [(0.0, "LEAST"), (-3.0, "LEAST"), (1e9, "MOST")])
def test_a_senseless_rate_is_bounded(said, done):
    tracking = a_tracking()
    tracking.heed(TrackingPolicy(state="track", every_s=said))
    assert tracking.every_s(POLICY, None) == getattr(timing, f"TRACK_EVERY_{done}_S")


def test_indexes_count_from_one_and_one_fix_is_taken_once():
    tracking = a_tracking()
    taken = [tracking.take(a_fix(s), moment(110.0)) for s in (101.0, 101.0, 101.000_001, 102.0, 101.5)]
    assert [fix.index if fix else None for fix in taken] == [1, None, None, 2, None]


def test_a_late_look_does_not_shift_the_next_and_a_long_sleep_is_not_made_up_for():
    tracking = a_tracking()
    tracking.look(moment(100.0), 1.0)
    tracking.look(moment(101.3), 1.0)
    assert tracking.due_s(1.0) == 102.0
    tracking.look(moment(500.0), 1.0)
    assert tracking.due_s(1.0) == 501.0


def test_a_rate_that_changes_holds_from_the_last_look():
    tracking = a_tracking()
    tracking.look(moment(100.0), 10.0)
    assert (tracking.due_s(10.0), tracking.due_s(1.0)) == (110.0, 101.0)
