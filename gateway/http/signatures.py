"""Requests of companions: RFC 9421 signatures by the profile of ``schemas.enrolment``.

Two uses. A **press** is judged (``judge``): the verdict says what is wrong and never refuses by
itself, because a press of a known companion is shown even when its signature fails. Any **other
request** goes through the dependency ``SignedBy``, which refuses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from gateway.domain.errors import CompanionRevoked, SignatureInvalid, SignatureMissing, SignatureReplayed
from gateway.domain.people import Companion
from gateway.http.message_signatures import LONGEST_NONCE, NONCE_KEPT, Signed, examine
from gateway.http.security import SaidBySignature
from gateway.http.services import Companions, services_of
from schemas.enrolment import SIGNATURE_LABEL

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

    Raises ``DatabaseUnavailable`` when the companion is not in memory and cannot be read.
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
    return _examine(companion, now, Signed(method=method, urls=urls, headers=headers, body=body))


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


async def signed_by(request: Request, _: SaidBySignature = None) -> Companion:
    """Let only a companion's own, fresh request through; return who it is.

    Raises ``SignatureMissing``, ``SignatureInvalid``, ``SignatureReplayed``, ``CompanionRevoked``.
    """
    return await _signed(request, may_be_dated=False)


async def signed_at_any_time(request: Request, _: SaidBySignature = None) -> Companion:
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


def _examine(companion: Companion, now: datetime, signed: Signed) -> Verdict:
    flags: list[str] = []
    if companion.expired(now):
        flags.append("key_expired")
    held = examine(str(companion.companion_id), companion.public_key, signed, now)
    if held is None or held.label != SIGNATURE_LABEL:
        return Verdict(finding=Finding.INVALID, companion=companion, flags=tuple(flags))
    if held.skewed(now):
        flags.append("created_skew")
    return Verdict(
        finding=Finding.VERIFIED if held.digest_holds else Finding.BODY_CHANGED,
        companion=companion,
        nonce=held.nonce,
        created_at=held.created_at,
        flags=tuple(flags),
    )
