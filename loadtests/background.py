"""Thousands of open alarms at another centre, so that the database has as many open deadlines."""

import asyncio
from math import ceil
from typing import Final

from loadtests import judge
from loadtests.console import Desk
from loadtests.door import Door
from loadtests.gateway_process import Target
from loadtests.measured import Faults
from loadtests.metrics import metrics_of
from loadtests.pace import Pace
from loadtests.people import Crowd, People
from loadtests.presses import PURPOSES, PressMaker
from loadtests.room import Room
from loadtests.samples import TURNHOUT

CENTRE: Final = "BE-VAN"
"""Turnhout's. One console stays attached there, or its alarms would be diverted."""

DEADLINES_AN_ALARM: Final = 3
"""Tracking ends soon, tracking ends, and: escalate (real) or expire (test)."""

RATE: Final = 400.0
CONNECTIONS: Final = 64
SETTLE_S: Final = 40.0
"""So long it takes at most until nothing follows from alarms without positions any more: a position is
lost after 30 s."""

OPEN: Final = "msa_deadlines_open"
COUNTED_S: Final = 20
"""The gateway counts its open deadlines each 15 s."""


def crowd(deadlines: int) -> Crowd:
    """Return whose alarms make so many deadlines: each registration has a real alarm and a test."""
    return Crowd(centre=CENTRE, companions=ceil(deadlines / DEADLINES_AN_ALARM / len(PURPOSES)))


class Background:
    """The other centre."""

    def __init__(self, target: Target, people: People) -> None:
        self._target = target
        self._companions = people.companions[CENTRE]
        self._room = Room(Desk(target.url, people.cookies[0], CENTRE))

    async def attend(self) -> None:
        """Have somebody there."""
        await self._room.attach(1)

    async def fill(self, settle_s: float) -> Faults:
        """Open every alarm and leave the gateway alone for ``settle_s``."""
        maker = PressMaker(self._target.url, self._companions, TURNHOUT)
        presses = maker.prepare(maker.fresh)
        door = Door()
        await door.open(self._room.desk.address, CONNECTIONS)
        self._room.begin()
        pace = Pace(door, self._room.quiet, self._room.received)
        posted = await pace.post(presses, RATE)
        await pace.settle()
        await asyncio.sleep(settle_s)
        await pace.settle()
        await self._counted(len(presses) * DEADLINES_AN_ALARM)
        door.close()
        receipts = judge.receipts_of(posted)
        self._room.head = judge.head_of(self._room.feed, receipts, self._room.head)
        return judge.faults(self._room.feed, posted, receipts, self._room.consoles, self._room.head)

    async def _counted(self, wanted: int) -> None:
        """Wait until the gateway has counted so many deadlines, which it does now and then."""
        for _ in range(COUNTED_S):
            if (await metrics_of(self._target.url)).total(OPEN) >= wanted:
                return
            await asyncio.sleep(1)

    def close(self) -> None:
        """Leave."""
        self._room.close()
