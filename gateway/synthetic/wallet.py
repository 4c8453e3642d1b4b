"""The keys of made-up victims' companions: one file each in a directory that only its owner reads."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from gateway.domain.errors import WalletRefused
from gateway.private_files import open_mode


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticCompanion:
    """An enrolled companion of a made-up victim, and the key it signs with."""

    companion_id: UUID
    registration_id: UUID
    centre: str
    reference: str
    key: EllipticCurvePrivateKey = field(repr=False)


def public_half(key: EllipticCurvePrivateKey) -> bytes:
    """Return the public half of a key, as the gateway keeps it (SubjectPublicKeyInfo, DER)."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class Wallet:
    """A directory of companions."""

    directory: Path

    def find(self, registration_id: UUID) -> SyntheticCompanion | None:
        """Return the companion of a registration. Raises ``WalletRefused``."""
        path = self._path(registration_id)
        return _read(path) if path.exists() else None

    def every(self) -> list[SyntheticCompanion]:
        """Return all companions, by centre and reference. Raises ``WalletRefused``."""
        found = [_read(path) for path in self.directory.glob("*.companion.json")]
        return sorted(found, key=lambda one: (one.centre, one.reference))

    def keep(self, companion: SyntheticCompanion) -> None:
        """Write a companion's file, in the place of an older one. Raises ``WalletRefused``."""
        pem = companion.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        content = {
            "companion_id": str(companion.companion_id),
            "registration_id": str(companion.registration_id),
            "centre": companion.centre,
            "reference": companion.reference,
            "private_key": pem,
        }
        write_private(self._path(companion.registration_id), json.dumps(content, indent=2) + "\n")

    def _path(self, registration_id: UUID) -> Path:
        return self.directory / f"{registration_id}.companion.json"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all. Raises ``WalletRefused``."""
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        raise WalletRefused(f"{path.parent}: {error.strerror}") from None


def read_private(path: Path) -> str:
    """Read a file that only its owner may read. Raises ``WalletRefused``."""
    try:
        if open_mode(path) is not None:
            raise WalletRefused(f"{path.name} is open to others; chmod 600 it")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WalletRefused(f"{path}: {error.strerror}") from None


def _read(path: Path) -> SyntheticCompanion:
    text = read_private(path)
    try:
        content = json.loads(text)
        key = load_pem_private_key(content["private_key"].encode(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise WalletRefused(f"{path.name} holds no P-256 key")
        return SyntheticCompanion(
            companion_id=UUID(content["companion_id"]),
            registration_id=UUID(content["registration_id"]),
            centre=str(content["centre"]),
            reference=str(content["reference"]),
            key=key,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WalletRefused(f"{path.name} is not a companion's file") from None
