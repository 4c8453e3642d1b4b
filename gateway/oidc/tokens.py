"""Whether an ID token is to be believed (OpenID Connect Core 1.0, section 3.1.3.7).

Takes a core for a millisecond: call it off the event loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from gateway.oidc.errors import Refusal, SignInRefused
from gateway.timing import OIDC_SKEW_S


class UnknownKey(Exception):
    """It was signed with a key that is not in the set; the provider may have a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say to be ours, of this sign-in, and still good.

    ``now_s`` is in Unix seconds. ``proved_since_s``: she has proved anew who she is, no earlier than this.
    """

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)
    algorithms: Sequence[str]
    now_s: int
    proved_since_s: int | None = None


def key_set(document: Any) -> KeySet:
    """Read the provider's keys. Raises ``SignInRefused``."""
    try:
        return KeySet.import_key_set(document)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise SignInRefused(Refusal.FAILED, "the provider's keys cannot be read") from None


def checked_claims(token: str, keys: KeySet, expected: Expected) -> dict[str, Any]:
    """Return what a token says, once everything about it is right.

    Raises ``UnknownKey``, and ``SignInRefused`` naming the claim that is wrong, never its value.
    """
    try:
        decoded = jwt.decode(token, keys, algorithms=list(expected.algorithms))
    except InvalidKeyIdError:
        raise UnknownKey from None
    except (JoseError, ValueError, TypeError) as error:
        raise _refused(type(error).__name__) from None
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": expected.access_token,
        },
    )
    try:
        claims.validate(now=expected.now_s, leeway=OIDC_SKEW_S)
    except ExpiredTokenError:
        raise SignInRefused(Refusal.EXPIRED, "the ID token is too old") from None
    except (JoseError, ValueError, TypeError) as error:
        raise _refused(str(getattr(error, "claim", None) or type(error).__name__)) from None
    _check_proved(claims, expected)
    return dict(claims)


def _check_proved(claims: CodeIDToken, expected: Expected) -> None:
    if expected.proved_since_s is None:
        return
    at = claims.get("auth_time")
    if isinstance(at, bool) or not isinstance(at, int) or at < expected.proved_since_s - OIDC_SKEW_S:
        raise _refused("auth_time")


def _refused(what: str) -> SignInRefused:
    return SignInRefused(Refusal.FAILED, f"the ID token is not believed: {what}")
