"""``tracks``: five hundred victims are followed at once, and somebody presses meanwhile."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from loadtests import judge
from loadtests.console import Desk
from loadtests.door import Door, Posted
from loadtests.figures import Report
from loadtests.gateway_process import GatewayFailed
from loadtests.measured import Faults
from loadtests.moments import WallClock
from loadtests.pace import Job, Pace, until
from loadtests.presses import Prepared, PressMaker
from loadtests.profiles.base import Plan, Profile, Stage, Tell, ticking
from loadtests.profiles.tracks_report import Followed, report
from loadtests.room import Room
from loadtests.samples import GENT
from loadtests.tracker import Tally, Tracker

RAISING_RATE: Final = 100.0
CONNECTIONS: Final = 32
FLUSH_S: Final = 10.0
"""So long companions go on sending what still waits when the time is up."""

SECOND: Final = 1_000_000_000


class Following:
    """The consoles and companions of one run. Companions have a connection each, presses others."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self._stage = stage
        self._plan = plan
        self._companions = stage.people.companions[plan.centre]
        self._maker = PressMaker(stage.target.url, self._companions, GENT)
        self._room = Room(Desk(stage.target.url, stage.people.cookies[0], plan.centre))
        self._presses = Door()
        self._positions = Door()
        self._tally = Tally()
        self._trackers: list[Tracker] = []

    async def raise_all(self) -> None:
        """Open an alarm of each companion.

        Raises:
            GatewayFailed: one was not opened.
        """
        address = self._room.desk.address
        await self._room.attach(self._plan.consoles[0])
        await self._presses.open(address, CONNECTIONS)
        await self._positions.open(address, len(self._companions))
        pace = Pace(self._presses, self._room.quiet, self._room.received)
        posted = await pace.post(self._maker.prepare(len(self._companions)), RAISING_RATE)
        await pace.settle()
        receipts = {one.press_id: one for one in judge.receipts_of(posted).values()}
        if len(receipts) < len(posted):
            raise GatewayFailed(f"{len(posted) - len(receipts)} of {len(posted)} alarms were not opened")
        alarms = [receipts[one.prepared.press_id].alarm_id for one in posted]
        clock = WallClock()
        self._trackers = [
            Tracker(self._stage.target.url, companion, alarm_id, GENT, clock, self._tally)
            for companion, alarm_id in zip(self._companions, alarms, strict=True)
        ]
        self._room.head = judge.head_of(self._room.feed, judge.receipts_of(posted), self._room.head)

    async def follow(self) -> Followed:
        """Send every companion's fixes once a second, press meanwhile, and judge it."""
        plan, room = self._plan, self._room
        presses = self._maker.prepare(max(1, round(plan.rate * plan.seconds)))
        room.begin()
        pace = Pace(self._presses, lambda: room.quiet() and not self._positions.pending, room.received)
        posted: list[Posted] = []
        before = self._stage.target.watched.usage()
        await pace.keep(self._jobs(presses, posted))
        after = self._stage.target.watched.usage()
        await pace.settle()
        await self._flush()
        receipts = judge.receipts_of(posted)
        room.head = judge.head_of(room.feed, receipts, room.head)
        return Followed(
            plan=plan,
            tally=self._tally,
            shown=tuple(room.feed.shown.values()),
            presses=judge.deliveries(room.feed, posted, receipts),
            turn=pace.turns.latencies.spread(),
            before=before,
            after=after,
            faults=judge.faults(room.feed, posted, receipts, room.consoles, room.head)
            + Faults(broken=tuple(self._broken())),
        )

    def close(self) -> None:
        """Let everything go."""
        self._room.close()
        self._presses.close()
        self._positions.close()

    def _jobs(self, presses: Sequence[Prepared], posted: list[Posted]) -> list[Job]:
        """Return what is due when: the companions of a second spread over it, the presses over all of it."""
        plan = self._plan
        jobs: list[Job] = [
            (second * SECOND + number * SECOND // len(self._trackers), partial(one.beat, self._positions))
            for number, one in enumerate(self._trackers)
            for second in range(max(1, round(plan.seconds)))
        ]

        def send(press: Prepared, due: int) -> None:
            posted.append(Posted(press, due))
            self._presses.post(posted[-1])

        jobs += [
            (round(number * SECOND / plan.rate), partial(send, press)) for number, press in enumerate(presses)
        ]
        return sorted(jobs, key=lambda job: job[0])

    async def _flush(self) -> None:
        """Let companions send what was put off."""
        pace = Pace(self._positions, lambda: True, lambda: 0)
        for _ in range(round(FLUSH_S)):
            if await until(lambda: not any(one.waits for one in self._trackers), 1.0):
                return
            await pace.keep((0, partial(one.send, self._positions)) for one in self._trackers)

    def _broken(self) -> list[str]:
        tally, room = self._tally, self._room
        alarms = {alarm_id for alarm_id, _ in tally.fixed}
        invented = sum(
            (one.alarm_id, one.latitude) not in tally.fixed
            for one in room.feed.shown.values()
            if one.alarm_id in alarms
        )
        counted = {
            "positions were not stored": len(tally.fixed) - tally.stored - tally.known,
            "positions were dropped as unreadable or unwanted": tally.dropped,
            "positions were shown that nobody sent": invented,
            "positions were shown after newer ones": sum(one.went_back for one in room.consoles),
        }
        return [f"{number} {what}" for what, number in counted.items() if number]


async def run(stage: Stage, plan: Plan, tell: Tell) -> Report:
    """Open the alarms and follow everybody."""
    following = Following(stage, plan)
    try:
        async with ticking(tell, f"opening {plan.companions} alarms", plan.companions / RAISING_RATE):
            await following.raise_all()
        async with ticking(tell, f"following {plan.companions}", plan.seconds):
            followed = await following.follow()
    finally:
        following.close()
    return report(followed)


TRACKS: Final = Profile(
    summary="victims of open alarms followed, presses meanwhile",
    plan=Plan(consoles=(50,), rate=2.0, seconds=30.0, companions=500),
    takes=frozenset({"consoles", "rate", "seconds", "companions", "centre"}),
    run=run,
)
