"""``stalled-console``: one console stops reading while its link stays up; nobody else may notice."""

import asyncio
from typing import Final

import httpx
import psutil

from gateway.drill.field import Field
from gateway.drill.watching import Watcher

GONE_S: Final = 20.0
"""A console that answers nothing is closed after 15 s and its sweep; one that lets bytes pile up, sooner."""
FANNED_OUT_S: Final = 0.5
MEMORY_MB: Final = 32.0
LOOK_S: Final = 60.0
ASK_S: Final = 0.1


async def tell(field: Field) -> None:
    """Play it."""
    stalled = field.on("a")[0]
    url = field.stage.urls[0]
    await field.press_on(1 / 4)
    before = _heard_s(field, stalled, 0.0)
    node = psutil.Process(field.stage.nodes["a"].pid)
    memory, attached = node.memory_info().rss, len(field.on("a"))
    field.say(f"{stalled.history.name} stops reading")
    stopped_at = field.now()
    stalled.reading.clear()
    gone_at = await _gone(url, attached)
    field.findings.within("it is closed", [gone_at - stopped_at], GONE_S, of="console")
    during = _heard_s(field, stalled, stopped_at)
    field.findings.within(
        "meanwhile every other console hears of each press as before",
        during,
        FANNED_OUT_S,
        of=f"events (before: slowest {max(before, default=0.0):.3f} s)",
    )
    grown = (node.memory_info().rss - memory) / 1e6
    field.findings.show(
        "the node does not grow by what it cannot send",
        f"{grown:+.1f} MB of resident memory",
        holds=grown <= MEMORY_MB,
        bound=f"<= {MEMORY_MB:g} MB",
    )
    field.say("it reads on, and resumes")
    stalled.reading.set()
    await field.press_on(1 / 4)
    await field.settle()


def _heard_s(field: Field, but: Watcher, since: float) -> list[float]:
    """Return how long after a press was receipted each console of its centre had its event."""
    receipted = {
        (one.told.centre, one.told.sequence): one.ended
        for one in field.history.tries
        if one.told is not None and not one.told.seen_before and one.began >= since
    }
    return [
        max(0.0, at - receipted[place])
        for watcher in field.watchers
        if watcher is not but
        for place, at in watcher.heard().items()
        if place in receipted
    ]


async def _gone(url: str, attached: int) -> float:
    """Wait until the node has a console less; return when. It does not read, so the node is asked."""
    async with asyncio.timeout(LOOK_S), httpx.AsyncClient(timeout=5.0) as http:
        while _consoles((await http.get(f"{url}/metrics")).text) >= attached:  # noqa: ASYNC110 (another process is asked)
            await asyncio.sleep(ASK_S)
    return asyncio.get_running_loop().time()


def _consoles(exposition: str) -> int:
    """Return how many consoles are live at a node, by what it tells Prometheus."""
    values = [line.rsplit(" ", 1)[1] for line in exposition.splitlines() if line.startswith("msa_consoles{")]
    return round(sum(map(float, values)))
