"""Secrets that people and programs carry: made here, and kept only as SHA-256 hashes.

Plain SHA-256 is enough because all of them are random; passwords are another matter (``passwords``).
"""

import hashlib
import secrets
from typing import Final

# Crockford's base 32: no I, L, O or U, so that a code survives being read aloud.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
CODE_LENGTH: Final = 12  # 60 bits: beyond guessing in its 15 minutes, short enough to type
TOKEN_BYTES: Final = 32


def new_token() -> str:
    """Make the secret of a session or of a sign-in link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code() -> str:
    """Make an enrolment code, as ``XXXX-XXXX-XXXX``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def hash_of(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def hash_of_code(code: str) -> bytes:
    """Return what is kept of a code, however it was typed."""
    return hash_of(code.upper().translate(MISREAD))
