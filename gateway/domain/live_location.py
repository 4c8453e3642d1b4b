"""Live locations: a URL that tells where she is, to whom it was given, while her alarm is open. Pure.

The ticket in the URL says which alarm, whose it is and until when, and proves by a keyed hash that this
gateway made it; nothing is stored of it. It names nobody and opens nothing else.
"""

import base64
import hmac
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

_FORM: Final = struct.Struct(">B16s16sI")
_VERSION: Final = 1
_PROOF_BYTES: Final = 17
_WRITTEN: Final = re.compile(r"[A-Za-z0-9_-]{72}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What a URL allows. ``holder``: the integrator that it was given to."""

    alarm_id: UUID
    holder: UUID
    expires_at: datetime


def written(ticket: Ticket, key: bytes) -> str:
    """Return the ticket as it stands in a URL: the same whenever it is made."""
    until = int(ticket.expires_at.timestamp())
    said = _FORM.pack(_VERSION, ticket.alarm_id.bytes, ticket.holder.bytes, until)
    return base64.urlsafe_b64encode(said + _proof(said, key)).decode()


def read(text: str, keys: Iterable[bytes], now: datetime) -> Ticket | None:
    """Return what a ticket allows; None: it is none of ours, or has run out."""
    if not _WRITTEN.fullmatch(text):
        return None
    raw = base64.urlsafe_b64decode(text)
    said, proof = raw[: _FORM.size], raw[_FORM.size :]
    if not any(hmac.compare_digest(proof, _proof(said, key)) for key in keys):
        return None
    version, alarm, holder, until = _FORM.unpack(said)
    expires_at = datetime.fromtimestamp(until, UTC)
    if version != _VERSION or expires_at <= now:
        return None
    return Ticket(alarm_id=UUID(bytes=alarm), holder=UUID(bytes=holder), expires_at=expires_at)


def _proof(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, said, sha256)[:_PROOF_BYTES]
