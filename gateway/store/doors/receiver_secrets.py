"""Receivers' secrets, sealed: whoever has one can speak in our name."""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.store.connect import Database
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring
from gateway.webhook_signature import NEW_SECRET_BYTES, Algorithm, Secret

SECRETS: Final = """
SELECT receiver_id, secret_id, algorithm, key_id, secret_key AS wrapped_key, secret_sealed
  FROM receiver_secret
 WHERE receiver_id = ANY ($1) AND algorithm = ANY ($2)
   AND (ends_at IS NULL OR ends_at > statement_timestamp())
 ORDER BY created_at DESC"""


def new_secret(algorithm: Algorithm) -> Secret:
    """Make a secret of 32 bytes, or the key of a pair."""
    if algorithm is Algorithm.ED25519:
        return Secret(Ed25519PrivateKey.generate().private_bytes_raw(), algorithm)
    return Secret(os.urandom(NEW_SECRET_BYTES), algorithm)


def sealed(keyring: Keyring, secret: Secret) -> tuple[UUID, RowSeal]:
    """Return a secret's new id, and it sealed for that row."""
    secret_id = uuid4()
    return secret_id, seal_row(keyring, _use(secret_id), secret.key)


def opened(keyring: Keyring, row: Row) -> Secret:
    """Open the secret of a row. Raises ``SealBroken``."""
    clear = open_row(keyring, _use(row["secret_id"]), RowSeal.of(row, "secret_sealed"))
    return Secret(clear, Algorithm(row["algorithm"]))


async def secrets_of(database: Database, receivers: Sequence[UUID]) -> list[Row]:
    """Read the secrets that sign now for these receivers, of the algorithms that this program knows."""
    if not receivers:
        return []
    return list(await database.fetch(SECRETS, list(set(receivers)), list(Algorithm)))


def opened_of(keyring: Keyring, rows: Sequence[Row]) -> dict[UUID, tuple[Secret, ...]]:
    """Return the secrets that open, by receiver."""
    found: dict[UUID, tuple[Secret, ...]] = {}
    for row in rows:
        with suppress(SealBroken):
            found[row["receiver_id"]] = (*found.get(row["receiver_id"], ()), opened(keyring, row))
    return found


def _use(secret_id: UUID) -> str:
    return f"receiver_secret:{secret_id}:secret"
