"""Errors of the doors for other systems; the whole tree stands in ``gateway.domain.errors``."""

from gateway.domain.errors import GatewayError, RequestRefused
from schemas.problems import ProblemKind


class TokenMissing(RequestRefused):
    """There is neither an access token nor a signature."""

    kind = ProblemKind.TOKEN_MISSING


class TokenInvalid(RequestRefused):
    """The access token is unknown, revoked or has run out."""

    kind = ProblemKind.TOKEN_INVALID


class ScopeMissing(RequestRefused):
    """The account, or its access token, lacks the scope."""

    kind = ProblemKind.SCOPE_MISSING


class XmlRefused(RequestRefused):
    """The XML cannot be read."""


class AmlKeyRefused(GatewayError):
    """The key that forms of AML are signed with cannot be used."""
