"""PostgreSQL goes away under a node that is pressed: kept, shown, and committed once when it is back."""

import asyncio
from functools import partial

from gateway.drill.history import Try
from gateway.store.embedded import EmbeddedPostgres
from tests.acceptance.conftest import COMPANIONS, Stage, Staged
from tests.support.gateway import a_press
from tests.support.wait import until

AWAY_S = 60.0


def answered_202(stage: Stage) -> int:
    return sum(one.status == 202 for one in stage.history.tries)


async def is_empty(stage: Stage) -> bool:
    entries = [await node.metric("msa_spool_entries") for node in stage.cluster.nodes]
    return not any(entries)


async def know(stage: Stage, companions: int) -> bool:
    known = [await node.metric("msa_companions_known") for node in stage.cluster.nodes]
    return min(known) >= companions


def refused(stage: Stage, since: float, until_: float) -> list[Try]:
    """Tries answered 5xx, of those that were begun in between: not what was under way when it died."""
    return [
        one
        for one in stage.history.tries
        if since <= one.began < until_ and one.status is not None and one.status >= 500
    ]


async def test_presses_are_kept_while_postgres_is_dead_and_committed_once_after(
    stage: Stage, breakable_postgres: EmbeddedPostgres
) -> None:
    now = asyncio.get_running_loop().time
    async with stage.loaded() as pressing:
        never_seen = await stage.presser(stage.b.url)
        await until("both nodes know every companion", partial(know, stage, COMPANIONS + 1), AWAY_S)
        await asyncio.to_thread(breakable_postgres.kill)
        killed_at = now()
        first = a_press()
        assert await never_seen.once(first, stage.b.url) is None
        await until("presses are kept", lambda: answered_202(stage) >= 10)
        assert (await stage.http.get(f"{stage.a.url}/readyz")).status_code == 200
        assert refused(stage, killed_at, now()) == []
        back_at = now()
        await asyncio.to_thread(breakable_postgres.start)
        await pressing.more(20, AWAY_S)
    await until("both spools are empty", partial(is_empty, stage), AWAY_S)
    assert await never_seen.once(first, stage.b.url) is not None
    assert refused(stage, killed_at, back_at) == []
    assert (await stage.verdict()).holds


async def test_nodes_that_die_with_presses_on_their_disks_lose_and_double_none(
    staged: Staged, breakable_postgres: EmbeddedPostgres
) -> None:
    async with staged(faults={"a": "after_keep:3", "b": "before_keep:3"}) as stage:
        pressers = [await stage.presser(node.url) for node in (stage.a, stage.b) for _ in range(4)]
        await asyncio.gather(*(presser.press() for presser in pressers))  # from now on the nodes know them
        await asyncio.to_thread(breakable_postgres.kill)
        pressing = [asyncio.create_task(presser.press()) for presser in pressers]
        await asyncio.gather(stage.a.ended(AWAY_S), stage.b.ended(AWAY_S))
        await asyncio.to_thread(breakable_postgres.start)
        stage.a.spawn("before_let_go:1")  # committed, and still on the disk
        await stage.a.ended(AWAY_S)
        await asyncio.gather(stage.a.start(), stage.b.start())
        await asyncio.gather(*pressing)
        await until("both spools are empty", partial(is_empty, stage), AWAY_S)
        assert (await stage.verdict()).holds
