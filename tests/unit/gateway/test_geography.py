import json
import re
from pathlib import Path
from typing import Any

import pytest
from shapely import to_geojson, to_wkb, union
from shapely.geometry import shape

from gateway import geography
from gateway.domain.centres import overlaps
from gateway.domain.errors import CentresRefused
from gateway.geography import DERIVED, check_known, load_centres, read_derived
from gateway.settings import Settings
from tests.support.fixes import a_fix
from tests.support.geodata import SQUARES, belgium

TOWN = {"type": "Polygon", "coordinates": [[[3.6, 51.1], [3.8, 51.1], [3.8, 51.2], [3.6, 51.2], [3.6, 51.1]]]}


def a_feature(centre: Any, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"centre": centre}, "geometry": geometry}


def a_file(path: Path, *features: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


@pytest.fixture
def own(tmp_path) -> Path:
    squares = (a_feature(centre, json.loads(to_geojson(area))) for centre, area in SQUARES.items())
    return a_file(tmp_path / "own.geojson", *squares)


def test_a_file_of_ones_own_replaces_what_was_derived(own):
    areas = load_centres(Settings(centres=own))
    assert areas.centres == ("BE-VAN", "BE-VOV", "BE-VWV", "BE-WHT")
    assert areas.centre_of(a_fix(51.15, 3.25)) == "BE-VWV"
    assert areas.centre_of(a_fix(50.63, 5.58)) is None  # Liège


def test_several_features_of_one_centre_are_joined(tmp_path, own):
    features = json.loads(own.read_text())["features"]
    for feature in features:
        feature["properties"]["centre"] = "BE-VOV"
    areas = load_centres(Settings(centres=a_file(tmp_path / "one.geojson", *features)))
    assert areas.centres == ("BE-VOV",)
    assert areas.centre_of(a_fix(50.9, 3.25)) == "BE-VOV"


def test_overrides_move_a_town_to_another_centre(tmp_path, own):
    town = a_file(tmp_path / "towns.geojson", a_feature("BE-VAN", TOWN))
    areas = load_centres(Settings(centres=own, centre_overrides=town))
    assert areas.centre_of(a_fix(51.15, 3.7)) == "BE-VAN"
    assert areas.centre_of(a_fix(51.05, 3.7)) == "BE-VOV"


def test_areas_of_two_centres_that_overlap_are_refused_by_name_with_the_size(tmp_path, own):
    features = [*json.loads(own.read_text())["features"], a_feature("BE-VAN", TOWN)]
    path = a_file(tmp_path / "twice.geojson", *features)
    with pytest.raises(CentresRefused) as refused:
        load_centres(Settings(centres=path))
    said = rf"{re.escape(str(path))}: the areas of two centres overlap: BE-VAN and BE-VOV by 15[56]\.\d\d km2"
    assert re.search(said, str(refused.value))


def test_overrides_may_overlap_the_areas_and_each_other(tmp_path, own):
    towns = (a_feature("BE-VAN", TOWN), a_feature("BE-WHT", TOWN))
    path = a_file(tmp_path / "towns.geojson", *towns)
    assert load_centres(Settings(centres=own, centre_overrides=path)).centre_of(a_fix(51.15, 3.7)) == "BE-WHT"


def test_what_the_build_derived_does_not_overlap():
    belgium()
    assert overlaps(dict(read_derived(DERIVED))) == ()


def test_a_commune_that_two_provinces_in_full_detail_both_hold_is_found():
    belgium()
    areas = dict(read_derived(DERIVED))
    town = shape(TOWN)
    (found,) = overlaps({**areas, "BE-VAN": union(areas["BE-VAN"], town)})
    assert {found.first, found.second} == {"BE-VAN", "BE-VOV"}
    assert found.km2 == pytest.approx(155.4, abs=0.5)


def test_overrides_change_what_was_derived(tmp_path):
    belgium()
    gent = a_file(tmp_path / "towns.geojson", a_feature("BE-BRU", TOWN))
    assert load_centres(Settings(centre_overrides=gent)).centre_of(a_fix(51.15, 3.7)) == "BE-BRU"


def test_a_file_that_changed_is_read_again(tmp_path, own):
    assert load_centres(Settings(centres=own)).centres != ("BE-VOV",)
    a_file(own, a_feature("BE-VOV", TOWN))
    assert load_centres(Settings(centres=own)).centres == ("BE-VOV",)


def test_a_checkout_that_was_not_built_has_no_areas_and_no_overrides(tmp_path, monkeypatch, own):
    monkeypatch.setattr(geography, "DERIVED", tmp_path / "geodata")
    assert load_centres(Settings()).centres == ()
    assert load_centres(Settings(centre_overrides=own)).centres == ()


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([a_feature("Gent", TOWN)], "feature 1: the property centre is not the code of a centre"),
        ([a_feature("BE-VOV", TOWN), a_feature(None, TOWN)], "feature 2: the property centre"),
        ([{"type": "Feature", "geometry": TOWN}], "feature 1: the property centre"),
        ([17], "feature 1: the property centre"),
        ([a_feature("BE-VOV", None)], "feature 1: the geometry"),
        ([a_feature("BE-VOV", {"type": "Point", "coordinates": [3, 51]})], "the geometry is not a polygon"),
        ([a_feature("BE-VOV", {"type": "Polygon", "coordinates": []})], "the geometry is not a polygon"),
        ([a_feature("BE-VOV", {"type": "Polygon", "coordinates": "x"})], "the geometry cannot be read"),
        (
            [
                a_feature(
                    "BE-VOV",
                    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
                )
            ],
            "Self-intersection",
        ),
        (
            [
                a_feature(
                    "BE-VOV",
                    {"type": "Polygon", "coordinates": [[[5e5, 6e5], [6e5, 6e5], [6e5, 7e5], [5e5, 6e5]]]},
                )
            ],
            "not longitude and latitude in degrees",
        ),
        (
            [
                a_feature(
                    "BE-VOV",
                    {
                        "type": "Polygon",
                        "coordinates": [[[51.1, 3.6], [51.1, 3.8], [51.2, 3.8], [51.1, 3.6]]],
                    },
                )
            ],
            "feature 1: BE-VOV is not in Belgium; longitude comes first",
        ),
        ([], "not a GeoJSON FeatureCollection"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(tmp_path, features, said):
    path = a_file(tmp_path / "bad.geojson", *features)
    with pytest.raises(CentresRefused, match=said) as refused:
        load_centres(Settings(centres=path))
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"type": "FeatureCollection"}', "[" * 100_000])
def test_what_is_no_geojson_is_refused(tmp_path, text):
    path = tmp_path / "bad.geojson"
    path.write_text(text)
    with pytest.raises(CentresRefused, match="is not"):
        load_centres(Settings(centres=path))


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_file_is_refused_as_such(tmp_path, text):
    path = tmp_path / "none.geojson"
    path.write_text(text)
    with pytest.raises(CentresRefused, match=r"none\.geojson is empty"):
        load_centres(Settings(centres=path))


def test_a_centre_abroad_may_lie_anywhere(tmp_path):
    abroad = {"type": "Polygon", "coordinates": [[[51.1, 3.6], [51.1, 3.8], [51.2, 3.8], [51.1, 3.6]]]}
    path = a_file(tmp_path / "abroad.geojson", a_feature("SO-BN", abroad))
    assert load_centres(Settings(centres=path)).centres == ("SO-BN",)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path, own):
    missing = tmp_path / "missing.geojson"
    with pytest.raises(CentresRefused, match=r"missing\.geojson: No such file"):
        load_centres(Settings(centres=missing))
    with pytest.raises(CentresRefused, match=r"missing\.geojson: No such file"):
        load_centres(Settings(centres=own, centre_overrides=missing))
    with pytest.raises(CentresRefused, match="Is a directory"):
        load_centres(Settings(centres=tmp_path))


def test_a_damaged_file_of_the_build_is_refused(tmp_path):
    whole = to_wkb(SQUARES["BE-VOV"])
    (tmp_path / "BE-VOV.wkb").write_bytes(whole[:40])
    with pytest.raises(CentresRefused, match=r"BE-VOV\.wkb is damaged"):
        read_derived(tmp_path)


def test_an_area_or_a_default_of_no_centre_is_refused(own):
    known = {*SQUARES, "BE-BRU"}
    check_known(load_centres(Settings(centres=own)), known)
    with pytest.raises(CentresRefused, match="no centre BE-WHT"):
        check_known(load_centres(Settings(centres=own)), known - {"BE-WHT"})
    with pytest.raises(CentresRefused, match="no centre BE-XXX"):
        check_known(load_centres(Settings(centres=own, default_centre="BE-XXX")), known)
