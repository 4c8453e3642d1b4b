"""The one form of signature that our own companions send, verified without a general parser.

The library reads every form of RFC 9421 and takes 170 us, three times what the elliptic curve takes
alone; a press should not wait for that. Here one exact spelling is recognised, its signature base
(RFC 9421 section 2.5) written down, and the signature checked over it. Whatever is spelt otherwise,
or does not hold, is left to the library, so this can only ever say yes, and only to what the library
says yes to (``tests/integration/http/test_signatures.py`` compares both).
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

INPUT: Final = re.compile(
    r'msa=(?P<parameters>\("@method" "@target-uri" "content-digest"\);created=(?P<created>\d{1,11});'
    r'keyid="(?P<key_id>[0-9a-f-]{36})";alg="ecdsa-p256-sha256";nonce="(?P<nonce>[0-9a-f-]{36})")'
)
SIGNATURE: Final = re.compile(r"msa=:(?P<signature>[A-Za-z0-9+/]{86}==):")
DIGEST: Final = re.compile(r"sha-256=:(?P<digest>[A-Za-z0-9+/]{43}=):")
INTEGER_BYTES: Final = 32
ALGORITHM: Final = ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Exact:
    """What a signature that holds says of itself."""

    created: int
    nonce: str


def verify_exact(
    key: EllipticCurvePublicKey, key_id: str, method: str, url: str, headers: dict[str, str], body: bytes
) -> Exact | None:
    """Return what was signed, if this exact form was and it holds for key, request and body."""
    given = INPUT.fullmatch(headers.get("signature-input", ""))
    signature = SIGNATURE.fullmatch(headers.get("signature", ""))
    digest = DIGEST.fullmatch(headers.get("content-digest", ""))
    if given is None or signature is None or digest is None or given["key_id"] != key_id:
        return None
    if base64.b64encode(hashlib.sha256(body).digest()).decode() != digest["digest"]:
        return None
    base = (
        f'"@method": {method}\n"@target-uri": {url}\n"content-digest": {digest[0]}\n'
        f'"@signature-params": {given["parameters"]}'
    )
    try:
        both = base64.b64decode(signature["signature"], validate=True)
        der = encode_dss_signature(int.from_bytes(both[:INTEGER_BYTES]), int.from_bytes(both[INTEGER_BYTES:]))
        key.verify(der, base.encode("ascii"), ALGORITHM)
    except (InvalidSignature, binascii.Error, UnicodeEncodeError, ValueError):
        return None
    return Exact(int(given["created"]), given["nonce"])
