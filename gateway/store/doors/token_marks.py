"""Access tokens bear a mark of ours, so that one that a stranger made up costs the database nothing.

Half of a token is drawn, the other half is a MAC of that under a key derived from the key file. The mark says
that some node made it, not that it holds: that the database says. One without is of an older program.
"""

import base64
import binascii
import hmac
import os
from hashlib import sha256
from typing import Final

from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import Keyring

INFO: Final = b"integrator_token"
DRAWN_BYTES: Final = 16
CHARACTERS: Final = 43
"""Of a token: 32 bytes."""


class TokenMarks:
    """Made with the first key of the key file, known under each."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, INFO)

    def new_token(self) -> str:
        """Make a token."""
        drawn = os.urandom(DRAWN_BYTES)
        mark = _mark(self._keys.current(), drawn)
        return base64.urlsafe_b64encode(drawn + mark).rstrip(b"=").decode()

    def ours(self, token: str) -> bool:
        """Whether a token bears the mark."""
        if len(token) != CHARACTERS or not token.isascii():
            return False
        try:
            read = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
        except binascii.Error:
            return False
        drawn, mark = read[:DRAWN_BYTES], read[DRAWN_BYTES:]
        return any(hmac.compare_digest(mark, _mark(key, drawn)) for key in self._keys.every())


def _mark(key: bytes, drawn: bytes) -> bytes:
    return hmac.digest(key, drawn, sha256)[:DRAWN_BYTES]
