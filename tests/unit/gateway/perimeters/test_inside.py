"""Distances on the ground against the ellipsoid, and probabilities against hundreds of thousands of draws."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.perimeters.inside import DEVIATION_OF_95, probability_inside
from gateway.domain.perimeters.shape import SEMI_MAJOR_M, Plane, Zone, reach_of
from schemas.perimeters import CircleArea, Corner, PolygonArea

FLATTENING = 1 / 298.257223563
RNG = np.random.default_rng(20261122)


def on_the_ellipsoid(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Vincenty's inverse formula, in m."""
    minor = SEMI_MAJOR_M * (1 - FLATTENING)
    u1, u2 = (math.atan((1 - FLATTENING) * math.tan(math.radians(place[0]))) for place in (one, other))
    east = lam = math.radians(other[1] - one[1])
    for _ in range(50):
        s = math.hypot(
            math.cos(u2) * math.sin(lam),
            math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam),
        )
        if s == 0:
            return 0.0
        c = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(s, c)
        alpha = math.cos(u1) * math.cos(u2) * math.sin(lam) / s
        squared = 1 - alpha**2
        mid = c - 2 * math.sin(u1) * math.sin(u2) / squared if squared else 0.0
        k = FLATTENING / 16 * squared * (4 + FLATTENING * (4 - 3 * squared))
        was, lam = (
            lam,
            east + (1 - k) * FLATTENING * alpha * (sigma + k * s * (mid + k * c * (2 * mid**2 - 1))),
        )
        if abs(lam - was) < 1e-12:
            break
    u = squared * (SEMI_MAJOR_M**2 - minor**2) / minor**2
    a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    slip = b * s * (mid + b / 4 * c * (2 * mid**2 - 1))
    return minor * a * (sigma - slip)


@pytest.mark.parametrize(("within_m", "error"), [(1_000, 0.0002), (5_000, 0.001), (20_000, 0.004)])
def test_a_distance_on_the_plane_is_as_right_as_its_page_says(within_m, error):
    plane = Plane.around(51.05, 3.72)
    for turn in range(24):
        angle = math.radians(15 * turn)
        there = plane.back(within_m * math.sin(angle), within_m * math.cos(angle))
        true = on_the_ellipsoid((51.05, 3.72), there)
        assert abs(true - within_m) <= error * within_m


@given(st.floats(10, 3000), st.floats(0, 5000), st.floats(5, 3000))
@settings(max_examples=60)
def test_a_circle_s_probability_is_what_draws_say(radius_m, off_m, radius_95_m):
    zone = Zone.circle(51.05, 3.72, radius_m)
    deviation = radius_95_m * DEVIATION_OF_95
    found = probability_inside(zone, (off_m, 0.0), zone.signed_m((off_m, 0.0)), deviation)
    drawn = RNG.normal((off_m, 0.0), deviation, (200_000, 2))
    share = float(np.mean(np.hypot(drawn[:, 0], drawn[:, 1]) <= radius_m))
    assert abs(found - share) < 5 * math.sqrt(0.25 / 200_000)


CORNERS = st.lists(st.tuples(st.floats(0.2, 1.0), st.floats(0.05, 1.0)), min_size=3, max_size=12)


@given(CORNERS, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(0.02, 2.0))
@settings(max_examples=60)
def test_a_polygon_s_probability_is_what_draws_say_whatever_its_corners(spokes, east, north, spread):
    total = sum(share for _, share in spokes)
    turned, corners = 0.0, []
    for reach, share in spokes:
        corners.append((reach * 1000 * math.cos(turned), reach * 1000 * math.sin(turned)))
        turned += 2 * math.pi * share / total
    solid = shapely.Polygon(corners)
    if not solid.is_valid or solid.area < 1:
        return
    plane = Plane.around(51.05, 3.72)
    places = [plane.back(*corner) for corner in corners]
    zone = Zone.polygon(
        PolygonArea(corners=tuple(Corner(latitude=one, longitude=other) for one, other in places))
    )
    at = zone.plane.place(*plane.back(east * 1000, north * 1000))
    found = probability_inside(zone, at, zone.signed_m(at), spread * 400)
    drawn = RNG.normal(0, spread * 400, (100_000, 2)) + at
    share = float(np.mean(shapely.contains_xy(shapely.Polygon(zone.corners), drawn)))
    assert abs(found - share) < 5 * math.sqrt(0.25 / 100_000)


def test_a_corner_and_a_straight_border_are_a_quarter_and_a_half():
    square = tuple(
        Corner(latitude=51 + north, longitude=3.7 + east)
        for north, east in ((0, 0), (0, 0.1), (0.1, 0.1), (0.1, 0))
    )
    zone = Zone.polygon(PolygonArea(corners=square))
    corner = zone.corners[0]
    middle = tuple(np.mean([zone.corners[0], zone.corners[1]], axis=0))
    assert abs(probability_inside(zone, corner, 0.0, 20) - 0.25) < 1e-4
    assert abs(probability_inside(zone, middle, 0.0, 20) - 0.5) < 1e-4


def test_what_crosses_itself_or_reaches_too_far_is_no_area():
    def area(*corners: tuple[float, float]) -> PolygonArea:
        return PolygonArea(corners=tuple(Corner(latitude=one, longitude=other) for one, other in corners))

    assert reach_of(area((51, 3), (51.01, 3.01), (51.01, 3), (51, 3.01))) is None
    assert reach_of(area((50, 3), (51, 3), (51, 4))) is None
    assert reach_of(area((51, 3), (51, 3), (51, 3))) is None
    assert reach_of(CircleArea(latitude=51, longitude=3, radius_m=500)) == 500
