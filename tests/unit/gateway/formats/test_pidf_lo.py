"""A location object is read for what it says, and what we write reads the same."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.door_errors import XmlRefused
from gateway.domain.position import distance_m, radius_95
from gateway.formats.method_tokens import METHOD_OF
from gateway.formats.pidf_lo import METHOD_TOKENS, Target, pidf_lo_of
from gateway.formats.pidf_lo_in import Located, read_pidf_lo
from gateway.xml_text import local_name, parse_xml
from schemas.position import Method, Position
from tests.support.eido_schema import CASES

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SHAPES = json.loads((CASES.parent / "pidf_lo" / "shapes.json").read_text())
TARGET = Target(entity="pres:one@msa.example", device="urn:uuid:0", kept_until=AT + timedelta(hours=24))

PRESENCE = """<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"
 xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"
 xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:con="urn:ietf:params:xml:ns:geopriv:conf"
 xmlns:gbp="urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"
 xmlns:dyn="urn:ietf:params:xml:ns:pidf:geopriv10:dynamic"
 entity="pres:one@msa.example">{holders}</presence>"""

TUPLE = """<tuple id="a"><status><gp:geopriv><gp:location-info>{info}</gp:location-info><gp:usage-rules/>
{method}</gp:geopriv></status><timestamp>{at}</timestamp></tuple>"""

POINT = "<gml:Point srsName='urn:ogc:def:crs:EPSG::4326'><gml:pos>{0} {1}</gml:pos></gml:Point>"
CIRCLE = SHAPES[4]["shape"]


def document(info: str, *, method: str = "", at: str = "2026-03-02T09:59:00Z", extra: str = "") -> bytes:
    """A location object of one tuple."""
    return PRESENCE.format(holders=TUPLE.format(info=info, method=method, at=at) + extra).encode()


def read(info: str, **changes: str) -> Located:
    """What is read of it."""
    return read_pidf_lo(document(info, **changes), AT)


def position_in(info: str, **changes: str) -> Position:
    """The place in it, of which nothing was dropped."""
    found = read(info, **changes)
    assert found.dropped == ()
    assert found.position is not None
    return found.position


@pytest.mark.parametrize("case", SHAPES, ids=lambda case: case["says"])
def test_every_shape_of_the_standard_is_read_as_the_circle_around_it(case: dict[str, Any]) -> None:
    found = read(case["shape"])
    assert found.dropped == ()
    assert found.shape == case["name"]
    position = found.position
    assert position is not None
    assert (position.latitude, position.longitude) == pytest.approx(case["centre"], abs=1e-3)
    assert position.radius_m == (
        None if case["radius_m"] is None else pytest.approx(case["radius_m"], rel=0.01)
    )


@pytest.mark.parametrize(
    ("confidence", "radius", "counts_as"),
    [
        ("", 850.24, 0.95),
        ("<con:confidence>67</con:confidence>", 850.24, 0.67),
        ("<con:confidence pdf='normal'>68</con:confidence>", 850.24, 0.68),
        ("<con:confidence pdf='rectangular'>67</con:confidence>", 1012.4, 0.95),
        ("<con:confidence pdf='rectangular'>100</con:confidence>", 850.24, 1.0),
        ("<con:confidence>unknown</con:confidence>", 850.24, 0.68),
    ],
)
def test_a_confidence_is_kept_as_stated_and_counts_for_what_it_is(
    confidence: str, radius: float, counts_as: float
) -> None:
    position = position_in(CIRCLE + confidence)
    assert position.radius_m == pytest.approx(radius, rel=1e-4)
    assert position.confidence == pytest.approx(counts_as)
    assert read(CIRCLE + "<con:confidence pdf='rectangular'>67</con:confidence>").stated_confidence == "67"


@pytest.mark.parametrize("broken", ["0", "101", "-5", "nan", "much", ""])
def test_a_confidence_that_is_none_is_dropped_and_counts_as_little(broken: str) -> None:
    found = read(f"{CIRCLE}<con:confidence>{broken}</con:confidence>")
    assert found.dropped == ("confidence",)
    assert found.position is not None
    assert found.position.confidence == 0.68


@pytest.mark.parametrize("latitude", ["91", "-90.1", "nan", "inf", "1e400", "north", ""])
def test_a_place_that_is_nowhere_is_dropped_with_a_reason_and_invents_none(latitude: str) -> None:
    found = read(POINT.format(latitude, "3.7"))
    assert found.position is None
    assert found.dropped[0].startswith("Point: ")


def test_latitude_comes_first_and_another_reference_system_is_not_guessed_at() -> None:
    position = position_in(POINT.format("51.05", "3.71"))
    assert (position.latitude, position.longitude) == (51.05, 3.71)
    elsewhere = read(POINT.format("51.05", "3.71").replace("4326", "31370"))
    assert elsewhere.position is None
    assert elsewhere.dropped == ("Point: is not in WGS84",)


def test_a_radius_in_feet_is_not_taken_for_metres() -> None:
    assert read(CIRCLE.replace("9001", "9002")).position is None


def test_a_hole_in_a_polygon_does_not_move_it() -> None:
    ring = "<gml:LinearRing><gml:posList>0 0 0 1 1 1 0 0</gml:posList></gml:LinearRing>"
    hole = f"<gml:interior>{ring}</gml:interior>"
    with_hole = SHAPES[3]["shape"].replace("</gml:Polygon>", f"{hole}</gml:Polygon>")
    assert position_in(with_hole) == position_in(SHAPES[3]["shape"])


def test_the_device_is_meant_before_the_tuple_and_the_tuple_before_the_person() -> None:
    geopriv = "<gp:geopriv><gp:location-info>{}</gp:location-info><gp:usage-rules/></gp:geopriv>"
    device = (
        f"<dm:device id='d'>{geopriv.format(POINT.format(1, 1))}<dm:deviceID>mac:1</dm:deviceID></dm:device>"
    )
    person = f"<dm:person id='p'>{geopriv.format(POINT.format(2, 2))}</dm:person>"
    both = read_pidf_lo(document(POINT.format(3, 3), extra=person + device), AT)
    assert both.position is not None
    assert both.position.latitude == 1
    without = read_pidf_lo(document(POINT.format(3, 3), extra=person), AT)
    assert without.position is not None
    assert without.position.latitude == 3


def test_a_place_that_cannot_be_read_makes_way_for_the_next_one() -> None:
    found = read(POINT.format("x", "3.7") + CIRCLE)
    assert found.shape == "Circle"
    assert found.dropped == ("Point: is no number",)


@pytest.mark.parametrize("at", ["", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_place_without_an_instant_is_of_now_and_says_so(at: str) -> None:
    found = read(CIRCLE, at=at)
    assert found.dropped == ("timestamp",)
    assert found.position is not None
    assert found.position.fixed_at == AT


def test_how_it_was_found_is_read_in_the_registrys_words_whatever_their_case() -> None:
    assert position_in(CIRCLE, method="<gp:method>Device-Assisted_A-GPS</gp:method>").method is Method.GNSS
    found = read(CIRCLE, method="<gp:method>Tarot</gp:method>")
    assert (found.position and found.position.method, found.token) == (Method.UNKNOWN, "Tarot")
    assert all(METHOD_OF[token.lower()] is method for method, token in METHOD_TOKENS.items())


def test_the_published_sample_of_eido_holds_an_address_and_no_place() -> None:
    sample = json.loads((CASES / "Samples" / "Sample call transfer EIDO.json").read_text())
    found = read_pidf_lo(sample["locationComponent"][0]["locationByValue"].encode(), AT)
    assert found.position is None
    assert found.address == "US, DE, Wilmington, W, Cellular, Street, 42"
    assert found.entity == "pres:alice@atlanta.example.com"
    assert found.retransmission
    assert found.kept_until == datetime(2021, 12, 10, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize("raw", [b"<presence/>", b"<a xmlns='urn:ietf:params:xml:ns:pidf'/>"])
def test_what_is_no_location_object_is_one_without_a_place(raw: bytes) -> None:
    assert read_pidf_lo(raw, AT) == Located(dropped=("presence",))


positions = st.builds(
    Position,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    radius_m=st.none() | st.floats(0, 400_000),  # at 95 % below what a position may have
    confidence=st.floats(0.5, 0.99),
    fixed_at=st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (bounds are naive)
    method=st.sampled_from(Method),
    mock=st.booleans(),
    speed_mps=st.none() | st.floats(0, 500),
    heading_deg=st.none() | st.floats(0, 359.9),
)


@settings(deadline=None, max_examples=150)
@given(positions)
def test_what_we_write_reads_as_the_same_place_and_never_as_a_smaller_one(position: Position) -> None:
    found = read_pidf_lo(pidf_lo_of(position, TARGET), AT)
    assert found.dropped == ()
    assert (found.entity, found.kept_until, found.retransmission) == (TARGET.entity, TARGET.kept_until, False)
    back = found.position
    assert back is not None
    assert distance_m(back, position) < 0.02
    was, now = radius_95(position), radius_95(back)
    if was is None:
        assert now is None
    else:
        assert now is not None
        assert was <= now + 1e-6 <= was + 0.11
    assert abs(back.fixed_at - position.fixed_at) < timedelta(milliseconds=1)
    assert (back.method, back.mock) == (position.method, position.mock)
    assert (back.speed_mps is None) == (position.speed_mps is None)
    assert back.heading_deg == pytest.approx(position.heading_deg, abs=0.051)


def test_a_circle_as_wide_as_a_continent_is_no_place() -> None:
    wide = read(CIRCLE.replace("850.24", "1000000.1"))
    assert (wide.position, wide.dropped) == (None, ("Circle: is nowhere",))


PIECES = (
    *(
        "<gp:geopriv>",
        "</gp:geopriv>",
        "<gp:location-info>",
        "</gp:location-info>",
        "<gml:pos>",
        "</gml:pos>",
    ),
    *(
        "<gs:Circle>",
        "</gs:Circle>",
        "<gs:radius uom='urn:ogc:def:uom:EPSG::9001'>",
        "</gs:radius>",
        "1 2",
        "1e308",
    ),
    *(
        "<gml:Polygon>",
        "</gml:Polygon>",
        "<gml:posList>",
        "</gml:posList>",
        "0 0 0 180 90 -180",
        "-1",
        "nan",
        "9" * 400,
    ),
    *(
        "<con:confidence>",
        "</con:confidence>",
        "<dm:device id='x'>",
        "</dm:device>",
        "<tuple>",
        "</tuple>",
        "&#0;",
    ),
    *(case["shape"] for case in SHAPES),
)


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=20).map("".join).map(document)
    )
)
def test_any_bytes_are_a_place_on_earth_or_none(raw: bytes) -> None:
    try:
        found = read_pidf_lo(raw, AT)
    except XmlRefused:
        return
    assert found.position is None or radius_95(found.position) is not math.inf
    assert len(repr(found)) < 4000


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(SHAPES) - 1), st.data())
def test_a_shape_with_a_number_changed_is_read_or_dropped(which: int, data: st.DataObject) -> None:
    shape = SHAPES[which]["shape"]
    places = [at for at, character in enumerate(shape) if character.isdigit()]
    at = data.draw(st.sampled_from(places))
    spoilt = (
        shape[:at] + data.draw(st.sampled_from(["", "-", ".", "e", "9999999", "x", " "])) + shape[at + 1 :]
    )
    found = read(spoilt)
    assert (found.position is not None) or found.dropped


def test_the_presence_is_written_in_the_order_its_schemas_ask_for() -> None:
    root = parse_xml(pidf_lo_of(Position(latitude=1, longitude=2, fixed_at=AT, method=Method.GNSS), TARGET))
    names = [local_name(element) for element in root.iter()]
    assert names == [
        *("presence", "device", "geopriv", "location-info", "Point", "pos", "confidence", "usage-rules"),
        *("retransmission-allowed", "retention-expiry", "method", "deviceID", "timestamp"),
    ]
