"""The spool: presses that PostgreSQL cannot commit now, kept on this node's disk and shown all the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self
from uuid import UUID

from gateway.ports.presses import Committed, PressRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPress:
    """A press on this node's disk; ``record`` is what will be committed, under the same ids."""

    record: PressRecord
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is known in memory of a kept press: whose turn it is, and among which."""

    press_id: UUID
    registration_id: UUID
    centre: str
    kept_at: datetime

    @classmethod
    def of(cls, kept: KeptPress) -> Self:
        """Return it of a kept press."""
        record = kept.record
        return cls(
            press_id=record.press_id,
            registration_id=record.registration_id,
            centre=record.centre,
            kept_at=kept.kept_at,
        )


class Spool(Protocol):
    """Presses on disk, sealed and synchronised before anybody is told that they are kept."""

    @property
    def waiting(self) -> Sequence[Waiting]:
        """What is kept, those kept first first."""

    def holds(self, press_id: UUID) -> bool:
        """Tell whether the press is kept here, or is being written."""

    def holds_of(self, registration_id: UUID) -> bool:
        """Tell whether any press of the registration is kept here."""

    async def keep(self, record: PressRecord) -> KeptPress:
        """Return once it is on the disk; what is kept already is returned as it was kept first.

        Raises ``SpoolFull``, or ``CannotCommit`` where the disk fails: nothing was kept of it.
        """

    async def read(self, press_id: UUID) -> KeptPress | None:
        """Return a kept press; None: it is not here, or not any more."""

    async def let_go(self, press_id: UUID) -> None:
        """Take it off the disk: it is committed."""


class Provisionals(Protocol):
    """Where consoles are told of presses that are only kept. Neither call blocks or raises."""

    def show(self, kept: KeptPress) -> None:
        """Tell the consoles of its centres, at this node and at the others."""

    def over(self, kept: KeptPress, committed: Committed) -> None:
        """Tell them that it is committed."""
