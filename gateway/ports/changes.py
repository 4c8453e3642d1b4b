"""Changes to alarms: what is proposed, by whom or by which deadline, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from gateway.domain.alarm import Change, DeadlineKind


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Which operator's request a change answers; the same one is answered once."""

    operator_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True)
class Claimed:
    """A deadline that fell due and that this node may carry out."""

    deadline_id: int
    alarm_id: UUID
    kind: DeadlineKind
    level: int
    due_at: datetime
    tries: int = 0


class Deadlines(Protocol):
    """What falls due, by the database's clock. Raises ``DatabaseUnavailable``.

    What is claimed nobody else has until it is carried out, dropped, put off, or the node is dead.
    """

    async def clock(self) -> tuple[datetime, int]:
        """Return the database's time, and the newest ``deadline_id`` there is (0: none)."""

    async def due(self, limit: int) -> Sequence[Claimed]:
        """Claim what has fallen due, the longest overdue first."""

    async def hastened(self, limit: int, steps: Sequence[tuple[int, float]]) -> Sequence[Claimed]:
        """Claim what would have fallen due had the clock not been set back.

        Each step is ``(last_deadline_id, seconds)``. What was made in the future is due at once.
        """

    async def deserted(self, limit: int, levels: Mapping[str, int]) -> Sequence[Claimed]:
        """Claim the escalations, up to these levels, of alarms that these centres own."""

    async def drop(self, claimed: Sequence[Claimed]) -> None:
        """Forget deadlines whose act is not allowed any more, unless they were set anew."""

    async def put_off(self, claimed: Sequence[Claimed], by_s: Sequence[float]) -> None:
        """Let go of deadlines that could not be carried out, each for so many seconds."""

    async def mend(self) -> int:
        """Give each real raised alarm without a next level one that is due now; return how many."""

    async def count(self) -> Mapping[DeadlineKind, int]:
        """Return how many are open, by kind."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change to be committed, and what it answers: a request, a deadline, or nothing.

    ``with_previous``: together with the proposal before it, or neither.
    """

    change: Change
    request: RequestKey | None = None
    deadline: Claimed | None = None
    with_previous: bool = False


class Fate(StrEnum):
    """What became of a proposal. Only ``committed`` changed anything."""

    COMMITTED = "committed"
    REPEATED = "repeated"
    CHANGED = "changed"
    GONE = "gone"
    UNIT_TAKEN = "unit_taken"
    NO_CENTRE = "no_centre"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a proposal.

    ``repeated``: the first answer again. ``changed``: decide anew on what is stored now. ``gone``: the
    deadline was carried out or set anew, or is no more. ``no_centre``: nobody would have owned it.
    """

    fate: Fate
    alarm_id: UUID | None = None
    version: int | None = None


class Changes(Protocol):
    """Where changes to alarms become durable, and events in every stream they concern."""

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        """Commit each that is still right, in this order, and tell consoles.

        Raises ``DatabaseUnavailable`` when that is not known to have happened, and
        ``NotAllowedNow`` when an alarm was to be reopened beside a newer open one.
        """

    async def answer(self, request: RequestKey) -> Verdict | None:
        """Return what the request was answered before; None: it was not."""
