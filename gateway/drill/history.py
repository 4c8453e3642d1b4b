"""What clients did and were told while a test ran, and what the database holds afterwards.

``judging`` compares the two. A companion's try has one of three ends: answered 2xx with a receipt,
refused with another status, or unknown (no answer came). A console's history has two levels: the
frames of each connection, as they came off the wire, and what its board applied. Both must hold: a
board that mends what the gateway does wrong would hide it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.frames import Attach, Event, Refused, Result, ServerFrame, Snapshot
from schemas.press import Receipt

# --- what clients did and were told ----------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """One request for one press. ``status`` None: no answer, which means unknown."""

    press_id: UUID
    registration_id: UUID
    node: str
    began: float
    ended: float
    status: int | None = None
    receipt: Receipt | None = None

    @property
    def told(self) -> Receipt | None:
        """The receipt, where the answer was 2xx."""
        return self.receipt if self.status is not None and 200 <= self.status < 300 else None


@dataclass(slots=True)
class Link:
    """One connection of a console: what it asked and was sent, with the instant (monotonic s)."""

    node: str
    frames: list[tuple[float, Attach | ServerFrame]] = field(default_factory=list)
    close_code: int | None = None


@dataclass(slots=True)
class ConsoleHistory:
    """One console over all its connections; ``open_alarms`` is its board at the end."""

    name: str
    centres: tuple[str, ...]
    links: list[Link] = field(default_factory=list)
    applied: list[Event | Snapshot] = field(default_factory=list)
    open_alarms: dict[UUID, AlarmView] = field(default_factory=dict)

    def frames(self) -> Iterator[tuple[float, Attach | ServerFrame]]:
        """Every frame of every connection, in order."""
        return (frame for link in self.links for frame in link.frames)


@dataclass(slots=True)
class CommandTry:
    """One command of an operator; neither result nor refusal means unknown."""

    type: str
    request_id: UUID
    result: Result | None = None
    refused: Refused | None = None


@dataclass(slots=True)
class History:
    """Everything that the clients of one test did and were told."""

    tries: list[Try] = field(default_factory=list)
    commands: list[CommandTry] = field(default_factory=list)
    consoles: list[ConsoleHistory] = field(default_factory=list)

    def receipts(self) -> dict[UUID, list[Receipt]]:
        """Return the receipts of each press, in the order in which they came."""
        found: dict[UUID, list[Receipt]] = defaultdict(list)
        for one in self.tries:
            if one.told is not None:
                found[one.press_id].append(one.told)
        return found


# --- what the database holds -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPress:
    """One row of ``press``."""

    press_id: UUID
    registration_id: UUID
    centre: str
    alarm_id: UUID
    sequence: int
    committed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEvent:
    """One row of ``stream_event``."""

    centre: str
    sequence: int
    kind: str
    at: datetime
    alarm_id: UUID | None
    image: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAlarm:
    """One row of ``alarm``, and its image now: the owner's, or the copy of a centre that sees it too."""

    centre: str
    alarm_id: UUID
    registration_id: UUID
    purpose: str
    state: str
    version: int
    image: Mapping[str, Any]

    @property
    def is_owners(self) -> bool:
        """Whether this is the row of the centre that owns the alarm."""
        return bool(self.image["centre"] == self.centre)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCommand:
    """One row of ``command``: what a request was answered, and will be whenever it is repeated."""

    request_id: UUID
    alarm_id: UUID | None
    version: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """The database when everything is over."""

    heads: Mapping[str, int]
    presses: Sequence[StoredPress]
    events: Sequence[StoredEvent]
    alarms: Sequence[StoredAlarm]
    commands: Sequence[StoredCommand] = ()
