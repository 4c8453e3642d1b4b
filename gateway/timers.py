"""Carries out what falls due on alarms: escalations, lapses, the end of tracking, expiry.

Deadlines live in the database, so that they survive every node. Each node sweeps; a deadline is
claimed by one, decided on the alarm as it is, and consumed by the commit it leads to: it fires once
whoever claims it, and never after what settled it. What cannot be carried out is put off and delays
nothing else.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import structlog

from gateway.domain import happenings, ladder
from gateway.domain.alarm import Change, DeadlineKind
from gateway.domain.clock_watch import ClockWatch, Reading
from gateway.domain.errors import GatewayError, NotAllowedNow
from gateway.domain.ladder import Surroundings
from gateway.domain.response import Response
from gateway.failing import failed
from gateway.ports import (
    Attendances,
    BareAlarms,
    Changes,
    Claimed,
    Clock,
    Deadlines,
    Fate,
    Neighbourhood,
    Presence,
    Proposal,
    Verdict,
)
from gateway.timing import (
    AWAY_S,
    BATCH_MAX,
    CLAIM_MAX,
    COMMITS_MAX,
    MEND_S,
    PUT_OFF_S,
    SWEEP_S,
    SWEEPS_MAX,
)
from schemas.alarm import AlarmView

TRIES: Final = 8
"""How often a change that slips in between is decided on anew before the deadline is put off."""


class TimerMetrics(Protocol):
    """What the timers count."""

    def carried_out(self, kind: str, late_s: float) -> None:
        """Count a deadline that was carried out so late."""

    def put_off(self, kind: str) -> None:
        """Count a deadline that could not be carried out."""

    def deadlines_open(self, kind: str, number: int) -> None:
        """Say how many deadlines are open."""

    def unattended(self, centres: Mapping[str, bool]) -> None:
        """Say which centres are unattended."""


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What one sweep knows: the database's time, when it was read, who sits where."""

    now: datetime
    read_at: float
    presence: Presence


