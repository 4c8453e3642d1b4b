"""A node is cut from the databases: what it asks is lost, then what it is answered; and a node is killed."""

import asyncio
from collections.abc import Sequence
from typing import Final

from deploy.rehearsal.figures import Report, caught_up_after, common, gap_after, statuses_after
from deploy.rehearsal.ground import Ground
from deploy.rehearsal.load import Rates
from deploy.rehearsal.network import Link
from deploy.rehearsal.playing import Play, playing
from deploy.rehearsal.wheels import Installed
from gateway.drill.watching import Watcher

STEADY_S: Final = 8.0
CUT_S: Final = 20.0
UNREADY_S: Final = 5.0
CONSOLE_S: Final = 10.0
NODE: Final = "gw1"


async def partition(ground: Ground, rates: Rates) -> list[Report]:
    """Cut a node from every database for 20 s, in both ways."""
    node, databases = ground.links[NODE], list(ground.cluster.machines.values())
    asking = await _cut(ground, rates, "what it sends is lost", [node], databases)
    answering = await _cut(ground, rates, "what it is answered is lost", databases, [node])
    return [asking, answering]


async def _cut(
    ground: Ground, rates: Rates, how: str, senders: Sequence[Link], receivers: Sequence[Link]
) -> Report:
    report = Report(f"partition: {NODE} and the databases, {how}")
    async with playing(ground, rates) as play:
        await asyncio.sleep(STEADY_S)
        there = play.consoles_on(NODE)
        instant = play.mark(f"{NODE} is cut off: {how}")
        for link in senders:
            link.lose_towards(receivers)
        unready_s = await ground.until_unready(NODE, CUT_S)
        await asyncio.sleep(max(0.0, instant + CUT_S - asyncio.get_running_loop().time()))
        healed = play.mark("healed")
        for link in senders:
            link.heal_towards(receivers)
        await ground.until_ready(NODE)
        ready = play.mark(f"{NODE} is ready again")
        await asyncio.sleep(STEADY_S)
    seen = "never" if unready_s is None else f"{unready_s:.1f} s"
    report.want(
        "the node is unready after", seen, f"{UNREADY_S:.0f} s", holds=(unready_s or CUT_S) <= UNREADY_S
    )
    report.tell("it is ready again after the healing", f"{ready - healed:.1f} s")
    _, silent_s = gap_after(play, instant)
    report.tell("longest between two commits through the edge", f"{silent_s:.1f} s")
    report.tell("answers to presses from then on", statuses_after(play, instant))
    common(report, play, refused_wanted=None)
    report.tell(
        "consoles on it; longest that one of them lacked an event",
        f"{len(there)}; {_lacking(play, there):.1f} s",
    )
    return report


def _lacking(play: Play, there: Sequence[Watcher]) -> float:
    """Return the longest from when anybody was told an event to when a console here was (s)."""
    first: dict[tuple[str, int], float] = {}
    for one in play.watchers:
        for place, at in one.heard().items():
            first[place] = min(first.get(place, at), at)
    return max((at - first[place] for one in there for place, at in one.heard().items()), default=0.0)


async def node_kill(ground: Ground, rates: Rates, version: Installed) -> list[Report]:
    """SIGKILL a node; its consoles go on at the other."""
    report = Report(f"node killed: SIGKILL to {NODE}")
    async with playing(ground, rates) as play:
        await asyncio.sleep(STEADY_S)
        there = play.consoles_on(NODE)
        instant = play.mark(f"SIGKILL to {NODE}, which has {len(there)} of {len(play.watchers)} consoles")
        await asyncio.to_thread(ground.gateways[NODE].kill)
        await asyncio.sleep(CONSOLE_S)
        ready_s = await ground.start_gateway(NODE, version)
        play.mark(f"{NODE} is started again, and ready after {ready_s:.1f} s")
        await asyncio.sleep(STEADY_S)
    took = [caught_up_after(one, instant) for one in there]
    late = [one for one in took if one is None or one > CONSOLE_S]
    seen = ", ".join("never" if one is None else f"{one:.1f}" for one in took)
    report.want(
        "its consoles are caught up on the other after (s)",
        seen,
        f"{CONSOLE_S:.0f} each",
        holds=bool(took) and not late,
    )
    _, silent_s = gap_after(play, instant)
    report.tell("longest between two commits through the edge", f"{silent_s:.1f} s")
    report.tell("answers to presses from then on", statuses_after(play, instant))
    common(report, play, refused_wanted=None)
    return [report]
