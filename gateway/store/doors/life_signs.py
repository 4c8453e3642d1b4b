"""Devices that an integrator speaks for, as supervision knows them: each a companion that can send nothing.

Its key is made up and thrown away, so that no request passes for its own; revoked, it is heard no more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.domain.conditions import Limits
from gateway.domain.devices import heartbeat_of
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.integrators import Integrator
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.store.presence import Presence
from schemas.events import ConditionKind, DeviceCondition

DEVICES: Final = UUID("0d6a7f0c-9e34-5c1b-8a27-51b5d0f3c6aa")
"""Namespace of their ids: one an integrator and registration."""

KNOWN: Final = "SELECT EXISTS (SELECT FROM companion WHERE companion_id = $1)"

ADD: Final = """
INSERT INTO companion (companion_id, registration_id, public_key, label, enrolled_at, integrator_id)
SELECT $1, r.registration_id, $3, $4, $5, $6 FROM registration r
 WHERE r.registration_id = $2 AND to_be_protected(r)
    ON CONFLICT (companion_id) DO NOTHING"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceLife:
    """``gateway.ports.effects.LifeSigns``."""

    pool: Pool
    presence: Presence
    limits: Limits
    clock: Clock

    async def hear(
        self, integrator: Integrator, registration_id: UUID, condition: DeviceCondition, at: datetime
    ) -> None:
        """Supervise the device from now on; what is a fault is written down before this returns."""
        companion_id = uuid5(DEVICES, f"{integrator.integrator_id}:{registration_id}")
        async with acquire(self.pool) as database:
            if not await database.fetchval(KNOWN, companion_id):
                await database.execute(
                    ADD,
                    companion_id,
                    registration_id,
                    a_lost_key(),
                    integrator.name,
                    self.clock.now(),
                    integrator.integrator_id,
                )
        age_s = max(0.0, (self.clock.now() - at).total_seconds())
        heard = self.presence.hear(companion_id, heartbeat_of(condition, self.limits), at, age_s)
        if heard and condition.condition is not ConditionKind.OK:
            try:
                await self.presence.write()
            except asyncpg.PostgresError:
                raise DatabaseUnavailable from None


def a_lost_key() -> bytes:
    """Return a public key whose private key nobody has."""
    public = generate_private_key(SECP256R1()).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
