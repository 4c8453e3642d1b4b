"""How sure a position is, and how far two of them are apart."""

import math
from typing import Final

from schemas.position import Position

CONFIDENCE: Final = 0.95
"""At which radii are compared and shown: the telephones' usual 68 % leaves her outside one time in three."""

RADIUS_MAX_M: Final = 20_037_508.0
"""Half way round the Earth: no radius says more than "anywhere"."""

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the WGS84 ellipsoid; distances on the sphere are right to 0.6 %."""


def radius_95(position: Position) -> float | None:
    """Return the radius in m that holds her with 95 % confidence; None when the source did not say.

    For errors that are normal and alike in both directions, the radius grows with
    ``sqrt(-ln(1 - confidence))``: 1.62 times for what phones give at 68 % (RFC 7459, 5.4). A
    radius of zero is what phones send for "not known". One at 100 % cannot be scaled and counts
    as it is.
    """
    if not position.radius_m:
        return None
    if position.confidence in {CONFIDENCE, 1.0}:
        return min(position.radius_m, RADIUS_MAX_M)
    factor = math.sqrt(math.log1p(-CONFIDENCE) / math.log1p(-position.confidence))
    return min(position.radius_m * factor, RADIUS_MAX_M)


def distance_m(one: Position, other: Position) -> float:
    """Return the great-circle distance in m."""
    one_rad, other_rad = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    square = (
        math.sin((other_rad - one_rad) / 2) ** 2
        + math.cos(one_rad) * math.cos(other_rad) * math.sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, square)))
