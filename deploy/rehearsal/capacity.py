"""How many consoles one node carries, and two: each node has the same small share of a processor.

The machine has few processors, which the generator and PostgreSQL need as well. So each node is bound to a
share that it uses up long before the machine is full (cgroup v1, ``cpu.cfs_quota_us``, in periods of 10 ms,
so that being held back costs it milliseconds). What is compared is the number of consoles for which an event
is at every console within 250 ms of its press (p99 over all of them), at the same rate of presses; consoles
attach to the nodes directly, because TLS at the edge would take the processor that is measured.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.rehearsal.edge import NODE_PORT
from deploy.rehearsal.figures import Report
from deploy.rehearsal.ground import GATEWAYS, Ground
from deploy.rehearsal.load import Load, Rates
from deploy.rehearsal.people import CENTRES, People
from deploy.rehearsal.wheels import Installed
from dispatch.signing_in import COOKIE
from gateway.drill.history import History
from loadtests.console import Console, Desk, attach
from loadtests.feed import Feed

CGROUPS: Final = Path("/sys/fs/cgroup/cpu")
PERIOD_US: Final = 10_000
SHARE: Final = 0.25
RATE: Final = 10.0
"""So many that telling consoles is what fills a node: at 2/s the time of a single press is compared."""
ROUND_S: Final = 20.0
WITHIN_S: Final = 0.250
FIRST: Final = 400
STEP: Final = 1.1
TRIES: Final = 2
AT_ONCE: Final = 20
MOST: Final = 9000
WANTED: Final = 1.8


@dataclass(frozen=True, slots=True)
class Level:
    """One number of consoles on each of so many nodes, and the latency (s) that it had."""

    nodes: int
    consoles: int
    median_s: float
    p99_s: float
    faults: int

    @property
    def holds(self) -> bool:
        """Whether it is carried."""
        return self.p99_s <= WITHIN_S and not self.faults


async def capacity(ground: Ground, version: Installed, first: int = FIRST) -> list[Report]:
    """Find how many consoles one node carries, and two. Raises ``OSError`` where no share can be set."""
    report = Report(f"capacity: each node has {SHARE:.0%} of one processor, {RATE:g} presses/s at one centre")
    alone, other = GATEWAYS
    await asyncio.to_thread(ground.gateways[other].end)
    ones = await _most(ground, (alone,), first)
    await ground.start_gateway(other, version)
    twos = await _most(ground, GATEWAYS, first)
    one, two = (
        max((level for level in found if level.holds), key=_size, default=None) for found in (ones, twos)
    )
    for level in (*ones, *twos):
        words = f"{level.median_s * 1000:.0f} / {level.p99_s * 1000:.0f} ms" + (
            f", {level.faults} gaps" if level.faults else ""
        )
        report.tell(f"{level.nodes} node(s), {level.consoles} consoles: press to console, p50 / p99", words)
    ratio = 0.0 if one is None or two is None else two.consoles / one.consoles
    seen = f"{two.consoles if two else 0} / {one.consoles if one else 0} = {ratio:.2f}"
    wanted = f"{WANTED:g} at p99 <= {WITHIN_S * 1000:.0f} ms"
    report.want("consoles of two nodes / of one", seen, wanted, holds=ratio >= WANTED)
    return [report]


def _size(level: Level) -> int:
    return level.consoles


async def _most(ground: Ground, nodes: Sequence[str], first: int) -> list[Level]:
    """Add consoles, from ``first`` a node on, until the latency is too high in each of ``TRIES`` rounds."""
    found: list[Level] = []
    feeds = {name: Feed() for name in nodes}
    consoles: dict[str, list[Console]] = {name: [] for name in nodes}
    wanted = first
    try:
        while wanted * len(nodes) <= MOST:
            for name in nodes:
                await _attached(ground, name, feeds[name], consoles[name], wanted)
            level = await _level(ground, feeds, consoles)
            for _ in range(TRIES - 1):
                if not level.holds:
                    level = min(level, await _level(ground, feeds, consoles), key=lambda one: one.p99_s)
            found.append(level)
            ground.say(
                f"{level.nodes} x {wanted} consoles: p99 {level.p99_s * 1000:.0f} ms, {level.faults} gaps"
            )
            if not level.holds:
                break
            wanted = int(wanted * STEP)
    finally:
        for each in consoles.values():
            for console in each:
                console.close()
    return found


async def _attached(ground: Ground, name: str, feed: Feed, consoles: list[Console], wanted: int) -> None:
    account = next(one for one in ground.people.accounts if one.centres == CENTRES[:1])
    url = f"http://{ground.links[name].address}:{NODE_PORT}"
    desk = Desk(url, f"{COOKIE}={account.cookie}", CENTRES[0])
    while len(consoles) < wanted:
        some = min(AT_ONCE, wanted - len(consoles))
        consoles += await asyncio.gather(*(attach(desk, feed, None) for _ in range(some)))


async def _level(ground: Ground, feeds: dict[str, Feed], consoles: dict[str, list[Console]]) -> Level:
    for feed in feeds.values():
        feed.forget()
    at_centre = tuple(
        one for one in ground.people.companions if ground.people.centres[one.companion_id] == CENTRES[0]
    )
    load = Load(ground.url, People(at_centre, ground.people.centres, ground.people.accounts), History())
    stop = asyncio.Event()
    before = sum(each.sequences.gaps for some in consoles.values() for each in some)
    with _bound(ground):
        sending = asyncio.create_task(
            load.run(Rates(presses=RATE, heartbeats=0, positions=0, reads=0), stop), name="load"
        )
        await asyncio.sleep(ROUND_S)
        stop.set()
        await sending
        await asyncio.sleep(1.0)  # what is under way arrives; whatever does not is late
    after = sum(each.sequences.gaps for some in consoles.values() for each in some)
    took = sorted(_latencies(load, feeds))
    number = sum(len(some) for some in consoles.values())
    missing = max(0, number * len(load.history.tries) - len(took))
    took += [float("inf")] * missing
    return Level(
        nodes=len(feeds),
        consoles=number,
        median_s=took[len(took) // 2],
        p99_s=took[int(len(took) * 0.99)],
        faults=after - before,
    )


def _latencies(load: Load, feeds: dict[str, Feed]) -> Iterator[float]:
    began = {one.told.sequence: one.began for one in load.history.tries if one.told is not None}
    for feed in feeds.values():
        for sequence, arrivals in feed.arrivals():
            if sequence in began:
                yield from (at / 1e9 - began[sequence] for at in arrivals)


@contextlib.contextmanager
def _bound(ground: Ground) -> Iterator[None]:
    """Give each node its share of a processor for a block. Raises ``OSError``."""
    running = [name for name in GATEWAYS if ground.gateways[name].runs]
    groups = [CGROUPS / f"msa-{name}" for name in running]
    try:
        for name, group in zip(running, groups, strict=True):
            group.mkdir(exist_ok=True)
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(int(PERIOD_US * SHARE)))
            (group / "cgroup.procs").write_text(str(ground.gateways[name].process.pid))
        yield
    finally:
        for name, group in zip(running, groups, strict=True):
            with contextlib.suppress(OSError):
                (CGROUPS / "cgroup.procs").write_text(str(ground.gateways[name].process.pid))
                group.rmdir()
