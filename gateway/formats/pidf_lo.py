"""PIDF-LO out: a position as a location object (RFC 4119, 5491, 7459, 5962).

A fix with a radius is a ``Circle`` at 95 % confidence, one without is a ``Point`` whose confidence is
unknown. Coordinates are WGS84, latitude first; the place is a device's, as it is the phone's.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from gateway.domain.position import CONFIDENCE, radius_95
from gateway.xml_text import Element, add, root_of, write_xml
from schemas.position import Method, Position

PIDF: Final = "urn:ietf:params:xml:ns:pidf"
DATA_MODEL: Final = "urn:ietf:params:xml:ns:pidf:data-model"
GEOPRIV: Final = "urn:ietf:params:xml:ns:pidf:geopriv10"
POLICY: Final = "urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"
DYNAMIC: Final = "urn:ietf:params:xml:ns:pidf:geopriv10:dynamic"
CONFIDENCE_NS: Final = "urn:ietf:params:xml:ns:geopriv:conf"
GML: Final = "http://www.opengis.net/gml"
SHAPES: Final = "http://www.opengis.net/pidflo/1.0"

WGS84_2D: Final = "urn:ogc:def:crs:EPSG::4326"
METRE: Final = "urn:ogc:def:uom:EPSG::9001"

MEDIA_TYPE: Final = "application/pidf+xml"

PREFIXES: Final[Mapping[str | None, str]] = MappingProxyType(
    {
        None: PIDF,
        "dm": DATA_MODEL,
        "gp": GEOPRIV,
        "gbp": POLICY,
        "dyn": DYNAMIC,
        "con": CONFIDENCE_NS,
        "gml": GML,
        "gs": SHAPES,
    }
)

METHOD_TOKENS: Final[Mapping[Method, str]] = MappingProxyType(
    {
        Method.GNSS: "GPS",
        Method.NETWORK: "Triangulation",
        Method.FUSED: "Hybrid_A-GPS",
        Method.RECORDED: "Manual",
    }
)
"""Tokens of the IANA registry "Method Tokens"; a method that is not known is not named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Whose place it is, and what may be done with it.

    ``entity`` is a ``pres:`` URI that names nobody; ``device`` a URN. ``kept_until``: no copy after that.
    """

    entity: str
    device: str
    kept_until: datetime


def pidf_lo_of(position: Position, target: Target) -> bytes:
    """Return a place as a PIDF-LO document, in UTF-8."""
    return write_xml(presence_of(position, target))


def presence_of(position: Position, target: Target) -> Element:
    """Return the document's root."""
    root = root_of(f"{{{PIDF}}}presence", PREFIXES)
    root.set("entity", target.entity)
    device = add(root, f"{{{DATA_MODEL}}}device", attributes={"id": "fix"})
    geopriv = add(device, f"{{{GEOPRIV}}}geopriv")
    _place(add(geopriv, f"{{{GEOPRIV}}}location-info"), position)
    rules = add(geopriv, f"{{{GEOPRIV}}}usage-rules")
    add(rules, f"{{{POLICY}}}retransmission-allowed", "false")
    add(rules, f"{{{POLICY}}}retention-expiry", instant_text(target.kept_until))
    token = METHOD_TOKENS.get(position.method)
    if token is not None:
        add(geopriv, f"{{{GEOPRIV}}}method", token)
    add(device, f"{{{DATA_MODEL}}}deviceID", target.device)
    if position.mock:
        add(device, f"{{{DATA_MODEL}}}note", MOCK_NOTE)
    add(device, f"{{{DATA_MODEL}}}timestamp", instant_text(position.fixed_at))
    return root


MOCK_NOTE: Final = "The phone says that this place is simulated"


def _place(info: Element, position: Position) -> None:
    radius = radius_95(position)
    where = f"{position.latitude:.7f} {position.longitude:.7f}"
    if radius is None:
        point = add(info, f"{{{GML}}}Point", attributes={"srsName": WGS84_2D})
        add(point, f"{{{GML}}}pos", where)
        add(info, f"{{{CONFIDENCE_NS}}}confidence", "unknown")
    else:
        circle = add(info, f"{{{SHAPES}}}Circle", attributes={"srsName": WGS84_2D})
        add(circle, f"{{{GML}}}pos", where)
        add(circle, f"{{{SHAPES}}}radius", metres_text(radius), {"uom": METRE})
        percent = f"{CONFIDENCE * 100:g}"
        add(info, f"{{{CONFIDENCE_NS}}}confidence", percent, {"pdf": "normal"})
    if position.speed_mps is None and position.heading_deg is None:
        return
    moving = add(info, f"{{{DYNAMIC}}}Dynamic")
    if position.speed_mps is not None:
        add(moving, f"{{{DYNAMIC}}}speed", f"{position.speed_mps:.2f}")
    if position.heading_deg is not None:
        add(moving, f"{{{DYNAMIC}}}heading", f"{position.heading_deg:.1f}")


def metres_text(radius_m: float) -> str:
    """Return a radius in decimetres rounded up: what is told is never smaller than what is known."""
    return f"{math.ceil(radius_m * 10) / 10:.1f}"


def instant_text(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
