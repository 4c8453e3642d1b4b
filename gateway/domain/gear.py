"""An account of alarm gear: a panel's or a receiver's number, and the key that it encrypts with."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

KEY_BYTES: Final = frozenset({16, 24, 32})
"""AES-128, AES-192, AES-256 (DC-09 5.4.5)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GearAccount:
    """One account. ``line`` is its prefix (``L1``), empty: any. ``key`` None: it sends in clear."""

    account_id: UUID
    integrator_id: UUID
    account: str
    line: str = ""
    key: bytes | None = field(default=None, repr=False)
    created_at: datetime
    ended_at: datetime | None = None
