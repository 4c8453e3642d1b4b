"""The life of a watch: in at once, out by a margin and a run; time goes one way; doubt ends nothing."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.perimeters.judging import judge, nearing
from gateway.domain.perimeters.machine import (
    AFTER,
    CONFIRMED,
    INSIDE,
    MARGIN_M,
    Effect,
    Sign,
    Watch,
    effects,
    step,
)
from gateway.domain.perimeters.shape import Plane, Zone
from gateway.domain.plausibility import JUMP, MOCK, STALE
from schemas.perimeters import WatchState
from schemas.position import Position

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOME = (51.0543, 3.7174)
ZONE = Zone.circle(*HOME, 500)
SIGNS = st.lists(st.sampled_from(list(Sign)), max_size=40)


def fix(off_m: float, after_s: float = 0, radius_m: float | None = 10, **more: Any) -> Position:
    latitude, longitude = Plane.around(*HOME).back(0, off_m)
    return Position(
        latitude=latitude, longitude=longitude, radius_m=radius_m, fixed_at=AT + timedelta(seconds=after_s),
        **more,
    )  # fmt: skip


def follow(watch: Watch, offs: Any, flags: tuple[str, ...] = (), every_s: float = 5) -> list[Watch]:
    seen = []
    began = 0.0 if watch.fixed_at is None else (watch.fixed_at - AT).total_seconds() + every_s
    for number, off_m in enumerate(offs):
        judged = judge(ZONE, 500, fix(off_m, began + number * every_s), flags)
        watch = step(watch, judged.sign, judged.probability, judged.judged_by)
        seen.append(watch)
    return seen


def states(watches: list[Watch]) -> list[WatchState]:
    return [watch.state for watch in watches]


def test_the_table_names_every_state_and_every_sign():
    assert AFTER.keys() == set(WatchState)
    assert all(row.keys() == set(Sign) for row in AFTER.values())
    assert set(CONFIRMED) == {WatchState.PRE_ALERT, WatchState.LEAVING}


def test_the_story_approach_pre_alert_breach_retreat():
    offs = [3000, 900, 700, 400, 100, 520, 700, 800, 900, 1200, 1300, 1400]
    told = []
    watch = Watch()
    for later in follow(watch, offs):
        told.append((later.state.value, [one.value for one in effects(watch, later)]))
        watch = later
    assert told == [
        ("far", []),
        ("pre_alert", ["warn"]),
        ("pre_alert", []),
        ("breach", ["raise"]),
        ("breach", []),
        ("breach", []),
        ("leaving", []),
        ("leaving", []),
        ("pre_alert", ["left", "warn"]),
        ("pre_alert", []),
        ("pre_alert", []),
        ("far", ["calm"]),
    ]


def test_a_fix_whose_radius_overlaps_the_border_says_possible_with_its_probability_and_certain_later():
    near = judge(ZONE, 500, fix(520, radius_m=100), ())
    assert near.sign is Sign.POSSIBLE
    assert 0.2 < near.probability < 0.4
    assert abs(near.heading_deg % 360) < 0.1
    assert abs(near.distance_m - 520) < 1
    one = step(Watch(), near.sign, near.probability, near.judged_by)
    assert effects(Watch(), one) == (Effect.RAISE,)
    sure = step(one, Sign.CERTAIN, 0.99, AT + timedelta(seconds=5))
    assert effects(one, sure) == (Effect.RAISE,), "that it is certain now is news"
    gone = step(sure, Sign.RING, 0.0, AT + timedelta(seconds=10))
    back = step(gone, Sign.POSSIBLE, 0.3, AT + timedelta(seconds=15))
    assert back.state is WatchState.BREACH, "he was surely inside, and had not left"
    assert effects(gone, back) == ()


def test_a_fix_without_a_radius_is_as_unsure_as_half_a_street():
    assert judge(ZONE, 500, fix(480, radius_m=None), ()).sign is Sign.POSSIBLE
    assert judge(ZONE, 500, fix(480, radius_m=5), ()).sign is Sign.CERTAIN


@pytest.mark.parametrize("flag", [MOCK, STALE, JUMP])
def test_a_doubtful_fix_ends_no_breach_and_makes_none_certain(flag):
    (inside,) = follow(Watch(), [100])
    for off_m in (600, 900, 1020, 5000):
        assert states(follow(inside, [off_m] * 50, (flag,))) == [WatchState.BREACH] * 50
    assert states(follow(Watch(), [900], (flag,))) == [WatchState.PRE_ALERT]
    assert states(follow(Watch(), [100], (flag,))) == [WatchState.POSSIBLE_BREACH]


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=60), st.floats(0, MARGIN_M / 2))
def test_noise_within_the_margin_never_makes_a_watch_flap(noise, off_m):
    (inside,) = follow(Watch(), [450])
    seen = follow(inside, [500 + off_m + one for one in noise])
    assert {watch.state for watch in seen} == {WatchState.BREACH}
    (warned,) = follow(Watch(), [990])
    seen = follow(warned, [1000 + off_m + one for one in noise])
    assert {watch.state for watch in seen} == {WatchState.PRE_ALERT}


@given(SIGNS)
def test_time_goes_one_way_and_the_same_fix_again_changes_nothing(signs):
    watch = Watch()
    for number, sign in enumerate(signs):
        at = AT + timedelta(seconds=number)
        later = step(watch, sign, 0.5, at)
        assert step(later, sign, 0.5, at) is later
        assert step(later, Sign.CERTAIN, 1.0, at - timedelta(seconds=0.5)) is later, "a late fix"
        assert later.fixed_at == at
        watch = later


@given(SIGNS)
def test_who_came_in_leaves_only_by_a_run_of_sure_signs_that_lead_away(signs):
    watch = step(Watch(), Sign.CERTAIN, 1.0, AT)
    run = 0
    for number, sign in enumerate(signs, 1):
        watch = step(watch, sign, 0.5, AT + timedelta(seconds=number))
        if sign is not Sign.UNSURE:
            run = run + 1 if sign in {Sign.CLEAR, Sign.FRINGE, Sign.RING} else 0
        assert (watch.state in INSIDE) == (run < 3)
        if watch.state not in INSIDE:
            return


@given(st.permutations([900.0, 600.0, 400.0, 300.0, 200.0]))
def test_in_whatever_order_the_fixes_of_an_approach_come_a_breach_is_raised(order):
    times = {900.0: 0, 600.0: 5, 400.0: 10, 300.0: 15, 200.0: 20}
    watch, raised = Watch(), 0
    for off_m in order:
        judged = judge(ZONE, 500, fix(off_m, times[off_m]), ())
        later = step(watch, judged.sign, judged.probability, judged.judged_by)
        raised += Effect.RAISE in effects(watch, later)
        watch = later
    assert raised == 1
    assert watch.state is WatchState.BREACH
    assert watch.fixed_at == AT + timedelta(seconds=20)


def test_around_the_victim_her_own_uncertainty_counts_and_grows_with_the_age_of_her_fix():
    fresh = fix(0)
    old = fix(0, after_s=-600)
    him = fix(545, radius_m=10)
    sure, unsure = (judge(ZONE, 500, him, (), victim=her) for her in (fresh, old))
    assert sure.sign is Sign.EDGE
    assert unsure.sign is Sign.POSSIBLE
    assert math.isclose(sure.distance_m, 545, abs_tol=1)


def test_nearing_is_said_when_the_distance_changed_by_more_than_a_fix_wanders():
    def course(*distances: float) -> list[tuple[datetime, float]]:
        return [(AT + timedelta(seconds=30 * n), one) for n, one in enumerate(distances)]

    assert nearing(course(900, 700, 500)) is True
    assert nearing(course(500, 700)) is False
    assert nearing(course(500, 510)) is None
    assert nearing(course(500)) is None
