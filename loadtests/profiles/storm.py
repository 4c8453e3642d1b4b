"""``storm``: a hundred alarms in a minute and twenty at once, while the ladder runs as it is built in."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from loadtests import background, judge
from loadtests.acts import Acts, broken_acts
from loadtests.background import Background
from loadtests.console import Desk
from loadtests.door import Door, Posted
from loadtests.feed import Feed
from loadtests.figures import Report
from loadtests.ladder import Level, climbed
from loadtests.measured import Faults
from loadtests.metrics import metrics_of
from loadtests.moments import WallClock
from loadtests.pace import Job, Pace
from loadtests.people import Crowd
from loadtests.presses import Prepared, PressMaker
from loadtests.profiles.base import Plan, Profile, Stage, Tell, ticking
from loadtests.profiles.storm_report import Phase, Told, report
from loadtests.room import Room
from loadtests.samples import GENT
from loadtests.usage import strangers
from schemas.commands import Acknowledge, Close
from schemas.outcome import Outcome
from schemas.press import Purpose, Receipt

AT_ONCE: Final = 20
CONNECTIONS: Final = 64
ANSWER_EVERY: Final = 5
ANSWER_AFTER_S: Final = 4.0
"""The scripted operator takes every fifth alarm so long after it was raised, and no other."""

SECOND: Final = 1_000_000_000
LADDER: Final = f'[{background.CENTRE}]\nlevels = [{{ step = "remind", after_s = 86400 }}]\n'
"""The centre in the background is told of nothing; every other has the ladder that is built in."""


class Storm:
    """The consoles, the operator and the presses of one run."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self._stage = stage
        self._plan = plan
        self._clock = WallClock()
        self._door = Door()
        self._acts = Acts()
        self._tasks: set[asyncio.Task[None]] = set()
        self._raised = 0
        self._answering = False
        self._room = Room(
            Desk(stage.target.url, stage.people.cookies[0], plan.centre), Feed(heard=self._heard)
        )
        self._maker = PressMaker(
            stage.target.url, stage.people.companions[plan.centre], GENT, (Purpose.REAL,)
        )

    async def phase(self, name: str, words: str) -> Phase:
        """Let the storm loose, watch what the ladder does, and judge it."""
        plan, room = self._plan, self._room
        await room.attach(plan.consoles[0])
        await self._door.open(room.desk.address, CONNECTIONS)
        self._begin()
        deadlines = (await metrics_of(room.desk.url)).total(background.OPEN)
        before, began_at = self._stage.target.watched.usage(), self._clock.now()
        pace = Pace(self._door, room.quiet, room.received)
        spread_out, at_once = await self._press(pace)
        await asyncio.sleep(plan.watch)
        self._answering = False
        await asyncio.gather(*self._tasks)
        await pace.settle()
        after, ended_at = self._stage.target.watched.usage(), self._clock.now()
        seconds = (ended_at - began_at).total_seconds()
        posted = (*spread_out, *at_once)
        receipts = judge.receipts_of(posted)
        room.head = judge.head_of(room.feed, receipts, room.head)
        climb = climbed(room.feed.events, _alarms(receipts.values()), ended_at)
        kinds = Counter(seen.kind for seen in room.feed.events.values())
        broken = broken_acts(self._acts.all, room.feed.events, frozenset())
        return Phase(
            name=name,
            words=words,
            began_at=began_at,
            deadlines=deadlines,
            spread_out=judge.deliveries(room.feed, spread_out, _of(spread_out, receipts)),
            at_once=judge.deliveries(room.feed, at_once, _of(at_once, receipts)),
            told=self._told(climb.levels),
            acts=tuple(self._acts.all),
            raised=kinds["alarm.raised"],
            others=kinds.total() - sum(kinds[kind] for kind in (*judge.OF_PRESSES, "alarm.escalated")),
            strangers=strangers(before, after, seconds) if before and after else None,
            faults=judge.faults(room.feed, posted, receipts, room.consoles, room.head)
            + Faults(broken=(*climb.broken, *broken)),
        )

    async def end_all(self) -> Faults:
        """Acknowledge and close whatever is open, so that the next storm begins as the first did."""
        room = self._room
        newest = {seen.alarm_id: seen for _, seen in sorted(room.feed.events.items()) if seen.alarm_id}
        self._begin()
        self._answering = False
        for number, (alarm_id, seen) in enumerate(newest.items()):
            if seen.state == "closed" or alarm_id is None or seen.version is None:
                continue
            about: dict[str, Any] = {"alarm_id": UUID(alarm_id), "expected_version": seen.version}
            console = room.consoles[number % len(room.consoles)]
            if seen.state == "raised":
                await self._acts.ask(console, "acknowledge", Acknowledge(request_id=uuid4(), **about))
            close = Close(request_id=uuid4(), outcome=Outcome.TEST, note="Load test.", **about)
            await self._acts.ask(console, "close", close)
        await Pace(self._door, room.quiet, room.received).settle()
        room.head = judge.head_of(room.feed, {}, room.head)
        broken = broken_acts(self._acts.all, room.feed.events, frozenset())
        return judge.faults(room.feed, (), {}, room.consoles, room.head) + Faults(broken=broken)

    def close(self) -> None:
        """Let everything go."""
        self._room.close()
        self._door.close()

    def _begin(self) -> None:
        self._room.begin()
        self._acts = Acts()
        self._tasks.clear()
        self._raised = 0
        self._answering = True

    async def _press(self, pace: Pace) -> tuple[list[Posted], list[Posted]]:
        """Press over the whole time, and in its middle so many at the very same instant."""
        plan = self._plan
        every = self._maker.prepare(in_a_minute(plan) + AT_ONCE)
        spread_out: list[Posted] = []
        at_once: list[Posted] = []

        def send(press: Prepared, kept: list[Posted], due: int) -> None:
            kept.append(Posted(press, due))
            self._door.post(kept[-1])

        jobs: list[Job] = [
            (round(number * SECOND / plan.rate), partial(send, press, spread_out))
            for number, press in enumerate(every[AT_ONCE:])
        ]
        middle = round(plan.seconds / 2 * SECOND)
        jobs += [(middle, partial(send, press, at_once)) for press in every[:AT_ONCE]]
        await pace.keep(sorted(jobs, key=lambda job: job[0]))
        return spread_out, at_once

    def _heard(self, told: dict[str, Any]) -> None:
        if told["kind"] == "alarm.raised" and self._answering:
            self._raised += 1
            if self._raised % ANSWER_EVERY == 0:
                task = asyncio.get_running_loop().create_task(self._answer(told["alarm"]))
                self._tasks.add(task)

    async def _answer(self, alarm: dict[str, Any]) -> None:
        await asyncio.sleep(ANSWER_AFTER_S)
        command = Acknowledge(
            request_id=uuid4(), alarm_id=alarm["alarm_id"], expected_version=alarm["version"]
        )
        await self._acts.ask(self._room.consoles[0], "acknowledge", command)

    def _told(self, levels: Sequence[Level]) -> tuple[Told, ...]:
        last = self._room.feed.last_arrivals()
        return tuple(
            Told(level, self._clock.at(last[level.sequence])) for level in levels if level.sequence in last
        )


