"""Signing in: operators and their sessions."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Wire


class Role(StrEnum):
    """What an account may do; operator and supervisor are bound to centres.

    ``canary`` is no person: the system watching itself, which sees canaries and nothing else.
    """

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    CASE_OFFICER = "case_officer"
    MAGISTRATE = "magistrate"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"
    ADMIN = "admin"
    CANARY = "canary"


class OperatorName(Wire):
    """Who did something, and for which centre."""

    operator_id: UUID
    name: Line
    centre: CentreId | None = None


class OperatorView(Wire):
    """The person at a console."""

    operator_id: UUID
    name: Line
    roles: tuple[Role, ...]
    centres: tuple[CentreId, ...]


class SignIn(Wire):
    """Name and password of a local account (``POST /v1/session``)."""

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class LinkSignIn(Wire):
    """The secret of a one-time sign-in link (``POST /v1/session/link``)."""

    token: Annotated[str, Field(min_length=20, max_length=100)]


class PasswordAgain(Wire):
    """The password once more, of the person whose session this is (``POST /v1/session/again``)."""

    password: Annotated[str, Field(min_length=1, max_length=256)]


class SignInWay(StrEnum):
    """How a person signs in. ``link``: by a one-time link that an administrator makes."""

    PASSWORD = "password"  # noqa: S105 (a word of the wire, no secret)
    OIDC = "oidc"
    LINK = "link"


class SessionView(Wire):
    """Who is signed in, and until when."""

    operator: OperatorView
    expires_at: Instant = Field(description="From then on commands are refused `not-signed-in`")
    watch_until: Instant = Field(description="Until then everything is still shown; then the session is over")
    again: SignInWay = Field(description="How this person can sign in again without leaving the screen")


class SignInWays(Wire):
    """How people sign in here (``GET /v1/session/ways``)."""

    local: bool = Field(description="With name and password, or a one-time link")
    provider: Line | None = Field(
        description="What people call the OpenID provider, if anything; None: there is none"
    )


class SignedOut(Wire):
    """What remains to be done after signing out."""

    continue_at: str | None = Field(description="Where the provider ends its own session; None: nothing")
