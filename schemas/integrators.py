"""Other systems that speak to the gateway: what each may do, and how it proves who it is."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Wire

Subject = Annotated[
    str,
    Field(
        min_length=1,
        max_length=128,
        pattern=r"^[!-~]+$",
        description="Whom or what an event is about, as the integrator calls it: an account, a serial"
        " number, a telephone number. It is linked with a registration here, and kept as a keyed hash.",
    ),
]


class IntegratorScope(StrEnum):
    """What an integrator may do. ``events:*`` are doors in, by kind of event; the others are doors out."""

    ALARMS = "events:alarms"
    POSITIONS = "events:positions"
    CALLS = "events:calls"
    CHAT = "events:chat"
    MEDICAL = "events:medical"
    CONDITIONS = "events:conditions"
    TRACKERS = "events:trackers"
    STREAMS = "streams:read"
    PERSONS = "persons:read"


SCOPE_WORDS: Final[Mapping[IntegratorScope, str]] = MappingProxyType(
    {
        IntegratorScope.ALARMS: "Raise alarms, ask to cancel them",
        IntegratorScope.POSITIONS: "Send where somebody is, while she has an open alarm",
        IntegratorScope.CALLS: "Tell of emergency calls, whose number is held against hotspots",
        IntegratorScope.CHAT: "Send lines of a chat",
        IntegratorScope.MEDICAL: "Send what the 112 app holds for the ambulance",
        IntegratorScope.CONDITIONS: "Tell how a device is",
        IntegratorScope.TRACKERS: "Send where trackers are, and how",
        IntegratorScope.STREAMS: "Read the streams of the account's centres",
        IntegratorScope.PERSONS: "Read who it is about, in what goes out",
    }
)


class TokenError(StrEnum):
    """Why there is no access token (RFC 6749 section 5.2)."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


class TokenRefusal(Wire):
    """There is no access token."""

    error: TokenError
    error_description: str | None = None


class TokenAnswer(Wire):
    """An access token (RFC 6749 section 5.1, ``POST /v1/token``)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (a word of the standard)
    expires_in: Annotated[int, Field(gt=0, description="Seconds")]
    scope: str = Field(description="Scopes, separated by spaces")


class IntegratorView(Wire):
    """One integrator; nothing secret in it. ``sandbox``: whatever it raises is an exercise."""

    integrator_id: UUID
    name: Line
    scopes: tuple[IntegratorScope, ...]
    centres: tuple[CentreId, ...] = Field(default=(), description="The centres whose streams it may read")
    sandbox: bool = False
    events_per_s: Annotated[float, Field(gt=0)] = Field(
        description="Beyond so many a second, positions are coalesced (the newest of each subject is kept)"
        " and other events wait; an alarm never does"
    )
    created_at: Instant
    disabled_at: Instant | None = None
