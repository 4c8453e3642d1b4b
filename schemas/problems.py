"""The only list of what can be refused, with the words shown to a person.

A problem leaves over HTTP as RFC 9457 ``application/problem+json`` and over a websocket as a
``refused`` frame or a close code. 4xx means: change the request. 5xx means: send the same again.
"""

from enum import Enum, IntEnum
from typing import Self

from pydantic import Field

from schemas.base import Wire


class CloseCode(IntEnum):
    """Why the gateway closed a console's websocket."""

    GOING_AWAY = 1012
    TOO_MANY_FRAMES = 1008
    TOO_LARGE = 1009
    MALFORMED = 4400
    NOT_SIGNED_IN = 4401
    NOT_YOUR_CENTRE = 4403
    TOO_SLOW = 4408
    SUPERSEDED = 4409


class ProblemKind(Enum):
    """Slug, HTTP status and title of each problem; the slug ends its ``type`` URI."""

    MALFORMED = ("malformed", 400, "The request could not be read")
    INVALID = ("invalid", 422, "A field is missing or wrong")
    NOT_SIGNED_IN = ("not-signed-in", 401, "Sign in first")
    WRONG_CREDENTIALS = ("wrong-credentials", 401, "Name or password is wrong")
    SIGNATURE_MISSING = ("signature-missing", 401, "The request is not signed by an enrolled companion")
    SIGNATURE_INVALID = ("signature-invalid", 401, "The signature does not hold")
    SIGNATURE_REPLAYED = ("signature-replayed", 401, "This signed request was seen before or is too old")
    COMPANION_REVOKED = ("companion-revoked", 403, "This companion was revoked")
    ENROLMENT_CODE_INVALID = ("enrolment-code-invalid", 404, "The code is unknown, used or expired")
    TOKEN_MISSING = ("token-missing", 401, "Send an access token of /v1/token, or sign the request")
    TOKEN_INVALID = ("token-invalid", 401, "The access token is unknown, revoked or has run out")
    SCOPE_MISSING = ("scope-missing", 403, "The account, or its access token, lacks the scope for this")
    NOT_YOURS = ("not-yours", 403, "Your role or centre does not give access")
    WRONG_ORIGIN = ("wrong-origin", 403, "The request comes from another site")
    NOT_FOUND = ("not-found", 404, "There is no such thing here")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "The method is not allowed here")
    ALREADY_TAKEN = ("already-taken", 409, "Somebody else already has this alarm")
    STALE_VERSION = ("stale-version", 409, "It has changed since you saw it")
    NOT_ALLOWED_NOW = ("not-allowed-now", 409, "Its state does not allow this")
    UNIT_TAKEN = ("unit-taken", 409, "The unit is assigned to another open alarm")
    NO_OPEN_ALARM = ("no-open-alarm", 409, "She has no open alarm")
    SUPERVISOR_ONLY = ("supervisor-only", 403, "Only a supervisor may do this")
    TOO_LARGE = ("too-large", 413, "The body is larger than 64 KiB")
    TOO_SLOW = ("too-slow", 408, "The body did not arrive in time")
    TOO_MANY = ("too-many", 429, "Too many attempts; wait and try again")
    UNAVAILABLE = ("unavailable", 503, "The gateway cannot commit now; send the same again")
    SPOOL_FULL = ("spool-full", 507, "The gateway can neither commit nor keep it; send the same elsewhere")
    FAILED = ("failed", 500, "The gateway failed; send the same again")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title


class FieldError(Wire):
    """One field that is wrong, by its JSON path."""

    field: str
    message: str


class Problem(Wire):
    """RFC 9457 problem details, with the fields at fault in ``errors``."""

    type: str = Field(description="Stable URI; its last segment is the slug")
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()

    @classmethod
    def of(
        cls,
        kind: ProblemKind,
        detail: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        instance: str | None = None,
    ) -> Self:
        """Build the problem of ``kind``, its words from the list above."""
        return cls(
            type=f"urn:msa:problem:{kind.slug}",
            title=kind.title,
            status=kind.status,
            detail=detail,
            instance=instance,
            errors=errors,
        )
