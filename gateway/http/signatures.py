"""Requests of companions: RFC 9421 signatures by the profile of ``schemas.enrolment``.

Two uses. A **press** is judged (``judge``): the verdict says what is wrong and never refuses by
itself, because a press of a known companion is shown even when its signature fails. Any **other
request** goes through the dependency ``SignedBy``, which refuses.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    VerifyResult,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from gateway.domain.errors import CompanionRevoked, SignatureInvalid, SignatureMissing, SignatureReplayed
from gateway.domain.people import Companion
from gateway.http.exact_signature import Exact, verify_exact
from gateway.http.services import Companions, services_of
from schemas.enrolment import COVERED_WITH_BODY, COVERED_WITHOUT_BODY, SIGNATURE_LABEL

SKEW: Final = timedelta(seconds=300)  # a phone's clock may be that wrong; beyond, a nonce is forgotten
NONCE_KEPT: Final = 2 * SKEW  # a request may be dated SKEW ahead and come again until SKEW behind
LONGEST_NONCE: Final = 100
MOST_URLS: Final = 4
KEY_ID: Final = re.compile(r';\s*keyid="([0-9a-fA-F-]{36})"')


class Finding(StrEnum):
    """What a signature turned out to be; ``companion`` is known from ``REVOKED`` on."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    INVALID = "invalid"
    BODY_CHANGED = "body_changed"
    VERIFIED = "verified"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Who a request claims to be from, and whether that holds.

    ``flags`` are codes for what is odd and refuses nothing: ``key_expired``, ``created_skew``
    (signed more than 300 s from our clock). ``nonce`` is signed only where ``verified``.
    """

    finding: Finding
    companion: Companion | None = None
    nonce: str | None = None
    created_at: datetime | None = None
    flags: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether the companion did sign this."""
        return self.finding is Finding.VERIFIED

    @property
    def known(self) -> bool:
        """Whether it claims to be from an enrolled companion that is not revoked."""
        return self.companion is not None and self.finding is not Finding.REVOKED


async def judge(
    companions: Companions,
    now: datetime,
    *,
    method: str,
    urls: Sequence[str],
    headers: Headers,
    body: bytes,
) -> Verdict:
    """Judge one request; ``urls`` are the target URIs the companion may have meant, likeliest first.

    Takes some 80 us for what our own companions send, of which the elliptic curve takes 60, and
    some 250 us for any other form. Raises ``DatabaseUnavailable`` when
    the companion is not in memory and cannot be read.
    """
    claimed = KEY_ID.search(headers.get("signature-input", ""))
    if claimed is None:
        return Verdict(finding=Finding.MISSING)
    try:
        companion = await companions.find(UUID(claimed[1]))
    except ValueError:
        companion = None
    if companion is None:
        return Verdict(finding=Finding.UNKNOWN)
    if companion.revoked_at is not None:
        return Verdict(finding=Finding.REVOKED, companion=companion)
    return _examine(companion, now, method, urls, headers, body)


def request_urls(connection: HTTPConnection, public_urls: Sequence[str]) -> tuple[str, ...]:
    """List the target URIs a companion may have signed for this request, likeliest first.

    Behind a proxy the companion called one of ``public_urls``; without one the Host header tells.
    """
    path = connection.scope["raw_path"].decode("ascii", "replace")
    query = connection.scope["query_string"].decode("ascii", "replace")
    target = f"{path}?{query}" if query else path
    host = connection.headers.get("host", "")
    here = f"{connection.scope['scheme']}://{host}"
    if not public_urls:
        return (f"{here}{target}",)
    bases = [here] if host else []
    # one of ours with the Host's name goes first: there the proxy only took the TLS off
    bases = sorted(public_urls, key=lambda base: urlsplit(base).netloc != host) + bases
    return tuple(f"{base}{target}" for base in dict.fromkeys(bases))[:MOST_URLS]


async def signed_by(request: Request) -> Companion:
    """Let only a companion's own, fresh request through; return who it is.

    Raises ``SignatureMissing``, ``SignatureInvalid``, ``SignatureReplayed``, ``CompanionRevoked``.
    """
    return await _signed(request, may_be_dated=False)


async def signed_at_any_time(request: Request) -> Companion:
    """Do the same for what harms nobody when it comes again later: a phone's clock may be off by days."""
    return await _signed(request, may_be_dated=True)


