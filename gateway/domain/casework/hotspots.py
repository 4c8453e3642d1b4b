"""Flags on addresses and numbers: what is the same one, what is near, which a file brings with it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, floor, radians
from typing import Final

from gateway.domain.position import EARTH_RADIUS_M, distance_m, radius_95
from schemas.hotspots import RADIUS_M, RADIUS_MAX_M, HotspotKind
from schemas.position import Position
from schemas.registration import Address, Person

CELL_LATITUDE: Final = 0.01
CELL_LONGITUDE: Final = 0.02
"""Degrees of the grid by which what is near is found: some 1.1 x 1.4 km in Belgium."""

METRES_A_DEGREE: Final = EARTH_RADIUS_M * radians(1)

COUNTRY: Final = "+32"
"""Of a number that names none."""

ACTIVE: Final = "installed"
"""The state of a file in which its flags are up."""

Cell = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flagged:
    """What a flag is on."""

    kind: HotspotKind
    text: str
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float = RADIUS_M

    @property
    def same(self) -> str | None:
        """Return what is equal for the same address or number; None: it is no number."""
        return number_of(self.text) if self.kind is HotspotKind.NUMBER else address_of(self.text)

    @property
    def cells(self) -> frozenset[Cell]:
        """Return the cells of the grid that its circle touches."""
        if self.latitude is None or self.longitude is None:
            return frozenset()
        return cells_around(self.latitude, self.longitude, self.radius_m)


def number_of(text: str) -> str | None:
    """Return a telephone number as E.164 writes it; None: it is none."""
    bare = re.sub(r"\(0\)|[\s./()\-\u00a0\u2010-\u2015]", "", text.strip())
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith("0"):
        bare = f"{COUNTRY}{bare[1:]}"
    return bare if re.fullmatch(r"\+[1-9][0-9]{6,14}", bare, re.ASCII) else None


def address_of(text: str) -> str | None:
    """Return an address without case, accents and punctuation; None: nothing is left of it."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(" " if not one.isalnum() else one for one in letters if not unicodedata.combining(one))
    return " ".join(bare.split()) or None


def cells_around(latitude: float, longitude: float, radius_m: float) -> frozenset[Cell]:
    """Return the cells that a circle touches, all of them and perhaps a corner more."""
    north = radius_m / METRES_A_DEGREE
    east = north / max(0.01, cos(radians(min(89.0, abs(latitude) + north))))
    rows = range(floor((latitude - north) / CELL_LATITUDE), floor((latitude + north) / CELL_LATITUDE) + 1)
    columns = range(
        floor((longitude - east) / CELL_LONGITUDE), floor((longitude + east) / CELL_LONGITUDE) + 1
    )
    return frozenset((row, column) for row in rows for column in columns)


def cells_of(position: Position) -> frozenset[Cell]:
    """Return the cells in which somebody may be."""
    return cells_around(position.latitude, position.longitude, slack_m(position))


def slack_m(position: Position) -> float:
    """Return how far from its position somebody may be, in m, as far as that still says anything."""
    return min(radius_95(position) or 0.0, RADIUS_MAX_M)


def is_near(position: Position, flag: Flagged) -> bool:
    """Whether somebody may be within a flag's circle."""
    if flag.latitude is None or flag.longitude is None:
        return False
    there = position.model_copy(update={"latitude": flag.latitude, "longitude": flag.longitude})
    return distance_m(position, there) <= flag.radius_m + slack_m(position)


def flags_of(person: Person) -> tuple[Flagged, ...]:
    """Return what a file flags while it is active: the victim's addresses and number, each once."""
    found = {flag.same: flag for flag in _flags_of(person) if flag.same is not None}
    return tuple(found.values())


def _flags_of(person: Person) -> Iterator[Flagged]:
    for address in person.victim.addresses:
        yield _of_address(address)
    if person.victim.phone:
        yield Flagged(kind=HotspotKind.NUMBER, text=person.victim.phone)


def _of_address(address: Address) -> Flagged:
    placed = address.latitude is not None and address.longitude is not None
    return Flagged(
        kind=HotspotKind.ADDRESS,
        text=address.text,
        latitude=address.latitude if placed else None,
        longitude=address.longitude if placed else None,
    )
