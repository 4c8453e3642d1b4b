"""One thing sealed under a key of its row: a ground in words, a photo, a flagged address.

As in ``gateway.store.sealing``: AES-256-GCM, the row's data key wrapped by the key file's, what a
ciphertext is for bound to it. Destroying ``wrapped_key`` makes it unreadable for ever.
"""

import os
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.store.sealing import KEY_BYTES, NONCE_BYTES, Keyring

KEY_INFO: Final = b"wrapped_key"


@dataclass(frozen=True, slots=True)
class RowSeal:
    """The columns ``key_id``, ``wrapped_key`` and what is sealed; ``wrapped_key`` None: erased."""

    key_id: str
    wrapped_key: bytes | None
    sealed: bytes

    @classmethod
    def of(cls, row: Row, column: str) -> Self:
        """Make it from a row."""
        return cls(row["key_id"], row["wrapped_key"], row[column])


def seal_row(keyring: Keyring, use: str, clear: bytes) -> RowSeal:
    """Seal under a new key; ``use`` names table, row and column, and opens nothing else."""
    data_key, current = AESGCM.generate_key(KEY_BYTES * 8), keyring.current
    bound = use.encode()
    return RowSeal(
        key_id=current,
        wrapped_key=_encrypt(keyring.keys[current], data_key, KEY_INFO + bound),
        sealed=_encrypt(data_key, clear, bound),
    )


def open_row(keyring: Keyring, use: str, row: RowSeal) -> bytes:
    """Open it. Raises ``SealBroken``, also for what was erased."""
    key = keyring.keys.get(row.key_id)
    if key is None or row.wrapped_key is None:
        raise SealBroken("its key is not here, or erased")
    bound = use.encode()
    try:
        return _decrypt(_decrypt(key, row.wrapped_key, KEY_INFO + bound), row.sealed, bound)
    except (InvalidTag, ValueError):
        raise SealBroken("it does not open with its key") from None


def _encrypt(key: bytes, clear: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
