"""The spool: presses that PostgreSQL cannot commit now, kept on this node's disk and shown all the same."""

from collections.abc import Collection, Sequence
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
    """What is known in memory of a kept press: whose turn it is, and what its companion is told."""

    press_id: UUID
    sent_id: UUID
    registration_id: UUID
    centre: str
    kept_at: datetime
    flags: tuple[str, ...]

    @classmethod
    def of(cls, kept: KeptPress) -> Self:
        """Return it of a kept press."""
        record = kept.record
        return cls(
            press_id=record.press_id,
            sent_id=record.sent_id,
            registration_id=record.registration_id,
            centre=record.centre,
            kept_at=kept.kept_at,
            flags=tuple(record.facts["flags"]),
        )


class Spool(Protocol):
    """Presses on disk, sealed and synchronised before anybody is told that they are kept."""

    @property
    def waiting(self) -> Sequence[Waiting]:
        """What is kept, those kept first first."""

    @property
    def centres(self) -> Collection[str]:
        """Centres of which something is kept."""

    def registrations(self, centre: str) -> Sequence[UUID]:
        """Return whose presses are kept of a centre."""

    def lane(self, centre: str, registration_id: UUID) -> Sequence[Waiting]:
        """Return what is kept of a registration at a centre, those kept first first."""

    def holds(self, press_id: UUID) -> bool:
        """Tell whether the press is kept here, or is being written."""

    def has_let_go(self, press_id: UUID) -> bool:
        """Tell whether the press was kept here and is committed since, as far as is remembered."""

    def holds_of(self, registration_id: UUID) -> bool:
        """Tell whether any press of the registration is kept here."""

    async def keep(self, record: PressRecord) -> Waiting:
        """Return once it is on the disk; what is kept already is returned, from memory, as it was kept first.

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
