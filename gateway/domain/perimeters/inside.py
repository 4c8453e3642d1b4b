"""How probable it is that somebody is in a zone, given a fix and its radius.

The error of a fix is taken as normal and alike in both directions (RFC 7459, 5.2), so that its 95 % radius
is 2.448 of its standard deviation. What follows is exact for that, but for the quadrature: for circles and
polygons right to 0.0001; the tests hold it against hundreds of thousands of draws. What nobody knows is how
normal a fix's error is: a tag that sees a third of the sky is wrong in one direction, and says a radius that
is too small.
"""

import math
from typing import Final

import numpy as np

from gateway.domain.perimeters.shape import Point, Zone

DEVIATION_OF_95: Final = 1 / math.sqrt(-2 * math.log(0.05))
"""Standard deviation, in one direction, of an error whose 95 % radius is 1."""

BEYOND: Final = 5.0
"""So many deviations from the border nothing is left to count: a part in 270,000 at most."""

NEAR: Final = 6.0
NODES: Final = 40
_AT, _WEIGHT = np.polynomial.legendre.leggauss(NODES)


def probability_inside(zone: Zone, at: Point, signed_m: float, deviation_m: float) -> float:
    """Return the probability of being in the zone. ``signed_m``: how far its border is from the fix."""
    if abs(signed_m) >= BEYOND * deviation_m:
        return 1.0 if signed_m < 0 else 0.0
    found = _in_polygon(zone, at, deviation_m) if zone.corners else _in_circle(zone, at, deviation_m)
    return min(1.0, max(0.0, found))


def _in_circle(zone: Zone, at: Point, deviation_m: float) -> float:
    """Integrate over slices across the line from the middle to the fix, each a normal's share of a chord."""
    radius, off = zone.radius_m / deviation_m, math.hypot(*at) / deviation_m
    low, high = max(-radius, off - 8), min(radius, off + 8)
    if low >= high:
        return 0.0
    first, last = math.asin(max(-1.0, low / radius)), math.asin(min(1.0, high / radius))
    angle = (first + last) / 2 + (last - first) / 2 * _AT
    across, half_chord = radius * np.sin(angle), radius * np.cos(angle)
    slices = np.exp(-((across - off) ** 2) / 2) / math.sqrt(2 * math.pi)
    shares = np.array([math.erf(one) for one in half_chord / math.sqrt(2)])
    return float((last - first) / 2 * np.sum(_WEIGHT * slices * shares * half_chord))


def _in_polygon(zone: Zone, at: Point, deviation_m: float) -> float:
    """Integrate along the border (Gauss's theorem for the field whose divergence is the normal's density).

    Each edge gives what a point source would send through it, less what the normal keeps beyond; close by
    that is smooth on the scale of a deviation, and farther off it is the angle the edge is seen under.
    """
    corners = (np.array(zone.corners) - np.array(at)) / deviation_m
    ahead = np.roll(corners, -1, axis=0)
    along = ahead - corners
    lengths = np.hypot(along[:, 0], along[:, 1])
    kept = lengths > 0
    corners, along, lengths = corners[kept], along[kept], lengths[kept]
    unit = along / lengths[:, None]
    off = corners[:, 0] * unit[:, 1] - corners[:, 1] * unit[:, 0]
    start = corners[:, 0] * unit[:, 0] + corners[:, 1] * unit[:, 1]
    end = start + lengths
    low, high = np.clip(start, -NEAR, NEAR), np.clip(end, -NEAR, NEAR)
    half = (high - low) / 2
    where = (low + high)[:, None] / 2 + half[:, None] * _AT
    squared = np.maximum((off[:, None] ** 2 + where**2) / 2, 1e-300)
    near = off * half * np.sum(_WEIGHT * -np.expm1(-squared) / (2 * squared), axis=1)
    sign, away = np.sign(off), np.abs(off)
    seen = (
        np.arctan2(end * sign, away)
        - np.arctan2(high * sign, away)
        + np.arctan2(low * sign, away)
        - np.arctan2(start * sign, away)
    )
    return float(np.sum(near + seen) / (2 * math.pi))
