"""Requests as a companion signs them (RFC 9421), as bytes that need only be written to a socket.

The signature base of section 2.5 is spelt out here, because a library that reads every form of it
takes 0.3 ms a request, and five hundred companions sign one each second.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from schemas.enrolment import COVERED_WITH_BODY, SIGNATURE_ALGORITHM, SIGNATURE_LABEL

_ALGORITHM: Final = ECDSA(SHA256())
_COVERED: Final = " ".join(f'"{one}"' for one in COVERED_WITH_BODY)
_INTEGER_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Companion:
    """An enrolled companion and the key it signs with."""

    companion_id: UUID
    registration_id: UUID
    key: EllipticCurvePrivateKey


def signed_post(
    base_url: str, path: str, companion: Companion, body: bytes, *, nonce: UUID, now: datetime
) -> bytes:
    """Return a whole HTTP request that posts ``body`` (JSON) in the companion's name."""
    digest = f"sha-256=:{_base64(hashlib.sha256(body).digest())}:"
    parameters = (
        f'({_COVERED});created={int(now.timestamp())};keyid="{companion.companion_id}";'
        f'alg="{SIGNATURE_ALGORITHM}";nonce="{nonce}"'
    )
    base = (
        f'"@method": POST\n"@target-uri": {base_url}{path}\n"content-digest": {digest}\n'
        f'"@signature-params": {parameters}'
    )
    r, s = decode_dss_signature(companion.key.sign(base.encode(), _ALGORITHM))
    signature = _base64(r.to_bytes(_INTEGER_BYTES) + s.to_bytes(_INTEGER_BYTES))
    return (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(base_url).netloc}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/json\r\nContent-Digest: {digest}\r\n"
        f"Signature-Input: {SIGNATURE_LABEL}={parameters}\r\n"
        f"Signature: {SIGNATURE_LABEL}=:{signature}:\r\n\r\n"
    ).encode() + body


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
