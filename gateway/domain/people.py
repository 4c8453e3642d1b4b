"""Who may speak to the gateway: companions of victims, operators of centres."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gateway.domain.rows import Row
from schemas.session import OperatorView, Role

ATTENDS_ALARMS: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})
"""The roles that see and answer the alarms of their centres."""

BOUND_TO_CENTRES: Final = frozenset({*ATTENDS_ALARMS, Role.CANARY})
"""The roles that need a centre to be of any use."""

WATCH_HOURS: Final = 12.0
"""So long a session that has run out still watches, unless ``MSA_SESSION_WATCH_HOURS`` says otherwise."""


@lru_cache(maxsize=4096)
def _p256(der: bytes) -> EllipticCurvePublicKey:
    key = load_der_public_key(der)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise TypeError("a companion's key is P-256")
    return key


@dataclass(frozen=True, kw_only=True, slots=True)
class Companion:
    """The phone that hears a victim's button, known by its public key."""

    companion_id: UUID
    registration_id: UUID
    centre: str
    public_key_der: bytes = field(repr=False)
    label: str = field(repr=False)
    version: str | None
    enrolled_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Make it from a row of ``companion``."""
        return cls(
            companion_id=row["companion_id"],
            registration_id=row["registration_id"],
            centre=row["centre_id"],
            public_key_der=row["public_key"],
            label=row["label"],
            version=row["version"],
            enrolled_at=row["enrolled_at"],
            expires_at=row["expires_at"],
            revoked_at=row["revoked_at"],
            last_seen_at=row["last_seen_at"],
        )

    @property
    def public_key(self) -> EllipticCurvePublicKey:
        """Return the key, read on first use: a node knows thousands and hears from few."""
        return _p256(self.public_key_der)

    def expired(self, now: datetime) -> bool:
        """Whether the key should have been renewed; that is flagged and never blocks a press."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """A person with an account."""

    operator_id: UUID
    username: str = field(repr=False)
    name: str = field(repr=False)
    roles: frozenset[Role]
    centres: frozenset[str]
    zones: frozenset[str] = frozenset()
    disabled_at: datetime | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Make it from a row of ``operator``."""
        return cls(
            operator_id=row["operator_id"],
            username=row["username"],
            name=row["name"],
            roles=frozenset(Role(role) for role in row["roles"]),
            centres=frozenset(row["centres"]),
            zones=frozenset(row["zones"]),
            disabled_at=row["disabled_at"],
        )

    def view(self) -> OperatorView:
        """Return what consoles are told."""
        return OperatorView(
            operator_id=self.operator_id,
            name=self.name,
            roles=tuple(sorted(self.roles)),
            centres=tuple(sorted(self.centres)),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """An operator with what is kept of the password; None: no password, links only.

    ``issuer``: the OpenID provider by which this person signs in; None: a local account.
    """

    operator: Operator
    password_hash: str | None = field(repr=False)
    issuer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """An operator who is signed in: commands until ``expires_at``, and watches until ``watch_until``."""

    operator: Operator
    token_hash: bytes = field(repr=False)
    expires_at: datetime
    watch_until: datetime
    withheld: frozenset[UUID] = frozenset()
    """Files that are kept from this person."""

    def only_watches(self, now: datetime) -> bool:
        """Whether it has run out: everything is still shown, and nothing is changed by it."""
        return self.expires_at <= now
