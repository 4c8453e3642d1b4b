"""How a companion becomes known, and how it signs what it sends.

Profile of RFC 9421 (HTTP Message Signatures): label ``msa``, algorithm ECDSA P-256 with SHA-256,
covering ``COVERED``, with ``created``, ``nonce`` and ``keyid`` (the companion's id). The nonce of
a press is its ``press_id``; any other request uses a fresh one. The key pair is made on the
device and only the public key leaves it.
"""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Wire
from schemas.registration import ButtonPolicy

SIGNATURE_LABEL: Final = "msa"
SIGNATURE_ALGORITHM: Final = "ecdsa-p256-sha256"
COVERED_WITH_BODY: Final = ("@method", "@target-uri", "content-digest")
COVERED_WITHOUT_BODY: Final = ("@method", "@target-uri")


class EnrolmentRequest(Wire):
    """Body of ``POST /v1/enrolments/{code}``: the companion's public key and what it is."""

    public_key: Annotated[str, Field(min_length=80, max_length=400)] = Field(
        description="P-256 public key, SubjectPublicKeyInfo in PEM"
    )
    label: Line = Field(description="What the person calls this phone")
    companion_version: Line | None = None


class CompanionPolicy(Wire):
    """How the companion behaves."""

    heartbeat_s: float = 25.0
    signals_wait_s: float = 25.0
    retry_max_s: float = 30.0
    tracking_s: float = Field(default=7200.0, description="How long positions are sent after a press")
    tracking_every_s: float = Field(default=1.0, description="How often, while the battery is well")
    tracking_low_pct: int = Field(default=15, description="Phone battery below which it sends less often")
    tracking_low_every_s: float = Field(default=10.0, description="How often then")


class Enrolment(Wire):
    """Answer 201: the companion's id (its ``keyid``), where to send, how the button behaves."""

    companion_id: UUID
    gateways: tuple[str, ...] = Field(description="Base URLs, tried in this order")
    policy: CompanionPolicy
    button: ButtonPolicy
    enrolled_at: Instant
