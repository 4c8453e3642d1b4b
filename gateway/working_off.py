"""Working the inbox off behind the alarms: each subject's events in their order, what fails put aside.

One event never holds up another subject's. What is right later is tried again, and its subject's next
events wait behind it; what is wrong for good, or was begun too often, goes into quarantine and they go on.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from gateway import faults
from gateway.domain.errors import DatabaseUnavailable, GatewayError, NotAllowedNow
from gateway.domain.integrators import Inbound, Linked
from gateway.domain.notice import Notice
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import (
    EFFECT_PAUSES_S,
    EFFECT_S,
    EFFECT_TRIES_MAX,
    FIX_LOOKS_AT_ONCE,
    INBOX_AT_ONCE,
    INBOX_LANES,
    INBOX_LEASE_S,
    INBOX_LOOK_S,
    INBOX_PAUSE_S,
    INBOX_POLL_S,
    INBOX_PRUNE_S,
    LET_GO_S,
)
from gateway.ingest.presses_ahead import Yield
from gateway.ports import Clock, Effects, Integrators, Notices
from gateway.ports.inbox import Claimed, InboxWork, StandIns
from schemas.events import EventType
from schemas.protection import NoticeKind

FIXES: Final = frozenset({EventType.POSITION_UPDATED})
"""What asks for open alarms, and stores, together."""

NOT_READABLE: Final = "not-readable"
TOO_SLOW: Final = "too-slow"
NEVER_ENDED: Final = "never-ended"
FAILED: Final = "failed"
TRIES_OF_A_FAULT: Final = 3

Running = dict[asyncio.Task[None], Sequence[Claimed]]
"""The lanes that are worked off, and what was claimed of each."""


@dataclass(frozen=True, slots=True)
class Later:
    """When an event is tried again. ``counted`` false: that it was not done says nothing about it."""

    pause_s: float
    counted: bool = True


NOT_ITS_FAULT: Final = Later(EFFECT_PAUSES_S[0], counted=False)


class WorkingOff:
    """The loop that claims and does; ``filled`` wakes it."""

    def __init__(
        self,
        work: InboxWork,
        integrators: Integrators,
        stand_ins: StandIns,
        effects: Effects,
        default_centre: str,
        metrics: DoorMetrics,
        let_presses_pass: Yield,
    ) -> None:
        self._work = work
        self._let_presses_pass = let_presses_pass
        self._integrators = integrators
        self._stand_ins = stand_ins
        self._effects = effects
        self._default_centre = default_centre
        self._metrics = metrics
        self._bell = asyncio.Event()
        self._done: list[int] = []
        self._claimant = 0
        self._gate = asyncio.Semaphore(INBOX_AT_ONCE)
        self._fix_looks = asyncio.Semaphore(FIX_LOOKS_AT_ONCE)
        self._one_a_turn = asyncio.Lock()

    def filled(self) -> None:
        """Say that something new is in the inbox."""
        self._bell.set()

    async def run(self) -> None:
        """Work off what is due, for ever; wait where nothing is."""
        running: Running = {}
        try:
            while True:
                self._bell.clear()
                lanes = await self._claimed(running)
                running |= {asyncio.create_task(self._lane(lane)): lane for lane in lanes}
                await self._turn(running)
                if running:
                    await asyncio.sleep(INBOX_PAUSE_S)
                    running = _still(running)
        finally:
            await self._let_go(running)
            self._work.leave()

    async def _turn(self, running: Running) -> None:
        """Wait until a lane has ended or something new is there, and not for ever."""
        bell = asyncio.create_task(self._bell.wait())
        try:
            await asyncio.wait({bell, *running}, timeout=INBOX_POLL_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()

    async def _let_go(self, running: Running) -> None:
        """End what is begun, and give it back: no subject waits until a lease is over."""
        begun = [one for task, lane in running.items() if not task.done() for one in lane]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        running.clear()
        done, self._done = self._done, []
        with suppress(GatewayError, TimeoutError):
            async with asyncio.timeout(LET_GO_S):
                await self._work.finish(done)
                await self._work.release(begun)

    async def _claimed(self, running: Running) -> list[list[Claimed]]:
        """Let go of what is done, then claim what is next.

        Under another number than before, what is begun is not ours any more: another may have begun it.
        """
        try:
            claimant = await self._work.stand()
            if claimant != self._claimant:
                self._claimant = claimant
                await self._let_go(running)
            free, done = INBOX_LANES - len(running), len(self._done)
            if done:
                await self._work.finish(self._done[:done])
                del self._done[:done]  # no sooner: else its lane could stand still, or be done again
            return await self._work.claim(free, claimant) if free > 0 else []
        except DatabaseUnavailable:
            await asyncio.sleep(INBOX_POLL_S)
            return []

    async def _lane(self, lane: Sequence[Claimed]) -> None:
        """Do a lane's events in order, up to the first that is put off."""
        for at, claimed in enumerate(lane):
            async with nullcontext() if claimed.type in FIXES else self._gate:
                await self._let_presses_pass()
                async with self._one_a_turn:
                    await asyncio.sleep(0)
                later = await self._one(claimed)
            if later is not None:
                rest = [one.number for one in lane[at + 1 :]]
                await self._put_off(claimed, rest, later)
                return

    async def _put_off(self, claimed: Claimed, rest: Sequence[int], later: Later) -> None:
        """Give a lane back; while the database is away it stays ours, as long as its lease runs."""
        for _ in range(round(INBOX_LEASE_S / INBOX_POLL_S)):
            try:
                await self._work.put_off(claimed, rest, later.pause_s, counted=later.counted)
            except DatabaseUnavailable:
                await asyncio.sleep(INBOX_POLL_S)
            else:
                return

    async def _one(self, claimed: Claimed) -> Later | None:
        """Do one event; return when it is tried again, or None: it is done with."""
        if claimed.tries > EFFECT_TRIES_MAX:  # not even opened: it may be that which ends the node
            return await self._aside(claimed, None, NEVER_ENDED)
        event = claimed.read()
        became = _unread(claimed) if event is None else await self._apply(claimed, event)
        if isinstance(became, str):
            return await self._aside(claimed, event, became)
        if became is None:
            faults.reach("after_effect")
            self._done.append(claimed.number)
            self._metrics.events_done.labels(claimed.type, "done").inc()
        return became

    async def _apply(self, claimed: Claimed, event: Inbound) -> str | Later | None:
        """Return when it is tried again, why it goes into quarantine, or None: it is done."""
        try:
            async with asyncio.timeout(EFFECT_S):
                await self._effects.apply(event, await self._linked(event), claimed.received_at)
        except DatabaseUnavailable:
            return NOT_ITS_FAULT
        except NotAllowedNow as error:
            waits = claimed.tries <= len(EFFECT_PAUSES_S)
            return Later(EFFECT_PAUSES_S[claimed.tries - 1]) if waits else error.kind.slug
        except GatewayError as error:
            return error.kind.slug
        except Exception as error:  # noqa: BLE001 (one event that is not understood must not end the others)
            structlog.get_logger().error("event_failed", type=claimed.type, error=type(error).__name__)
            if claimed.tries < TRIES_OF_A_FAULT:
                return Later(EFFECT_PAUSES_S[claimed.tries - 1])
            return TOO_SLOW if isinstance(error, TimeoutError) else FAILED
        return None

    async def _linked(self, event: Inbound) -> Linked:
        """Find her file, or say which would stand for her: it is there where she raised an alarm."""
        async with self._fix_looks if event.type in FIXES else nullcontext():
            linked = await self._integrators.linked(event.integrator, event.subject)
            return linked or await self._stand_ins.of(event, self._default_centre)

    async def _aside(self, claimed: Claimed, event: Inbound | None, reason: str) -> Later | None:
        """Put an event into quarantine; its lane goes on."""
        try:
            linked = None if event is None else await self._linked(event)
            centre = self._default_centre if linked is None else linked.centre
            about = None if linked is None else linked.registration_id
            await self._work.quarantine(claimed, reason, centre, about)
        except DatabaseUnavailable:
            return NOT_ITS_FAULT
        self._metrics.events_done.labels(claimed.type, "quarantined").inc()
        structlog.get_logger().warning(
            "event_quarantined", key=str(claimed.key), type=claimed.type, reason=reason
        )
        return None