async def _signed(request: Request, *, may_be_dated: bool) -> Companion:
    """Judge a request, and take its nonce."""
    services = services_of(request)
    now = services.clock.now()
    verdict = await judge(
        services.companions,
        now,
        method=request.method,
        urls=request_urls(request, services.settings.public_urls),
        headers=request.headers,
        body=await request.body(),
    )
    companion, nonce = signer(verdict)
    if "created_skew" in verdict.flags and not may_be_dated:
        raise SignatureReplayed("it is dated more than 300 s from the gateway's clock")
    if not await services.companions.take_nonce(companion.companion_id, nonce, now + NONCE_KEPT):
        raise SignatureReplayed("its nonce was used before")
    return companion


def signer(verdict: Verdict) -> tuple[Companion, str]:
    """Return who signed a request, and the nonce, which may have been used before.

    Raises ``SignatureMissing``, ``SignatureInvalid``, ``CompanionRevoked``.
    """
    companion, nonce = verdict.companion, verdict.nonce
    if companion is None:
        raise SignatureMissing
    if verdict.finding is Finding.REVOKED:
        raise CompanionRevoked
    if not verdict.verified or nonce is None or len(nonce.encode()) > LONGEST_NONCE:
        raise SignatureInvalid
    return companion, nonce


SignedBy = Annotated[Companion, Depends(signed_by)]
SignedAtAnyTime = Annotated[Companion, Depends(signed_at_any_time)]


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

    def __init__(self, companion: Companion) -> None:
        self._companion = companion

    def resolve_public_key(self, key_id: str) -> Any:
        return self._companion.public_key if key_id.lower() == str(self._companion.companion_id) else None


class _Verifier(HTTPMessageVerifier):  # type: ignore[misc] # the library's types are not read
    """Leaves the judgement of time to us: a press is never refused for a clock."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Accept any time."""


RELEVANT: Final = ("signature", "signature-input", "content-digest")


def _examine(
    companion: Companion, now: datetime, method: str, urls: Sequence[str], headers: Headers, body: bytes
) -> Verdict:
    """Try each URL until the signature holds for one, then the digest."""
    if (exact := _exact(companion, method, urls, headers, body)) is not None:
        return _verified(companion, now, exact.created, exact.nonce)
    fields = _Fields(tuple((name, line) for name in RELEVANT for line in headers.getlist(name)))
    verifier = _Verifier(signature_algorithm=ECDSA_P256_SHA256, key_resolver=_OneKey(companion))
    result = None
    for url in urls:
        with suppress(HTTPMessageSignaturesException):
            (result,) = verifier.verify(_Message(method, url, fields), max_age=None)
            break
    if result is None or not _covers(result, body):
        flags = ("key_expired",) if companion.expired(now) else ()
        return Verdict(finding=Finding.INVALID, companion=companion, flags=flags)
    verdict = _verified(companion, now, result.parameters.get("created"), result.nonce)
    return verdict if _digest_holds(headers, body) else replace(verdict, finding=Finding.BODY_CHANGED)


def _exact(
    companion: Companion, method: str, urls: Sequence[str], headers: Headers, body: bytes
) -> Exact | None:
    """Recognise what our own companions send, where each field is there once."""
    fields = {name: lines[0] for name in RELEVANT if len(lines := headers.getlist(name)) == 1}
    for url in urls:
        key_id = str(companion.companion_id)
        if found := verify_exact(companion.public_key, key_id, method, url, fields, body):
            return found
    return None


def _verified(companion: Companion, now: datetime, created: Any, nonce: str | None) -> Verdict:
    flags: tuple[str, ...] = ("key_expired",) if companion.expired(now) else ()
    created_at = _instant(created, now)
    if created_at is None or abs(created_at - now) > SKEW:
        flags = (*flags, "created_skew")
    return Verdict(
        finding=Finding.VERIFIED, companion=companion, nonce=nonce, created_at=created_at, flags=flags
    )


def _covers(result: VerifyResult, body: bytes) -> bool:
    needed = COVERED_WITH_BODY if body else COVERED_WITHOUT_BODY
    covered = result.covered_components
    return result.label == SIGNATURE_LABEL and all(f'"{component}"' in covered for component in needed)


def _digest_holds(headers: Headers, body: bytes) -> bool:
    """Compare the body with its digest, which the signature was found to cover."""
    if not body:
        return True
    try:
        ContentDigest.verify(headers.get("content-digest", ""), body)
    except InvalidSignature:
        return False
    return True


def _instant(created: Any, now: datetime) -> datetime | None:
    try:
        return datetime.fromtimestamp(created, tz=now.tzinfo)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
