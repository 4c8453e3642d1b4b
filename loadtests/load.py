"""A load of alarms on one gateway: consoles attached, a door to post through, rounds that measure."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from loadtests import judge
from loadtests.console import Desk
from loadtests.door import Door
from loadtests.gateway_process import Target
from loadtests.measured import Measured
from loadtests.pace import Pace
from loadtests.people import People
from loadtests.presses import PressMaker
from loadtests.room import Room
from loadtests.samples import GENT
from loadtests.usage import Usage, strangers

CONNECTIONS: Final = 64
IDLE_S: Final = 5.5
"""How long idle consoles are watched: one heartbeat and one ping of each."""


class Load:
    """Everything one run holds open. Made by ``loading``."""

    def __init__(self, target: Target, people: People, centre: str) -> None:
        self._target = target
        self._maker = PressMaker(target.url, people.companions[centre], GENT)
        self._door = Door()
        self._room = Room(Desk(target.url, people.cookies[0], centre))
        self._console_kb: float | None = None
        self._idle_ns_per_s = 0.0

    async def attach(self, count: int) -> None:
        """Have exactly ``count`` consoles attached, and measure what each of them takes of memory."""
        before, had = self._target.watched.usage(), len(self._room.consoles)
        await self._room.attach(count)
        after = self._target.watched.usage()
        if before and after and had < count // 2:  # a few that come back say nothing about memory
            self._console_kb = (after.gateway_kb - before.gateway_kb) / (count - had)

    async def rest(self) -> None:
        """Measure what the attached consoles cost while nothing happens."""
        before = self._target.watched.usage()
        await asyncio.sleep(IDLE_S)
        after = self._target.watched.usage()
        if before and after:
            self._idle_ns_per_s = (after.gateway_ns - before.gateway_ns) / IDLE_S

    async def round(self, rate: float, seconds: float) -> Measured:
        """Post at ``rate`` for ``seconds``, wait for everything to arrive, and judge it."""
        presses = self._maker.prepare(max(1, round(rate * seconds)))
        room, feed = self._room, self._room.feed
        await self._door.open(room.desk.address, CONNECTIONS)
        room.begin()
        pace = Pace(self._door, room.quiet, room.received)
        with _undisturbed():
            before = self._target.watched.usage()
            began = asyncio.get_running_loop().time()
            posted = await pace.post(presses, rate)
            await pace.settle()
            took_s = asyncio.get_running_loop().time() - began
            after = self._target.watched.usage()
        self._door.abandon()
        receipts = judge.receipts_of(posted)
        room.head = judge.head_of(feed, receipts, room.head)
        times = judge.deliveries(feed, posted, receipts)
        kinds = Counter(seen.kind for seen in feed.events.values())
        cpu_us = self._cpu_us(before, after)
        delivered = max(1, feed.deliveries())
        return Measured(
            consoles=len(room.consoles),
            rate=rate,
            seconds=seconds,
            presses=len(posted),
            raised=kinds["alarm.raised"],
            others=kinds.total() - sum(kinds[kind] for kind in judge.OF_PRESSES),
            event_bytes=max((seen.size for seen in feed.events.values()), default=0),
            receipt=times.receipt,
            last=times.last,
            commit=times.commit,
            gateway_cpu_us=cpu_us and cpu_us[0],
            idle_cpu_us=self._idle_ns_per_s * took_s / 1000 / delivered if cpu_us else None,
            database_cpu_us=cpu_us and cpu_us[1],
            gateway_mb=after.gateway_kb / 1024 if after else None,
            console_kb=self._console_kb,
            turn=pace.turns.latencies.spread(),
            late_ms=_late_ms([one.sent - one.scheduled for one in posted]),
            strangers=strangers(before, after, took_s) if before and after else None,
            faults=judge.faults(feed, posted, receipts, room.consoles, room.head),
        )

    def close(self) -> None:
        """Let everything go."""
        self._room.close()
        self._door.close()

    @property
    def fresh(self) -> int:
        """How many more presses will open an alarm."""
        return self._maker.fresh

    def _cpu_us(self, before: Usage | None, after: Usage | None) -> tuple[float, float] | None:
        """CPU us per delivery of the gateway and of its database."""
        delivered = self._room.feed.deliveries()
        if not (before and after and delivered):
            return None
        return (
            (after.gateway_ns - before.gateway_ns) / 1000 / delivered,
            (after.database_ns - before.database_ns) / 1000 / delivered,
        )


def _late_ms(late_ns: list[int]) -> float:
    late_ns.sort()
    return late_ns[int(len(late_ns) * 0.99) - 1 if len(late_ns) > 1 else 0] / 1e6


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the generator's garbage collector out of the measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@asynccontextmanager
async def loading(target: Target, people: People, centre: str) -> AsyncIterator[Load]:
    """Put load on ``target`` for as long as the block lasts."""
    load = Load(target, people, centre)
    try:
        yield load
    finally:
        load.close()
