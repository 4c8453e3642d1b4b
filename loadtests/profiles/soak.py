"""``soak``: everything at once, lightly and for long, to see whether anything grows."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count
from math import ceil
from typing import Any, Final
from uuid import UUID

from loadtests import judge
from loadtests.acts import Acts, broken_acts
from loadtests.beating import Heart
from loadtests.console import Console, Desk, attach
from loadtests.door import Door, Posted
from loadtests.feed import Feed
from loadtests.figures import Report
from loadtests.growth import Reading, read_process
from loadtests.measured import Faults
from loadtests.metrics import metrics_of
from loadtests.moments import WallClock
from loadtests.pace import Job, Pace, until
from loadtests.people import Crowd
from loadtests.presses import PressMaker
from loadtests.profiles.base import Plan, Profile, Stage, Tell, ticking
from loadtests.profiles.soak_report import Soaked, report
from loadtests.room import Room
from loadtests.samples import GENT
from loadtests.shift import ALLOWED, Shift
from loadtests.tracker import Tally, Tracker
from schemas.press import Purpose

SECOND: Final = 1_000_000_000
CONNECTIONS: Final = 32
UNITS: Final = 4
OPERATORS: Final = 2
HEARTBEAT_S: Final = 10.0
SWAP_S: Final = 2.0
"""A console leaves and another one comes so often, in turn from a cursor and from a snapshot."""

TURNS: Final = 10
"""Companions send positions once a second, in so many turns."""

PUT_OFF: Final = frozenset({202, 503})
"""Stored, or to be sent again; anything else is no answer to a batch that is right."""

SETTLE_S: Final = 30.0
"""So long the operators have for what is open when the time is up."""


class Soak:
    """Everybody of one run."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self._stage = stage
        self._plan = plan
        self._clock = WallClock()
        self._companions = stage.people.companions[plan.centre]
        self._of_registration = {str(one.registration_id): one for one in self._companions}
        self._url = stage.target.url
        self._maker = PressMaker(self._url, self._companions, GENT, (Purpose.REAL,))
        self._acts = Acts()
        self._shift = Shift(self._acts, stage.people.units)
        self._feed = Feed(heard=self._heard)
        self._room = Room(Desk(self._url, stage.people.cookies[0], plan.centre), self._feed)
        self._left: list[Console] = []
        self._door = Door()
        self._heart = Heart(self._url, self._clock)
        self._tally = Tally()
        self._trackers: dict[str, Tracker] = {}
        self._readings: list[Reading] = []
        self._wrong: Counter[str] = Counter()

    async def attach(self) -> None:
        """Open the consoles, the operators' among them."""
        await self._room.attach(self._plan.consoles[0])
        desks = (Desk(self._url, cookie, self._plan.centre) for cookie in self._stage.people.cookies)
        self._shift.consoles = [await attach(desk, self._feed, self._room.cursor()) for desk in desks]
        await self._door.open(self._room.desk.address, CONNECTIONS)

    async def soak(self) -> Soaked:
        """Let it soak, and judge it."""
        plan, room = self._plan, self._room
        posted: list[Posted] = []
        before, metrics = self._stage.target.watched.usage(), await metrics_of(self._url)
        beside = [asyncio.create_task(self._watch()), asyncio.create_task(self._come_and_go())]
        pace = Pace(self._door, room.quiet, room.received)
        try:
            await pace.keep(self._jobs(posted))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
        after = self._stage.target.watched.usage()
        await until(lambda: not self._shift.busy and not self._door.pending, SETTLE_S)
        await pace.settle()
        await self._shift.stop()
        return Soaked(
            plan=plan,
            readings=tuple(self._readings),
            metrics_before=metrics,
            metrics_after=await metrics_of(self._url),
            before=before,
            after=after,
            presses=judge.deliveries(room.feed, posted, judge.receipts_of(posted)),
            acts=tuple(self._acts.all),
            ended=self._shift.ended,
            tally=self._tally,
            heartbeats=len(self._heart.sent),
            visitors=len(self._left),
            logged=self._logged(),
            faults=self._faults(posted),
        )

    def close(self) -> None:
        """Let everything go."""
        for console in self._shift.consoles:
            console.close()
        self._room.close()
        self._door.close()

    # --- what goes on -----------------------------------------------------------------------

    def _jobs(self, posted: list[Posted]) -> list[Job]:
        plan = self._plan

        def press(due: int) -> None:
            (prepared,) = self._maker.prepare(1)
            posted.append(Posted(prepared, due))
            self._door.post(posted[-1])

        jobs: list[Job] = [(round(at * SECOND), press) for at in _every(1 / plan.rate, 0.0, plan.seconds)]
        for number, companion in enumerate(self._companions):
            first = number * HEARTBEAT_S / len(self._companions)
            beat = partial(self._heart.beat, self._door, companion)
            jobs += [(round(at * SECOND), beat) for at in _every(HEARTBEAT_S, first, plan.seconds)]
        for turn in range(TURNS):
            track = partial(self._track, turn)
            jobs += [(round(at * SECOND), track) for at in _every(1.0, turn / TURNS, plan.seconds)]
        return sorted(jobs, key=lambda job: job[0])

    def _track(self, turn: int, due: int) -> None:
        for number, tracker in enumerate(self._trackers.values()):
            if number % TURNS == turn:
                tracker.beat(self._door, due)

    def _heard(self, told: dict[str, Any]) -> None:
        alarm = told.get("alarm")
        companion = None if alarm is None else self._of_registration.get(alarm["registration_id"])
        if alarm is None or companion is None:
            return
        if told["kind"] == "alarm.raised":
            tracker = Tracker(self._url, companion, UUID(alarm["alarm_id"]), GENT, self._clock, self._tally)
            self._trackers[alarm["alarm_id"]] = tracker
        elif alarm["state"] == "closed":
            self._trackers.pop(alarm["alarm_id"], None)
        self._shift.hear(told)

    async def _watch(self) -> None:
        """Read the gateway's process once a second."""
        began = self._clock.now()
        while True:
            at_s = (self._clock.now() - began).total_seconds()
            reading = read_process(self._stage.target.watched.gateway, at_s)
            if reading is not None:
                self._readings.append(reading)
            await asyncio.sleep(1.0)

    async def _come_and_go(self) -> None:
        """Let a console leave and another come, again and again."""
        for number in count():
            await asyncio.sleep(SWAP_S)
            leaving = self._room.consoles.pop(0)
            cursor = self._room.cursor() if number % 2 else None
            leaving.close()
            self._left.append(leaving)
            try:
                self._room.consoles.append(await attach(self._room.desk, self._feed, cursor))
            except OSError as error:
                self._wrong[f"consoles not attached: {error or type(error).__name__}"] += 1

    # --- what came of it --------------------------------------------------------------------

    def _faults(self, posted: Sequence[Posted]) -> Faults:
        room, receipts = self._room, judge.receipts_of(posted)
        room.head = judge.head_of(room.feed, receipts, room.head)
        found = judge.faults(room.feed, posted, receipts, (*room.consoles, *self._shift.consoles), room.head)
        refused = Counter(
            one.status for one in self._tally.sent if one.answered and one.status not in PUT_OFF
        )
        wrong = self._wrong + self._shift.wrong
        wrong["heartbeats were refused"] += self._heart.refused
        for status, number in refused.items():
            wrong[f"batches of positions answered {status}"] += number
        said = tuple(f"{number} {what}" for what, number in sorted(wrong.items()) if number)
        return found + Faults(
            lost=sum(len(one.sequences.missing) for one in self._left),
            doubled=sum(one.sequences.doubled for one in self._left),
            gaps=sum(one.sequences.gaps for one in self._left),
            broken=(*said, *broken_acts(self._acts.all, room.feed.events, ALLOWED)),
        )

    def _logged(self) -> Counter[str]:
        """Count what the gateway logged as an error; nothing is known of one that is not our own."""
        gateway, found = self._stage.gateway, Counter[str]()
        if gateway is None:
            return found
        for line in gateway.log.read_text(errors="replace").splitlines():
            if line.startswith("{"):
                told = json.loads(line)
                found[str(told.get("event"))] += told.get("level") in {"error", "critical"}
        return +found


def _every(seconds: float, first: float, until_s: float) -> list[float]:
    """Return the instants from ``first`` on, before ``until_s``."""
    return [first + number * seconds for number in range(max(0, ceil((until_s - first) / seconds)))]


async def run(stage: Stage, plan: Plan, tell: Tell) -> Report:
    """Attach everybody and let it soak."""
    soak = Soak(stage, plan)
    try:
        await soak.attach()
        async with ticking(tell, "soaking", plan.seconds):
            soaked = await soak.soak()
    finally:
        soak.close()
    return report(soaked)


def crowds(plan: Plan) -> Sequence[Crowd]:
    """Return who presses, and who can be sent."""
    return (Crowd(centre=plan.centre, companions=plan.companions, units=UNITS),)


SOAK: Final = Profile(
    summary="everything at once, lightly and for long",
    plan=Plan(consoles=(20,), rate=2.0, seconds=180.0, companions=60),
    takes=frozenset({"consoles", "rate", "seconds", "companions", "centre"}),
    run=run,
    crowds=crowds,
    operators=OPERATORS,
)
