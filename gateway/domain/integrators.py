"""Who speaks for another system, and one event of it in our words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from uuid import UUID

from gateway.domain.known import known
from gateway.domain.rows import Row
from schemas.events import EventData, EventType
from schemas.integrators import IntegratorScope, IntegratorView
from schemas.registration import Population


@dataclass(frozen=True, kw_only=True, slots=True)
class Integrator:
    """Another system with an account. ``sandbox``: whatever it raises is an exercise."""

    integrator_id: UUID
    name: str
    scopes: frozenset[IntegratorScope]
    centres: frozenset[str] = frozenset()
    sandbox: bool = False
    events_per_s: float = 50.0
    created_at: datetime
    disabled_at: datetime | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Make it from a row of ``integrator``, with those of its scopes that this program knows."""
        return cls(
            integrator_id=row["integrator_id"],
            name=row["name"],
            scopes=frozenset(known(IntegratorScope, row["scopes"])),
            centres=frozenset(row["centres"]),
            sandbox=row["sandbox"],
            events_per_s=row["events_per_s"],
            created_at=row["created_at"],
            disabled_at=row["disabled_at"],
        )

    def view(self) -> IntegratorView:
        """Return what may be shown of it."""
        return IntegratorView(
            integrator_id=self.integrator_id,
            name=self.name,
            scopes=tuple(sorted(self.scopes)),
            centres=tuple(sorted(self.centres)),
            sandbox=self.sandbox,
            events_per_s=self.events_per_s,
            created_at=self.created_at,
            disabled_at=self.disabled_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """The registration that a subject means. ``known`` false: a stand-in, as there is no file.

    ``shared``: one that stands for several, of whom its integrator has too many.
    """

    registration_id: UUID
    centre: str
    population: Population
    known: bool = True
    shared: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One event as a door hands it on; ``raw`` is what came, byte for byte.

    ``source`` and ``event_id`` are its key for ever. ``dropped`` names what could not be read of it.
    """

    integrator: Integrator
    type: EventType
    source: str
    event_id: str
    subject: str
    time: datetime | None
    data: EventData
    raw: bytes = field(repr=False)
    dropped: tuple[str, ...] = ()
