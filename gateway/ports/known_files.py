"""Victims' files from memory, for while the database is away."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """A file as this node read it last: ``sealed`` has the sealed columns of its row, unopened."""

    reference: str | None
    population: str
    sealed: Row = field(repr=False)
    read_at: datetime


class KnownFiles(Protocol):
    """Files as they were last read."""

    def file_of(self, registration_id: UUID) -> KnownFile | None:
        """Return the file of a registration; None: it is not known here, or was erased or closed."""
