"""A NATS credentials file: a user's JWT, and the seed of the key that proves it is hers.

Read anew for each connection, so that a file that was replaced counts from the next one on. The form is
that of ``nsc generate creds``; a seed is base32 of two bytes of prefix, 32 of the key and two of CRC-16.
"""

import base64
import binascii
import re
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.domain.errors import BusFileRefused
from gateway.private_files import open_mode

JWT: Final = re.compile(rb"-----BEGIN NATS USER JWT-----\s+(\S+)\s+-+END")
SEED: Final = re.compile(rb"-----BEGIN USER NKEY SEED-----\s+(\S+)\s+-+END")
SEED_BYTES: Final = 2 + 32 + 2


class CredentialsFile:
    """Answers a server's challenge. Both calls raise ``BusFileRefused``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """Read it whole."""
        self.jwt()
        self._key()

    def jwt(self) -> bytearray:
        """Return the user's JWT."""
        return bytearray(self._found(JWT))

    def signature(self, nonce: str) -> bytes:
        """Return the server's challenge signed, in base64."""
        return base64.b64encode(self._key().sign(nonce.encode()))

    def _key(self) -> Ed25519PrivateKey:
        seed = self._found(SEED)
        try:
            raw = base64.b32decode(seed + b"=" * (-len(seed) % 8))
        except binascii.Error:
            raw = b""
        if len(raw) != SEED_BYTES or binascii.crc_hqx(raw[:-2], 0) != int.from_bytes(raw[-2:], "little"):
            raise BusFileRefused(f"the seed in {self._path} is damaged")
        return Ed25519PrivateKey.from_private_bytes(raw[2:-2])

    def _found(self, what: re.Pattern[bytes]) -> bytes:
        try:
            mode = open_mode(self._path)
            found = what.search(self._path.read_bytes())
        except OSError as error:
            raise BusFileRefused(f"{self._path} cannot be read ({type(error).__name__})") from error
        if mode is not None:
            raise BusFileRefused(f"{self._path} is open to others (mode {mode}); chmod 600")
        if found is None:
            raise BusFileRefused(f"{self._path} is no NATS credentials file")
        return found[1]
