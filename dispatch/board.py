"""What one console knows: frames and time in, the open alarms and the frames to send out.

No asyncio, no clock, no socket: whoever has the link feeds this and sends what it returns. The
console's ``session.ts`` is its twin; both are held to the cases in ``tests/cases/board``.

The rules (G3, G7):

- a centre's next event is the one with its cursor's sequence plus one, in its cursor's epoch;
- a sequence already applied is ignored and counted, so a replay may overlap what is held;
- a jump is never applied over: the centre is attached again from its cursor, once until it moves;
- a snapshot replaces a centre when its last part is here, cursor and alarms together, so that a
  link lost between two parts loses nothing;
- the picture is as old as the last frame that found every centre caught up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from schemas.alarm import AlarmState, AlarmView
from schemas.base import CentreId, Instant
from schemas.commands import Acknowledge
from schemas.frames import (
    Attach,
    CaughtUp,
    ConsoleFrame,
    Cursor,
    Delivered,
    Event,
    Heartbeat,
    Pong,
    Refused,
    Reset,
    Result,
    ServerFrame,
    Snapshot,
    Welcome,
)
from schemas.session import OperatorView

STALE_AFTER_S: Final = 6.0  # a heartbeat (5 s) and a second for the network
LOST_AFTER_S: Final = 1.0  # a link that is back at once is not worth a red bar
ASK_AGAIN_S: Final = 2.0  # an attach that moved nothing for so long is sent again
ANSWER_WAIT_S: Final = 10.0  # an acknowledgement unanswered for so long is given up, never sent late

WORTH_A_DELIVERY: Final = frozenset({"alarm.raised", "alarm.pressed_again"})


class Outcome(StrEnum):
    """What became of a command."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Command:
    """The last acknowledgement asked for an alarm, and its answer; ``refusal`` only when refused."""

    frame: Acknowledge
    asked_at: float
    outcome: Outcome = Outcome.ASKED
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a centre last caught up: by a snapshot for ``reason``, else by ``replayed`` events."""

    replayed: int
    reason: str | None = None


@dataclass(slots=True)
class CentreBoard:
    """One centre: its cursor, its open alarms, and whether they are all there are."""

    cursor: Cursor | None = None
    alarms: dict[UUID, AlarmView] = field(default_factory=dict)
    caught_up: bool = False
    resumption: Resumption | None = None
    asked_at: float | None = None  # when it was attached, or last moved on its way to caught up
    _parts: list[Snapshot] = field(default_factory=list)
    _moved: Resumption = Resumption(0)

    def ask(self, now: float) -> None:
        """Note that an attach is on its way."""
        self.caught_up = False
        self.asked_at = now
        self._parts.clear()
        self._moved = Resumption(0)

    def let_go(self) -> None:
        """Expect nothing that was on its way: the link is gone."""
        self.caught_up = False
        self.asked_at = None
        self._parts.clear()

    def is_next(self, cursor: Cursor) -> bool:
        """Whether an event at ``cursor`` follows what is held."""
        held = self.cursor
        return held is not None and cursor.epoch == held.epoch and cursor.sequence == held.sequence + 1

    def has(self, cursor: Cursor) -> bool:
        """Whether everything up to ``cursor`` is held."""
        held = self.cursor
        return held is not None and cursor.epoch == held.epoch and cursor.sequence <= held.sequence

    def apply(self, event: Event, now: float) -> None:
        """Apply the next event."""
        self.cursor = event.cursor
        if event.alarm is not None and event.alarm.state is AlarmState.CLOSED:
            self.alarms.pop(event.alarm.alarm_id, None)
        elif event.alarm is not None:
            self.alarms[event.alarm.alarm_id] = event.alarm
        if not self.caught_up:
            self.asked_at = now
            self._moved = Resumption(self._moved.replayed + 1, self._moved.reason)

    def collect(self, part: Snapshot, now: float) -> Snapshot | None:
        """Keep one part of a snapshot; return the whole once the last is here and has replaced the centre."""
        if part.first:
            self._parts.clear()
        elif not self._parts or self._parts[-1].cursor != part.cursor:
            self._parts.clear()
            return None
        self._parts.append(part)
        self.asked_at = now
        if part.more:
            return None
        open_alarms = tuple(
            alarm for each in self._parts for alarm in each.alarms if alarm.state is not AlarmState.CLOSED
        )
        self._parts.clear()
        self.cursor = part.cursor
        self.alarms = {alarm.alarm_id: alarm for alarm in open_alarms}
        self._moved = Resumption(0, part.reason)
        return part.model_copy(update={"alarms": open_alarms, "first": True})

    def complete(self) -> None:
        """Note that the gateway has sent all there is."""
        if not self.caught_up:
            self.resumption = self._moved
        self.caught_up = True
        self.asked_at = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """Frames to send now, and what was applied: events, and snapshots made whole."""

    send: tuple[ConsoleFrame, ...] = ()
    applied: tuple[Event | Snapshot, ...] = ()


class Board:
    """One console's picture of its centres.

    ``centres`` narrows what is followed; empty means every centre of the signed-in operator.
    Times are seconds on any clock that never goes back.
    """

    def __init__(self, console: UUID, centres: Sequence[CentreId] = ()) -> None:
        self.console = console
        self.operator: OperatorView | None = None
        self.centres: dict[CentreId, CentreBoard] = {}
        self.commands: dict[UUID, Command] = {}
        self.unpainted: dict[UUID, Delivered] = {}
        self.linked = False
        self.lost_at: float | None = None
        self.as_of: float | None = None
        self.ignored = 0
        self.gaps = 0
        self._wanted = tuple(centres)
        self._held_back: list[Delivered] = []

    # --- what happens to it --------------------------------------------------------------

    def receive(self, frame: ServerFrame, now: float) -> Reaction:
        """Take one frame from the gateway."""
        reaction = self._react(frame, now)
        if self.centres and all(centre.caught_up for centre in self.centres.values()):
            self.as_of = now
        return reaction

    def disconnected(self, now: float) -> None:
        """Note that the link is gone; cursors and alarms stay, to be resumed from."""
        if self.linked:
            self.linked = False
            self.lost_at = now
        for centre in self.centres.values():
            centre.let_go()

    def tick(self, now: float) -> None:
        """Give up acknowledgements that nobody answered."""
        for alarm_id, command in self.commands.items():
            if command.outcome is Outcome.ASKED and now - command.asked_at >= ANSWER_WAIT_S:
                self.commands[alarm_id] = Command(command.frame, command.asked_at, Outcome.UNANSWERED)

    def acknowledge(self, alarm_id: UUID, request_id: UUID, now: float) -> tuple[ConsoleFrame, ...]:
        """Ask for a raised alarm; nothing without a link, for one that is taken, or while asking already."""
        alarm = self.find(alarm_id)
        asked = self.commands.get(alarm_id)
        if alarm is None or alarm.state is not AlarmState.RAISED or not self.linked:
            return ()
        if asked is not None and asked.outcome is Outcome.ASKED:
            return ()
        frame = Acknowledge(request_id=request_id, alarm_id=alarm_id, expected_version=alarm.version)
        self.commands[alarm_id] = Command(frame, now)
        return (frame,)

    def painted(self, alarm_id: UUID, at: Instant) -> tuple[ConsoleFrame, ...]:
        """Report an alarm drawn, once for each press; held back until there is a link."""
        delivered = self.unpainted.pop(alarm_id, None)
        if delivered is None:
            return ()
        delivered = delivered.model_copy(update={"painted_at": at})
        if self.linked:
            return (delivered,)
        self._held_back.append(delivered)
        return ()

    # --- what it says --------------------------------------------------------------------

    def stale(self, now: float) -> bool:
        """Whether the picture may be older than what the gateway has (``as_of`` says how old)."""
        if self.as_of is None or now - self.as_of > STALE_AFTER_S:
            return True
        return not self.linked and self.lost_at is not None and now - self.lost_at > LOST_AFTER_S

    def open_alarms(self) -> Iterable[AlarmView]:
        """Every open alarm, centre by centre."""
        return (alarm for centre in self.centres.values() for alarm in centre.alarms.values())

    def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return an open alarm."""
        return next((alarm for alarm in self.open_alarms() if alarm.alarm_id == alarm_id), None)

    # --- frames --------------------------------------------------------------------------

    def _react(self, frame: ServerFrame, now: float) -> Reaction:
        match frame:
            case Welcome():
                return Reaction(send=self._welcomed(frame, now))
            case Heartbeat():
                asks = (self._ask_if_behind(name, head, now) for name, head in frame.heads.items())
                return Reaction(send=(Pong(), *(attach for ask in asks for attach in ask)))
            case Result() | Refused():
                self._answered(frame)
                return Reaction()
            case Event() | Snapshot() | CaughtUp() | Reset():
                centre = self.centres.get(frame.centre)
                if centre is None:
                    self.ignored += 1
                    return Reaction()
                return self._of_centre(centre, frame, now)
            case _:
                return Reaction()

    def _of_centre(
        self, centre: CentreBoard, frame: Event | Snapshot | CaughtUp | Reset, now: float
    ) -> Reaction:
        match frame:
            case Event():
                return self._event(centre, frame, now)
            case Snapshot():
                return self._snapshot(centre, frame, now)
            case CaughtUp():
                if not centre.has(frame.cursor):
                    return Reaction(send=self._gap(frame.centre, centre, now))
                centre.complete()
                return Reaction(send=self._unanswered(centre, now))
            case Reset():
                centre.ask(now)
                return Reaction()

    def _welcomed(self, frame: Welcome, now: float) -> tuple[ConsoleFrame, ...]:
        if self.operator is not None and self.operator.operator_id != frame.operator.operator_id:
            self.centres.clear()
            self.commands.clear()
            self.unpainted.clear()
            self._held_back.clear()
            self.as_of = None
        self.linked = True
        self.operator = frame.operator
        followed = self._wanted or frame.operator.centres
        self.centres = {name: self.centres.get(name, CentreBoard()) for name in followed}
        held_back, self._held_back = self._held_back, []
        ours = (delivered for delivered in held_back if delivered.centre in self.centres)
        return (*self._attach(followed, now), *ours)

    def _attach(self, names: Sequence[CentreId], now: float) -> tuple[ConsoleFrame, ...]:
        if not names:
            return ()
        cursors = {name: cursor for name in names if (cursor := self.centres[name].cursor) is not None}
        for name in names:
            self.centres[name].ask(now)
        return (Attach(console=self.console, centres=tuple(names), cursors=cursors),)

    def _event(self, centre: CentreBoard, event: Event, now: float) -> Reaction:
        if centre.has(event.cursor):
            self.ignored += 1
            return Reaction()
        if not centre.is_next(event.cursor):
            return Reaction(send=self._gap(event.centre, centre, now))
        centre.apply(event, now)
        if event.alarm is None:
            return Reaction(applied=(event,))
        if event.alarm.state is AlarmState.CLOSED:
            self._forget(event.alarm.alarm_id)
        elif event.kind in WORTH_A_DELIVERY:
            self._to_paint(event.alarm, event.cursor, event.at)
        return Reaction(applied=(event,))

    def _snapshot(self, centre: CentreBoard, part: Snapshot, now: float) -> Reaction:
        before = set(centre.alarms)
        whole = centre.collect(part, now)
        if whole is None:
            return Reaction()
        for alarm_id in before - set(centre.alarms):
            self._forget(alarm_id)
        for alarm in whole.alarms:
            if alarm.alarm_id not in before and alarm.state is AlarmState.RAISED:
                self._to_paint(alarm, whole.cursor, alarm.raised_at)
        return Reaction(applied=(whole,))

    def _ask_if_behind(self, name: CentreId, head: Cursor, now: float) -> tuple[ConsoleFrame, ...]:
        centre = self.centres.get(name)
        if centre is None or (centre.caught_up and centre.has(head)):
            return ()
        return self._gap(name, centre, now)

    def _gap(self, name: CentreId, centre: CentreBoard, now: float) -> tuple[ConsoleFrame, ...]:
        if centre.asked_at is not None and now - centre.asked_at < ASK_AGAIN_S:
            return ()
        self.gaps += 1
        return self._attach((name,), now)

    # --- commands and deliveries ---------------------------------------------------------

    def _answered(self, frame: Result | Refused) -> None:
        for alarm_id, command in self.commands.items():
            if command.frame.request_id == frame.request_id:
                refusal = frame if isinstance(frame, Refused) else None
                outcome = Outcome.DONE if refusal is None else Outcome.REFUSED
                self.commands[alarm_id] = Command(command.frame, command.asked_at, outcome, refusal)

    def _unanswered(self, centre: CentreBoard, now: float) -> tuple[ConsoleFrame, ...]:
        """Repeat what the link took with it: the same request id is told the same answer."""
        return tuple(
            command.frame
            for alarm_id, command in self.commands.items()
            if command.outcome is Outcome.ASKED
            and now - command.asked_at < ANSWER_WAIT_S
            and alarm_id in centre.alarms
        )

    def _to_paint(self, alarm: AlarmView, cursor: Cursor, at: Instant) -> None:
        self.unpainted[alarm.alarm_id] = Delivered(
            alarm_id=alarm.alarm_id, centre=alarm.centre, sequence=cursor.sequence, painted_at=at
        )

    def _forget(self, alarm_id: UUID) -> None:
        self.commands.pop(alarm_id, None)
        self.unpainted.pop(alarm_id, None)
