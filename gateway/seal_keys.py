"""The key that signs heads of the sealed log, evidence and proofs of erasure: Ed25519, in a file.

The **seal key file** holds PEM blocks: the first must be a private key and signs; private and public ones
after it only verify. To rotate, put a new private key on top and keep the old one's public key below it
(``msa audit rotate-key``). A key's id is its RFC 7638 thumbprint, so nobody has to give it a name.
"""

import base64
import binascii
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from gateway.domain.errors import SealKeyRefused
from gateway.private_files import open_mode

ALGORITHM: Final = "Ed25519"
"""As RFC 9864 names it; EdDSA, its name before, does not say which curve."""

PEM: Final = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Keys that signatures are verified with, by id."""

    keys: dict[str, Ed25519PublicKey]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of PEM blocks, public or private. Raises ``SealKeyRefused``."""
        return cls({key_id(key): key for key in map(_public, _blocks(path))})

    def verified(self, jws: str, detached: bytes | None = None) -> bytes:
        """Return the payload of a compact JWS that one of the keys signed.

        ``detached``: the payload that the JWS leaves out (RFC 7515, appendix F). Raises ``ForgedSeal``.
        """
        header, payload, signature = _split(jws)
        if detached is not None:
            if payload:
                raise ForgedSeal("it carries a payload that it should leave out")
            payload = _base64url(detached)
        said = _json_object(header)
        key = self.keys.get(str(said.get("kid")))
        if said.get("alg") != ALGORITHM or "crit" in said:
            raise ForgedSeal("it is signed in a way that is not ours")
        if key is None:
            raise ForgedSeal("its key is not among those given")
        try:
            key.verify(_bytes(signature), f"{header}.{payload}".encode())
        except InvalidSignature:
            raise ForgedSeal("its signature does not hold") from None
        return _bytes(payload)


class ForgedSeal(Exception):
    """A signature cannot be believed."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """The key that signs, and all that verify."""

    _private: Ed25519PrivateKey = field(repr=False)
    public: PublicKeys

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a seal key file. Raises ``SealKeyRefused``."""
        try:
            mode = open_mode(path)
        except OSError as error:
            raise SealKeyRefused(f"{path} cannot be read ({type(error).__name__})") from error
        if mode is not None:
            raise SealKeyRefused(f"{path} is open to others (mode {mode}); chmod 600")
        blocks = _blocks(path)
        if b"PRIVATE" not in blocks[0]:
            raise SealKeyRefused(f"{path} does not begin with a private key")
        return cls(_private(blocks[0]), PublicKeys.read(path))

    @property
    def key_id(self) -> str:
        """Return the id of the key that signs."""
        return key_id(self._private.public_key())

    @property
    def public_pem(self) -> bytes:
        """Return the public key of the one that signs."""
        return _pem(self._private.public_key())

    def signed(self, payload: bytes) -> str:
        """Return a compact JWS of the payload."""
        header, body = self._header(), _base64url(payload)
        return f"{header}.{body}.{self._signature(header, body)}"

    def signed_apart(self, payload: bytes) -> str:
        """Return a JWS that leaves the payload out: whoever verifies it has it beside (RFC 7515, F)."""
        header = self._header()
        return f"{header}..{self._signature(header, _base64url(payload))}"

    def _header(self) -> str:
        return _base64url(json.dumps({"alg": ALGORITHM, "kid": self.key_id}, separators=(",", ":")).encode())

    def _signature(self, header: str, body: str) -> str:
        return _base64url(self._private.sign(f"{header}.{body}".encode()))


def key_id(key: Ed25519PublicKey) -> str:
    """Return a key's RFC 7638 thumbprint: SHA-256 of its JWK's required members."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    return _base64url(hashlib.sha256(json.dumps(jwk, separators=(",", ":")).encode()).digest())


def make_seal_key(path: Path) -> None:
    """Make the file whole or not at all, and never over another process's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, _new_private())


def rotate(path: Path) -> str:
    """Put a new key on top, which signs once a process has read it (SIGHUP, or a start); return its id.

    The old ones stay as public keys, which verify what they signed. Raises ``SealKeyRefused``.
    """
    SealKey.read(path)
    new = _new_private()
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    _write(mine, new + b"".join(_pem(_public(block)) for block in _blocks(path)))
    mine.replace(path)
    return key_id(_private(new).public_key())


def _put(path: Path, content: bytes) -> None:
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    _write(mine, content)
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _new_private() -> bytes:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _blocks(path: Path) -> list[bytes]:
    try:
        found = [match.group() for match in PEM.finditer(path.read_bytes())]
    except OSError as error:
        raise SealKeyRefused(f"{path} cannot be read ({type(error).__name__})") from error
    if not found:
        raise SealKeyRefused(f"{path} holds no key in PEM")
    return found


def _private(block: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(block, None)
    except (ValueError, TypeError):
        raise SealKeyRefused("a private key in it cannot be read") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SealKeyRefused("a key in it is not Ed25519")
    return key


def _public(block: bytes) -> Ed25519PublicKey:
    if b"PRIVATE" in block:
        return _private(block).public_key()
    try:
        key = load_pem_public_key(block)
    except ValueError:
        raise SealKeyRefused("a public key in it cannot be read") from None
    if not isinstance(key, Ed25519PublicKey):
        raise SealKeyRefused("a key in it is not Ed25519")
    return key


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _split(jws: str) -> tuple[str, str, str]:
    header, _, rest = jws.strip().partition(".")
    payload, _, signature = rest.partition(".")
    if not header or not signature or "." in signature:
        raise ForgedSeal("it is no JWS")
    return header, payload, signature


def _json_object(header: str) -> dict[str, object]:
    try:
        said = json.loads(_bytes(header))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ForgedSeal("its header cannot be read")
    return said


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or _base64url(data) != text:  # bits that say nothing could be changed unnoticed
        raise ForgedSeal("it is not base64url")
    return data
