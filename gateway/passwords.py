"""Passwords of local accounts: Argon2id, off the event loop, few at a time."""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# One check takes 64 MiB and a core for a tenth of a second or more: two at a time leave the
# machine to the alarms, whatever knocks at the sign-in.
CHECKS_AT_ONCE: Final = 2

_hasher = PasswordHasher()


class Passwords:
    """Checks passwords; a name nobody has takes as long as one somebody has."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._decoy: str | None = None

    async def holds(self, password: str, kept: str | None) -> bool:
        """Tell whether ``password`` is the one of ``kept``; False for None, after the same work."""
        async with self._turn:
            return await asyncio.to_thread(self._check, password, kept)

    def _check(self, password: str, kept: str | None) -> bool:
        if self._decoy is None:  # made on whoever comes first, so that it tells nothing of the name
            self._decoy = hash_password("")
        try:
            held = _hasher.verify(kept or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return held and kept is not None


def hash_password(password: str) -> str:
    """Return what is kept of a password; takes a tenth of a second of CPU."""
    return _hasher.hash(password)
