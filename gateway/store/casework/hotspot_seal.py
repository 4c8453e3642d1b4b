"""What a flag is on, sealed; and the keyed hashes by which it is found without being opened.

The keys of the hashes are derived from those of the key file, so that a database without it tells no
number and no place: there are so few telephone numbers that a plain hash of one is the number.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from gateway.domain.casework.hotspots import Cell, Flagged
from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.store.derived_keys import DerivedKeys
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring
from schemas.hotspots import HotspotKind

INFO: Final = b"hotspot"
_reasoned: Final = TypeAdapter(tuple[Flagged, str | None])


def seal_flag(keyring: Keyring, hotspot_id: UUID, flag: Flagged, reason: str | None) -> RowSeal:
    """Seal what a flag is on, and why."""
    return seal_row(keyring, _use(hotspot_id), _reasoned.dump_json((flag, reason)))


def open_flag(keyring: Keyring, row: Row) -> tuple[Flagged, str | None] | None:
    """Return what a flag is on, and why; None: it was erased, or does not open."""
    try:
        clear = open_row(keyring, _use(row["hotspot_id"]), RowSeal.of(row, "flag_sealed"))
        return _reasoned.validate_json(clear)
    except (SealBroken, ValidationError):
        return None


class Blinds:
    """Keyed hashes, under each key of the key file; what is written goes under the one that wraps."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, INFO)

    def written(self, flag: Flagged) -> tuple[bytes | None, list[bytes]]:
        """Return the hash of an address or number, and those of its cells, as they are kept."""
        key = self._keys.current()
        same = flag.same
        blind = None if same is None else _hash(key, flag.kind, same)
        return blind, [_of_cell(key, cell) for cell in sorted(flag.cells)]

    def of_text(self, kind: HotspotKind, same: str) -> list[bytes]:
        """Return what an address or number may be kept as."""
        return [_hash(key, kind, same) for key in self._keys.every()]

    def of_cells(self, cells: Iterable[Cell]) -> list[bytes]:
        """Return what cells may be kept as."""
        return [_of_cell(key, cell) for cell in cells for key in self._keys.every()]


def _of_cell(key: bytes, cell: Cell) -> bytes:
    return _hash(key, "cell", f"{cell[0]} {cell[1]}")


def _hash(key: bytes, kind: str, what: str) -> bytes:
    return hmac.digest(key, f"{kind}:{what}".encode(), sha256)[:16]


def _use(hotspot_id: UUID) -> str:
    return f"hotspot:{hotspot_id}:flag_sealed"
