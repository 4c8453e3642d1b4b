"""A load on one gateway: consoles attached, a door to post through, rounds that measure."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from loadtests import judge
from loadtests.console import Console, Desk, attach
from loadtests.door import Door
from loadtests.feed import Feed
from loadtests.gateway_process import Target
from loadtests.measured import Measured
from loadtests.pace import Pace
from loadtests.people import People
from loadtests.presses import PressMaker
from loadtests.usage import Usage, strangers
from schemas.frames import Cursor

ATTACHING_AT_ONCE: Final = 32
CONNECTIONS: Final = 64
IDLE_S: Final = 5.5
"""How long idle consoles are watched: one heartbeat and one ping of each."""


class Load:
    """Everything one run holds open. Made by ``loading``."""

    def __init__(self, target: Target, people: People) -> None:
        self._target = target
        self._desk = Desk(target.url, people.cookie, people.centre)
        self._maker = PressMaker(target.url, people.companions)
        self._feed = Feed()
        self._door = Door()
        self._consoles: list[Console] = []
        self._head = 0
        self._console_kb: float | None = None
        self._idle_ns_per_s = 0.0

    async def attach(self, count: int) -> None:
        """Have exactly ``count`` consoles attached: new ones for those that are missing or closed.

        All but the first continue from the first one's cursor, so that none is sent a snapshot.
        """
        self._consoles = [console for console in self._consoles if console.closed is None]
        for console in self._consoles[count:]:
            console.close()
        del self._consoles[count:]
        before, had = self._target.watched.usage(), len(self._consoles)
        if not self._consoles:
            self._consoles.append(await attach(self._desk, self._feed, None))
        turnstile = asyncio.Semaphore(ATTACHING_AT_ONCE)
        cursor = self._cursor()

        async def one() -> None:
            async with turnstile:
                self._consoles.append(await attach(self._desk, self._feed, cursor))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(count - len(self._consoles)):
                tasks.create_task(one())
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
        await self._door.open(self._desk.address, CONNECTIONS)
        self._begin()
        pace = Pace(self._door, self._quiet, self._received)
        with _undisturbed():
            before = self._target.watched.usage()
            began = asyncio.get_running_loop().time()
            posted = await pace.post(presses, rate)
            await pace.settle()
            took_s = asyncio.get_running_loop().time() - began
            after = self._target.watched.usage()
        self._door.abandon()
        receipts = judge.receipts_of(posted)
        self._head = judge.head_of(self._feed, receipts, self._head)
        times = judge.deliveries(self._feed, posted, receipts)
        kinds = [seen.kind for seen in self._feed.events.values()]
        cpu_us = self._cpu_us(before, after)
        delivered = max(1, self._feed.deliveries())
        return Measured(
            consoles=len(self._consoles),
            rate=rate,
            seconds=seconds,
            presses=len(posted),
            raised=kinds.count("alarm.raised"),
            event_bytes=max((seen.size for seen in self._feed.events.values()), default=0),
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
            faults=judge.faults(self._feed, posted, receipts, self._consoles, self._head),
        )

    def close(self) -> None:
        """Let everything go."""
        for console in self._consoles:
            console.close()
        self._door.close()

    @property
    def fresh(self) -> int:
        """How many more presses will open an alarm."""
        return self._maker.fresh

    def _begin(self) -> None:
        self._feed.forget()
        for console in self._consoles:
            console.sequences.forget(self._head)

    def _cursor(self) -> Cursor | None:
        first = self._consoles[0]
        if first.cursor is None:
            return None
        self._head = max(self._head, first.sequences.next - 1)
        return Cursor(epoch=first.cursor.epoch, sequence=self._head)

    def _quiet(self) -> bool:
        """Whether the latest piece has reached every console that is still attached."""
        latest = self._feed.latest
        return latest is None or len(latest.arrivals) >= len(self._consoles) or self._complete(latest.after)

    def _complete(self, after: int) -> bool:
        return all(one.sequences.next >= after or one.closed for one in self._consoles)

    def _received(self) -> int:
        return sum(console.sequences.next for console in self._consoles)

    def _cpu_us(self, before: Usage | None, after: Usage | None) -> tuple[float, float] | None:
        """CPU us per delivery of the gateway and of its database."""
        delivered = self._feed.deliveries()
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
async def loading(target: Target, people: People) -> AsyncIterator[Load]:
    """Put load on ``target`` for as long as the block lasts."""
    load = Load(target, people)
    try:
        yield load
    finally:
        load.close()
