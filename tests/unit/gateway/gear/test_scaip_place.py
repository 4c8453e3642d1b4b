"""Where a unit says that it is: the sentences of NMEA 0183 that it hands on."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.gear.scaip.place import position_of
from schemas.position import Method
from tests.support.scaip_unit import GGA

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quality", "hdop", "radius_m"),
    [
        ("1", "0.9", 9.0),
        ("2", "1.0", 3.0),
        ("4", "1.0", 0.1),
        ("6", "1.0", None),
        ("1", "", None),
        ("1", "9999", None),
    ],
)
def test_the_quality_of_a_fix_says_its_radius(quality: str, hdop: str, radius_m: float | None) -> None:
    sentence = f"GPGGA,085900,5051.018,N,00421.102,W,{quality},08,{hdop},10.0,M,46.9,M,,"
    place, dropped = position_of({"gga": sentence}, NOW)
    assert place is not None
    assert dropped == ()
    assert (place.radius_m, place.method, place.confidence) == (radius_m, Method.GNSS, 0.95)
    assert (round(place.latitude, 4), round(place.longitude, 4)) == (50.8503, -4.3517)
    assert place.fixed_at == NOW - timedelta(minutes=1)


def test_a_sentence_known_from_the_books_is_read_and_a_wrong_checksum_is_not() -> None:
    place, _ = position_of({"gga": GGA}, NOW)
    assert place is not None
    assert (round(place.latitude, 4), round(place.longitude, 4), place.radius_m) == (48.1173, 11.5167, 9.0)
    assert position_of({"gga": GGA[:-2] + "48"}, NOW) == (None, ("gga",))
    assert position_of({"gga": GGA[:-3].replace("E,1,", "E,0,")}, NOW) == (None, ("gga",))


@pytest.mark.parametrize(("clock", "days"), [("235900", -1), ("000100", 0), ("120000", 0)])
def test_a_time_of_day_is_of_the_day_nearest_to_now(clock: str, days: int) -> None:
    now = datetime(2026, 3, 2, 0, 0, 30, tzinfo=UTC)
    place, _ = position_of({"gga": f"GPGGA,{clock},5051.018,N,00421.102,E,1,08,1,,,,,,"}, now)
    assert place is not None
    assert place.fixed_at.date() == (now + timedelta(days=days)).date()
