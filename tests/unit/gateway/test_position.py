import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.position import RADIUS_MAX_M, distance_m, radius_95
from schemas.position import Position
from tests.support.fixes import fixes

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def circle(radius_m: float | None, confidence: float = 0.95) -> Position:
    return Position(latitude=51, longitude=3.7, radius_m=radius_m, confidence=confidence, fixed_at=AT)


@pytest.mark.parametrize(
    ("confidence", "factor"), [(0.95, 1.0), (0.68, 1.6215), (0.393469, 2.4477), (0.5, 2.0789), (0.99, 0.8065)]
)
def test_a_radius_grows_to_95_percent_as_errors_that_are_normal_do(confidence, factor):
    assert radius_95(circle(100, confidence)) == pytest.approx(100 * factor, rel=1e-3)


def test_a_radius_that_was_not_given_stays_unknown_and_zero_means_the_same():
    assert radius_95(circle(None)) is None
    assert radius_95(circle(0.0, 0.68)) is None


def test_certainty_cannot_be_scaled():
    assert radius_95(circle(250, 1.0)) == 250


@given(st.floats(0, 1_000_000), st.floats(0, 1, exclude_min=True))
def test_no_confidence_makes_a_radius_endless_or_raise(radius_m, confidence):
    found = radius_95(circle(radius_m, confidence))
    assert found is None if radius_m == 0 else found is not None and 0 <= found <= RADIUS_MAX_M


@given(st.floats(1, 1000), st.floats(0.01, 0.94), st.floats(0.01, 0.94))
def test_the_surer_a_source_is_of_a_radius_the_smaller_it_is_at_95_percent(radius_m, one, other):
    low, high = sorted((one, other))
    unsure, surer = radius_95(circle(radius_m, low)), radius_95(circle(radius_m, high))
    assert unsure is not None
    assert surer is not None
    assert unsure >= surer >= radius_m


def test_gent_and_brussels_are_fifty_kilometres_apart():
    gent = Position(latitude=51.0543, longitude=3.7174, fixed_at=AT)
    brussels = Position(latitude=50.8467, longitude=4.3525, fixed_at=AT)
    assert distance_m(gent, brussels) == pytest.approx(50_190, rel=0.005)


@given(fixes(), fixes())
def test_a_distance_is_the_same_both_ways_and_never_longer_than_half_the_way_round(one, other):
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-3)
    assert 0 <= distance_m(one, other) <= math.pi * 6_371_009
