"""What all consoles of a centre are sent, read once however many receive it.

Every console gets the same bytes, so a piece that was read before is recognised by its bytes alone:
that is what lets one process stand for two thousand consoles.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from loadtests.frames import Frame, Opcode

EVENT_BEGINS: Final = b'{"type":"event"'
POSITION_BEGINS: Final = b'{"type":"position"'


@dataclass(slots=True, eq=False)
class Piece:
    """Events ``first`` to ``after - 1`` as they arrive together; ``arrivals`` in ns, one a console."""

    first: int
    after: int
    arrivals: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Shown:
    """One position frame; ``arrivals`` in ns, one a console."""

    alarm_id: str
    latitude: float
    fixed_at: datetime
    arrivals: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event of the stream, as far as it is judged. What is about no alarm has none of its fields."""

    kind: str
    at: str
    size: int
    alarm_id: str | None = None
    registration_id: str | None = None
    version: int | None = None
    state: str | None = None
    escalates_at: str | None = None
    level: int | None = None
    reason: str | None = None


def seen_in(told: dict[str, Any], size: int) -> Seen:
    """Return what is judged of an event frame."""
    alarm = told.get("alarm")
    if alarm is None:  # about a unit, a notice, a registration's protection
        return Seen(kind=told["kind"], at=told["at"], size=size)
    escalation = alarm.get("escalation") or {}
    return Seen(
        kind=told["kind"],
        at=told["at"],
        size=size,
        alarm_id=alarm["alarm_id"],
        registration_id=alarm["registration_id"],
        version=alarm["version"],
        state=alarm["state"],
        escalates_at=alarm.get("escalates_at"),
        level=escalation.get("level"),
        reason=escalation.get("reason"),
    )


class Feed:
    """The pieces received since ``forget``, by their bytes.

    ``conflicting`` counts sequences that came with two different contents: two consoles that were
    told different things. ``heard`` is called with the whole of each event, once.
    """

    def __init__(self, heard: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.pieces: dict[bytes, Piece] = {}
        self.events: dict[int, Seen] = {}
        self.shown: dict[bytes, Shown] = {}
        self.places: dict[bytes, tuple[Shown, ...]] = {}
        self.conflicting = 0
        self.latest: Piece | None = None
        self._heard = heard
        self._of_payload: dict[bytes, Piece] = {}
        self._payloads: dict[int, bytes] = {}

    def learn(self, received: bytes, frames: list[Frame]) -> Piece | None:
        """Remember ``received``, which is exactly ``frames``, when it is consecutive events only."""
        singles = [self.event(frame.payload) for frame in frames if frame.opcode is Opcode.TEXT]
        events = [single for single in singles if single is not None]
        if not events or len(events) != len(frames):
            return None
        if any(one.after != other.first for one, other in pairwise(events)):
            return None
        piece = events[0] if len(events) == 1 else Piece(events[0].first, events[-1].after)
        self.pieces[received] = self.latest = piece
        return piece

    def event(self, payload: bytes) -> Piece | None:
        """Return the one event in ``payload``; None when it is another kind of frame."""
        known = self._of_payload.get(payload)
        if known is not None or not payload.startswith(EVENT_BEGINS):
            return known
        told: dict[str, Any] = json.loads(payload)
        sequence: int = told["cursor"]["sequence"]
        if sequence in self.events:  # a replay may spell it differently
            self.conflicting += told != json.loads(self._payloads[sequence])
        else:
            self.events[sequence] = seen_in(told, len(payload))
            self._payloads[sequence] = payload
            if self._heard is not None:
                self._heard(told)
        piece = self._of_payload[payload] = Piece(sequence, sequence + 1)
        return piece

    def position(self, payload: bytes) -> Shown | None:
        """Return the position in ``payload``; None when it is another kind of frame."""
        known = self.shown.get(payload)
        if known is not None or not payload.startswith(POSITION_BEGINS):
            return known
        told: dict[str, Any] = json.loads(payload)
        place = told["position"]
        fixed_at = datetime.fromisoformat(place["fixed_at"])
        shown = self.shown[payload] = Shown(told["alarm_id"], place["latitude"], fixed_at)
        return shown

    def positions(self, received: bytes, frames: list[Frame]) -> tuple[Shown, ...] | None:
        """Remember ``received``, which is exactly ``frames``, when it is positions only."""
        found = [self.position(frame.payload) for frame in frames if frame.opcode is Opcode.TEXT]
        shown = tuple(one for one in found if one is not None)
        if not shown or len(shown) != len(frames):
            return None
        self.places[received] = shown
        return shown

    def arrivals(self) -> Iterator[tuple[int, list[int]]]:
        """Yield sequences with the instants (ns) at which consoles received them; one may come again."""
        for piece in self._distinct():
            if piece.arrivals:
                for sequence in range(piece.first, piece.after):
                    yield sequence, piece.arrivals

    def last_arrivals(self) -> dict[int, int]:
        """Return when (ns) the last console received each sequence that any did."""
        last: dict[int, int] = {}
        for sequence, arrivals in self.arrivals():
            last[sequence] = max(last.get(sequence, 0), *arrivals)
        return last

    def deliveries(self) -> int:
        """Return how many events were received, over all consoles."""
        return sum(len(piece.arrivals) * (piece.after - piece.first) for piece in self._distinct())

    def forget(self) -> None:
        """Begin a new round."""
        self.pieces.clear()
        self.events.clear()
        self.shown.clear()
        self.places.clear()
        self._of_payload.clear()
        self._payloads.clear()
        self.conflicting = 0
        self.latest = None

    def _distinct(self) -> Iterable[Piece]:
        """Return each piece once: a single event is known by its frame and by its payload."""
        return {id(piece): piece for piece in (*self.pieces.values(), *self._of_payload.values())}.values()
