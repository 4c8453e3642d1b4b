"""Standard Webhooks: what a call is signed with, and how. Pure.

``webhook-signature`` holds one signature a secret, separated by spaces, over ``id.timestamp.body``:
``v1,`` HMAC-SHA256 (``whsec_``), ``v1a,`` Ed25519 (``whsk_`` here, ``whpk_`` at the receiver).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 (a word of the standard)
PUBLIC_PREFIX: Final = "whpk_"
SECRET_BYTES: Final = range(24, 65)
NEW_SECRET_BYTES: Final = 32


class Algorithm(StrEnum):
    """How a secret signs; the value leads the signature."""

    HMAC = "v1"
    ED25519 = "v1a"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: the key of the HMAC, or the 32 bytes of an Ed25519 private key."""

    key: bytes = field(repr=False)
    algorithm: Algorithm = Algorithm.HMAC

    @property
    def given(self) -> str:
        """What the receiver is given to verify with: the secret itself, or the public key of it."""
        if self.algorithm is Algorithm.HMAC:
            return SECRET_PREFIX + base64.b64encode(self.key).decode()
        public = Ed25519PrivateKey.from_private_bytes(self.key).public_key()
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PUBLIC_PREFIX + base64.b64encode(raw).decode()

    def sign(self, signed: bytes) -> str:
        """Return one signature, with what made it."""
        if self.algorithm is Algorithm.HMAC:
            made = hmac.new(self.key, signed, hashlib.sha256).digest()
        else:
            made = Ed25519PrivateKey.from_private_bytes(self.key).sign(signed)
        return f"{self.algorithm},{base64.b64encode(made).decode()}"


def read_hmac_secret(written: str) -> Secret | None:
    """Read ``whsec_`` and base64 of 24 to 64 bytes; None: it is something else."""
    try:
        key = base64.b64decode(written.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        return None
    return Secret(key) if written.startswith(SECRET_PREFIX) and len(key) in SECRET_BYTES else None


def signed_headers(call_id: str, at_s: int, body: bytes, secrets: Sequence[Secret]) -> dict[str, str]:
    """Return the three headers of a call made at ``at_s`` (Unix seconds), signed with every secret.

    ``call_id`` has no full stop, which would let it run into the timestamp.
    """
    signed = b"%b.%d.%b" % (call_id.encode(), at_s, body)
    return {
        "webhook-id": call_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(secret.sign(signed) for secret in secrets),
    }
