"""The doorbell between nodes: heard by the others, never by oneself, never in a press's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateway.store.connect import Connection, connect, connected
from gateway.store.doorbell import PostgresDoorbell
from gateway.telemetry import Metrics

DEADLINE_S: Final = 10.0


@asynccontextmanager
async def a_doorbell(database: str) -> AsyncIterator[tuple[PostgresDoorbell, asyncio.Queue[tuple[str, int]]]]:
    """Run a node's doorbell; what it hears goes into the queue."""
    heard: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
    metrics = Metrics()

    async def line() -> Connection:
        return await connect(database, application_name="test doorbell")

    bell = PostgresDoorbell(line, lambda *hint: heard.put_nowait(hint), metrics)
    running = asyncio.create_task(bell.run())
    async with asyncio.timeout(DEADLINE_S):
        while not metrics.registry.get_sample_value("msa_doorbell_up"):  # noqa: ASYNC110 (a gauge has no event)
            await asyncio.sleep(0)
    try:
        yield bell, heard
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_another_node_hears_the_newest_sequence_and_the_ringing_one_nothing(database: str) -> None:
    async with a_doorbell(database) as (ours, own), a_doorbell(database) as (_, theirs):
        for sequence in (1, 3, 2):  # an acknowledgement may overtake a press on its way here
            ours.announce("BE-VOV", sequence)
        async with asyncio.timeout(DEADLINE_S):
            assert await theirs.get() == ("BE-VOV", 3)
        assert own.empty()


async def test_what_was_announced_while_it_was_away_is_rung_when_it_is_back(database: str) -> None:
    async with a_doorbell(database) as (ours, _), a_doorbell(database) as (_, theirs):
        async with connected(database, application_name="test") as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'test doorbell'"
            )
        async with asyncio.timeout(DEADLINE_S):
            while theirs.empty():
                ours.announce("BE-VOV", 3)
                await asyncio.sleep(0.05)
        assert theirs.get_nowait() == ("BE-VOV", 3)
