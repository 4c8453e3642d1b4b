"""What follows when a watch moves: told or raised first, and only then is the watch known to have moved.

Everything here is done once however often it is tried: a notice that is open is no news, an alarm's sign has
an id that follows from the watch and its version, and news on an alarm says nothing that it says already. So
a node that dies in between leaves a watch that moves at the next fix, and of two nodes one moves it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID, uuid5

import structlog

from gateway.domain.errors import DatabaseUnavailable, NotAllowedNow
from gateway.domain.happenings import judge_breach
from gateway.domain.notice import Notice
from gateway.domain.perimeters.judging import VICTIM_LOST_S, judge
from gateway.domain.perimeters.machine import INSIDE, Effect, Sign, Watch, effects
from gateway.domain.perimeters.settling import REPLAYED_S, Observed, settle
from gateway.door_timing import WATCH_AGAIN_S
from gateway.failing import failed
from gateway.ingest.accept import Ingest, Sender
from gateway.ingest.tolerant import Reading
from gateway.ports import BareAlarms, Changes, Clock, Fate, Notices, Proposal
from gateway.ports.effects import OpenAlarms
from gateway.ports.perimeters import (
    JudgingPerimeter,
    KnownWatch,
    PerimeterBooks,
    TrackerFixes,
    Watches,
    WatchKey,
    WatchRecord,
    WornTracker,
)
from gateway.watching.board import Board, Due
from gateway.watching.breaches import breach_of, place_of, pre_alert
from schemas.alarm import AlarmSource, AlarmState, AlarmView, Breach, SourceKind
from schemas.perimeters import VictimTold, WatchState
from schemas.position import Position
from schemas.press import Press
from schemas.protection import NoticeKind

BREACH_SIGN: Final = UUID("0c9b7a44-6f0e-5d0f-9a55-6d2c1b7f3e91")
"""Namespace of the ids under which breaches are committed, each once for a move of a watch."""

TAMPERED_FLAG: Final = "tracker_tampered"
TRIES: Final = 8

OWED_MAX: Final = 16
"""So much is owed of one watch while the database is away; of more, what says least is let go."""

NEARNESS: Final = tuple(Sign)


class Asked(Protocol):
    """Where messages to victims are asked for. Raises ``DatabaseUnavailable``."""

    async def ask(self, telling_id: UUID, registration_id: UUID, message: str) -> None:
        """Have a victim told; the same id again changes nothing."""


@dataclass(kw_only=True)
class Following:
    """Carries out what is due."""

    board: Board
    books: PerimeterBooks
    watches: Watches
    fixes: TrackerFixes
    ingest: Ingest
    notices: Notices
    alarms: BareAlarms
    hers: OpenAlarms
    changes: Changes
    tellings: Asked
    moved: Callable[[str], None]
    """Counts a watch that moved, by where to."""
    clock: Clock
    _locks: dict[WatchKey, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _owed: dict[WatchKey, list[tuple[Due, tuple[str, ...]]]] = field(default_factory=dict)

    async def carry_out(self, due: Due, flags: tuple[str, ...] = ()) -> None:
        """Move a watch and do what follows.

        Raises ``CannotCommit`` and ``DatabaseUnavailable``: it is not known to be done; it is tried again.
        """
        key = due.key
        try:
            async with self._locks[key]:
                await self._in_turn(due, flags)
        finally:
            self.board.done(key)
            self._let_go(key)

    async def _in_turn(self, due: Due, flags: tuple[str, ...]) -> None:
        """Do it after what is owed of the same watch: a fix that leads away undoes no breach before it."""
        try:
            await self._pay(due.key)
            await self._move(due, flags)
        except BaseException:  # whatever it was: it is owed until it is done
            self._owe(due, flags)
            raise

    def _owe(self, due: Due, flags: tuple[str, ...]) -> None:
        """Keep what is not done; the watch stays busy, so that no later fix is judged before."""
        if due.key not in self._owed:
            self.board.again(due)
        owed = self._owed.setdefault(due.key, [])
        owed.append((due, flags))
        if len(owed) > OWED_MAX:
            owed.remove(min(owed, key=lambda one: NEARNESS.index(one[0].judgement.sign)))

    async def _pay(self, key: WatchKey) -> None:
        """Do what is owed of a watch, in order."""
        owed = self._owed.get(key)
        if owed is None:
            return
        while owed:
            await self._move(*owed[0])
            del owed[0]
        del self._owed[key]
        self.board.done(key)

    def _let_go(self, key: WatchKey) -> None:
        if not self.board.is_busy(key):
            self._locks.pop(key, None)

    async def carry_out_all(self, dues: Iterable[Due], flags: tuple[str, ...] = ()) -> None:
        """Do all of it; raise the first failure once all are done, or owed."""
        outcomes = await asyncio.gather(*(self.carry_out(due, flags) for due in dues), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def run(self) -> None:
        """Try again what has failed, for ever."""
        while True:
            await asyncio.sleep(WATCH_AGAIN_S)
            for key in list(self._owed):
                try:
                    async with self._locks[key]:
                        await self._pay(key)
                    self._let_go(key)
                except Exception as error:  # noqa: BLE001 (one that cannot be told must stop no other)
                    failed("breaches_told")
                    structlog.get_logger().warning("breach_not_told_yet", error=type(error).__name__)

    async def _move(self, due: Due, flags: tuple[str, ...]) -> None:
        """Make the moves that come of what all nodes saw; another node's move meanwhile is gone by."""
        since = due.judgement.judged_by - timedelta(seconds=REPLAYED_S)
        for _ in range(TRIES):
            record = await self.watches.record(due.key, since)
            settled = settle(record.told, self._observed(due, record), since)
            known = await self._all_moved(due, record.stored, settled.moves, flags)
            if known is not None:
                self.board.set(due.key, replace(known, watch=settled.stands))
                return
        raise DatabaseUnavailable("the watch moves too fast")

    async def _all_moved(
        self, due: Due, known: KnownWatch, moves: Sequence[Watch], flags: tuple[str, ...]
    ) -> KnownWatch | None:
        for move in moves:
            stored = await self._moved(due, known, move, flags)
            if stored is None:
                return None
            known = stored
        return known

    async def _moved(
        self, due: Due, known: KnownWatch, move: Watch, flags: tuple[str, ...]
    ) -> KnownWatch | None:
        """Do what follows of one move, and store it; None: another node moved the watch, so or otherwise."""
        said = due if move.state in INSIDE else self._newest(due)
        alarm_id = await self._follow(said, known, move, flags)
        to = KnownWatch(watch=move, alarm_id=alarm_id, distance_m=said.judgement.distance_m)
        stored = await self.watches.move(due.key, due.perimeter.registration_id, known, to)
        if stored is None:
            return None
        self.moved(move.state)
        return replace(stored, watch=move)

    def _observed(self, due: Due, record: WatchRecord) -> Iterator[Observed]:
        """Return what this node judged, and what others saw of it since the perimeter is as it is."""
        judged = due.judgement
        yield Observed(at=judged.judged_by, sign=judged.sign, probability=judged.probability)
        own = self.board.seen(due.key)
        yield from (one.observed for one in own if one.observed.at != judged.judged_by)
        known = {one.fixed_at for one in own} | {due.fix.position.fixed_at}
        decided_at = due.perimeter.changed_at
        for fix in record.fixes:
            if fix.position.fixed_at in known or (decided_at is not None and fix.received_at < decided_at):
                continue
            other = self.board.judged(due.perimeter, fix)
            if other is not None:
                yield Observed(at=fix.position.fixed_at, sign=other.sign, probability=other.probability)

    def _newest(self, due: Due) -> Due:
        """Return what is said of where he is now, where what moved the watch came late."""
        fix = self.board.last(due.tracker.tracker_id)
        if fix is None or fix.position.fixed_at <= due.fix.position.fixed_at:
            return due
        judgement = self.board.judged(due.perimeter, fix)
        return due if judgement is None else replace(due, fix=fix, judgement=judgement, nearing=None)

    async def _follow(self, due: Due, known: KnownWatch, after: Watch, flags: tuple[str, ...]) -> UUID | None:
        alarm_id = known.alarm_id
        for effect in effects(known.watch, after):
            match effect:
                case Effect.RAISE:
                    alarm_id = await self._raise(due, known, after, flags)
                    await self._tell_her(due, known, "somebody_here")
                case Effect.LEFT:
                    await self._left(due, alarm_id)
                    alarm_id = None
                case Effect.WARN:
                    await self.notices.tell(due.perimeter.centre, [pre_alert(due)])
                    await self._tell_her(due, known, "somebody_near")
                case Effect.CALM:
                    await self._calm(due)
        return alarm_id

    async def _raise(self, due: Due, known: KnownWatch, after: Watch, flags: tuple[str, ...]) -> UUID:
        """Raise an alarm, or say it on the one that is open; a press of hers is another matter."""
        her = await self._seen(due.perimeter)
        breach = breach_of(due, her, certain=after.state is WatchState.BREACH)
        alarm_id = await self._told(due, breach)
        if alarm_id is None:
            alarm_id = await self._raised(due, known, breach, her, flags)
        await self.fixes.keep([due.fix])  # and with it what is left of his approach
        return alarm_id

    async def _raised(
        self, due: Due, known: KnownWatch, breach: Breach, her: Position | None, flags: tuple[str, ...]
    ) -> UUID:
        perimeter = due.perimeter
        received_at = self.clock.now()
        sign = f"{perimeter.perimeter_id}:{due.tracker.tracker_id}:{known.version + 1}"
        place = self.board.zone(perimeter)
        positions = () if place is None else (place_of(place, received_at),)
        press = Press(
            press_id=uuid5(BREACH_SIGN, sign),
            pressed_at=due.judgement.judged_by,
            sent_at=received_at,
            positions=positions if her is None else (her,),
        )
        sender = Sender(
            companion_id=due.tracker.tracker_id,
            registration_id=perimeter.registration_id,
            centre=perimeter.centre,
            verified=True,
            flags=flags,
            source=AlarmSource(kind=SourceKind.PERIMETER, name=due.tracker.integrator),
            breach=breach,
        )
        raw = breach.model_dump_json().encode()
        return (await self.ingest.accept(Reading(press), raw, sender, received_at)).alarm_id

    async def _told(self, due: Due, breach: Breach) -> UUID | None:
        """Say it on her open alarm; None: there is none that a breach belongs to.

        One that is certain is not lowered by another that is possible.
        """
        for _ in range(TRIES):
            alarm = await self._open(due.perimeter)
            if alarm is None:
                return None
            was = alarm.breach
            if was is not None and was.inside and was.certain and not breach.certain and self._surely(due):
                return alarm.alarm_id
            try:
                change = judge_breach(alarm, breach)
            except NotAllowedNow:  # it says so already, or is closed by now
                return alarm.alarm_id if alarm.state is not AlarmState.CLOSED else None
            (verdict,) = await self.changes.commit([Proposal(change)])
            if verdict.fate is Fate.COMMITTED:
                return alarm.alarm_id
        raise DatabaseUnavailable("the alarm changes too fast")

    async def _open(self, perimeter: JudgingPerimeter) -> AlarmView | None:
        """Return her alarm that is for what it is: a breach is not told on a test, nor on an exercise."""
        for alarm_id in await self.hers.open_of(perimeter.registration_id):
            alarm = (await self.alarms.bare([alarm_id])).get(alarm_id)
            if alarm is not None and alarm.purpose is perimeter.purpose:
                return alarm
        return None

    async def _seen(self, perimeter: JudgingPerimeter) -> Position | None:
        """Return where she was seen last, by her own tracker or in her open alarm."""
        found = await self.books.victims([perimeter.registration_id])
        known = (found.get(perimeter.registration_id), self.board.victim(perimeter.registration_id))
        since = self.clock.now() - timedelta(seconds=VICTIM_LOST_S)
        seen = [one for one in known if one is not None and one.fixed_at >= since]
        return max(seen, key=lambda one: one.fixed_at, default=None)

    def _surely(self, due: Due) -> bool:
        """Whether somebody is surely inside by another watch of hers."""
        others = self.board.inside(due.perimeter.registration_id, due.key)
        return any(self.board.known((one.perimeter_id, of.tracker_id)).watch.certain for one, of in others)

    async def _left(self, due: Due, alarm_id: UUID | None) -> None:
        """Say on the alarm that he has left; where he is inside of another perimeter still, that."""
        others = self.board.inside(due.perimeter.registration_id, due.key)
        for _ in range(TRIES if alarm_id is not None else 0):
            alarm = None if alarm_id is None else (await self.alarms.bare([alarm_id])).get(alarm_id)
            was = None if alarm is None else alarm.breach
            if alarm is None or was is None or (others and was.perimeter_id != due.perimeter.perimeter_id):
                return
            her = await self._seen(due.perimeter)
            breach = breach_of(due, her, certain=was.certain, inside=False)
            if others:
                still = self._still(due, others)
                if still is None:
                    return
                breach = breach_of(still, her, certain=self.board.known(still.key).watch.certain)
            try:
                (verdict,) = await self.changes.commit([Proposal(judge_breach(alarm, breach))])
            except NotAllowedNow:  # it is closed, or says so already
                return
            if verdict.fate is not Fate.CHANGED:
                return

    def _still(self, due: Due, others: Sequence[tuple[JudgingPerimeter, WornTracker]]) -> Due | None:
        """Return what is said of the one who is inside still; None: this node has no fix of him."""
        for perimeter, tracker in others:
            same = tracker.tracker_id == due.tracker.tracker_id
            fix = due.fix if same else self.board.last(tracker.tracker_id)
            zone = self.board.zone(perimeter)
            if fix is not None and zone is not None:
                judged = judge(zone, perimeter.ring_m, fix.position, fix.flags)
                return Due(perimeter=perimeter, tracker=tracker, fix=fix, judgement=judged, nearing=None)
        return None

    async def _tell_her(self, due: Due, known: KnownWatch, message: str) -> None:
        """Have her told, where the perimeter says so, once a stay; she is not told that he has gone."""
        wanted = due.perimeter.victim_told
        if wanted is VictimTold.NEVER or known.watch.state in INSIDE:
            return
        if message == "somebody_near" and wanted is not VictimTold.ON_PRE_ALERT:
            return
        perimeter_id, tracker_id = due.key
        telling_id = uuid5(BREACH_SIGN, f"{perimeter_id}:{tracker_id}:{known.version + 1}:{message}")
        await self.tellings.ask(telling_id, due.perimeter.registration_id, message)

    async def _calm(self, due: Due) -> None:
        """Take the notice back, once he is far from every perimeter of hers."""
        states = self.board.states(due.perimeter.registration_id)
        if sum(state is not WatchState.FAR for state in states) <= 1:
            over = Notice(kind=NoticeKind.PERIMETER, subject=str(due.perimeter.registration_id), open=False)
            await self.notices.tell(due.perimeter.centre, [over])
