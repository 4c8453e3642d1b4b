"""What follows from what is committed: events to look at, and calls to the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.domain.flood import Load
from gateway.domain.follow_up import Call, Happened
from gateway.domain.silence import Silence


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events of a centre's stream whose consequences this node may carry out."""

    centre: str
    after: int
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A centre that nobody attended since ``vacant_since``, and that somebody attends again."""

    centre: str
    vacant_since: datetime
    unattended_since: datetime
    diverted: int


class FollowUps(Protocol):
    """What has yet to follow from what is committed. Raises ``DatabaseUnavailable``.

    Everything is done at least once, by whichever node; nothing is forgotten when one dies over it.
    """

    async def claim(self) -> Sequence[Stretch]:
        """Claim, of each centre with new events, the oldest whose consequences are not done."""

    async def read(self, stretch: Stretch) -> Sequence[Happened]:
        """Return what happened to alarms in it, in order, as far as something can follow from it."""

    async def done(self, stretch: Stretch) -> None:
        """Say that everything that follows from it was done."""

    async def returned(self) -> Sequence[Returned]:
        """Return the centres that are attended again, and have not been told of it."""

    async def welcomed(self, returned: Returned) -> None:
        """Say that the centre was told."""

    async def untrue(self) -> Sequence[tuple[str, str]]:
        """Return the centres with a notice that another is unattended, which it is not: (centre, other)."""

    async def loads(self) -> Sequence[Load]:
        """Return how busy each centre is."""

    async def silences(self) -> Sequence[Silence]:
        """Return how many are silent in each centre."""


class CallOutcome(StrEnum):
    """How a call ended: it got through, or the alarm was answered first."""

    DELIVERED = "delivered"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ClaimedCall:
    """A call that this node is to make, after ``tries`` that failed. ``answered``: it is of no more use."""

    call: Call
    tries: int
    answered: bool


class Calls(Protocol):
    """Calls to the outside that are to be made. Raises ``DatabaseUnavailable``."""

    async def add(self, calls: Sequence[Call]) -> None:
        """Keep calls until they are made; one that is known is left alone."""

    async def claim(self, limit: int) -> Sequence[ClaimedCall]:
        """Claim calls that are due."""

    async def end(self, call: ClaimedCall, outcome: CallOutcome) -> None:
        """Say that nothing remains to be done about it."""

    async def put_off(self, call: ClaimedCall, by_s: float) -> None:
        """Try again in so many seconds."""
