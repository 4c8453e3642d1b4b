"""Enrolment: a companion trades a one-time code for an identity."""

from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from fastapi import APIRouter, Depends, Path, status
from starlette.requests import Request

from gateway.domain.errors import FieldInvalid, TooMany
from gateway.http.heartbeat import companion_policy
from gateway.http.services import Services, address_of, services_of
from schemas.enrolment import Enrolment, EnrolmentRequest

router = APIRouter(prefix="/v1/enrolments", tags=["enrolment"])


@router.post("/{code}", status_code=status.HTTP_201_CREATED)
async def enrol(
    code: Annotated[str, Path(max_length=40)],
    companion: EnrolmentRequest,
    request: Request,
    services: Annotated[Services, Depends(services_of)],
) -> Enrolment:
    """Use up the code and keep the companion's public key; 404, alike, for any code that is no good."""
    if not services.throttles.enrolment.allow(address_of(request), services.clock.monotonic()):
        raise TooMany
    enrolled = await services.companions.enrol(
        code, public_key_der(companion.public_key), companion.label, companion.companion_version
    )
    return Enrolment(
        companion_id=enrolled.companion_id,
        gateways=services.settings.public_urls or (str(request.base_url).rstrip("/"),),
        policy=companion_policy(services.settings.supervision),
        button=await services.registrations.policy(enrolled.registration_id),
        enrolled_at=enrolled.enrolled_at,
    )


def public_key_der(pem: str) -> bytes:
    """Return a P-256 public key as SubjectPublicKeyInfo in DER. Raises ``FieldInvalid``."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise FieldInvalid("public_key", "is not a public key in PEM") from None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise FieldInvalid("public_key", "is not a P-256 key")
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