def _unread(claimed: Claimed) -> str | Later:
    """Leave what cannot be read here to another node for a while: a later program may have taken it in."""
    if claimed.tries > len(EFFECT_PAUSES_S):
        return NOT_READABLE
    return Later(EFFECT_PAUSES_S[claimed.tries - 1])


def _still(running: Running) -> Running:
    """Return the lanes that still run; one that broke is free when its lease is over."""
    for task in running:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            structlog.get_logger().error("lane_broken", error=type(error).__name__)
    return {task: lane for task, lane in running.items() if not task.done()}


class InboxWatch:
    """Measures the inbox, tells supervisors of what is in quarantine, and forgets what is old."""

    def __init__(
        self,
        work: InboxWork,
        notices: Notices,
        centres: Sequence[str],
        measured: Callable[[Mapping[UUID, int]], None],
        clock: Clock,
        metrics: DoorMetrics,
    ) -> None:
        self._work = work
        self._notices = notices
        self._centres = centres
        self._measured = measured
        self._clock = clock
        self._metrics = metrics
        self._told: dict[str, int] = dict.fromkeys(centres, -1)

    async def run(self) -> None:
        """Look every few seconds, for ever."""
        pruned = self._clock.monotonic()
        while True:
            with suppress(DatabaseUnavailable):
                await self.look()
                if self._clock.monotonic() - pruned >= INBOX_PRUNE_S:
                    await self._work.prune()
                    pruned = self._clock.monotonic()
            await asyncio.sleep(INBOX_LOOK_S)

    async def look(self) -> None:
        """Measure once, and raise or clear a centre's notice where its quarantine changed."""
        state = await self._work.state()
        self._measured(state.depths)
        self._metrics.inbox_depth.set(state.events)
        self._metrics.inbox_age.set(max(0.0, state.oldest_due_s))
        self._metrics.quarantined.set(sum(state.quarantined.values()))
        for centre in self._centres:
            count = state.quarantined.get(centre, 0)
            if count != self._told[centre]:
                await self._tell(centre, count)
                self._told[centre] = count

    async def _tell(self, centre: str, count: int) -> None:
        """Raise the notice of a centre, or clear it where nothing is in quarantine any more."""
        notice = Notice(
            kind=NoticeKind.EVENTS_QUARANTINED, subject="events", open=count > 0, detail={"count": count}
        )
        await self._notices.tell(centre, [notice])
