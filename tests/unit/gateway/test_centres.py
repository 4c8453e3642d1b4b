import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from gateway.domain.centres import (
    CORE_M,
    SLIVER_M,
    SLIVER_OUTLINE_M,
    CentreMap,
    overlaps,
    overridden,
)
from gateway.domain.position import distance_m
from tests.support.fixes import a_fix, fixes
from tests.support.geodata import DEGREE_M, SQUARES, squares

MAP = squares()
NORTH = st.floats(50.7, 51.4)
EAST = st.floats(2.8, 4.7)


def test_an_area_holds_what_is_inside_and_its_border():
    assert MAP.centre_of(a_fix(51.1, 3.2)) == "BE-VWV"
    assert MAP.centre_of(a_fix(51.3, 3.2)) == "BE-VWV"
    assert MAP.centre_of(a_fix(51.31, 3.2)) is None
    assert MAP.centre_of(a_fix(51.1, 3.5)) == "BE-VOV"  # on the border of two: the first by code
    assert MAP.holds("BE-VWV", a_fix(51.1, 3.5))
    assert not MAP.holds("BE-VWV", a_fix(51.1, 3.6))


def test_a_centre_without_an_area_holds_nothing_and_has_no_neighbour():
    assert not MAP.holds("BE-BRU", a_fix(51.1, 3.2))
    assert MAP.neighbours("BE-BRU") == ()


def test_neighbours_are_ordered_by_the_length_of_the_border():
    assert MAP.neighbours("BE-VWV") == ("BE-WHT", "BE-VOV")  # 35 km and 33 km
    assert MAP.neighbours("BE-VOV") == ("BE-VAN", "BE-VWV", "BE-WHT")
    assert MAP.neighbours("BE-VAN") == ("BE-VOV",)


def test_areas_whose_borders_do_not_fit_exactly_are_neighbours_all_the_same():
    rough = CentreMap(
        {"BE-VWV": box(3.0, 51.0, 3.499, 51.3), "BE-VOV": box(3.501, 51.0, 4.0, 51.3)}, "BE-BRU"
    )
    assert rough.neighbours("BE-VWV") == ("BE-VOV",)


@given(NORTH, EAST, st.floats(0, 20_000))
def test_a_map_says_the_same_as_measuring_every_border(latitude, longitude, reach_m):
    """Distances from the nearest points in degrees, which are the nearest in m to a few per mille here."""
    fix = a_fix(latitude, longitude)
    away_m = {centre: _away_m(SQUARES[centre], fix) for centre in MAP.centres}
    held, others = MAP.around(fix, reach_m)
    assert held == MAP.centre_of(fix)
    assert held is None or away_m[held] < 0.001
    if not any(abs(away - reach_m) < 0.01 * reach_m + 1 for away in away_m.values()):
        assert {held, *others} - {None} == {one for one, away in away_m.items() if away <= reach_m}
        assert set(MAP.within(fix, reach_m)) == {one for one, away in away_m.items() if away <= reach_m}


def _away_m(area: shapely.Polygon, fix) -> float:
    narrow = math.cos(math.radians(fix.latitude))
    west, south, east, north = area.bounds
    here = shapely.Point(fix.longitude * narrow, fix.latitude)
    there = shapely.shortest_line(here, box(west * narrow, south, east * narrow, north)).coords[1]
    return distance_m(fix, a_fix(there[1], max(-180.0, min(180.0, there[0] / narrow))))


@given(fixes(), st.floats(0, 1e9))
def test_no_position_and_no_reach_make_it_raise(fix, reach_m):
    for map_ in (MAP, CentreMap({}, "BE-BRU")):
        held, others = map_.around(fix, reach_m)
        assert held == map_.centre_of(fix)
        assert held not in others
        assert map_.nearest(fix, reach_m) is None or reach_m >= 0


def test_the_nearest_is_measured_on_the_ground():
    # 8 km north of one area, 6 km east of the other, though that is more degrees
    both = CentreMap({"BE-VAN": box(4.0, 50.0, 4.5, 51.0), "BE-VLI": box(3.0, 51.0, 3.8, 51.5)}, "BE-BRU")
    fix = a_fix(51.0 + 8_000 / DEGREE_M, 3.8 + 6_000 / (DEGREE_M * math.cos(math.radians(51.07))))
    assert 4.0 > fix.longitude > 3.87
    assert both.nearest(fix, 20_000) == "BE-VLI"
    assert both.nearest(fix, 5_000) is None


