"""The other nodes, for what they cannot read from the database: that is away."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.rows import Row


class Neighbours(Protocol):
    """Where other nodes are told what consoles of a centre must know. Hints: late, doubled or lost."""

    def tell(self, centre: str, message: bytes) -> None:
        """Tell them, sealed, at most 64 KiB. Never blocks and never raises."""


class Nobody:
    """``Neighbours`` of a node that has none."""

    def tell(self, centre: str, message: bytes) -> None:
        """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A file as this node read it last: ``sealed`` has the sealed columns of its row, unopened."""

    reference: str | None
    population: str
    sealed: Row = field(repr=False)
    read_at: datetime


class KnownFiles(Protocol):
    """Files from memory, for while the database is away."""

    def file_of(self, registration_id: UUID) -> KnownFile | None:
        """Return the file of a registration; None: it is not known here, or was erased or closed."""
