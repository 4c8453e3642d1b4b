"""``screen``: one console in a real browser, from the press to the eye, for a whole night's alarms."""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from playwright.async_api import Browser

from loadtests import judge
from loadtests.acts import Acts
from loadtests.asking import ask
from loadtests.browser import Held, Motion, Screen, chromium, longest_task, traced
from loadtests.console import Console, Desk, attach
from loadtests.door import Door
from loadtests.feed import Feed
from loadtests.figures import Report
from loadtests.gateway_process import GatewayFailed
from loadtests.measured import Faults
from loadtests.moments import WallClock
from loadtests.pace import Job, Pace, until
from loadtests.people import Crowd
from loadtests.presses import PressMaker
from loadtests.profiles.base import Plan, Profile, Stage, Tell, ticking
from loadtests.profiles.screen_report import Watched, report
from loadtests.room import Room
from loadtests.samples import GENT, Place
from loadtests.shift import Shift
from loadtests.tracker import Tally, Tracker
from schemas.press import Purpose
from schemas.trail import AlarmTrail

SECOND: Final = 1_000_000_000
CONNECTIONS: Final = 16
VISITS: Final = 5
"""Times that the page is gone to and reloaded."""

TRACED_S: Final = 5.0
LIVED: Final = 2_000
LIVED_RATE: Final = 10.0
READ_EVERY: Final = 250
"""Alarms between two looks at what the page holds."""

TOLD_S: Final = 0.5
TOLD_TRIES: Final = 6
"""The gateway stores what consoles report a moment later."""

SPREAD_DEG: Final = 0.08
"""The victims are spread so far around the centre's town: some 9 km."""

SETTLE_S: Final = 40.0


