"""RFC 9421 signatures of anybody's requests, by the profile of ``schemas.enrolment``: what holds, what not.

Companions and integrators sign alike; ``signatures`` and ``doors.principal`` say what follows from it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    VerifyResult,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from starlette.datastructures import Headers

from gateway.http.exact_signature import Exact, verify_exact
from schemas.enrolment import COVERED_WITH_BODY, COVERED_WITHOUT_BODY, SIGNATURE_LABEL

SKEW: Final = timedelta(seconds=300)  # a phone's clock may be that wrong; beyond, a nonce is forgotten
NONCE_KEPT: Final = 2 * SKEW  # a request may be dated SKEW ahead and come again until SKEW behind
LONGEST_NONCE: Final = 100

PublicKey: TypeAlias = EllipticCurvePublicKey | Ed25519PublicKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """A request as it came, with the target URIs that its sender may have meant, likeliest first."""

    method: str
    urls: Sequence[str]
    headers: Headers
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A signature that holds. ``digest_holds`` false: the body is not the one whose digest was signed.

    ``label`` is its name in the request, which is not signed. ``created_at`` None: none that can be read.
    """

    nonce: str | None
    created_at: datetime | None
    expires_at: datetime | None
    label: str
    digest_holds: bool = True

    def skewed(self, now: datetime) -> bool:
        """Whether it is dated more than 300 s from our clock."""
        return self.created_at is None or abs(self.created_at - now) > SKEW


RELEVANT: Final = ("signature", "signature-input", "content-digest")


def examine(key_id: str, key: PublicKey, signed: Signed, now: datetime) -> Held | None:
    """Try each URL until the signature holds for one, then the digest; None: it holds for none.

    Takes some 80 us for what our own companions send, of which the elliptic curve takes 60, and
    some 250 us for any other form.
    """
    if isinstance(key, EllipticCurvePublicKey) and (exact := _exact(key_id, key, signed)) is not None:
        created_at = _instant(exact.created, now)
        return Held(nonce=exact.nonce, created_at=created_at, expires_at=None, label=SIGNATURE_LABEL)
    fields = _Fields(tuple((name, line) for name in RELEVANT for line in signed.headers.getlist(name)))
    algorithm = ECDSA_P256_SHA256 if isinstance(key, EllipticCurvePublicKey) else ED25519
    verifier = _Verifier(signature_algorithm=algorithm, key_resolver=_OneKey(key_id, key))
    result = None
    for url in signed.urls:
        with suppress(HTTPMessageSignaturesException):
            (result,) = verifier.verify(_Message(signed.method, url, fields), max_age=None)
            break
    if result is None or not _covers(result, signed.body):
        return None
    return Held(
        nonce=result.nonce,
        created_at=_instant(result.parameters.get("created"), now),
        expires_at=_instant(result.parameters.get("expires"), now),
        label=result.label,
        digest_holds=_digest_holds(signed.headers, signed.body),
    )


@dataclass(frozen=True, slots=True)
class _Message:
    """A request as the verifier reads it."""

    method: str
    url: str
    headers: "_Fields"


@dataclass(frozen=True, slots=True)
class _Fields:
    """The few fields a signature of our profile concerns, each line of them."""

    lines: tuple[tuple[str, str], ...]

    def items(self) -> Iterator[tuple[str, str]]:
        return iter(self.lines)


class _OneKey(HTTPSignatureKeyResolver):  # type: ignore[misc] # the library's types are not read
    """Gives the key that was found already, to the id it belongs to."""

    def __init__(self, key_id: str, key: PublicKey) -> None:
        self._key_id = key_id
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:
        return self._key if key_id.lower() == self._key_id else None


class _Verifier(HTTPMessageVerifier):  # type: ignore[misc] # the library's types are not read
    """Leaves the judgement of time to whoever asked: a press is never refused for a clock."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Accept any time."""


def _exact(key_id: str, key: EllipticCurvePublicKey, signed: Signed) -> Exact | None:
    """Recognise what our own companions send, where each field is there once."""
    fields = {name: lines[0] for name in RELEVANT if len(lines := signed.headers.getlist(name)) == 1}
    for url in signed.urls:
        if found := verify_exact(key, key_id, signed.method, url, fields, signed.body):
            return found
    return None


def _covers(result: VerifyResult, body: bytes) -> bool:
    needed = COVERED_WITH_BODY if body else COVERED_WITHOUT_BODY
    return all(f'"{component}"' in result.covered_components for component in needed)


def _digest_holds(headers: Headers, body: bytes) -> bool:
    """Compare the body with its digest, which the signature was found to cover."""
    if not body:
        return True
    try:
        ContentDigest.verify(headers.get("content-digest", ""), body)
    except InvalidSignature:
        return False
    return True


def _instant(seconds: Any, now: datetime) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, tz=now.tzinfo)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
