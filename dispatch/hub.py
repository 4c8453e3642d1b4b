"""The hub: one lane a centre, each event encoded once and written to every console on the lane.

A lane's ``head`` is the last sequence written to its consoles. It moves by exactly one, whatever
brings the event: ``publish`` (this node committed it; the shortest way) or ``_read_on`` (another
node did, or this one was out of order; a doorbell or the poll says so). There is no ``await``
between taking an event and having written it to the last console, so no console can join, leave
or overtake in between, and a console that joins at ``head`` misses nothing and gets nothing twice.

Invariants: a console on a lane has been sent exactly the sequences up to ``head``; a console whose
unsent bytes pass the bound is closed (4408) and resumes from the log: it is never waited for.
"""

import asyncio
import itertools
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dispatch import canary, timing
from dispatch.framing import text_frame
from dispatch.lane import Console, Lane, written, written_each
from dispatch.outlet import Outlet
from dispatch.ports import Bounds, Clock, HubMetrics, Logged, LogUnavailable, StreamLog
from dispatch.watch import Watch
from schemas.frames import Cursor, Heartbeat
from schemas.problems import CloseCode


class Beside(Protocol):
    """What goes on beside the streams; called in the same breath, so it must be quick and never raise."""

    def heard(self, event: Logged) -> None:
        """Hear of an event that was just written to the consoles of its lane."""

    def joined(self, centre: str, console: Console) -> None:
        """Hear of a console that is live on a lane from now on."""


