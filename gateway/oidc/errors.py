"""Why signing in by the provider did not work. None of them repeats what the provider or a person sent."""

from enum import StrEnum

from gateway.domain.errors import GatewayError
from schemas.problems import ProblemKind


class Refusal(StrEnum):
    """What the sign-in page is told, in its address; the page has the words."""

    DENIED = "denied"
    EXPIRED = "expired"
    NOT_ALLOWED = "not-allowed"
    TOO_MANY = "too-many"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


class SignInRefused(GatewayError):
    """Signing in by the provider did not work."""

    kind = ProblemKind.WRONG_CREDENTIALS

    def __init__(self, refusal: Refusal, where: str) -> None:
        super().__init__(where)
        self.refusal = refusal


class OidcRefused(GatewayError):
    """The OpenID provider cannot be used as it is set."""
