"""PIDF-LO in: the place that a location object tells (RFC 4119, 5491, 7459, 5962).

Of several places the first of the first device is meant, then of a tuple, then of a person (RFC 5491,
3.4, rules 5 to 8). What cannot be read is left out and named in ``dropped``: a place is a life-sign.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.domain.position import CONFIDENCE
from gateway.formats.method_tokens import METHOD_OF
from gateway.formats.pidf_lo import (
    CONFIDENCE_NS,
    DATA_MODEL,
    DYNAMIC,
    GEOPRIV,
    GML,
    MOCK_NOTE,
    PIDF,
    POLICY,
    SHAPES,
)
from gateway.formats.shapes import RADIUS_MAX_M, Circle
from gateway.formats.shapes_in import SHAPES_READ, circle_around, number
from gateway.xml_text import Element, XmlLimits, local_name, namespace_of, parse_xml, text_of
from schemas.position import Method, Position

CIVIC: Final = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"

LIMITS: Final = XmlLimits()
UNKNOWN_CONFIDENCE: Final = 0.68
"""What a confidence of "unknown" counts as: our assumption is that such a
radius is a phone's, and those are 68 %."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """What a location object told.

    ``shape`` is the name of the shape, ``stated_confidence`` what it said of it and ``token`` its method,
    as they stood. ``position`` is None where there is a civic address alone, or nothing that can be read.
    """

    position: Position | None = None
    shape: str | None = None
    stated_confidence: str | None = None
    token: str | None = None
    address: str | None = None
    entity: str | None = None
    kept_until: datetime | None = None
    retransmission: bool = False
    dropped: tuple[str, ...] = ()


def read_pidf_lo(raw: bytes, received_at: datetime) -> Located:
    """Read a location object.

    A place without an instant is taken to be of ``received_at``, and that is said in ``dropped``.
    Raises ``XmlRefused`` where it is no XML that is taken.
    """
    return located_in(parse_xml(raw, LIMITS), received_at)


def located_in(root: Element, received_at: datetime) -> Located:
    """Read a location object that is part of something else."""
    found = Located(entity=(root.get("entity") or "")[:200] or None)
    if (namespace_of(root), local_name(root)) != (PIDF, "presence"):
        return Located(dropped=("presence",))
    civic: Located | None = None
    dropped: list[str] = []
    for holder, geopriv in _geoprivs(root):
        reader = _Reader(holder, geopriv, received_at)
        located = reader.read(found.entity)
        if located.position is not None:
            return located
        dropped += located.dropped
        civic = civic or (located if located.address else None)
    return civic or Located(entity=found.entity, dropped=tuple(dict.fromkeys(dropped)) or ("location-info",))


def _geoprivs(root: Element) -> Iterator[tuple[Element, Element]]:
    for name in (f"{{{DATA_MODEL}}}device", f"{{{PIDF}}}tuple", f"{{{DATA_MODEL}}}person"):
        for holder in root.iterfind(name):
            for geopriv in holder.iter(f"{{{GEOPRIV}}}geopriv"):
                yield holder, geopriv


class _Reader:
    """Reads one place, and remembers what of it could not be read."""

    def __init__(self, holder: Element, geopriv: Element, received_at: datetime) -> None:
        self._holder, self._geopriv, self._received_at = holder, geopriv, received_at
        self._dropped: list[str] = []

    def read(self, entity: str | None) -> Located:
        info = self._geopriv.find(f"{{{GEOPRIV}}}location-info")
        shape, circle = self._circle(info)
        stated = info.find(f"{{{CONFIDENCE_NS}}}confidence") if info is not None else None
        token = text_of(self._geopriv.find(f"{{{GEOPRIV}}}method"))
        position = self._position(info, circle, stated, token) if circle is not None else None
        rules = self._geopriv.find(f"{{{GEOPRIV}}}usage-rules")
        allowed = text_of(rules.find(f"{{{POLICY}}}retransmission-allowed")) if rules is not None else None
        expiry = text_of(rules.find(f"{{{POLICY}}}retention-expiry")) if rules is not None else None
        return Located(
            position=position,
            shape=shape,
            stated_confidence=_short(text_of(stated)),
            token=_short(token),
            address=_address(info),
            entity=entity,
            kept_until=_instant(expiry),
            retransmission=allowed in {"true", "1"},
            dropped=tuple(self._dropped),
        )

    def _circle(self, info: Element | None) -> tuple[str | None, Circle | None]:
        for element in info if info is not None else ():
            name = local_name(element)
            if name not in SHAPES_READ or namespace_of(element) not in {GML, SHAPES}:
                continue
            try:
                return name, circle_around(element)
            except ValueError as refused:
                self._dropped.append(f"{name}: {refused}")
        return None, None

    def _position(
        self, info: Element | None, circle: Circle, stated: Element | None, token: str | None
    ) -> Position:
        confidence = self._confidence(stated)
        radius = circle.radius_m
        if radius is not None and stated is not None and stated.get("pdf") == "rectangular":
            # As likely everywhere in it: the part that holds 95 % grows with its area.
            radius = min(radius * math.sqrt(max(CONFIDENCE / confidence, 1.0)), RADIUS_MAX_M)
            confidence = max(confidence, CONFIDENCE)
        moving = info.find(f"{{{DYNAMIC}}}Dynamic") if info is not None else None
        return Position(
            latitude=circle.centre[0],
            longitude=circle.centre[1],
            radius_m=radius,
            confidence=confidence,
            fixed_at=self._fixed_at(),
            method=METHOD_OF.get((token or "").lower(), Method.UNKNOWN),
            mock=text_of(self._holder.find(f"{{{DATA_MODEL}}}note")) == MOCK_NOTE,
            speed_mps=self._optional(moving, "speed", lambda value: 0 <= value <= 500),
            heading_deg=self._optional(moving, "heading", lambda value: 0 <= value < 360),
        )

    def _confidence(self, stated: Element | None) -> float:
        """Return the confidence as a share; 95 % where nothing is said (RFC 7459, 4)."""
        if stated is None:
            return CONFIDENCE
        text = text_of(stated)
        if text == "unknown":
            return UNKNOWN_CONFIDENCE
        try:
            percent = number(text)
        except ValueError:
            percent = 0.0
        if 0 < percent <= 100:
            return percent / 100
        self._dropped.append("confidence")
        return UNKNOWN_CONFIDENCE

    def _fixed_at(self) -> datetime:
        for name in (f"{{{DATA_MODEL}}}timestamp", f"{{{PIDF}}}timestamp"):
            at = _instant(text_of(self._holder.find(name)))
            if at is not None:
                return at
        self._dropped.append("timestamp")
        return self._received_at

    def _optional(self, moving: Element | None, name: str, fits: Callable[[float], bool]) -> float | None:
        text = text_of(moving.find(f"{{{DYNAMIC}}}{name}")) if moving is not None else None
        if text is None:
            return None
        try:
            value = number(text)
        except ValueError:
            value = math.nan
        if fits(value):
            return value
        self._dropped.append(name)
        return None


def _instant(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
        at = (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if 2000 <= at.year < 9999 else None


def _short(text: str | None) -> str | None:
    return text[:64] if text is not None else None


def _address(info: Element | None) -> str | None:
    """Return a civic address (RFC 5139) as one line, its parts in the order they came."""
    civic = info.find(f"{{{CIVIC}}}civicAddress") if info is not None else None
    if civic is None:
        return None
    parts = [text for text in (text_of(part) for part in civic) if text]
    return ", ".join(parts)[:200] or None
