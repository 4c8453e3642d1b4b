"""Reads the shapes of GML's profile for location objects (RFC 5491 section 5) into circles."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gateway.formats.pidf_lo import GML, METRE, SHAPES, WGS84_2D
from gateway.formats.shapes import RADIUS_MAX_M, Circle, of_arc_band, of_polygon
from gateway.xml_text import Element, local_name, text_of

CORNERS_MAX: Final = 500

WGS84_3D: Final = "urn:ogc:def:crs:EPSG::4979"
DEGREE: Final = "urn:ogc:def:uom:EPSG::9102"


def circle_around(element: Element) -> Circle:
    """Return the circle that stands for a shape named in ``SHAPES_READ``; heights are left out.

    Raises ``ValueError`` with what is wrong with it, in words of ours.
    """
    if element.get("srsName", WGS84_2D) not in {WGS84_2D, WGS84_3D}:
        raise ValueError("is not in WGS84")
    try:
        return _checked(_READERS[local_name(element)](element))
    except OverflowError:
        raise ValueError("is no number") from None


def _checked(circle: Circle) -> Circle:
    latitude, longitude = circle.centre
    radius = circle.radius_m
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= (radius or 0) <= RADIUS_MAX_M):
        raise ValueError("is nowhere")
    return circle


def _point(element: Element) -> Circle:
    return Circle(_pos(element), None)


def _circle(element: Element) -> Circle:
    return Circle(_pos(element), _measure(element, "radius", METRE))


def _ellipse(element: Element) -> Circle:
    axes = _measure(element, "semiMajorAxis", METRE), _measure(element, "semiMinorAxis", METRE)
    return Circle(_pos(element), max(axes))


def _arc_band(element: Element) -> Circle:
    inner, outer = (_measure(element, f"{name}Radius", METRE) for name in ("inner", "outer"))
    start, opening = (_measure(element, f"{name}Angle", DEGREE) for name in ("start", "opening"))
    return of_arc_band(_pos(element), inner, outer, start, opening)


def _polygon(element: Element) -> Circle:
    numbers: list[float] = []
    width = 3 if element.get("srsName", "").endswith("4979") else 2
    outline = next(element.iter(f"{{{GML}}}exterior"), element)
    for one in outline.iter(f"{{{GML}}}posList", f"{{{GML}}}pos"):
        read = _numbers(one.text)
        if local_name(one) == "pos":
            width = len(read)
        numbers += read
        if len(numbers) > CORNERS_MAX * 3:
            raise ValueError("has too many corners")
    if width not in {2, 3} or len(numbers) % width:
        raise ValueError("has half a corner")
    corners = [(numbers[at], numbers[at + 1]) for at in range(0, len(numbers), width)]
    if any(abs(latitude) > 90 or abs(longitude) > 180 for latitude, longitude in corners):
        raise ValueError("is nowhere")
    return of_polygon(corners)


_READERS: Final[Mapping[str, Callable[[Element], Circle]]] = MappingProxyType(
    {
        "Point": _point,
        "Circle": _circle,
        "Sphere": _circle,
        "Ellipse": _ellipse,
        "Ellipsoid": _ellipse,
        "ArcBand": _arc_band,
        "Polygon": _polygon,
        "Prism": _polygon,
    }
)

SHAPES_READ: Final = frozenset(_READERS)


def _pos(element: Element) -> tuple[float, float]:
    """Return latitude and longitude, in this order; a height after them is left out."""
    numbers = _numbers(element.findtext(f"{{{GML}}}pos"))
    if len(numbers) not in {2, 3}:
        raise ValueError("has no place")
    return numbers[0], numbers[1]


def _measure(element: Element, name: str, unit: str) -> float:
    child = element.find(f"{{{SHAPES}}}{name}")
    if child is None or child.get("uom", unit) != unit:
        raise ValueError("is not measured in what the profile says")
    return number(text_of(child))


def number(text: str | None) -> float:
    """Return a finite number; raises ``ValueError`` where it is none."""
    try:
        value = float(text or "")
    except ValueError:
        raise ValueError("is no number") from None
    if not math.isfinite(value):
        raise ValueError("is no number")
    return value


def _numbers(text: str | None) -> list[float]:
    return [number(part) for part in (text or "").split()]