class Watching:
    """One browser, its gateway, and the victims."""

    def __init__(self, stage: Stage, plan: Plan, browser: Browser) -> None:
        self._plan = plan
        self._url = stage.target.url
        self._browser = browser
        self._cookies = stage.people.cookies
        self._companions = stage.people.companions[plan.centre]
        self._clock = WallClock()
        places = random.Random(1)
        self._places = [
            Place(
                GENT.latitude + places.uniform(-SPREAD_DEG, SPREAD_DEG),
                GENT.longitude + places.uniform(-SPREAD_DEG, SPREAD_DEG),
            )
            for _ in self._companions
        ]
        self._makers = [
            PressMaker(self._url, (companion,), place, (Purpose.REAL,))
            for companion, place in zip(self._companions, self._places, strict=True)
        ]
        self._acts = Acts()
        self._shift = Shift(self._acts, ())
        self._answering = False
        self._feed = Feed(heard=self._heard)
        self._room = Room(Desk(self._url, self._cookies[0], plan.centre), self._feed)
        self._presses = Door()
        self._positions = Door()
        self._tally = Tally()

    async def watch(self, tell: Tell) -> Watched:
        """Go through it all."""
        plan = self._plan
        await self._room.attach(plan.consoles[0])
        await self._presses.open(self._room.desk.address, CONNECTIONS)
        await self._positions.open(self._room.desk.address, len(self._companions))
        usable = [await self._visit() for _ in range(VISITS)]
        async with Screen.opened(self._browser, self._url, self._cookies[1]) as screen:
            await screen.usable()
            async with ticking(tell, f"pressing {plan.companions} times", plan.companions / plan.rate):
                alarms = await self._raise_all()
            painted = [await self._painted(one) for one in alarms]
            reloaded = [await screen.reloaded(len(alarms)) for _ in range(VISITS)]
            await screen.select(len(alarms) // 2)
            async with ticking(tell, f"following {plan.companions}", plan.seconds + TRACED_S):
                motion, longest = await self._follow(screen, alarms)
            async with ticking(tell, f"living through {LIVED} alarms", LIVED / LIVED_RATE):
                held = await self._live(screen, alarms)
            errors = tuple(f"the page failed: {one}" for one in screen.errors)
        return Watched(
            plan=plan,
            usable_ms=usable,
            painted_ms=[one for one in painted if one is not None],
            unpainted=painted.count(None),
            reloaded_ms=reloaded,
            motion=motion,
            longest_traced_ms=longest,
            held=held,
            faults=Faults(broken=(*errors, *(f"{n} {what}" for what, n in self._shift.wrong.items() if n))),
        )

    def close(self) -> None:
        """Let everything go."""
        self._room.close()
        for console in self._shift.consoles:
            console.close()
        self._presses.close()
        self._positions.close()

    # --- one after the other ----------------------------------------------------------------

    async def _visit(self) -> float:
        async with Screen.opened(self._browser, self._url, self._cookies[1]) as screen:
            return await screen.usable()

    async def _raise_all(self) -> list[UUID]:
        """Open an alarm of each victim, one after the other."""
        pace = Pace(self._presses, self._room.quiet, self._room.received)
        presses = [prepared for maker in self._makers for prepared in maker.prepare(1)]
        posted = await pace.post(presses, self._plan.rate)
        await pace.settle()
        receipts = {one.press_id: one for one in judge.receipts_of(posted).values()}
        if len(receipts) < len(posted):
            raise GatewayFailed(f"{len(posted) - len(receipts)} of {len(posted)} alarms were not opened")
        return [receipts[one.prepared.press_id].alarm_id for one in posted]

    async def _painted(self, alarm_id: UUID) -> float | None:
        """Return the milliseconds from the commit to the browser's report that the alarm is on screen."""
        for _ in range(TOLD_TRIES):
            answer = await ask(self._url, f"/v1/alarms/{alarm_id}/trail", cookie=self._cookies[1])
            took = AlarmTrail.model_validate_json(answer.body).durations_ms.commit_to_delivered
            if took is not None:
                return took
            await asyncio.sleep(TOLD_S)
        return None

    async def _follow(self, screen: Screen, alarms: Sequence[UUID]) -> tuple[Motion, float | None]:
        """Move everybody once a second; watch the frames, then once more with a trace."""
        await screen.watch()
        await self._move(alarms, self._plan.seconds)
        motion = await screen.watched()
        with tempfile.TemporaryDirectory(prefix="msa-trace-") as directory:
            file = self._plan.trace or Path(directory) / "trace.json"
            async with traced(self._browser, file):
                await self._move(alarms, TRACED_S)
            return motion, longest_task(file)

    async def _move(self, alarms: Sequence[UUID], seconds: float) -> None:
        trackers = [
            Tracker(self._url, companion, alarm_id, place, self._clock, self._tally)
            for companion, alarm_id, place in zip(self._companions, alarms, self._places, strict=True)
        ]
        jobs: list[Job] = [
            (second * SECOND + number * SECOND // len(trackers), partial(one.beat, self._positions))
            for number, one in enumerate(trackers)
            for second in range(max(1, round(seconds)))
        ]
        pace = Pace(self._positions, lambda: not self._positions.pending, self._room.received)
        await pace.keep(sorted(jobs, key=lambda job: job[0]))

    async def _live(self, screen: Screen, alarms: Sequence[UUID]) -> list[tuple[int, Held]]:
        """Close what is open, then let alarms be opened and closed; read what the page holds."""
        self._shift.consoles = [await self._operator(cookie) for cookie in self._cookies]
        self._answering = True
        for alarm_id in alarms:
            self._shift.take(str(alarm_id))
            await asyncio.sleep(1 / LIVED_RATE)
        await self._quiet()
        readings = [(0, await screen.held())]
        for done in range(READ_EVERY, LIVED + 1, READ_EVERY):
            pace = Pace(self._presses, lambda: not self._presses.pending, self._room.received)
            await pace.post(
                [
                    prepared
                    for number in range(done - READ_EVERY, done)
                    for prepared in self._makers[number % len(self._makers)].prepare(1)
                ],
                LIVED_RATE,
            )
            await self._quiet()
            readings.append((done, await screen.held()))
        return readings

    async def _operator(self, cookie: str) -> Console:
        desk = Desk(self._url, cookie, self._plan.centre)
        return await attach(desk, self._feed, self._room.cursor())

    async def _quiet(self) -> None:
        await asyncio.sleep(1.0)
        await until(lambda: not self._shift.busy, SETTLE_S)

    def _heard(self, told: dict[str, Any]) -> None:
        if self._answering:
            self._shift.hear(told)
        else:
            self._shift.note(told)


async def run(stage: Stage, plan: Plan, tell: Tell) -> Report:
    """Open the browser and watch."""
    async with chromium() as browser:
        watching = Watching(stage, plan, browser)
        try:
            watched = await watching.watch(tell)
        finally:
            watching.close()
    return report(watched)


def crowds(plan: Plan) -> Sequence[Crowd]:
    """Return who presses."""
    return (Crowd(centre=plan.centre, companions=plan.companions),)


SCREEN: Final = Profile(
    summary="the console in a browser: press to eye, frames, memory",
    plan=Plan(consoles=(1,), rate=4.0, seconds=20.0, companions=200),
    takes=frozenset({"rate", "seconds", "companions", "centre", "trace"}),
    run=run,
    crowds=crowds,
    operators=2,
)
