"""RFC 9421 signatures with a key of the integrator's, as docs/integrators.md asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519


@dataclass(slots=True)
class _Draft:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs requests by RFC 9421 with one private key, P-256 or Ed25519."""

    key_id: str
    key: Any = field(repr=False)

    @classmethod
    def read(cls, key_id: str, file: Path) -> Self:
        """Read a private key in PEM, P-256 or Ed25519. Raises ``OSError``, ``ValueError``."""
        return cls(key_id, load_pem_private_key(file.read_bytes(), None))

    def headers(
        self, method: str, url: str, body: bytes, *, created: float, nonce: str | None = None
    ) -> Mapping[str, str]:
        """Return the headers that sign a request made at ``created`` (Unix seconds)."""
        draft = _Draft(method, url)
        signer = HTTPMessageSigner(
            signature_algorithm=ED25519 if isinstance(self.key, Ed25519PrivateKey) else ECDSA_P256_SHA256,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.key_id: self.key}),
        )
        signer.sign(
            draft,
            key_id=self.key_id,
            created=datetime.fromtimestamp(created, UTC),
            nonce=nonce or str(uuid4()),
            label="sig1",
            covered_component_ids=("@method", "@target-uri"),
            body=body or None,
        )
        return draft.headers
