"""``doors``: other systems send events while somebody presses, and the same presses without them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from typing import Final

from loadtests import judge
from loadtests.console import Desk
from loadtests.door import Door, Posted, Sent
from loadtests.figures import Report
from loadtests.gateway_process import GatewayFailed
from loadtests.integrators import KEPT, EventMaker, Events, EventTally, account
from loadtests.metrics import metrics_of
from loadtests.moments import WallClock
from loadtests.pace import Job, Pace
from loadtests.presses import PressMaker
from loadtests.profiles.base import Plan, Profile, Stage, Tell, ticking
from loadtests.profiles.doors_report import BATCH_SIZE, BATCHES_PER_S, SINGLES_PER_S, Phase, report
from loadtests.room import Room
from loadtests.samples import GENT

RAISING_RATE: Final = 100.0
PRESS_CONNECTIONS: Final = 16
EVENT_CONNECTIONS: Final = 32
QUOTA_PER_S: Final = 1_000.0
DONE_S: Final = 60.0
ASKED_AGAIN_S: Final = 0.25
"""Each answer costs the gateway some 20 ms, which it is not to lack for the events that are asked about."""

SECOND: Final = 1_000_000_000
DONE: Final = "msa_events_done_total"


@dataclass(frozen=True, slots=True)
class Makers:
    """Two accounts: one sends event by event, the other in batches."""

    singles: EventMaker
    batches: EventMaker


class Visiting:
    """The consoles, companions and other systems of one run."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self._stage = stage
        self._plan = plan
        self._companions = stage.people.companions[plan.centre]
        self._maker = PressMaker(stage.target.url, self._companions, GENT)
        self._room = Room(Desk(stage.target.url, stage.people.cookies[0], plan.centre))
        self._presses = Door()
        self._events = Door()
        self._makers: Makers | None = None

    async def begin(self) -> None:
        """Attach the consoles, open an alarm of each companion, let the accounts in.

        Raises:
            GatewayFailed: an alarm was not opened.
        """
        address = self._room.desk.address
        await self._room.attach(self._plan.consoles[0])
        await self._presses.open(address, PRESS_CONNECTIONS)
        pace = Pace(self._presses, self._room.quiet, self._room.received)
        posted = await pace.post(self._maker.prepare(len(self._companions)), RAISING_RATE)
        await pace.settle()
        receipts = judge.receipts_of(posted)
        if len(receipts) < len(posted):
            raise GatewayFailed(f"{len(posted) - len(receipts)} of {len(posted)} alarms were not opened")
        self._room.head = judge.head_of(self._room.feed, receipts, self._room.head)
        clock, url, many = WallClock(), self._stage.target.url, len(self._companions)
        tokens = [
            await account(self._stage.target, self._companions, QUOTA_PER_S) for _ in ("singles", "batches")
        ]
        self._makers = Makers(*(EventMaker(url, token, many, GENT, clock) for token in tokens))

    async def phase(self, *, visited: bool) -> Phase:
        """Press for the plan's time, with or without events, and judge it."""
        room, plan = self._room, self._plan
        await self._presses.open(room.desk.address, PRESS_CONNECTIONS)
        if visited:
            await self._events.open(room.desk.address, EVENT_CONNECTIONS)
        presses = self._maker.prepare(max(1, round(plan.rate * plan.seconds)))
        room.begin()
        tally, posted = EventTally(), list[Posted]()

        def press(number: int, due: int) -> None:
            posted.append(Posted(presses[number], due))
            self._presses.post(posted[-1])

        jobs: list[Job] = [
            (round(number * SECOND / plan.rate), partial(press, number)) for number in range(len(presses))
        ]
        if visited:
            jobs += self._events_due(tally)
        pace = Pace(self._presses, lambda: room.quiet() and not self._events.pending, room.received)
        done = await self._done()
        before = self._stage.target.watched.usage()
        await pace.keep(sorted(jobs, key=lambda job: job[0]))
        after = self._stage.target.watched.usage()
        fates_known = perf_counter_ns()
        await pace.settle()
        lag_s = await self._worked_off(tally, done, fates_known)
        receipts = judge.receipts_of(posted)
        room.head = judge.head_of(room.feed, receipts, room.head)
        return Phase(
            visited=visited,
            seconds=plan.seconds,
            tally=tally,
            presses=judge.deliveries(room.feed, posted, receipts),
            lag_s=lag_s,
            turn=pace.turns.latencies.spread(),
            before=before,
            after=after,
            faults=judge.faults(room.feed, posted, receipts, room.consoles, room.head),
        )

    def close(self) -> None:
        """Close every link to the gateway: consoles, presses, events."""
        self._room.close()
        self._presses.close()
        self._events.close()

    def _events_due(self, tally: EventTally) -> list[Job]:
        """Return when each request with events is due: singles and batches spread over each second."""
        if self._makers is None:
            return []

        def post(make: Callable[[int], Events], due: int) -> None:
            tally.sent.append(Sent(make(due), due))
            self._events.post(tally.sent[-1])

        single = partial(post, self._makers.singles.single)
        batch = partial(post, lambda due: self._makers.batches.batch(due, BATCH_SIZE))  # type: ignore[union-attr] # looked at above
        return [
            *_spread(self._plan.seconds, SINGLES_PER_S, single),
            *_spread(self._plan.seconds, BATCHES_PER_S, batch),
        ]

    async def _done(self) -> float:
        return (await metrics_of(self._stage.target.url)).total(DONE)

    async def _worked_off(self, tally: EventTally, before: float, since: int) -> float | None:
        """Wait until every event that was kept is worked off; return how long that took, None: too long."""
        kept = sum(number for fate, number in tally.fates().items() if fate in KEPT)
        while perf_counter_ns() - since < DONE_S * SECOND:
            if await self._done() - before >= kept:
                return (perf_counter_ns() - since) / SECOND
            await asyncio.sleep(ASKED_AGAIN_S)
        return None


def _spread(seconds: float, per_s: int, act: Callable[[int], None]) -> Sequence[Job]:
    return [(round(number * SECOND / per_s), act) for number in range(round(seconds * per_s))]


async def run(stage: Stage, plan: Plan, tell: Tell) -> Report:
    """Press without events and with them, by turns."""
    visiting, phases = Visiting(stage, plan), list[Phase]()
    try:
        async with ticking(tell, f"opening {plan.companions} alarms", plan.companions / RAISING_RATE):
            await visiting.begin()
        for number in range(plan.rounds):
            for visited in (False, True):
                words = f"round {number + 1}, {'with' if visited else 'without'} events"
                async with ticking(tell, words, plan.seconds):
                    phases.append(await visiting.phase(visited=visited))
    finally:
        visiting.close()
    return report(plan, phases)


DOORS: Final = Profile(
    summary="500 events/s of other systems beside presses, and the presses without them",
    plan=Plan(consoles=(50,), rate=20.0, seconds=30.0, companions=100, rounds=3),
    takes=frozenset({"consoles", "rate", "seconds", "companions", "centre", "rounds"}),
    run=run,
)
