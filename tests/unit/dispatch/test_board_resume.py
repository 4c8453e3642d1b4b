"""A gateway that drops, repeats, cuts and forgets, against the board: nothing lost, nothing twice."""

from collections import Counter
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dispatch.board import ASK_AGAIN_S, Board
from schemas.alarm import AlarmView
from schemas.frames import Attach, ConsoleFrame, Cursor, Event, ServerFrame, Snapshot
from schemas.unit import UnitView
from tests.support.cases import a_frame, a_unit, an_alarm, long_id

CENTRE = "BE-VOV"
PART = 2  # things in one part of a snapshot


class Log:
    """A centre's stream as the contract has it: events by sequence, what is open, what is still kept."""

    def __init__(self) -> None:
        self.epoch = 1
        self.events: list[Event] = []
        self.alarms: dict[UUID, AlarmView] = {}
        self.units: dict[UUID, UnitView] = {}
        self.first_kept = 1

    @property
    def head(self) -> Cursor:
        return Cursor(epoch=f"e{self.epoch}", sequence=len(self.events))

    def append(self, thing: AlarmView | UnitView, kind: str) -> Event:
        event = Event.model_validate(
            {
                "centre": CENTRE,
                "cursor": {"epoch": f"e{self.epoch}", "sequence": len(self.events) + 1},
                "kind": kind,
                "at": "2026-03-02T10:00:00Z",
                "alarm" if isinstance(thing, AlarmView) else "unit": thing,
            }
        )
        self.keep(event)
        return event

    def keep(self, event: Event) -> None:
        self.events.append(event)
        if event.unit is not None:
            self.units[event.unit.unit_id] = event.unit
        elif event.the_alarm.state == "closed":
            self.alarms.pop(event.the_alarm.alarm_id, None)
        else:
            self.alarms[event.the_alarm.alarm_id] = event.the_alarm

    def fail_over(self, lost: int) -> None:
        """Continue on a standby that misses the newest ``lost`` events, in another epoch."""
        self.epoch += 1
        kept = self.events[: max(0, len(self.events) - lost)]
        self.events, self.alarms, self.units, self.first_kept = [], {}, {}, 1
        for event in kept:
            cursor = Cursor(epoch=f"e{self.epoch}", sequence=event.cursor.sequence)
            self.keep(event.model_copy(update={"cursor": cursor}))

    def answer(self, cursor: Cursor | None) -> list[ServerFrame]:
        caught_up = a_frame({"type": "caught_up", "cursor": self.head.model_dump()})
        reason = self._cannot_continue(cursor)
        if cursor is not None and reason is None:
            return [*self.events[cursor.sequence :], caught_up]
        reset = [a_frame({"type": "reset", "reason": reason})] if reason else []
        return [*reset, *self._snapshot(reason or "first_attach"), caught_up]

    def _cannot_continue(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        if cursor.epoch != f"e{self.epoch}":
            return "epoch_changed"
        return "expired" if cursor.sequence + 1 < self.first_kept else None

    def _snapshot(self, reason: str) -> list[ServerFrame]:
        held = [*self.units.values(), *self.alarms.values()]
        parts = [held[start : start + PART] for start in range(0, len(held), PART)] or [[]]
        return [
            Snapshot.model_validate(
                {
                    "centre": CENTRE,
                    "cursor": self.head,
                    "alarms": [thing for thing in part if isinstance(thing, AlarmView)],
                    "units": [thing for thing in part if isinstance(thing, UnitView)],
                    "reason": reason,
                    "first": index == 0,
                    "more": index < len(parts) - 1,
                }
            )
            for index, part in enumerate(parts)
        ]


class Resuming(RuleBasedStateMachine):
    """Frames wait on a wire that loses and repeats them; the board must still end equal to the log."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.board = Board(long_id("c0"))
        self.wire: list[ServerFrame] = []
        self.up = False
        self.now = 0.0
        self.alarms_raised = 0
        self.applied: Counter[tuple[str, int]] = Counter()

    # --- the gateway --------------------------------------------------------------------

    @rule(losses=st.lists(st.booleans(), min_size=1, max_size=4))
    def raise_alarms_and_lose_some_frames(self, losses: list[bool]) -> None:
        for lost in losses:
            self._publish(an_alarm(alarm_id=UUID(int=self._next_alarm())), "alarm.raised", lost=lost)

    @rule(data=st.data(), change=st.sampled_from(["acknowledged", "closed", "raised"]), lost=st.booleans())
    def change_an_alarm(self, data: st.DataObject, change: str, *, lost: bool) -> None:
        if self.log.alarms:
            alarm = data.draw(st.sampled_from(list(self.log.alarms.values())))
            fields: dict[str, Any] = {"alarm_id": alarm.alarm_id, "version": alarm.version + 1}
            self._publish(an_alarm(**fields, state=change), "alarm.acknowledged", lost=lost)

    @rule(unit=st.integers(1, 3), duty=st.booleans(), lost=st.booleans())
    def change_a_unit(self, unit: int, *, duty: bool, lost: bool) -> None:
        self._publish(a_unit(unit_id=UUID(int=unit), on_duty=duty), "unit.changed", lost=lost)

    @rule()
    def forget_all_but_the_newest(self) -> None:
        self.log.first_kept = max(1, len(self.log.events))

    @rule(lost=st.integers(0, 2))
    def fail_over_and_lose_the_newest(self, lost: int) -> None:
        self.log.fail_over(lost)
        self.disconnect()

    @rule()
    def beat(self) -> None:
        self.now += ASK_AGAIN_S
        if self.up:
            self.wire.append(a_frame({"type": "heartbeat", "heads": {CENTRE: self.log.head.model_dump()}}))

    def _next_alarm(self) -> int:
        self.alarms_raised += 1
        return self.alarms_raised

    def _publish(self, thing: AlarmView | UnitView, kind: str, *, lost: bool) -> None:
        event = self.log.append(thing, kind)
        if self.up and not lost:
            self.wire.append(event)

    # --- the link -----------------------------------------------------------------------

    @initialize()
    def connect(self) -> None:
        self.up = True
        self.wire.append(a_frame({"type": "welcome"}))
        self.carry_everything()

    @rule()
    def reconnect(self) -> None:
        self.disconnect()
        self.connect()

    @rule()
    def disconnect(self) -> None:
        self.up = False
        self.wire.clear()
        self.board.disconnected(self.now)

    @rule(count=st.integers(1, 4))
    def carry_some(self, count: int) -> None:
        for _ in range(min(count, len(self.wire))):
            self._receive(self.wire.pop(0))

    @rule()
    def carry_everything(self) -> None:
        while self.wire:
            self._receive(self.wire.pop(0))

    @rule(data=st.data())
    def repeat_an_event(self, data: st.DataObject) -> None:
        if self.up and self.log.events:
            self.wire.append(data.draw(st.sampled_from(self.log.events)))

    def _receive(self, frame: ServerFrame) -> None:
        self.now += 0.01
        reaction = self.board.receive(frame, self.now)
        for applied in reaction.applied:
            if isinstance(applied, Snapshot):
                self.applied.clear()
            else:
                self.applied[applied.cursor.epoch, applied.cursor.sequence] += 1
        for sent in reaction.send:
            self._answer(sent)

    def _answer(self, sent: ConsoleFrame) -> None:
        if isinstance(sent, Attach):
            self.wire.extend(self.log.answer(sent.cursors.get(CENTRE)))

    # --- what must hold -----------------------------------------------------------------

    @invariant()
    def each_sequence_is_applied_once_and_in_order(self) -> None:
        assert all(times == 1 for times in self.applied.values())
        sequences = [sequence for _, sequence in self.applied]
        assert sequences == list(range(sequences[0], sequences[-1] + 1)) if sequences else True

    @invariant()
    def caught_up_is_true_of_what_has_arrived(self) -> None:
        centre = self.board.centres.get(CENTRE)
        if centre and centre.caught_up and not self.wire and centre.has(self.log.head):
            assert (centre.alarms, centre.units) == (self.log.alarms, self.log.units)

    def teardown(self) -> None:
        self.reconnect()
        for _ in range(3):
            self.beat()
            self.carry_everything()
        centre = self.board.centres[CENTRE]
        assert centre.caught_up
        assert centre.cursor == self.log.head
        assert (centre.alarms, centre.units) == (self.log.alarms, self.log.units)


Resuming.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
test_a_board_ends_equal_to_the_log_whatever_the_link_does = Resuming.TestCase
