import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.press import AGE_MAX
from gateway.domain.track import Followed, place_fixes, policy_of, with_jumps
from schemas.alarm import AlarmState
from schemas.position import Position
from schemas.track import TrackedPosition, TrackFix
from tests.support.fixes import AT, a_fix, fixes

HOUR = timedelta(hours=1)


def a_track_fix(index: int = 1, **changes: object) -> TrackFix:
    return TrackFix.model_validate({**a_fix(51.0, 3.7).model_dump(), "index": index, **changes})


def test_an_age_places_a_fix_whatever_the_phones_clock_says() -> None:
    a_day_behind = AT - timedelta(days=1)
    (fix,) = place_fixes([a_track_fix(fixed_at=a_day_behind, age_s=4.0)], a_day_behind, AT)
    assert fix.position.fixed_at == AT - timedelta(seconds=4)


def test_without_an_age_the_instant_moves_with_the_phones_clock() -> None:
    a_day_ahead = AT + timedelta(days=1)
    (fix,) = place_fixes([a_track_fix(fixed_at=a_day_ahead - timedelta(seconds=7))], a_day_ahead, AT)
    assert fix.position.fixed_at == AT - timedelta(seconds=7)


def test_a_fix_whose_instant_cannot_be_told_is_as_old_as_can_be() -> None:
    (fix,) = place_fixes([a_track_fix()], None, AT)
    assert fix.position.fixed_at == AT - AGE_MAX
    assert fix.flags == ("stale",)


def test_the_radius_is_at_95_percent_and_the_one_that_was_sent_stays() -> None:
    (fix,) = place_fixes([a_track_fix(radius_m=10.0, confidence=0.68)], AT, AT)
    assert (round(fix.radius_m or 0, 1), fix.position.radius_m) == (16.2, 10.0)


@given(
    ages=st.lists(st.floats(0, 1e6), min_size=1, max_size=8, unique=True),
    seed=st.randoms(use_true_random=False),
)
def test_what_is_kept_of_a_fix_depends_on_no_other(ages: list[float], seed: random.Random) -> None:
    fixes = [a_track_fix(n, age_s=age) for n, age in enumerate(ages, 1)]
    alone = {fix.index: place_fixes([fix], AT, AT)[0] for fix in fixes}
    seed.shuffle(fixes)
    assert {fix.index: fix for fix in place_fixes(fixes, AT, AT)} == alone


@given(fixes(), st.integers(1, 2**31 - 1))
def test_whatever_a_phone_may_say_can_be_shown(fix: Position, index: int) -> None:
    (placed,) = place_fixes([TrackFix.model_validate({**fix.model_dump(), "index": index})], AT, AT)
    shown = {**placed.position.model_dump(), "radius_m": placed.radius_m, "confidence": 0.95}
    assert Position.model_validate(shown).fixed_at <= AT


def a_tracked(seconds: float, latitude: float, *flags: str) -> TrackedPosition:
    position = Position(
        latitude=latitude, longitude=3.7, radius_m=10.0, fixed_at=AT + timedelta(seconds=seconds)
    )
    return TrackedPosition(position=position, received_at=AT, flags=flags)


def test_a_jump_is_flagged_on_both_its_sides_beside_what_was_odd_already() -> None:
    track = [a_tracked(0, 51.0), a_tracked(1, 52.0, "mock"), a_tracked(2, 51.0), a_tracked(3, 51.0)]
    assert [fix.flags for fix in with_jumps(track)] == [(), ("mock", "jump"), ("jump",), ()]


def followed(state: AlarmState = AlarmState.RAISED, ends_in: timedelta | None = HOUR) -> Followed:
    return Followed(state=state, until=None if ends_in is None else AT + ends_in)


@pytest.mark.parametrize(
    ("one", "wanted", "state"),
    [
        (followed(), 0, "track"),
        (followed(AlarmState.ACKNOWLEDGED), 1, "track"),
        (followed(AlarmState.CLOSED, -HOUR), 1, "stop"),
        (followed(ends_in=None), 0, "stop"),
        (followed(ends_in=-HOUR), 1, "track"),
        (followed(ends_in=-HOUR), 0, "stop"),
    ],
)
def test_a_companion_goes_on_while_anything_it_has_is_wanted(one: Followed, wanted: int, state: str) -> None:
    policy = policy_of(one, AT, None, anything_wanted=wanted > 0)
    assert (policy.state, policy.until) == (state, one.until)
