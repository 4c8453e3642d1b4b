"""Rolling upgrade: one node after the other is drained, replaced by the next version and looked at."""

import asyncio
import json
import signal
from typing import Final

from deploy.rehearsal.edge import NODE_PORT
from deploy.rehearsal.figures import Report, common
from deploy.rehearsal.ground import GATEWAYS, Ground
from deploy.rehearsal.load import Rates
from deploy.rehearsal.playing import playing
from deploy.rehearsal.wheels import Installed

BETWEEN_S: Final = 5.0
REQUESTS: Final = 10_000


async def rolling_upgrade(
    ground: Ground, old: Installed, new: Installed, rates: Rates, requests: int = REQUESTS
) -> list[Report]:
    """Replace both nodes under load; raises ``RuntimeError`` where the canary does not pass."""
    canary = ["--keys", str(ground.directory / "canary")]
    await asyncio.to_thread(ground.msa, old, "canary", "setup", *canary)
    report = Report(f"rolling upgrade from {old.version} to {new.version}")
    async with playing(ground, rates, at_least=requests) as play:
        await asyncio.sleep(BETWEEN_S)
        play.mark(f"the schema is brought forward by {new.version}")
        await asyncio.to_thread(ground.msa, new, "db", "migrate")
        for name in GATEWAYS:
            play.mark(f"{name} is told to end")
            program = ground.gateways[name]
            begun = asyncio.get_running_loop().time()
            program.tell(signal.SIGTERM)
            await asyncio.to_thread(program.process.wait, 30)
            drained_s = asyncio.get_running_loop().time() - begun
            ready_s = await ground.start_gateway(name, new)
            play.mark(f"{name} drained in {drained_s:.1f} s, is ready again after {ready_s:.1f} s more")
            seen = await asyncio.to_thread(_canary, ground, new)
            play.mark(f"canaries pass at {name}: {seen}")
            report.want(f"canaries through both nodes after {name}", seen, "all", holds=True)
            await asyncio.sleep(BETWEEN_S)
    common(report, play, refused_wanted=0)
    moved = sum(max(0, len(one.history.links) - 1) for one in play.watchers)
    report.tell("consoles that came back to another node", moved)
    return [report]


def _canary(ground: Ground, version: Installed) -> str:
    nodes = [
        word for name in GATEWAYS for word in ("--node", f"http://{ground.links[name].address}:{NODE_PORT}")
    ]
    keys = ["--keys", str(ground.directory / "canary")]
    told = json.loads(ground.msa(version, "canary", "run", "--once", "--json", *nodes, *keys))
    return f"{len(told)} of {len(told)}"
