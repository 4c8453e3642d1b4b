"""What people write in words about a file, sealed under a key of its row."""

from typing import Final
from uuid import UUID

from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring

COLUMN: Final = "words_sealed"

Columns = tuple[str | None, bytes | None, bytes | None]
"""``key_id``, ``wrapped_key``, ``words_sealed``."""


def sealed(keyring: Keyring, table: str, row_id: UUID, words: str | None) -> Columns:
    """Return the columns that hold these words; None: there are none."""
    if words is None:
        return None, None, None
    seal = seal_row(keyring, _use(table, row_id), words.encode())
    return seal.key_id, seal.wrapped_key, seal.sealed


def opened(keyring: Keyring, table: str, row_id: UUID, row: Row) -> str | None:
    """Return the words of a row; None: there are none, they are erased, or this node lacks the key."""
    if row[COLUMN] is None:
        return None
    try:
        return open_row(keyring, _use(table, row_id), RowSeal.of(row, COLUMN)).decode()
    except SealBroken:
        return None


def _use(table: str, row_id: UUID) -> str:
    return f"{table}:{row_id}:words"
