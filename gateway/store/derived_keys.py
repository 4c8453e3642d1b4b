"""Keys for what is not sealed but found again: keyed hashes, digests, addresses that nobody guesses."""

from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.store.sealing import KEY_BYTES, Keyring


class DerivedKeys:
    """A key of one use for each key of the file (HKDF-SHA256, RFC 5869); ``use`` sets them apart.

    Write under ``current``, look under ``every``: what is kept may be older than that key.
    """

    def __init__(self, keyring: Keyring, use: bytes) -> None:
        self._keyring = keyring
        self._use = use
        self._derived: Mapping[str, bytes] = {}

    def current(self) -> bytes:
        """Return the one derived from the key that wraps."""
        return self._known()[self._keyring.current]

    def every(self) -> list[bytes]:
        """Return them all, the current one first."""
        known = self._known()
        return [known[key_id] for key_id in sorted(known, key=lambda one: one != self._keyring.current)]

    def _known(self) -> Mapping[str, bytes]:
        """Derive anew when the key file was read again: it may have a key more."""
        if self._derived.keys() != self._keyring.keys.keys():
            self._derived = {key_id: self._derive(key) for key_id, key in self._keyring.keys.items()}
        return self._derived

    def _derive(self, key: bytes) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=self._use).derive(key)
