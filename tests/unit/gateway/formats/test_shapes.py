"""The circle around a shape holds all of it."""

import math
from datetime import UTC, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.domain.position import distance_m
from gateway.formats.shapes import of_arc_band, of_polygon
from schemas.position import Position

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@settings(deadline=None, max_examples=150)
@given(
    st.tuples(st.floats(-80, 80), st.floats(-180, 180)),
    st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=3, max_size=12, unique=True),
)
def test_the_circle_around_a_polygon_holds_every_corner(
    origin: tuple[float, float], offsets: list[tuple[float, float]]
) -> None:
    corners = [(origin[0] + north, (origin[1] + east + 180) % 360 - 180) for north, east in offsets]
    assume(len(set(corners)) == len(corners))  # offsets may differ by less than a degree can say
    circle = of_polygon(corners)
    assert circle.radius_m is not None
    for latitude, longitude in corners:
        corner, centre = (
            Position(latitude=one[0], longitude=one[1], fixed_at=AT)
            for one in ((latitude, longitude), circle.centre)
        )
        assert distance_m(corner, centre) <= circle.radius_m * 1.03 + 1


def test_a_polygon_whose_lines_cross_has_its_centre_among_its_corners() -> None:
    circle = of_polygon([(51.0, 3.7), (51.01, 3.71), (51.01, 3.7), (51.0, 3.7100001)])
    assert 51.0 <= circle.centre[0] <= 51.01
    assert 3.7 <= circle.centre[1] <= 3.7100001


@settings(deadline=None, max_examples=150)
@given(
    st.floats(0, 5000),
    st.floats(1, 5000),
    st.floats(0, 360),
    st.floats(0, 360),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_the_circle_around_an_arc_band_holds_all_of_it(
    inner: float, width: float, start: float, opening: float, out: float, turn: float
) -> None:
    centre = (51.0, 3.7)
    circle = of_arc_band(centre, inner, inner + width, start, opening)
    distance, angle = inner + out * width, math.radians(start + turn * opening)
    north, east = distance * math.cos(angle), distance * math.sin(angle)
    place = Position(
        latitude=centre[0] + north / 111_195,
        longitude=centre[1] + east / (111_195 * math.cos(math.radians(centre[0]))),
        fixed_at=AT,
    )
    middle = Position(latitude=circle.centre[0], longitude=circle.centre[1], fixed_at=AT)
    assert circle.radius_m is not None
    assert distance_m(place, middle) <= circle.radius_m * 1.01 + 1
