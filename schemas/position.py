"""One fix of where a person is."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Instant, Wire


class Method(StrEnum):
    """How a position was obtained."""

    GNSS = "gnss"
    NETWORK = "network"
    FUSED = "fused"
    RECORDED = "recorded"
    UNKNOWN = "unknown"


class Position(Wire):
    """One fix in WGS84, with what a reader needs to judge it.

    ``radius_m`` is the uncertainty at ``confidence`` (PIDF-LO circle, RFC 7459); None means that
    the source did not say. ``age_s`` is how old the fix was when the message was sent, taken from
    a monotonic clock: with it the gateway places ``fixed_at`` on its own clock, whatever the
    phone's clock says.
    """

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    radius_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    confidence: Annotated[float, Field(gt=0, le=1)] = 0.95
    fixed_at: Instant
    age_s: Annotated[float, Field(ge=0, le=31_536_000)] | None = None
    method: Method = Method.UNKNOWN
    mock: bool = Field(default=False, description="The phone says that the fix is simulated")
    speed_mps: Annotated[float, Field(ge=0, le=500)] | None = None
    heading_deg: Annotated[float, Field(ge=0, lt=360)] | None = None
