"""What one console knows: frames and time in, the picture and the frames to send out.

No asyncio, no clock, no socket: whoever has the link feeds this and sends what it returns. The
console's ``session.ts`` is its twin; both are held to the cases in ``tests/cases/board``.

The rules (G3, G7):

- a centre's next event is the one with its cursor's sequence plus one, in its cursor's epoch;
- a sequence already applied is ignored and counted, so a replay may overlap what is held;
- a jump is never applied over: the centre is attached again from its cursor, once until it moves;
- a snapshot replaces a centre when its last part is here, cursor and all it holds together, so
  that a link lost between two parts loses nothing;
- an alarm may stand in several centres' streams: the picture has it once, at its highest version,
  and not at all where that is ``closed``, whatever a slower stream still tells;
- a press that is only kept moves none either: when it ends, ``dispatch.unstored`` says;
- a position moves no cursor: the newest of each who, of an alarm that is open there, wins and stays as long;
- the picture is as old as the last frame that found every centre caught up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dispatch.asking import Asked, Asking
from dispatch.centre_board import CentreBoard
from dispatch.painting import Painting
from dispatch.picture import Picture
from dispatch.unstored import Unstored
from schemas.alarm import AlarmState, AlarmView
from schemas.base import CentreId, Instant
from schemas.commands import Acknowledge, Command
from schemas.frames import (
    Attach,
    CaughtUp,
    ConsoleFrame,
    Cursor,
    Delivered,
    Event,
    Heartbeat,
    Pong,
    PositionFrame,
    Provisional,
    ProvisionalOver,
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

WORTH_A_DELIVERY: Final = frozenset({"alarm.raised", "alarm.pressed_again"})


@dataclass(frozen=True, slots=True)
class Reaction:
    """Frames to send now, and what was applied: events and snapshots made whole, or a newer position.

    ``kept``: a press that is only kept and was not known, or the end of one that was.
    """

    send: tuple[ConsoleFrame, ...] = ()
    applied: tuple[Event | Snapshot, ...] = ()
    placed: PositionFrame | None = None
    kept: Provisional | ProvisionalOver | None = None


class Board:
    """One console's picture of its centres.

    ``wanted`` narrows what is followed; empty means every centre of the signed-in operator.
    ``foreign`` are the centres that were wanted or followed and are not this operator's.
    Times are seconds on any clock that never goes back.
    """

    def __init__(self, console: UUID, wanted: Sequence[CentreId] = ()) -> None:
        self.console = console
        self.operator: OperatorView | None = None
        self.foreign: tuple[CentreId, ...] = ()
        self.linked = False
        self.lost_at: float | None = None
        self.as_of: float | None = None
        self.ignored = 0
        self.gaps = 0
        self._wanted = tuple(wanted)
        self._painting = Painting()
        self._asking = Asking()
        self._picture = Picture()
        self._unstored = Unstored()
        self._node = ""

    # --- what happens to it --------------------------------------------------------------

    def receive(self, frame: ServerFrame, now: float) -> Reaction:
        """Take one frame from the gateway."""
        reaction = self._react(frame, now)
        if self.centres and all(centre.caught_up for centre in self.centres.values()):
            self.as_of = now
        return reaction

    def disconnected(self, now: float) -> None:
        """Note that the link is gone; cursors and what is held stay, to be resumed from."""
        if self.linked:
            self.linked = False
            self.lost_at = now
        for centre in self.centres.values():
            centre.let_go()

    def tick(self, now: float) -> None:
        """Give up commands that nobody answered."""
        self._asking.tick(now, lambda alarm_id: self.find(alarm_id) is not None)

    def ask(self, command: Command, now: float) -> tuple[ConsoleFrame, ...]:
        """Ask for what a command says; nothing without a link or with a request id that is in use.

        It is repeated once after each lost link while it is younger than ``ANSWER_WAIT_S``, and
        never after an answer, whatever that was. One that nobody answered may be asked again.
        """
        return (command,) if self.linked and self._asking.ask(command, now) else ()

    def acknowledge(self, alarm_id: UUID, request_id: UUID, now: float) -> tuple[ConsoleFrame, ...]:
        """Ask for a raised alarm; nothing without a link, for one that is taken, or while asking already."""
        alarm = self.find(alarm_id)
        if alarm is None or alarm.state is not AlarmState.RAISED:
            return ()
        if self._asking.waits_for("acknowledge", alarm_id):
            return ()
        return self.ask(
            Acknowledge(request_id=request_id, alarm_id=alarm_id, expected_version=alarm.version), now
        )

    def painted(self, alarm_id: UUID, at: Instant) -> tuple[ConsoleFrame, ...]:
        """Report an alarm drawn, once for each press; held back until there is a link."""
        return self._painting.painted(alarm_id, at, linked=self.linked)

    # --- what it says --------------------------------------------------------------------

    @property
    def centres(self) -> Mapping[CentreId, CentreBoard]:
        """What is followed, and how each centre's own stream stands."""
        return self._picture.centres

    def stale(self, now: float) -> bool:
        """Whether the picture may be older than what the gateway has (``as_of`` says how old)."""
        if self.as_of is None or now - self.as_of > STALE_AFTER_S:
            return True
        return not self.linked and self.lost_at is not None and now - self.lost_at > LOST_AFTER_S

    def open_alarms(self) -> Iterable[AlarmView]:
        """Every open alarm once, at its highest version, centre by centre."""
        return self._picture.open_alarms()

    def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return an open alarm as the stream that is furthest tells it."""
        return self._picture.find(alarm_id)

    def position(self, alarm_id: UUID) -> PositionFrame | None:
        """Return her newest position frame; what came with a press is in the alarm."""
        return self._picture.position(alarm_id)

    def offenders(self, alarm_id: UUID) -> tuple[PositionFrame, ...]:
        """Return the newest position frame of each offender; what came with a breach is in the alarm."""
        return self._picture.offenders(alarm_id)

    @property
    def provisionals(self) -> Mapping[UUID, Provisional]:
        """The presses that are only kept, not in the database yet, by press id."""
        return self._unstored.presses()

    @property
    def unpainted(self) -> Mapping[UUID, Delivered]:
        """The alarms that are still to be reported drawn; ``painted_at`` is when that became due."""
        return self._painting.unpainted

    @property
    def commands(self) -> Mapping[UUID, Asked]:
        """What was asked and became of it, by request id, the oldest first."""
        return self._asking.asked

    def last_asked(self, kind: str, alarm_id: UUID | None = None) -> Asked | None:
        """Return the last command of a kind, e.g. ``acknowledge``, about an alarm."""
        return self._asking.last(kind, alarm_id)

    # --- frames --------------------------------------------------------------------------

    def _react(self, frame: ServerFrame, now: float) -> Reaction:
        match frame:
            case Welcome():
                return Reaction(send=self._welcomed(frame, now))
            case Heartbeat():
                asks = (self._ask_if_behind(name, head, now) for name, head in frame.heads.items())
                return Reaction(send=(Pong(), *(attach for ask in asks for attach in ask)))
            case Result() | Refused():
                self._asking.answered(frame)
            case Provisional() | ProvisionalOver():
                return self._told_beside(frame)
            case Event() | Snapshot() | PositionFrame() | CaughtUp() | Reset():
                centre = self.centres.get(frame.centre)
                if centre is None:
                    self.ignored += 1
                    return Reaction()
                return self._of_centre(centre, frame, now)
        return Reaction()

    def _told_beside(self, frame: Provisional | ProvisionalOver) -> Reaction:
        if isinstance(frame, ProvisionalOver):
            is_news = self._unstored.over(frame)
        else:
            is_news = frame.centre in self.centres and self._unstored.take(frame, self.open_alarms())
        return Reaction(kept=frame if is_news else None)

    def _of_centre(
        self, centre: CentreBoard, frame: Event | Snapshot | PositionFrame | CaughtUp | Reset, now: float
    ) -> Reaction:
        match frame:
            case Event():
                return self._event(centre, frame, now)
            case Snapshot():
                return self._snapshot(centre, frame, now)
            case PositionFrame():
                shown = self.find(frame.alarm_id) is not None
                return Reaction(placed=frame if shown and centre.place(frame) else None)
            case CaughtUp():
                if not centre.has(frame.cursor):
                    return Reaction(send=self._gap(frame.centre, centre, now))
                centre.complete()
                self._picture.closings.caught_up(frame.centre)
                self._unstored.caught_up(frame.centre, self._node)
                return Reaction(send=self._asking.repeated(now, lambda asked: self._is_due(asked, centre)))
            case Reset():
                centre.ask(now)
                return Reaction()

    def _welcomed(self, frame: Welcome, now: float) -> tuple[ConsoleFrame, ...]:
        if self.operator is not None and self.operator.operator_id != frame.operator.operator_id:
            self._begin_anew()
        self.linked = True
        self.operator = frame.operator
        self._node = frame.node
        self._asking.begin_link()
        theirs = frame.operator.centres
        known = dict.fromkeys((*self._wanted, *self.foreign, *self.centres))
        self.foreign = tuple(name for name in known if name not in theirs)
        followed = tuple(name for name in self._wanted if name in theirs) if self._wanted else theirs
        self._picture.follow(followed)
        self._unstored.keep(followed)
        return (*self._attach(followed, now), *self._painting.released(self.centres))

    def _begin_anew(self) -> None:
        self._picture, self._painting, self._asking = Picture(), Painting(), Asking()
        self._unstored = Unstored()
        self.foreign = ()
        self.as_of = None

    def _attach(self, names: Sequence[CentreId], now: float) -> tuple[ConsoleFrame, ...]:
        if not names:
            return ()
        cursors = {name: cursor for name in names if (cursor := self.centres[name].cursor) is not None}
        for name in names:
            self.centres[name].ask(now)
            self._picture.closings.attached(name)
            self._unstored.attached(name)
        return (Attach(console=self.console, centres=tuple(names), cursors=cursors),)

    def _event(self, centre: CentreBoard, event: Event, now: float) -> Reaction:
        if centre.has(event.cursor):
            self.ignored += 1
            return Reaction()
        if not centre.is_next(event.cursor):
            return Reaction(send=self._gap(event.centre, centre, now))
        before = None if event.alarm is None else self.find(event.alarm.alarm_id)
        centre.apply(event, now)
        if event.alarm is not None:
            self._unstored.stored(event.alarm)
            self._alarm_changed(event, event.alarm, before)
        return Reaction(applied=(event,))

    def _alarm_changed(self, event: Event, alarm: AlarmView, before: AlarmView | None) -> None:
        if alarm.state is AlarmState.CLOSED:
            self._picture.closed(event.centre, alarm)
        shown = self.find(alarm.alarm_id)
        if shown is None:
            self._forget(alarm.alarm_id)
        elif before is None or shown.version > before.version:
            comes_up = before is None and shown.state is AlarmState.RAISED
            if comes_up or event.kind in WORTH_A_DELIVERY:
                self._painting.due(shown.alarm_id, event.centre, event.cursor, event.at)

    def _snapshot(self, centre: CentreBoard, part: Snapshot, now: float) -> Reaction:
        before = {alarm.alarm_id for alarm in self.open_alarms()}
        whole = centre.collect(part, now)
        if whole is None:
            return Reaction()
        shown = {alarm.alarm_id: alarm for alarm in self.open_alarms()}
        for alarm_id in before - set(shown):
            self._forget(alarm_id)
        for alarm_id, alarm in shown.items():
            self._unstored.stored(alarm)
            if alarm_id not in before and alarm.state is AlarmState.RAISED:
                self._painting.due(alarm_id, whole.centre, whole.cursor, alarm.raised_at)
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

    def _is_due(self, asked: Asked, centre: CentreBoard) -> bool:
        """Whether a command can be repeated now that ``centre`` has caught up."""
        alarm_id = asked.alarm_id
        if alarm_id is None or alarm_id in centre.alarms:
            return True
        return all(alarm_id not in other.alarms for other in self.centres.values())

    def _forget(self, alarm_id: UUID) -> None:
        self._asking.forget(alarm_id)
        self._painting.forget(alarm_id)
