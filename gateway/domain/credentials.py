"""How another system proves who it is: secrets, keys, and what an account may have. Pure."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self, TypeAlias
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from gateway.domain.errors import RightsRefused
from gateway.domain.integrators import Integrator
from gateway.domain.rows import Row
from schemas.integrators import IntegratorScope

PublicKey: TypeAlias = EllipticCurvePublicKey | Ed25519PublicKey


class KeyAlgorithm(StrEnum):
    """By which algorithm a key signs, as RFC 9421 (section 6.2.2) names it."""

    P256 = "ecdsa-p256-sha256"
    ED25519 = "ed25519"


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegratorKey:
    """One public key of an integrator. ``ends_at``: it has a successor, and holds no longer than this."""

    key_id: UUID
    integrator: Integrator
    algorithm: KeyAlgorithm
    public_key_der: bytes = field(repr=False)
    ends_at: datetime | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Make it from a row of ``integrator_key`` joined with its ``integrator``."""
        return cls(
            key_id=row["key_id"],
            integrator=Integrator.from_row(row),
            algorithm=KeyAlgorithm(row["algorithm"]),
            public_key_der=row["public_key"],
            ends_at=row["ends_at"],
        )

    @property
    def public_key(self) -> PublicKey:
        """Return the key, read on first use."""
        return _read(self.public_key_der)

    def holds(self, now: datetime) -> bool:
        """Whether what it signed is believed."""
        return self.ends_at is None or now < self.ends_at


def key_from_pem(pem: bytes) -> tuple[KeyAlgorithm, bytes]:
    """Read a public key (SubjectPublicKeyInfo, PEM); return its algorithm and its DER.

    Raises ``RightsRefused`` for what is no public key of P-256 or Ed25519, a private one above all.
    """
    if b"PRIVATE KEY" in pem:
        raise RightsRefused("this is a private key, which must not leave its owner; give the public one")
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise RightsRefused("this is no public key in PEM") from None
    algorithm = _algorithm(key)
    if algorithm is None:
        raise RightsRefused("a key is P-256 or Ed25519")
    return algorithm, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_account(integrator: Integrator, centres: AbstractSet[str]) -> Integrator:
    """Return it if an account can be so. Raises ``RightsRefused`` saying why not."""
    if not integrator.name.strip():
        raise RightsRefused("an integrator has a name")
    if not integrator.scopes:
        raise RightsRefused("an integrator has at least one scope; `msa integrator disable` closes it")
    if unknown := integrator.centres - centres:
        raise RightsRefused(f"there is no such centre: {_named(unknown)}")
    if READ_OF_CENTRES & integrator.scopes and not integrator.centres:
        raise RightsRefused("what is read is of centres: give at least one with --centre")
    if not 0 < integrator.events_per_s <= MOST_EVENTS_PER_S:
        raise RightsRefused(f"events a second are more than 0 and at most {MOST_EVENTS_PER_S:g}")
    return integrator


READ_OF_CENTRES: Final = frozenset({IntegratorScope.STREAMS, IntegratorScope.PERSONS})
"""The scopes that show what the account's centres know."""

MOST_EVENTS_PER_S: Final = 10_000.0


@lru_cache(maxsize=256)
def _read(der: bytes) -> PublicKey:
    key = load_der_public_key(der)
    if not isinstance(key, EllipticCurvePublicKey | Ed25519PublicKey) or _algorithm(key) is None:
        raise TypeError("an integrator's key is P-256 or Ed25519")
    return key


def _algorithm(key: object) -> KeyAlgorithm | None:
    if isinstance(key, Ed25519PublicKey):
        return KeyAlgorithm.ED25519
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return KeyAlgorithm.P256
    return None


def _named(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
