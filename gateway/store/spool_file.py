"""One kept press as the bytes of a file: sealed, bound to its id, and named without anything personal.

``MSAS1``, a nonce of 12 bytes, then AES-256-GCM of: the length of the JSON (4 bytes), the JSON, the press as
it was sent. The id is associated data, so that a file under another's name does not open.
"""

import os
import struct
from dataclasses import replace
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter, ValidationError

from gateway.domain.errors import SealBroken
from gateway.ports import KeptPress
from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import NONCE_BYTES, Keyring

MAGIC: Final = b"MSAS1"
USE: Final = b"msa spool"
SUFFIX: Final = ".press"
ORDER_DIGITS: Final = 20

_written: Final[TypeAdapter[KeptPress]] = TypeAdapter(KeptPress)


def name_of(order: int, press_id: UUID) -> str:
    """Return the file's name; names sort as the presses were kept."""
    return f"{order:0{ORDER_DIGITS}d}-{press_id}{SUFFIX}"


def read_name(name: str) -> tuple[int, UUID]:
    """Return the order and the press of a file's name. Raises ``ValueError`` for any other name."""
    order, _, press_id = name.removesuffix(SUFFIX).partition("-")
    found = int(order), UUID(press_id)
    if name != name_of(*found):
        raise ValueError("not the name of a kept press")
    return found


class SpoolSeal:
    """Seals and opens kept presses under a key derived from the key file's."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, USE)

    def seal(self, kept: KeptPress) -> bytes:
        """Return the file's bytes."""
        record = kept.record
        head = _written.dump_json(replace(kept, record=replace(record, raw=b"")))
        clear = struct.pack(">I", len(head)) + head + record.raw
        nonce = os.urandom(NONCE_BYTES)
        return MAGIC + nonce + AESGCM(self._keys.current()).encrypt(nonce, clear, _bound(record.press_id))

    def open(self, press_id: UUID, sealed: bytes) -> KeptPress:
        """Return the press. Raises ``SealBroken``: torn, another's, or its key is not here."""
        clear = self._clear(press_id, sealed)
        end = 4 + int(struct.unpack(">I", clear[:4])[0])
        try:
            kept = _written.validate_json(clear[4:end])
        except ValidationError:
            # not chained: a validation error holds what it judged
            raise SealBroken("it does not hold what it should") from None
        return replace(kept, record=replace(kept.record, raw=clear[end:]))

    def _clear(self, press_id: UUID, sealed: bytes) -> bytes:
        nonce, rest = sealed[len(MAGIC) : len(MAGIC) + NONCE_BYTES], sealed[len(MAGIC) + NONCE_BYTES :]
        if not sealed.startswith(MAGIC) or not rest:
            raise SealBroken("not a kept press")
        for key in self._keys.every():
            try:
                return AESGCM(key).decrypt(nonce, rest, _bound(press_id))
            except (InvalidTag, ValueError):
                continue
        raise SealBroken("it does not open with its key")


def _bound(press_id: UUID) -> bytes:
    return USE + b":" + press_id.bytes
