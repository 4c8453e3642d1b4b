"""Where a unit says that it is: ``lge`` with ``geo`` ("lat,lon"), ``gga`` (NMEA 0183) and ``tim``."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Final

from schemas.position import Method, Position

UERE_M: Final = {"1": 5.0, "2": 1.5, "3": 5.0, "4": 0.05, "5": 0.5}
"""One sigma of the range error in metres by the quality of a GGA fix: GPS, differential, PPS, RTK, float RTK.
The sentence tells HDOP alone: these usual figures are our assumption; 2 x HDOP x them is a radius at 95 %."""

NO_FIX: Final = "0"
GEO: Final = re.compile(r"\s*([+-]?\d{1,2}(?:\.\d{1,12})?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*$")
DEGREES: Final = re.compile(r"(\d{2,3})(\d{2}(?:\.\d{1,9})?)$")
TIME: Final = re.compile(r"(\d{2})(\d{2})(\d{2})(?:\.\d{1,6})?$")
SENTENCE: Final = re.compile(r"\$?(G[A-Z]GGA,[^*$]{0,90})(?:\*([0-9A-Fa-f]{2}))?$")
HALF_A_DAY: Final = timedelta(hours=12)


def position_of(place: Mapping[str, str], received_at: datetime) -> tuple[Position | None, tuple[str, ...]]:
    """Read a place; also the tags that could not be read."""
    dropped = []
    told_at = None
    if "tim" in place and (told_at := _instant(place["tim"])) is None:
        dropped.append("tim")
    found = None
    if "gga" in place and (found := _gga(place["gga"], told_at, received_at)) is None:
        dropped.append("gga")
    if found is None and "geo" in place and (found := _geo(place["geo"], told_at or received_at)) is None:
        dropped.append("geo")
    return found, tuple(dropped)


def _geo(text: str, fixed_at: datetime) -> Position | None:
    pair = GEO.match(text)
    return None if pair is None else _position(float(pair[1]), float(pair[2]), fixed_at)


def _gga(text: str, told_at: datetime | None, received_at: datetime) -> Position | None:
    """Read ``$GPGGA,hhmmss,ddmm.m,N,dddmm.m,E,quality,satellites,HDOP,…``; a wrong checksum is no fix."""
    sentence = SENTENCE.match(text.strip())
    if sentence is None or (sentence[2] is not None and int(sentence[2], 16) != _checksum(sentence[1])):
        return None
    fields = sentence[1].split(",")
    if len(fields) < 9 or fields[6] in {"", NO_FIX}:
        return None
    latitude, longitude = _angle(fields[2], fields[3], "NS"), _angle(fields[4], fields[5], "EW")
    if latitude is None or longitude is None:
        return None
    fixed_at = told_at or _today(fields[1], received_at) or received_at
    return _position(latitude, longitude, fixed_at, _radius_m(fields[6], fields[8]), Method.GNSS)


def _position(
    latitude: float,
    longitude: float,
    fixed_at: datetime,
    radius_m: float | None = None,
    method: Method = Method.UNKNOWN,
) -> Position | None:
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude, longitude) == (0, 0):
        return None  # 0, 0 is what gear without a fix says
    return Position(
        latitude=latitude, longitude=longitude, fixed_at=fixed_at, radius_m=radius_m, method=method
    )


def _radius_m(quality: str, hdop: str) -> float | None:
    uere_m = UERE_M.get(quality)
    try:
        dilution = float(hdop)
    except ValueError:
        return None
    if uere_m is None or not isfinite(dilution) or not 0 < dilution < 1000:
        return None
    return round(2 * dilution * uere_m, 1)


def _angle(text: str, hemisphere: str, letters: str) -> float | None:
    found = DEGREES.match(text)
    if found is None or hemisphere not in tuple(letters) or float(found[2]) >= 60:
        return None
    value = int(found[1]) + float(found[2]) / 60
    return -value if hemisphere == letters[1] else value


def _checksum(sentence: str) -> int:
    value = 0
    for letter in sentence.encode("ascii", "replace"):
        value ^= letter
    return value


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None and 2000 <= at.year < 9999 else None


def _today(text: str, received_at: datetime) -> datetime | None:
    """Return the instant with this time of day that is nearest to now."""
    found = TIME.match(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3]) > 59:
        return None
    at = received_at.astimezone(UTC).replace(
        hour=int(found[1]), minute=int(found[2]), second=int(found[3]), microsecond=0
    )
    if at - received_at > HALF_A_DAY:
        return at - timedelta(days=1)
    return at + timedelta(days=1) if received_at - at > HALF_A_DAY else at
