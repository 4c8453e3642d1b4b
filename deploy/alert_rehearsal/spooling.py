"""A database that is dead, a disk that is full, and presses that go on."""

import asyncio
import json
from contextlib import suppress
from typing import Final

import httpx

from deploy.alert_rehearsal.stage import CENTRE, Stage
from tests.support.gateway import Companion, a_press
from tests.support.processes import Node

COMPANIONS: Final = 20
KNOWN_S: Final = 20.0
"""Until every node has read who is enrolled."""

BODY_BYTES: Final = 65_000
FULL_BYTES: Final = 130e6
AT_ONCE: Final = 40
BLOCK: Final = 4096


async def flood(stage: Stage) -> None:
    """SIGKILL PostgreSQL with the second node's disk full; thousands press at the first one."""
    crowd = [await stage.running.a_companion(CENTRE) for _ in range(COMPANIONS)]
    await asyncio.sleep(KNOWN_S)
    _fill(stage)
    stage.server.kill()
    first, second = stage.nodes
    for companion in crowd[:4]:
        await _press(stage, second, companion)
    turn = 0
    while await first.metric("msa_spool_bytes") < FULL_BYTES:
        many = (_press(stage, first, crowd[(turn + one) % COMPANIONS]) for one in range(4 * AT_ONCE))
        await asyncio.gather(*many)
        turn += 1


async def recover(stage: Stage) -> None:
    """Free the disk and start PostgreSQL again."""
    (stage.directory / "spool-b" / "filler").unlink()
    await asyncio.to_thread(stage.server.start)


def _fill(stage: Stage) -> None:
    with suppress(OSError), (stage.directory / "spool-b" / "filler").open("wb", buffering=0) as filler:
        while filler.tell() < stage.spool_disk_bytes:
            filler.write(b"x" * BLOCK)


async def _press(stage: Stage, node: Node, companion: Companion) -> None:
    body = json.dumps(a_press()).encode().ljust(BODY_BYTES)
    url = f"{node.url}/v1/presses"
    with suppress(httpx.HTTPError):
        await stage.running.http.post(url, content=body, headers=companion.signed("POST", url, body))
