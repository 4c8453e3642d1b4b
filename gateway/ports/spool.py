"""The spool: presses that PostgreSQL cannot commit now, kept on this node's disk and shown all the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.ports.presses import Committed, PressRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPress:
    """A press on this node's disk; ``record`` is what will be committed, under the same ids."""

    record: PressRecord
    kept_at: datetime


class Spool(Protocol):
    """Presses on disk, sealed and synchronised before anybody is told that they are kept."""

    async def keep(self, record: PressRecord) -> KeptPress:
        """Return once it is on the disk; what is kept already is returned as it was kept first.

        Raises ``SpoolFull``: nothing was kept of it.
        """

    def kept(self, press_id: UUID) -> KeptPress | None:
        """Return the press if it is kept here."""

    async def oldest(self, limit: int) -> Sequence[KeptPress]:
        """Return at most so many, those kept first first."""

    async def let_go(self, press_id: UUID) -> None:
        """Take it off the disk: it is committed."""


class Provisionals(Protocol):
    """Where consoles are told of presses that are only kept. Neither call blocks or raises."""

    def show(self, kept: KeptPress) -> None:
        """Tell the consoles of its centres, at this node and at the others."""

    def over(self, kept: KeptPress, committed: Committed) -> None:
        """Tell them that it is committed."""
