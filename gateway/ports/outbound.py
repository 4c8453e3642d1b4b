"""Doors out: sendings to receivers, and streams as other systems read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from dispatch.ports import Bounds
from gateway.domain.integrators import Integrator
from gateway.domain.receivers import Claimed, Gap, Told
from schemas.press import Purpose


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """How a receiver is at a centre, where that is not what the centre was told: None is well."""

    receiver_id: UUID
    name: str
    centre: str
    state: str | None
    told: str | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits over all receivers, and how long the oldest has, in seconds."""

    waiting: int = 0
    oldest_s: float = 0.0


class Sendings(Protocol):
    """Events on their way to receivers. All raise ``DatabaseUnavailable``."""

    async def feed(self) -> int:
        """Read streams on for the receivers; return how many were (0: nothing is new)."""

    async def claim(self, busy: Mapping[UUID, int]) -> Sequence[Claimed]:
        """Claim what is due, beside the calls that are under way to each receiver.

        What is claimed nobody else has until it is ended, put off, or the node is dead. That an alarm is
        disclosed is written into the journal in the same breath, once an alarm and receiver.
        """

    async def delivered(self, one: Claimed) -> None:
        """End it; the next of its alarm is due."""

    async def dead(self, one: Claimed, error: str) -> None:
        """Give it up, and with it all of its alarm that is too old; the next of its alarm is due."""

    async def put_off(self, one: Claimed, by_s: float, error: str) -> None:
        """Try it again later."""

    async def disable(self, one: Claimed, by_s: float, error: str) -> None:
        """Send this receiver nothing more: it said that it is gone."""

    async def hasten(self, receiver_id: UUID) -> None:
        """Have what was put off tried now: the receiver answers again."""

    async def troubles(self) -> Sequence[Trouble]:
        """Return where something changed that a centre is to be told."""

    async def told(self, trouble: Trouble) -> None:
        """Keep that the centre was told."""

    async def backlog(self) -> Backlog:
        """Return how much waits over all receivers, and how long the oldest has."""

    async def clear(self) -> None:
        """Delete what is too old."""


class Gaps(Protocol):
    """What receivers lack for good, and were not told. All raise ``DatabaseUnavailable``."""

    async def claim(self) -> Sequence[Gap]:
        """Claim what receivers are to be told of now; what is not told comes again."""

    async def told(self, gap: Gap) -> None:
        """Keep that the receiver has taken it."""

    async def disable(self, gap: Gap) -> None:
        """Send this receiver nothing more: it said that it is gone."""


@dataclass(frozen=True, slots=True)
class Read:
    """Events of a stream up to ``up_to``, which is their cursor; what was left out is not in them."""

    epoch: str
    up_to: int
    events: Sequence[Told]


class Streams(Protocol):
    """The centres' streams as other systems read them. All raise ``DatabaseUnavailable``."""

    async def bounds(self, centre: str) -> Bounds | None:
        """Return what can be read; None: there is no such centre."""

    async def read(
        self,
        reader: Integrator,
        centre: str,
        after: int,
        limit: int,
        purposes: Sequence[Purpose],
        *,
        earlier: bool = False,
    ) -> Read:
        """Read on, ``limit`` events of any kind at most; each alarm disclosed goes into the journal.

        ``earlier``: with what was told of each alarm before.
        """

    async def snapshot(
        self, reader: Integrator, centre: str, purposes: Sequence[Purpose], *, earlier: bool = False
    ) -> Read:
        """Return the open alarms as of one cursor; each goes into the journal."""

    async def newest(self, reader: Integrator, alarm_id: UUID) -> Told | None:
        """Return an alarm after its last event, open or closed; None: the reader may see none of that id."""
