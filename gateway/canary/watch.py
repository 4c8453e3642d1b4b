"""Sends canaries through every node for every centre, once or for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import httpx

from gateway.canary.account import CanaryAccount
from gateway.canary.console import NodeConsole
from gateway.canary.probe import Probed, Prober
from gateway.canary.timing import EVERY_S, READY_S
from gateway.clock import SystemClock
from gateway.synthetic.wallet import SyntheticCompanion

LOOK_S: Final = 0.05
"""Between two looks at whether the consoles are ready."""


@asynccontextmanager
async def attached(
    nodes: Mapping[str, str], companions: Sequence[SyntheticCompanion], account: CanaryAccount
) -> AsyncIterator[Prober]:
    """Attach a console on every node (name to base URL) while the block runs.

    It begins when they are live on every centre, or after ``READY_S``: then those that are not fail.
    """
    by_centre = {one.centre: one for one in companions}
    consoles = {name: NodeConsole(name, url, account, tuple(by_centre)) for name, url in nodes.items()}
    running = [
        asyncio.create_task(console.run(), name=f"console {name}") for name, console in consoles.items()
    ]
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            await _until_ready(consoles.values())
            yield Prober(companions=by_centre, consoles=consoles, http=http, clock=SystemClock())
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def once(prober: Prober) -> list[Probed]:
    """Send one canary through each node for each centre; the centres at once."""

    async def of(centre: str) -> list[Probed]:
        return [await prober.probe(node, centre) for node in prober.consoles]

    found = await asyncio.gather(*(of(centre) for centre in prober.companions))
    return [probed for some in found for probed in some]


async def for_ever(prober: Prober, told: Callable[[Probed], None], every_s: float = EVERY_S) -> None:
    """Send a canary through each node for each centre every ``every_s``, spread evenly."""
    ways = ways_of(tuple(prober.consoles), tuple(prober.companions))

    async def keep(node: str, centre: str, offset_s: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + offset_s
        while True:
            await asyncio.sleep(max(0.0, due - loop.time()))
            told(await prober.probe(node, centre))
            due = max(due + every_s, loop.time())

    async with asyncio.TaskGroup() as tasks:
        for index, (node, centre) in enumerate(ways):
            tasks.create_task(keep(node, centre, index * every_s / len(ways)))


def ways_of(nodes: Sequence[str], centres: Sequence[str]) -> list[tuple[str, str]]:
    """Return every node and centre, one centre's nodes as far apart as can be."""
    return [(node, centre) for node in nodes for centre in centres]


async def _until_ready(consoles: Collection[NodeConsole]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_S
    while True:
        if all(console.ready for console in consoles) or loop.time() > deadline:
            return
        await asyncio.sleep(LOOK_S)