@dataclass(kw_only=True)
class Timers:
    """``respond`` gives a centre's policy."""

    deadlines: Deadlines
    alarms: BareAlarms
    changes: Changes
    attendances: Attendances
    neighbourhood: Neighbourhood
    respond: Callable[[str], Response]
    clock: Clock
    metrics: TimerMetrics
    _watch: ClockWatch = field(default_factory=ClockWatch)
    _commits: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(COMMITS_MAX))
    _swept: bool = False
    _sweeping: int = 0
    _troubled: bool = False

    async def run(self) -> None:
        """Sweep for ever; one that is held up does not hold up the next."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._mend())
            while True:
                if self._sweeping < SWEEPS_MAX:
                    tasks.create_task(self._guarded())
                await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """Carry out everything that is due now. Raises ``DatabaseUnavailable``."""
        sweep = await self._begin()
        for claim in (self._deserted, self._due, self._hastened):
            while claimed := await claim(sweep):
                await self._carry_out(claimed, sweep)
                if len(claimed) < CLAIM_MAX:
                    break
        self._swept = True

    async def _guarded(self) -> None:
        self._sweeping += 1
        try:
            await self.sweep()
            self._troubled = False
        except Exception as error:  # noqa: BLE001 (the task's edge: a fault of ours must not end the ladder)
            failed("deadlines_swept")
            if not self._troubled:
                structlog.get_logger().warning("deadlines_not_swept", error=type(error).__name__)
            self._troubled = True
        finally:
            self._sweeping -= 1

    async def _begin(self) -> _Sweep:
        presence = await self.attendances.presence()
        self.metrics.unattended({centre: centre in presence.unattended for centre in presence.consoles})
        before = self.clock.monotonic()
        now, newest = await self.deadlines.clock()
        read_at = self.clock.monotonic()
        if stepped_s := self._watch.see(Reading(now, before, read_at), newest):
            structlog.get_logger().warning("database_clock_set", by_s=round(stepped_s, 3))
        return _Sweep(now, read_at, presence)

    # --- what is due ------------------------------------------------------------------------

    async def _due(self, _sweep: _Sweep) -> Sequence[Claimed]:
        return await self.deadlines.due(CLAIM_MAX)

    async def _hastened(self, _sweep: _Sweep) -> Sequence[Claimed]:
        """Claim what the clock delays; the first sweep cannot know what happened before."""
        steps = [(step.last_deadline_id, -step.by_s) for step in self._watch.steps if step.by_s < 0]
        return await self.deadlines.hastened(CLAIM_MAX, steps) if steps or not self._swept else ()

    async def _deserted(self, sweep: _Sweep) -> Sequence[Claimed]:
        """Claim the alarms that nobody would see."""
        levels = {
            centre: self.respond(centre).ladder.first_diversion
            for centre in sorted(sweep.presence.unattended)
        }
        return await self.deadlines.deserted(CLAIM_MAX, levels) if levels else ()

    # --- carrying out -----------------------------------------------------------------------

    async def _carry_out(self, claimed: Sequence[Claimed], sweep: _Sweep) -> None:
        """Decide and commit until each is carried out, dropped or put off."""
        for _ in range(TRIES):
            proposals = await self._decided(claimed, sweep)
            commits = (self._commit(alike, sweep) for alike in _alike(proposals))
            claimed = [one for changed in await asyncio.gather(*commits) for one in changed]
            if not claimed:
                return
        await self._put_off(claimed, "keeps changing")

    async def _decided(self, claimed: Sequence[Claimed], sweep: _Sweep) -> list[Proposal]:
        """Decide each on its alarm as it is; drop what is not allowed any more, put off what fails."""
        alarms = await self.alarms.bare([one.alarm_id for one in claimed])
        proposals, dropped = [], []
        for one in claimed:
            try:
                change = self._decide(one, alarms, sweep)
            except NotAllowedNow:
                dropped.append(one)
            except Exception as error:  # noqa: BLE001 (one alarm that cannot be decided must delay no other)
                await self._put_off([one], type(error).__name__)
            else:
                proposals.append(Proposal(change, deadline=one))
        if dropped:
            await self.deadlines.drop(dropped)
        return proposals

    def _decide(self, one: Claimed, alarms: Mapping[UUID, AlarmView | None], sweep: _Sweep) -> Change:
        """Return what comes of a deadline. Raises ``NotAllowedNow`` where nothing does."""
        if one.alarm_id not in alarms:
            raise NotAllowedNow
        alarm = alarms[one.alarm_id]
        if alarm is None:
            raise ValueError("the alarm cannot be read")
        match one.kind:
            case DeadlineKind.ESCALATE:
                return self._escalate(alarm, one, sweep)
            case DeadlineKind.LAPSE:
                return happenings.lapse(alarm, sweep.now, self.respond(alarm.centre))
            case DeadlineKind.TRACKING_ENDING:
                return happenings.tracking_ending(alarm)
            case DeadlineKind.TRACKING_END:
                return happenings.end_tracking(alarm)
            case DeadlineKind.EXPIRE:
                return happenings.expire(alarm, sweep.now)

    def _escalate(self, alarm: AlarmView, one: Claimed, sweep: _Sweep) -> Change:
        rungs = self.respond(alarm.centre).ladder
        around = Surroundings(
            neighbours=self.neighbourhood.neighbours(alarm.centre),
            national=self.neighbourhood.default,
            attended=sweep.presence.attended,
        )
        told = 0 if alarm.escalation is None else alarm.escalation.level
        level = max(one.level, told + 1)
        if alarm.centre in sweep.presence.unattended and level <= rungs.first_diversion:
            return ladder.divert(alarm, level, rungs, around, sweep.now)
        late_s = (sweep.now - one.due_at).total_seconds() + self._watch.delay_s(one.deadline_id)
        return ladder.escalate(alarm, level, rungs, around, sweep.now, max(0.0, late_s))

    async def _commit(self, proposals: Sequence[Proposal], sweep: _Sweep) -> list[Claimed]:
        """Commit what concerns the same centres, batch by batch; return what must be decided anew."""
        anew: list[Claimed] = []
        for start in range(0, len(proposals), BATCH_MAX):
            batch = proposals[start : start + BATCH_MAX]
            try:
                async with self._commits:
                    verdicts = await self.changes.commit(batch)
            except GatewayError as error:  # away, or one of the centres is stuck: so is the rest of these
                await self._let_go(_claims(proposals[start:]), [AWAY_S] * (len(proposals) - start))
                structlog.get_logger().warning("deadlines_wait", error=type(error).__name__)
                return anew
            except Exception as error:  # noqa: BLE001 (one that cannot be committed must delay no other)
                anew += await self._alone(batch, error, sweep)
            else:
                anew += self._judge(batch, verdicts, sweep)
        return anew

    async def _alone(self, batch: Sequence[Proposal], error: Exception, sweep: _Sweep) -> list[Claimed]:
        """Commit each of a batch by itself, as one of them made it fail; that one is put off."""
        if len(batch) == 1:
            await self._put_off(_claims(batch), type(error).__name__)
            return []
        return [one for proposal in batch for one in await self._commit([proposal], sweep)]

    def _judge(self, batch: Sequence[Proposal], verdicts: Sequence[Verdict], sweep: _Sweep) -> list[Claimed]:
        """Count what was carried out; return what must be decided anew."""
        waited_s = self.clock.monotonic() - sweep.read_at
        anew = []
        for one, verdict in zip(_claims(batch), verdicts, strict=True):
            late_s = (sweep.now - one.due_at).total_seconds() + waited_s
            if verdict.fate is Fate.CHANGED:
                anew.append(one)
            elif verdict.fate is Fate.COMMITTED and late_s > 0:
                self.metrics.carried_out(one.kind, late_s)
        return anew

    async def _put_off(self, claimed: Sequence[Claimed], why: str) -> None:
        """Try again later, and later each time, what cannot be carried out."""
        for one in claimed:
            self.metrics.put_off(one.kind)
            structlog.get_logger().error(
                "deadline_put_off", alarm_id=str(one.alarm_id), kind=one.kind, tries=one.tries + 1, error=why
            )
        await self._let_go(claimed, [PUT_OFF_S[min(one.tries, len(PUT_OFF_S) - 1)] for one in claimed])

    async def _let_go(self, claimed: Sequence[Claimed], by_s: Sequence[float]) -> None:
        with suppress(GatewayError):  # then their lease ends by itself
            await self.deadlines.put_off(claimed, by_s)

    async def mend(self) -> None:
        """Give every alarm that somebody must answer a next level, and count what is open.

        None should ever be without; alarms from before there was a ladder are. Raises
        ``DatabaseUnavailable``.
        """
        if mended := await self.deadlines.mend():
            structlog.get_logger().error("ladders_mended", count=mended)
        for kind, number in (await self.deadlines.count()).items():
            self.metrics.deadlines_open(kind, number)

    async def _mend(self) -> None:
        while True:
            try:
                await self.mend()
            except Exception:  # noqa: BLE001 (the task's edge: the sweep says when the database is away)
                failed("deadlines_mended")
            await asyncio.sleep(MEND_S)


def _alike(proposals: Sequence[Proposal]) -> list[list[Proposal]]:
    """Put together what concerns the same centres: one that is stuck holds up no other."""
    by_centres: dict[frozenset[str], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        by_centres[frozenset(proposal.change.centres)].append(proposal)
    return list(by_centres.values())


def _claims(proposals: Sequence[Proposal]) -> list[Claimed]:
    return [proposal.deadline for proposal in proposals if proposal.deadline is not None]