@pytest.mark.parametrize("latitude", [-80.0, -50.0, 0.0, 50.9, 70.0, 88.0])
def test_metres_are_metres_at_every_latitude(latitude):
    lone = CentreMap({"BE-VOV": box(-1, latitude - 0.5, 1, latitude)}, "BE-BRU")
    for way_m in (50.0, CORE_M, 5_000.0):
        fix = a_fix(latitude + way_m / 111_200, 0.5)
        assert lone.within(fix, way_m * 0.99) == ()
        assert lone.within(fix, way_m * 1.01) == ("BE-VOV",)


def test_long_edges_are_straight_in_degrees_and_measured_so():
    slanted = CentreMap({"BE-VOV": shapely.Polygon([(0, 50), (4, 52), (0, 52)])}, "BE-BRU")
    on_the_edge = a_fix(51.0, 2.0001)
    assert slanted.centre_of(on_the_edge) is None
    assert slanted.within(on_the_edge, 20) == ("BE-VOV",)


def test_an_override_takes_its_area_from_whoever_had_it():
    town = box(3.45, 51.1, 3.55, 51.2)
    changed = CentreMap(overridden(SQUARES, [("BE-VAN", town)]), "BE-BRU")
    assert changed.centre_of(a_fix(51.15, 3.48)) == "BE-VAN"
    assert changed.centre_of(a_fix(51.15, 3.52)) == "BE-VAN"
    assert changed.centre_of(a_fix(51.15, 3.4)) == "BE-VWV"
    assert changed.centre_of(a_fix(51.15, 4.2)) == "BE-VAN"
    assert changed.neighbours("BE-VAN") == ("BE-VOV", "BE-VWV")


def test_the_last_of_overrides_that_overlap_counts():
    town = box(3.45, 51.1, 3.55, 51.2)
    areas = overridden(SQUARES, [("BE-VAN", town), ("BE-BRU", town)])
    assert CentreMap(areas, "BE-BRU").centre_of(a_fix(51.15, 3.5)) == "BE-BRU"


def _reaching(metres: float) -> dict[str, Polygon]:
    """The squares, the first of which reaches so far into the one east of it; below 0 there is a gap."""
    east = 3.5 + metres / (DEGREE_M * math.cos(math.radians(51.15)))
    return {**SQUARES, "BE-VWV": box(3.0, 51.0, east, 51.3)}


def test_areas_that_share_borders_do_not_overlap():
    assert overlaps(SQUARES) == ()
    assert overlaps({}) == ()


@given(st.floats(-5000, SLIVER_M - 1))
def test_a_border_that_is_drawn_twice_is_no_overlap(metres):
    assert overlaps(_reaching(metres)) == ()


@given(st.floats(SLIVER_M + 2 * SLIVER_OUTLINE_M + 1, 5000))
def test_a_wider_overlap_is_found_with_its_size(metres):
    (found,) = overlaps(_reaching(metres))
    assert (found.first, found.second) == ("BE-VOV", "BE-VWV")
    # The coordinates are straight in degrees: the strip is a little narrower in the north.
    assert found.km2 == pytest.approx(0.3 * DEGREE_M * metres / 1e6, rel=0.02)


def test_a_border_in_teeth_on_either_side_is_no_overlap_however_long():
    def wavy(phase: float) -> list[tuple[float, float]]:
        return [(3.5 + 0.0002 * math.sin(n + phase), 51.0 + n * 0.3 / 3000) for n in range(3001)]

    areas = {
        "BE-VWV": shapely.Polygon([(3.0, 51.3), (3.0, 51.0), *wavy(0.0)]),
        "BE-VOV": shapely.Polygon([(4.0, 51.3), (4.0, 51.0), *wavy(2.0)]),
    }
    assert shapely.intersection(*areas.values()).area > 0
    assert overlaps(areas) == ()


def test_an_area_that_lies_in_another_without_being_cut_out_is_found_and_one_that_is_cut_out_is_not():
    town = box(3.7, 51.1, 3.71, 51.11)
    with_a_hole = shapely.difference(SQUARES["BE-VOV"], town)
    (found,) = overlaps({**SQUARES, "BE-BRU": town})
    assert {found.first, found.second} == {"BE-BRU", "BE-VOV"}
    assert found.km2 == pytest.approx(0.78, rel=0.02)
    assert overlaps({**SQUARES, "BE-VOV": with_a_hole, "BE-BRU": town}) == ()


def test_each_pair_is_found_once_the_largest_overlap_first():
    found = overlaps({**SQUARES, "BE-BRU": box(3.4, 51.1, 4.01, 51.2)})
    pairs = [{overlap.first, overlap.second} for overlap in found]
    assert pairs == [{"BE-BRU", "BE-VOV"}, {"BE-BRU", "BE-VWV"}, {"BE-BRU", "BE-VAN"}]
    assert [overlap.km2 for overlap in found] == sorted((o.km2 for o in found), reverse=True)
