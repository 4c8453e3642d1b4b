"""Behind the one way in: who stands in for an unknown subject, which events are known, what waits."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.domain.integrators import Inbound, Linked
from schemas.events import EventFate, EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is known of an event that raises an alarm. ``differs``: it came with other content before."""

    registration_id: UUID
    differs: bool


class StandIns(Protocol):
    """Files that stand for subjects that nobody linked. Raises ``DatabaseUnavailable``."""

    def may_be(self, event: Inbound) -> Collection[UUID]:
        """Return the ids of all files that may stand for the event's subject."""

    async def of(self, event: Inbound, centre: str, *, own: bool = False) -> Linked:
        """Return the file that stands for the event's subject; where there is none, what it would be.

        ``own``: not one that it shares with others.
        """

    async def ensure(self, event: Inbound, centre: str) -> Linked:
        """Return the file that stands for the event's subject; where there is none, make it at a centre.

        Beyond what an integrator may make a day it is the one that all the others of it share.
        """


class Strangers(Protocol):
    """Whom too many stand-ins were asked of. Raises ``DatabaseUnavailable``."""

    async def too_many(self) -> Mapping[UUID, str]:
        """Return integrators, with their names, whose alarms share a stand-in today; forget days gone by."""

    async def ever(self) -> Sequence[str]:
        """Return the ids of all integrators."""


class AlarmKeys(Protocol):
    """Which file each event raised an alarm of, for ever. Raises ``DatabaseUnavailable``."""

    async def hold(self, key: UUID, registration_id: UUID, digest: bytes, at: datetime) -> Held:
        """Keep that an event is about a file, unless it is known already; return what is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One event on its way into the inbox. ``wait_s``: it is not its turn before.

    ``newest``: one of its subject that waits already has its place taken by it. ``first``: ahead of the rest.
    """

    event: Inbound
    key: UUID
    lane: UUID
    digest: bytes
    fate: EventFate
    received_at: datetime
    wait_s: float = 0.0
    newest: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of a letter; of one that came before, what became of the first."""

    fate: EventFate
    seen_before: bool = False
    differs: bool = False
    flags: tuple[str, ...] = ()


class Inbox(Protocol):
    """Where what is no alarm becomes durable."""

    async def deliver(self, letters: Sequence[Letter]) -> tuple[Delivered, ...]:
        """Return once they are committed, in their order.

        Raises ``CannotCommit`` (not known to be; the same again is right) and ``Overloaded``.
        """

    def depth(self, integrator_id: UUID) -> int:
        """Return how many of an integrator's events wait, as of some seconds ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An event whose turn it is. ``read`` opens it, in some 60 us; None: what is kept of it does not open.

    ``claimed_by``: the number it was claimed under (``InboxWork.stand``).
    """

    number: int
    key: UUID
    lane: UUID
    type: EventType
    integrator_id: UUID
    received_at: datetime
    tries: int
    claimed_by: int
    read: Callable[[], Inbound | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxState:
    """How much waits. ``depths``: of the integrators of whom most does."""

    events: int
    oldest_due_s: float
    quarantined: Mapping[str, int]
    depths: Mapping[UUID, int]


class InboxWork(Protocol):
    """The other end of the inbox. All raise ``DatabaseUnavailable``."""

    async def stand(self) -> int:
        """Be seen to live; return the number to claim under. A new one: what was claimed before is lost."""

    def leave(self) -> None:
        """Be seen to live no more: what is still claimed is anybody's."""

    async def claim(self, lanes: int, claimant: int) -> list[list[Claimed]]:
        """Claim the next events of so many lanes that are due, each in its order.

        None of them is held by anybody else that is seen to live, unless its lease is over.
        """

    async def finish(self, numbers: Sequence[int]) -> None:
        """Say that these are done."""

    async def release(self, begun: Sequence[Claimed]) -> None:
        """Give back what was claimed, is not done, and is nobody else's since: whoever looks next has it."""

    async def put_off(self, claimed: Claimed, rest: Sequence[int], pause_s: float, *, counted: bool) -> None:
        """Try one again after a pause, and what is behind it in its lane after that; let go of the rest.

        A try that is not ``counted`` was ended by what the event cannot help. Where another has claimed it
        since, nothing is changed.
        """

    async def quarantine(
        self, claimed: Claimed, reason: str, centre: str, registration_id: UUID | None
    ) -> None:
        """Take one out of its lane until somebody has looked at it, or the file it is about is erased."""

    async def state(self) -> InboxState:
        """Return how much waits; quarantined by centre."""

    async def prune(self) -> None:
        """Forget what was seen, and discard what was in quarantine, for long enough; some at a time."""