async def run(stage: Stage, plan: Plan, tell: Tell) -> Report:
    """Let the storm loose, and once more among open deadlines."""
    storm, behind, faults = Storm(stage, plan), None, Faults()
    lasts = plan.seconds + plan.watch
    try:
        if plan.deadlines:
            behind = Background(stage.target, stage.people)
            await behind.attend()
        async with ticking(tell, "storm", lasts):
            phases = [await storm.phase("storm", "storm")]
        if behind is not None:
            settle_s = min(background.SETTLE_S, plan.watch)
            async with ticking(tell, f"opening alarms with {plan.deadlines} deadlines", settle_s):
                faults += await storm.end_all()
                faults += await behind.fill(settle_s)
            async with ticking(tell, "storm among open deadlines", lasts):
                phases.append(await storm.phase("among", "among deadlines"))
    finally:
        storm.close()
        if behind is not None:
            behind.close()
    alarms = f"{in_a_minute(plan)} alarms in {plan.seconds:g} s and {AT_ONCE} at once"
    return report(phases, f"{alarms}, {plan.consoles[0]} consoles", faults)


def in_a_minute(plan: Plan) -> int:
    """Return how many alarms are raised one after the other."""
    return max(1, round(plan.rate * plan.seconds))


def crowds(plan: Plan) -> Sequence[Crowd]:
    """Return whose alarms there are: those of the storm, and those in the background."""
    own = Crowd(centre=plan.centre, companions=in_a_minute(plan) + AT_ONCE)
    return (own, background.crowd(plan.deadlines)) if plan.deadlines else (own,)


def _of(posted: Sequence[Posted], receipts: dict[int, Receipt]) -> dict[int, Receipt]:
    theirs = {one.prepared.press_id for one in posted}
    return {sequence: receipt for sequence, receipt in receipts.items() if receipt.press_id in theirs}


def _alarms(receipts: Any) -> set[str]:
    return {str(receipt.alarm_id) for receipt in receipts}


STORM: Final = Profile(
    summary="a hundred alarms in a minute, twenty at once, the ladder running",
    plan=Plan(consoles=(20,), rate=5 / 3, seconds=60.0, companions=0, watch=125.0, deadlines=10_000),
    takes=frozenset({"consoles", "rate", "seconds", "watch", "deadlines"}),
    run=run,
    crowds=crowds,
    responses=lambda _: LADDER,
    needs_own_gateway=True,
)
