"""Signs what the companion sends: the profile of RFC 9421 in ``schemas.enrolment``.

The key pair is made here and only its public half leaves; the private half is a file only its
owner can read.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from ble_bridge.ports import Clock
from schemas.enrolment import COVERED_WITH_BODY, COVERED_WITHOUT_BODY, SIGNATURE_LABEL


@dataclass(slots=True)
class _Message:
    """What the library reads and writes of a request."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class Signer:
    """Signs requests as one companion."""

    def __init__(self, companion_id: UUID, private_key: ec.EllipticCurvePrivateKey, clock: Clock) -> None:
        self._key_id = str(companion_id)
        self._clock = clock
        self._signer = HTTPMessageSigner(
            signature_algorithm=ECDSA_P256_SHA256,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self._key_id: private_key}),
        )

    def headers(
        self,
        method: str,
        url: httpx.URL,
        nonce: UUID,
        body: bytes | None = None,
        *,
        slow_by: timedelta = timedelta(),
    ) -> dict[str, str]:
        """Return the headers to add: signature, its input, and the digest of a body.

        ``slow_by`` is how far this machine's clock is known to be behind the gateway's.
        """
        message = _Message(method, str(url))
        self._signer.sign(
            message,
            key_id=self._key_id,
            created=self._clock.now() + slow_by,
            nonce=str(nonce),
            label=SIGNATURE_LABEL,
            covered_component_ids=COVERED_WITHOUT_BODY if body is None else COVERED_WITH_BODY,
            body=body,
        )
        return message.headers


def load_or_make_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key kept in ``path``, made on the first call with mode 0600.

    Raises ValueError when the file holds something else.
    """
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError(f"{path.name} is not a P-256 key")
        return key
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, pem)
    return key


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half as SubjectPublicKeyInfo in PEM."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, and on the disk on return."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
