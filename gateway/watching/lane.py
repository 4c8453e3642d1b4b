"""The lane of trackers (``gateway.ports.Trackers``): judged in memory at once, kept together, answered.

A fix is judged before it is stored, and what follows does not wait for that: an alarm is on its way while
the fix is written. The answer waits for both. What is not known to be done is answered ``unknown``, and sent
again it does the same once.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from gateway.domain.errors import CannotCommit, GatewayError, NotFound
from gateway.domain.integrators import Inbound, Linked
from gateway.domain.notice import Detail, Notice
from gateway.domain.perimeters.judging import judge
from gateway.domain.perimeters.machine import INSIDE, Sign
from gateway.domain.press import AGE_MAX
from gateway.door_timing import TRACKER_HEARD_S
from gateway.ingest.event_results import failed, told
from gateway.ports import Clock, Effects, Notices
from gateway.ports.perimeters import Heard, TrackerFix, TrackerFixes, TrackerStates, WornTracker
from gateway.watching.board import Board, Due
from gateway.watching.following import TAMPERED_FLAG, Following
from schemas.events import (
    ConditionKind,
    EventFate,
    EventResult,
    EventType,
    PositionUpdated,
    TrackerCondition,
    TrackerMoved,
)
from schemas.perimeters import TamperedNear, TrackerRole, WatchState
from schemas.position import Position
from schemas.protection import Audience, NoticeKind
from schemas.registration import Population

UNKNOWN_TRACKER: Final = "no tracker that is worn is called so; one that was added is known within 2 s"
FAULTS: Final = frozenset(ConditionKind) - {ConditionKind.OK}


class Hashes(Protocol):
    """How a subject is kept (``gateway.store.doors.perimeter_seal.SubjectHashes``)."""

    def all_of(self, integrator_id: UUID, subject: str) -> list[bytes]:
        """Return everything that a subject may be kept as."""


@dataclass(kw_only=True)
class TrackerLane:
    """One node's."""

    board: Board
    following: Following
    hashes: Hashes
    fixes: TrackerFixes
    states: TrackerStates
    notices: Notices
    effects: Effects
    judged: Callable[[float], None]
    """Counts fixes that were judged."""
    clock: Clock
    with_alarm: frozenset[UUID] = frozenset()
    """Registrations with an open alarm, as of the last look: there a victim's own tracker is followed."""
    _heard: dict[UUID, datetime] = field(default_factory=dict)

    async def take(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:
        """Judge and keep them; the results are in their order."""
        taken = [self._guarded(event, received_at) for event in events]
        fixes = [fix for one in taken for fix in one.fixes]
        self.judged(len(fixes))
        heard = self._due_heard([heard for one in taken for heard in one.heard])
        kept, _, *done = await asyncio.gather(
            self.fixes.keep(fixes),
            self._note_heard(heard),
            *(_all(one.to_do) for one in taken),
            return_exceptions=True,
        )
        return tuple(
            self._result(event, one, kept if one.fixes else None, became)
            for event, one, became in zip(events, taken, done, strict=True)
        )

    def _guarded(self, event: Inbound, received_at: datetime) -> "_Taken":
        """Judge one event; what is wrong with it, or with us, is its own."""
        try:
            return self._judged(event, received_at)
        except Exception as error:  # noqa: BLE001 (one event's edge: a fault of ours must not take the others with it)
            structlog.get_logger().error("fix_not_judged", error=type(error).__name__)
            return _Taken(known=True, broken=True)

    def _judged(self, event: Inbound, received_at: datetime) -> "_Taken":
        who = event.integrator.integrator_id
        worn = self.board.worn(who, self.hashes.all_of(who, event.subject))
        taken = _Taken(known=bool(worn))
        for tracker in worn:
            match event.data:
                case TrackerMoved() as moved:
                    self._moved(taken, event, tracker, moved, received_at)
                case TrackerCondition() as said:
                    heard = Heard(
                        tracker_id=tracker.tracker_id,
                        at=received_at,
                        condition=said.condition,
                        battery_pct=said.battery_pct,
                    )
                    taken.heard.append(heard)
                    taken.to_do.append(self._condition(tracker, said, received_at))
        return taken

    def _moved(
        self,
        taken: "_Taken",
        event: Inbound,
        tracker: WornTracker,
        moved: TrackerMoved,
        received_at: datetime,
    ) -> None:
        battery_pct = moved.battery_pct
        taken.heard.append(Heard(tracker_id=tracker.tracker_id, at=received_at, battery_pct=battery_pct))
        for position in placed(moved.positions, event.time, received_at):
            fix = self.board.fixed(tracker, position, received_at)
            taken.fixes.append(fix)
            taken.to_do.extend(self.following.carry_out(due) for due in self.board.moved(tracker, fix))
        if tracker.role is TrackerRole.VICTIM and tracker.registration_id in self.with_alarm:
            taken.to_do.append(self._hers(event, tracker, moved, received_at))

    async def _hers(
        self, event: Inbound, tracker: WornTracker, moved: TrackerMoved, received_at: datetime
    ) -> None:
        """Have her own tracker's fixes be those of her open alarm."""
        hers = Inbound(
            integrator=event.integrator,
            type=EventType.POSITION_UPDATED,
            source=event.source,
            event_id=event.event_id,
            subject=event.subject,
            time=event.time,
            data=PositionUpdated(positions=moved.positions),
            raw=event.raw,
        )
        linked = Linked(
            registration_id=tracker.registration_id, centre=tracker.centre, population=Population.REAL
        )
        await self.effects.apply(hers, linked, received_at)

    async def _condition(self, tracker: WornTracker, said: TrackerCondition, received_at: datetime) -> None:
        """Tell a fault, which is a notice and no alarm; or take it back."""
        near = self.board.was_near(tracker.tracker_id)
        await self.notices.tell(tracker.centre, [fault_notice(tracker, said, near=near)])
        if said.condition is ConditionKind.TAMPERED:
            await self.following.carry_out_all(self._tampered(tracker, received_at), (TAMPERED_FLAG,))

    def _tampered(self, tracker: WornTracker, received_at: datetime) -> list[Due]:
        """Return what follows where somebody tampers with a tracker in a ring, and that is to be an alarm."""
        fix, found = self.board.last(tracker.tracker_id), []
        for perimeter in self.board.bound_by(tracker.tracker_id):
            key = perimeter.perimeter_id, tracker.tracker_id
            state, zone = self.board.known(key).watch.state, self.board.zone(perimeter)
            if perimeter.tampered_near is not TamperedNear.ALARM or fix is None or zone is None:
                continue
            if state is WatchState.FAR or state in INSIDE:
                continue
            judged = judge(zone, perimeter.ring_m, fix.position, fix.flags)
            moved = replace(judged, sign=Sign.POSSIBLE, judged_by=received_at)
            due = Due(perimeter=perimeter, tracker=tracker, fix=fix, judgement=moved, nearing=None)
            found.append(self.board.again(due))
        return found

    def _due_heard(self, heard: Iterable[Heard]) -> list[Heard]:
        """Leave out what is written down already, within some seconds."""
        due = []
        for one in heard:
            last = self._heard.get(one.tracker_id)
            if (
                one.condition is None
                and last is not None
                and one.at - last < timedelta(seconds=TRACKER_HEARD_S)
            ):
                continue
            self._heard[one.tracker_id] = one.at
            due.append(one)
        return due

    async def _note_heard(self, heard: Sequence[Heard]) -> None:
        """Write down that they live; take back that they were silent. What fails is written the next time."""
        try:
            for tracker_id in await self.states.heard(heard):
                tracker = self.board.tracker(tracker_id)
                if tracker is not None:
                    await self.notices.tell(tracker.centre, [silence_notice(tracker, silent=False)])
        except GatewayError:
            for one in heard:
                self._heard.pop(one.tracker_id, None)
            raise

    def _result(self, event: Inbound, taken: "_Taken", kept: object, became: object) -> EventResult:
        if not taken.known:
            return failed(event.source, event.event_id, NotFound(UNKNOWN_TRACKER))
        if taken.broken:
            return failed(event.source, event.event_id, CannotCommit())
        for outcome in (became, kept):
            if isinstance(outcome, GatewayError):
                return failed(event.source, event.event_id, outcome)
            if isinstance(outcome, BaseException):
                structlog.get_logger().error("fix_not_taken", error=type(outcome).__name__)
                return failed(event.source, event.event_id, CannotCommit())
        return told(event, EventFate.ACCEPTED)


@dataclass(kw_only=True)
class _Taken:
    """What one event comes to."""

    known: bool
    broken: bool = False
    fixes: list[TrackerFix] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    to_do: list[Coroutine[Any, Any, Any]] = field(default_factory=list)


async def _all(to_do: Sequence[Coroutine[Any, Any, Any]]) -> None:
    """Do all of it, in order where it is about one watch; raise the first failure once all are done."""
    outcomes = await asyncio.gather(*to_do, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


def placed(positions: Iterable[Position], said_at: datetime | None, received_at: datetime) -> list[Position]:
    """Return fixes on our clock, the oldest first. An integrator's clock is taken as ours.

    An age counts from when the event says that it happened; what is of the future counts as of now.
    """
    told_at = min(said_at or received_at, received_at)
    found = []
    for position in positions:
        fixed_at = position.fixed_at
        if position.age_s is not None:
            fixed_at = told_at - min(timedelta(seconds=position.age_s), AGE_MAX)
        fixed_at = max(min(fixed_at, received_at), received_at - AGE_MAX)
        found.append(position.model_copy(update={"fixed_at": fixed_at, "age_s": None}))
    return sorted(found, key=lambda one: one.fixed_at)


def fault_notice(tracker: WornTracker, said: TrackerCondition, *, near: bool) -> Notice:
    """Return what the centre is told of a tracker's fault, or (``ok``) that it is over."""
    detail: Detail = {
        "registration_id": str(tracker.registration_id),
        "condition": said.condition,
        "role": tracker.role,
        "near": near,
    }
    tampered = said.condition is ConditionKind.TAMPERED
    return Notice(
        kind=NoticeKind.TRACKER_FAULT,
        subject=str(tracker.tracker_id),
        open=said.condition in FAULTS,
        audience=(Audience.EVERYBODY,) if tampered else (Audience.SUPERVISOR, Audience.CASE_TEAM),
        reference=tracker.reference,
        detail=detail,
    )


def silence_notice(tracker: WornTracker, *, silent: bool, near: bool = False) -> Notice:
    """Return what the centre is told of a tracker that is silent, or heard again.

    ``near``: he was in a ring or a zone when he was heard last.
    """
    detail: Detail = {
        "registration_id": str(tracker.registration_id),
        "condition": "silent",
        "role": tracker.role,
        "near": near,
    }
    return Notice(
        kind=NoticeKind.TRACKER_FAULT,
        subject=f"{tracker.tracker_id} silent",
        open=silent,
        audience=(Audience.EVERYBODY,),
        reference=tracker.reference,
        detail=detail,
    )