class Hub:
    """Fans the centres' streams out to the consoles of this node."""

    def __init__(self, log: StreamLog, clock: Clock, metrics: HubMetrics) -> None:
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._lanes: dict[str, Lane] = {}
        self._slots: list[dict[Console, None]] = [{} for _ in range(timing.BEAT_SLOTS)]
        self._fanned_out: OrderedDict[tuple[UUID, int], datetime] = OrderedDict()
        self._watchers: dict[UUID, set[asyncio.Event]] = {}
        self._rung = asyncio.Event()
        self._news = asyncio.Event()
        self._beside: list[Beside] = []

    def accompany(self, beside: Beside) -> None:
        """Tell ``beside`` from now on what happens."""
        self._beside.append(beside)

    # --- what happened ----------------------------------------------------------------------

    def publish(self, events: Sequence[Logged]) -> None:
        """Write events of one centre that this node has just committed, in order, no gap in them.

        Out of order with what was fanned out before, they are left to be read from the log.
        """
        lane = self._lanes.get(events[0].centre)
        first = events[0]
        if lane is not None and first.epoch == lane.epoch and first.sequence == lane.head + 1:
            self._fan_out(lane, events)
        else:
            self.ring(events[-1].centre, events[-1].sequence)

    def ring(self, centre: str, sequence: int) -> None:
        """Hear that ``sequence`` is committed. A hint: it may be late, doubled or lost."""
        lane = self._lanes.get(centre)
        if lane is None or sequence > lane.head:
            if lane is not None:
                lane.want(sequence, self._clock.monotonic())
            self._rung.set()

    # --- consoles ---------------------------------------------------------------------------

    def cursor(self, centre: str) -> Cursor | None:
        """Return how far the lane has been fanned out."""
        lane = self._lanes.get(centre)
        return None if lane is None else Cursor(epoch=lane.epoch, sequence=lane.head)

    async def reached(self, centre: str, cursor: Cursor) -> None:
        """Wait until the lane has fanned out ``cursor``, or has another epoch."""
        while (lane := self._lanes.get(centre)) is not None:
            if lane.epoch != cursor.epoch or lane.head >= cursor.sequence:
                return
            self.ring(centre, cursor.sequence)
            await lane.moved.wait()

    def join(self, centre: str, console: Console, at: Cursor, greeting: bytes) -> bool:
        """Put a console that has been sent everything up to ``at`` on the lane, if that is its head.

        ``greeting`` is written in the same breath, so that it precedes the first live event. One that
        has gone meanwhile was taken off every lane already, and is put on none: nobody would take it off.
        """
        if not console.outlet.is_open:
            return True
        lane = self._lanes.get(centre)
        if lane is None or lane.epoch != at.epoch or lane.head != at.sequence:
            return False
        console.outlet.write(greeting)
        lane.room_of(console)[console] = console.outlet
        lane.returning.pop(console, None)
        for beside in () if console.canary else self._beside:
            beside.joined(centre, console)
        return True

    def enter(self, console: Console) -> None:
        """Send a console heartbeats from now on, whether it is on a lane yet or not."""
        self._slots[console.slot][console] = None

    def leave(self, console: Console) -> None:
        """Take a console off every lane, and send it nothing more."""
        self._slots[console.slot].pop(console, None)
        for lane in self._lanes.values():
            lane.room_of(console).pop(console, None)
            lane.returning.pop(console, None)

    def leave_lane(self, centre: str, console: Console) -> None:
        """Take a console off one lane, because it is to be served anew."""
        lane = self._lanes.get(centre)
        if lane is not None and lane.room_of(console).pop(console, None) is not None:
            lane.returning[console] = self._clock.monotonic()

    def lanes_of(self, console: Console) -> tuple[str, ...]:
        """Return the centres on whose lanes the console is live."""
        return tuple(centre for centre, lane in self._lanes.items() if console in lane.room_of(console))

    def attending(self, quiet: AbstractSet[Console]) -> Counter[str]:
        """Return how many consoles attend each centre: live or read anew just now, and not ``quiet``."""
        since = self._clock.monotonic() - timing.READ_ANEW_S
        attending: Counter[str] = Counter()
        for centre, lane in self._lanes.items():
            if number := len(lane.attending(since) - quiet):
                attending[centre] = number
        return attending

    def consoles(self, centre: str) -> int:
        """Return how many consoles are live on the lane, canary consoles not among them."""
        lane = self._lanes.get(centre)
        return 0 if lane is None else len(lane.consoles) + len(lane.guarded)

    def live(self, centre: str) -> Mapping[Console, Outlet]:
        """Return the consoles that are live on the lane but canary ones; they change with every await."""
        lane = self._lanes.get(centre)
        if lane is None:
            return {}
        return {**lane.consoles, **lane.guarded} if lane.guarded else lane.consoles

    def fanned_out_at(self, alarm_id: UUID, sequence: int) -> datetime | None:
        """Return when this node wrote the event to its consoles, if it still remembers."""
        return self._fanned_out.get((alarm_id, sequence))

    def oldest_unsent_s(self) -> float:
        """Return how long the oldest event is known here that consoles have not been sent; 0: none."""
        marks = [lane.unsent[0][1] for lane in self._lanes.values() if lane.unsent]
        return max(0.0, self._clock.monotonic() - min(marks)) if marks else 0.0

    def resynced(self, console: Console, reason: str) -> None:
        """Hear that a console is sent a snapshot, and why."""
        if not console.canary:
            self._metrics.resynced(reason)

    def news(self) -> asyncio.Event:
        """Return what is set once when anything is fanned out next, or the node stops."""
        return self._news

    def wake(self) -> None:
        """Wake whoever waits for an alarm or for news, though nothing happened: the node stops."""
        self._tell_news()
        for others in self._watchers.values():
            for woken in others:
                woken.set()

    def watch(self, alarm_id: UUID) -> Watch:
        """Be woken when something happens to an alarm (``with hub.watch(id) as changed``)."""
        return Watch(self._watchers, alarm_id)

    # --- loops ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open every lane at the head of its stream. Raises ``LogUnavailable``."""
        await self._catch_up()

    async def run(self) -> None:
        """Follow the log for ever: on each ring, and each second in any case."""
        while True:
            try:
                await self._catch_up()
            except LogUnavailable:
                await asyncio.sleep(timing.FOLLOW_RETRY_S)
                continue
            try:
                async with asyncio.timeout(timing.POLL_S):
                    await self._rung.wait()
            except TimeoutError:
                pass

    async def beat(self) -> None:
        """Send every console a heartbeat every ``HEARTBEAT_S``, a few consoles at a time.

        All at once, 2,000 heartbeats and the pongs they bring would hold up a press by 100 ms.
        """
        for slot in itertools.cycle(range(timing.BEAT_SLOTS)):
            await asyncio.sleep(timing.HEARTBEAT_S / timing.BEAT_SLOTS)
            self.pulse(slot)

    def pulse(self, slot: int) -> None:
        """Send the consoles of one slot the heads of the centres that they follow."""
        frames: dict[tuple[str, ...], bytes] = {}
        for console in self._slots[slot]:
            centres = self.lanes_of(console)
            if centres not in frames:
                heads = {centre: self._head(centre) for centre in centres}
                beat = Heartbeat(server_time=self._clock.now(), heads=heads)
                frames[centres] = text_frame(beat.model_dump_json().encode())
            console.outlet.write(frames[centres])

    # --- inside -----------------------------------------------------------------------------

    def _head(self, centre: str) -> Cursor:
        lane = self._lanes[centre]
        return Cursor(epoch=lane.epoch, sequence=lane.head)

    def _fan_out(self, lane: Lane, events: Sequence[Logged]) -> None:
        slow = written(lane.consoles, b"".join(text_frame(event.payload) for event in events))
        if lane.guarded:
            slow += written_each(lane.guarded, events)
        fast = len(lane.consoles) + len(lane.guarded) - len(slow)
        if lane.canaries:
            slow += written(lane.canaries, b"".join(text_frame(canary.told(event)) for event in events))
        lane.advance(events[-1].sequence)
        lane.moved.set()
        lane.moved = asyncio.Event()
        self._remember(events, fast)
        self._tell_news()
        for console in slow:
            self._metrics.slow_console(events[0].centre)
            self.leave(console)
            console.outlet.close(CloseCode.TOO_SLOW, "too slow: resume", timing.CLOSE_GRACE_S)

    def _tell_news(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _remember(self, events: Sequence[Logged], consoles: int) -> None:
        now = self._clock.now()
        for event in events:
            if event.alarm_id is not None:
                self._fanned_out[event.alarm_id, event.sequence] = now
                for woken in self._watchers.get(event.alarm_id, ()):
                    woken.set()
            self._metrics.fanned_out(event, consoles, now)
            for beside in self._beside:
                beside.heard(event)
        while len(self._fanned_out) > 1024:
            self._fanned_out.popitem(last=False)

    async def _catch_up(self) -> None:
        """Read every lane up to its head in the log.

        A head that is behind what was fanned out before it was asked for, in the same epoch, is a
        log that was restored from a copy: its next sequences would be taken for known ones.
        """
        self._rung.clear()
        asked_at = self._clock.monotonic()
        known = {centre: lane.head for centre, lane in self._lanes.items()}
        for centre, bounds in (await self._log.bounds()).items():
            lane = self._lanes.get(centre)
            if lane is None:
                self._lanes[centre] = Lane(bounds.epoch, bounds.head)
            elif lane.epoch != bounds.epoch or bounds.head < known[centre]:
                self._restart(centre, lane, bounds)
            else:
                lane.doubt(bounds.head, asked_at)
                lane.want(bounds.head, self._clock.monotonic())
        for centre, lane in self._lanes.items():
            await self._read_on(centre, lane)

    async def _read_on(self, centre: str, lane: Lane) -> None:
        while lane.wanted > lane.head:
            events = await self._log.read(
                centre, after=lane.head, up_to=lane.wanted, limit=timing.REPLAY_BATCH
            )
            # While the read was under way ``publish`` may have moved the head.
            fresh = [event for event in events if event.sequence > lane.head]
            if not fresh or fresh[0].sequence != lane.head + 1 or fresh[0].epoch != lane.epoch:
                lane.wanted = lane.head  # nothing to read yet, or another epoch: the next poll tells
                return
            self._metrics.gap_filled_by(centre, len(fresh))
            self._fan_out(lane, fresh)

    def _restart(self, centre: str, lane: Lane, bounds: Bounds) -> None:
        """Begin the lane anew after the log could not be continued; each console is told."""
        orphans = [*lane.consoles, *lane.guarded, *lane.canaries]
        lane.moved.set()
        returning = {**lane.returning, **dict.fromkeys(orphans, self._clock.monotonic())}
        self._lanes[centre] = Lane(bounds.epoch, bounds.head, returning=returning)
        for console in orphans:
            console.restart(centre)
