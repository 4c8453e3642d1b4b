"""Subjects as they are kept: keyed hashes, as ``gateway.store.casework.hotspot_seal`` keeps numbers.

The keys are derived from those of the key file, so that a database without it tells no telephone number;
the integrator is hashed with it, so that a number which two of them know does not show as the same.
"""

import hmac
from hashlib import sha256
from typing import Final
from uuid import UUID

from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import Keyring

INFO: Final = b"integrator_subject"


class SubjectBlinds:
    """Keyed hashes of subjects, under each key of the key file; what is written goes under the first."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, INFO)

    def written(self, integrator_id: UUID, subject: str) -> bytes:
        """Return what a subject is kept as."""
        return _hash(self._keys.current(), integrator_id, subject)

    def every(self, integrator_id: UUID, subject: str) -> list[bytes]:
        """Return what a subject may be kept as, under whichever key it was written; the newest first."""
        return [_hash(key, integrator_id, subject) for key in self._keys.every()]


def _hash(key: bytes, integrator_id: UUID, subject: str) -> bytes:
    return hmac.digest(key, f"{integrator_id}:{subject}".encode(), sha256)
