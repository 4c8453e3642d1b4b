"""PostgreSQL goes away under a node that is pressed: kept, shown, and committed once when it is back."""

import asyncio
from functools import partial

import pytest

from gateway.store.embedded import EmbeddedPostgres
from tests.acceptance.conftest import Stage, Staged
from tests.support.wait import until

AWAY_S = 60.0


def answered_202(stage: Stage) -> int:
    return sum(one.status == 202 for one in stage.history.tries)


async def is_empty(stage: Stage) -> bool:
    entries = [await node.metric("msa_spool_entries") for node in stage.cluster.nodes]
    return not any(entries)


async def test_presses_are_kept_while_postgres_is_dead_and_committed_once_after(
    stage: Stage, breakable_postgres: EmbeddedPostgres
) -> None:
    async with stage.loaded() as pressing:
        await asyncio.to_thread(breakable_postgres.kill)
        await until("presses are kept", lambda: answered_202(stage) >= 10)
        assert (await stage.http.get(f"{stage.a.url}/readyz")).status_code == 200
        await asyncio.to_thread(breakable_postgres.start)
        await pressing.more(20, AWAY_S)
    await until("both spools are empty", partial(is_empty, stage), AWAY_S)
    assert (await stage.verdict()).holds


@pytest.mark.parametrize("point", ["before_keep:3", "after_keep:3", "before_let_go:1"])
async def test_a_node_that_dies_with_presses_on_its_disk_loses_and_doubles_none(
    staged: Staged, breakable_postgres: EmbeddedPostgres, point: str
) -> None:
    async with staged(faults={"a": point}) as stage:
        pressers = [await stage.presser(stage.a.url) for _ in range(4)]
        await asyncio.gather(*(presser.press() for presser in pressers))  # from now on the node knows them
        await asyncio.to_thread(breakable_postgres.kill)
        pressing = [asyncio.create_task(presser.press()) for presser in pressers]
        if not point.startswith("before_let_go"):
            await stage.a.ended(AWAY_S)
        else:
            await until("presses are kept", lambda: answered_202(stage) >= 4)
        await asyncio.to_thread(breakable_postgres.start)
        await stage.a.ended(AWAY_S)
        await stage.a.start()
        await asyncio.gather(*pressing)
        await until("the spool is empty", partial(is_empty, stage), AWAY_S)
        assert (await stage.verdict()).holds
