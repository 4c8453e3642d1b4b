"""Signing as a companion does (profile in ``schemas.enrolment``), for made-up ones."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from schemas.enrolment import COVERED_WITH_BODY, COVERED_WITHOUT_BODY, SIGNATURE_LABEL


@dataclass(slots=True)
class _Message:
    """What the signing library reads and writes of a request."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def signature(
    companion_id: UUID,
    key: ec.EllipticCurvePrivateKey,
    method: str,
    url: str,
    body: bytes | None,
    *,
    nonce: UUID,
    created: datetime | None,
) -> dict[str, str]:
    """Return the headers that sign one request; ``created`` None: now."""
    key_id = str(companion_id)
    message = _Message(method, url)
    keys: Any = MappingKeyResolver(public_keys={}, private_keys={key_id: key})
    HTTPMessageSigner(signature_algorithm=ECDSA_P256_SHA256, key_resolver=keys).sign(
        message,
        key_id=key_id,
        created=created,
        nonce=str(nonce),
        label=SIGNATURE_LABEL,
        covered_component_ids=COVERED_WITHOUT_BODY if body is None else COVERED_WITH_BODY,
        body=body,
    )
    return message.headers
