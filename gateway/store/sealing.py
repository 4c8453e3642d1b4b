"""Victims' data, sealed: AES-256-GCM under a key per registration, itself wrapped by a key file's key.

- The **key file** holds one key a line, ``key_id base64``: the first wraps, all unwrap. To rotate,
  put a new line on top and wrap the data keys anew (``msa db rewrap``).
- Each saving makes a new **data key**, so a nonce is never used twice under one key.
- What a ciphertext is for is bound to it (associated data): table, registration, column, and the
  version of the saving, or for the data key the ``key_id``. A value moved to another row, column
  or version does not open.
- Destroying ``wrapped_key`` makes the rest unreadable for ever: that is how a file is erased.
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter, ValidationError

from gateway.domain.errors import KeyFileRefused, SealBroken
from gateway.private_files import open_mode
from gateway.settings import Settings
from schemas.registration import Circumstance, Person

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
FIRST_KEY_ID: Final = "kek-1"

_circumstances: Final[TypeAdapter[tuple[Circumstance, ...]]] = TypeAdapter(tuple[Circumstance, ...])


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """The sealed columns of one registration; ``wrapped_key`` None: erased."""

    key_id: str
    wrapped_key: bytes | None
    person_sealed: bytes
    circumstances_sealed: bytes
    sealed_version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedWords:
    """Words sealed under a key of their own row; ``wrapped_key`` None: erased."""

    key_id: str
    wrapped_key: bytes | None
    sealed: bytes


@dataclass(slots=True)
class Keyring:
    """The keys of one key file, by id; ``current`` wraps. Both may change between two calls."""

    current: str
    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Keyring":
        """Read the key file; with the embedded database a missing one is made first.

        Raises ``KeyFileRefused`` when it is missing, malformed, or open to others.
        """
        path = settings.kek_file
        if settings.embedded and not path.exists():
            make_key_file(path)
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> "Keyring":
        """Read a key file. Raises ``KeyFileRefused``."""
        try:
            mode = open_mode(path)
            lines = path.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileRefused(f"{path} cannot be read ({type(error).__name__})") from error
        if mode is not None:
            raise KeyFileRefused(f"{path} is open to others (mode {mode}); chmod 600")
        keys: dict[str, bytes] = {}
        for number, line in enumerate(lines, 1):
            key_id, _, encoded = line.strip().partition(" ")
            if not key_id:
                continue
            keys[key_id] = _decode(encoded, f"{path} line {number}")
        if not keys:
            raise KeyFileRefused(f"{path} holds no key")
        return cls(next(iter(keys)), keys)

    def learn(self, other: "Keyring") -> None:
        """Unwrap with the other's keys too; which key wraps stays as it is."""
        self.keys = {**self.keys, **other.keys}

    def follow(self, other: "Keyring") -> None:
        """Learn the other's keys, and wrap with its current one from now on.

        A key that the file has no more goes on opening until the next start: a line that was dropped too
        early takes nobody's file away at once.
        """
        self.learn(other)
        self.current = other.current

    def seal(
        self, registration_id: UUID, version: int, person: Person, circumstances: tuple[Circumstance, ...]
    ) -> Sealed:
        """Seal both columns under a new data key."""
        data_key, current = AESGCM.generate_key(KEY_BYTES * 8), self.current
        wrapped = _encrypt(self.keys[current], data_key, _use(registration_id, "wrapped_key", current))
        return Sealed(
            key_id=current,
            wrapped_key=wrapped,
            person_sealed=_encrypt(
                data_key, person.model_dump_json().encode(), _use(registration_id, "person_sealed", version)
            ),
            circumstances_sealed=_encrypt(
                data_key,
                _circumstances.dump_json(circumstances),
                _use(registration_id, "circumstances_sealed", version),
            ),
            sealed_version=version,
        )

    def open(self, registration_id: UUID, sealed: Sealed) -> tuple[Person, tuple[Circumstance, ...]]:
        """Open both columns. Raises ``SealBroken``, also for what was erased."""
        person, circumstances = self.open_json(registration_id, sealed)
        try:
            return Person.model_validate_json(person), _circumstances.validate_json(circumstances)
        except ValidationError:
            # not chained: a validation error holds what it judged
            raise SealBroken("it does not hold what it should") from None

    def open_json(self, registration_id: UUID, sealed: Sealed) -> tuple[bytes, bytes]:
        """Open both columns as the JSON they were sealed as; takes some 20 us. Raises ``SealBroken``."""
        key = self.keys.get(sealed.key_id)
        if key is None:
            raise SealBroken(f"the key file has no {sealed.key_id}")
        if sealed.wrapped_key is None:
            raise SealBroken("erased")
        version = sealed.sealed_version
        try:
            use = _use(registration_id, "wrapped_key", sealed.key_id)
            box = AESGCM(_decrypt(_wrapping(key), sealed.wrapped_key, use))
            return (
                _decrypt(box, sealed.person_sealed, _use(registration_id, "person_sealed", version)),
                _decrypt(
                    box, sealed.circumstances_sealed, _use(registration_id, "circumstances_sealed", version)
                ),
            )
        except (InvalidTag, ValueError):
            raise SealBroken("it does not open with its key") from None

    def open_notes(self, registration_id: UUID, sealed: Sealed, notes: bytes) -> list[dict[str, Any]]:
        """Open an alarm's notes, newest first. Raises ``SealBroken``."""
        use = _use(registration_id, "notes_sealed", sealed.sealed_version)
        try:
            found: list[dict[str, Any]] = json.loads(_decrypt(self._box(registration_id, sealed), notes, use))
        except (InvalidTag, ValueError):
            raise SealBroken("the notes do not open with their key") from None
        return found

    def seal_notes(self, registration_id: UUID, sealed: Sealed, notes: list[dict[str, Any]]) -> bytes:
        """Seal an alarm's notes under the key of its file. Raises ``SealBroken``."""
        use = _use(registration_id, "notes_sealed", sealed.sealed_version)
        box = self._box(registration_id, sealed)
        nonce = os.urandom(NONCE_BYTES)
        return nonce + box.encrypt(nonce, json.dumps(notes, ensure_ascii=False).encode(), use)

    def seal_words(self, row: str, words: str) -> SealedWords:
        """Seal what somebody wrote under a new data key; ``row`` says where it stands, for ever."""
        data_key, current = AESGCM.generate_key(KEY_BYTES * 8), self.current
        return SealedWords(
            key_id=current,
            wrapped_key=_encrypt(self.keys[current], data_key, f"{row}:key:{current}".encode()),
            sealed=_encrypt(data_key, words.encode(), f"{row}:words".encode()),
        )

    def open_words(self, row: str, sealed: SealedWords) -> str:
        """Open what ``seal_words`` sealed for this row. Raises ``SealBroken``, also for what was erased."""
        key = self.keys.get(sealed.key_id)
        if key is None or sealed.wrapped_key is None:
            raise SealBroken("its key is not here, or erased")
        try:
            box = AESGCM(_decrypt(_wrapping(key), sealed.wrapped_key, f"{row}:key:{sealed.key_id}".encode()))
            return _decrypt(box, sealed.sealed, f"{row}:words".encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("it does not open with its key") from None

    def _box(self, registration_id: UUID, sealed: Sealed) -> AESGCM:
        key = self.keys.get(sealed.key_id)
        if key is None or sealed.wrapped_key is None:
            raise SealBroken("its key is not here, or erased")
        use = _use(registration_id, "wrapped_key", sealed.key_id)
        try:
            return AESGCM(_decrypt(_wrapping(key), sealed.wrapped_key, use))
        except (InvalidTag, ValueError):
            raise SealBroken("it does not open with its key") from None


def _use(registration_id: UUID, column: str, what: object) -> bytes:
    return f"registration:{registration_id}:{column}:{what}".encode()


def _encrypt(key: bytes, clear: bytes, use: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, use)


@lru_cache(maxsize=8)
def _wrapping(key: bytes) -> AESGCM:
    """Prepare a key of the key file once; data keys are many and are not kept."""
    return AESGCM(key)


def _decrypt(box: AESGCM, sealed: bytes, use: bytes) -> bytes:
    return box.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], use)


def _decode(encoded: str, place: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileRefused(f"{place} is not 'key_id base64-of-32-bytes'")
    return key


def make_key_file(path: Path) -> None:
    """Make the file whole or not at all, and never over another process's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"{FIRST_KEY_ID} {base64.b64encode(AESGCM.generate_key(KEY_BYTES * 8)).decode()}\n"
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(line)
        file.flush()
        os.fsync(descriptor)
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
