"""What nodes tell each other past the database, sealed: the bus between them is nobody's secret keeper.

AES-256-GCM under a key derived from the key file's; the centre it is for is bound to it. Nodes share the
key file, so each opens what any sealed, also under a key that no longer wraps.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import SealBroken
from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import NONCE_BYTES, Keyring

USE: Final = b"msa neighbours"


class NeighbourSeal:
    """Seals and opens messages between nodes."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, USE)

    def seal(self, centre: str, clear: bytes) -> bytes:
        """Seal a message about a centre."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._keys.current()).encrypt(nonce, clear, centre.encode())

    def open(self, centre: str, sealed: bytes) -> bytes:
        """Open one. Raises ``SealBroken``."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for key in self._keys.every():
            try:
                return AESGCM(key).decrypt(nonce, rest, centre.encode())
            except (InvalidTag, ValueError):
                continue
        raise SealBroken("no key of ours opens it")
