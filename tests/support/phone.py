"""A companion in a test's hands: a key pair and signed requests."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from schemas.enrolment import SIGNATURE_LABEL


@dataclass
class Draft:
    """A request before it is signed."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class Phone:
    """Signs as the profile in ``schemas.enrolment`` says."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.companion_id: UUID = uuid4()

    @property
    def pem(self) -> str:
        """The public key as an enrolment carries it."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def der(self) -> bytes:
        """The public key as the database keeps it."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(
        self,
        method: str,
        url: str,
        *,
        created: datetime,
        body: bytes | None = None,
        nonce: str | None = None,
        **changes: Any,
    ) -> dict[str, str]:
        """Return the headers that sign a request; ``changes`` go to the library's signer."""
        draft = Draft(method, url)
        key_id = str(self.companion_id)
        signer = HTTPMessageSigner(
            signature_algorithm=ECDSA_P256_SHA256,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: self.key}),
        )
        given: dict[str, Any] = {
            "key_id": key_id,
            "nonce": nonce or str(uuid4()),
            "label": SIGNATURE_LABEL,
            "covered_component_ids": ("@method", "@target-uri"),
            **changes,
        }
        signer.sign(draft, created=created, body=body or None, **given)
        return draft.headers
