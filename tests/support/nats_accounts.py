"""What `nsc` would make: an operator, an account and a user's credentials file, for a server of a test."""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

PREFIXES: Final = {"operator": 14 << 3, "account": 0, "user": 20 << 3}
SEED: Final = 18 << 3
UNLIMITED: Final = {"subs": -1, "conn": -1, "data": -1, "payload": -1}


@dataclass(frozen=True)
class Nkey:
    """An Ed25519 key that says in its text what it is for."""

    prefix: int
    key: Ed25519PrivateKey

    @classmethod
    def of(cls, kind: str) -> Self:
        """Make one for an operator, an account or a user."""
        return cls(PREFIXES[kind], Ed25519PrivateKey.generate())

    @property
    def public(self) -> str:
        """Its public half as text."""
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return _text(bytes([self.prefix]) + raw)

    @property
    def seed(self) -> str:
        """Its private half as text."""
        raw = self.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return _text(bytes([SEED | self.prefix >> 5, (self.prefix & 31) << 3]) + raw)

    def vouches(self, kind: str, whom: "Nkey", **claims: Any) -> str:
        """Return a JWT about another key, signed by this one."""
        head = _part({"typ": "JWT", "alg": "ed25519-nkey"})
        said = {"jti": whom.public, "iat": 1, "iss": self.public, "sub": whom.public, "name": kind}
        body = _part({**said, "nats": {"type": kind, "version": 2, **claims}})
        return f"{head}.{body}.{_base64url(self.key.sign(f'{head}.{body}'.encode()))}"


class Accounts:
    """An operator with one account, as lines of a server's settings, and its users' files."""

    def __init__(self) -> None:
        self._operator, self._account = Nkey.of("operator"), Nkey.of("account")

    @property
    def settings(self) -> str:
        """What the server is told."""
        account = self._operator.vouches("account", self._account, limits=UNLIMITED)
        operator = self._operator.vouches("operator", self._operator)
        known = f"resolver_preload: {{ {self._account.public}: {account} }}"
        return f"operator: {operator}\nresolver: MEMORY\n{known}"

    def user(self, path: Path) -> Path:
        """Write a new user's credentials file."""
        user = Nkey.of("user")
        jwt = self._account.vouches("user", user, subs=-1, data=-1, payload=-1)
        path.write_text(
            f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n",
            encoding="ascii",
        )
        path.chmod(0o600)
        return path


def _part(said: dict[str, Any]) -> str:
    return _base64url(json.dumps(said, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _text(raw: bytes) -> str:
    whole = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(whole).decode().rstrip("=")
