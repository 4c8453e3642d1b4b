"""Hotspots: flags on addresses and telephone numbers, beside the alarm and never instead of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import CentreId, Instant, Line, Printable, Wire
from schemas.casework import TeamId
from schemas.circumstances import Ground
from schemas.session import OperatorName

RADIUS_M: Final = 150.0
"""How near is near, unless somebody says otherwise: a building with its street, and a phone's error."""

RADIUS_MAX_M: Final = 1000.0
UNTIL_MAX_DAYS: Final = 366


class HotspotKind(StrEnum):
    """What is flagged."""

    ADDRESS = "address"
    NUMBER = "number"


class HotspotEnd(StrEnum):
    """Why a flag is no more."""

    FILE = "file"
    HAND = "hand"
    DATE = "date"


class HotspotView(Wire):
    """A flag. ``registration_id``: it was born with that file, and ends with it; else it was set by hand."""

    hotspot_id: UUID
    centre: CentreId
    team: TeamId
    kind: HotspotKind
    registration_id: UUID | None = None
    reference: Line | None = Field(default=None, description="The file's own reference")
    text: Line | None = Field(description="The address or number; None: it cannot be opened")
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None
    reason: Line | None = None
    set_at: Instant
    set_by: OperatorName | None = None
    until: date | None = None
    ended_at: Instant | None = None
    ended_by: OperatorName | None = None
    ended: HotspotEnd | None = None


class HotspotPage(Wire):
    """Flags, the newest first; ``more``: there are older ones, asked for by the last one's id."""

    hotspots: tuple[HotspotView, ...]
    more: bool


FlagText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Printable]


class NewHotspot(Wire):
    """A flag that somebody sets by hand: why, and until when."""

    team: TeamId
    kind: HotspotKind
    text: FlagText
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    radius_m: Annotated[float, Field(ge=20, le=RADIUS_MAX_M)] = RADIUS_M
    reason: Ground
    until: date

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("half_a_place", "has one coordinate; give both or none")
        if self.kind is HotspotKind.NUMBER and self.latitude is not None:
            raise PydanticCustomError("number_with_a_place", "a number is nowhere; leave the coordinates out")
        return self
