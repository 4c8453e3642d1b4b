"""Digests of what events said, as they are kept: under a key, so that nobody tries numbers on them.

An event often says little that cannot be guessed: a telephone number, a subject that is one. Without the key
file a database tells no more of it than that something came.
"""

import hmac
from hashlib import sha256
from typing import Final

from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import Keyring

INFO: Final = b"event_digest"
KEPT_BYTES: Final = 16


class EventDigests:
    """Keyed with each key of the key file; what is written goes under the first."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, INFO)

    def written(self, digest: bytes) -> bytes:
        """Return what a digest is kept as."""
        return _keyed(self._keys.current(), digest)

    def same(self, kept: bytes, digest: bytes) -> bool:
        """Whether what is kept was made of this digest, under whichever key."""
        return any(hmac.compare_digest(kept, _keyed(key, digest)) for key in self._keys.every())


def _keyed(key: bytes, digest: bytes) -> bytes:
    return hmac.digest(key, digest, sha256)[:KEPT_BYTES]
