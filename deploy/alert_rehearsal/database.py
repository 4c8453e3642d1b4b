"""Faults of PostgreSQL: killed, cut off, its standby gone or behind, its queue full."""

import asyncio
from contextlib import suppress

import asyncpg
import httpx

from deploy.alert_rehearsal.faults import beat, execute
from deploy.alert_rehearsal.stage import CENTRE, Stage


async def kill_database(stage: Stage) -> None:
    """SIGKILL PostgreSQL; a press and heartbeats come meanwhile."""
    hers = await stage.running.a_companion(CENTRE)
    await asyncio.sleep(2)  # every node has read who is enrolled
    stage.server.kill()
    for _ in range(4):
        with suppress(httpx.HTTPError):
            await stage.running.press(hers)
        await asyncio.sleep(2)
        with suppress(httpx.HTTPError):
            await beat(stage, hers)


async def start_database(stage: Stage) -> None:
    """Start it again."""
    await asyncio.to_thread(stage.server.start)


async def kill_standby(stage: Stage) -> None:
    """SIGKILL the synchronous standby."""
    assert stage.standby is not None  # noqa: S101 (the fault is only run with one)
    stage.standby.kill()


async def start_standby(stage: Stage) -> None:
    """Start it again."""
    assert stage.standby is not None  # noqa: S101 (the fault is only run with one)
    await asyncio.to_thread(stage.standby.start)


async def pause_replay(stage: Stage) -> None:
    """Have the standby take what comes and play nothing back."""
    await _on_standby(stage, "SELECT pg_wal_replay_pause()")


async def resume_replay(stage: Stage) -> None:
    """Let it go on."""
    await _on_standby(stage, "SELECT pg_wal_replay_resume()")


async def _on_standby(stage: Stage, statement: str) -> None:
    assert stage.standby is not None  # noqa: S101 (the fault is only run with one)
    await execute(stage.standby.dsn(), statement)


async def fill_queue(stage: Stage) -> None:
    """Keep a transaction open that listens, and notify until the queue is half full."""
    listener = await asyncpg.connect(stage.running.database)
    await listener.execute("LISTEN rehearsal")
    await listener.execute("BEGIN")
    stage.exits.push_async_callback(listener.close)
    stage.held["listener"] = listener
    speaker = await asyncpg.connect(stage.running.database)
    usage = 0.0
    while usage < 0.6:
        await speaker.execute(
            "SELECT pg_notify('rehearsal', n || repeat('x', 7000)) FROM generate_series(1, 20) n"
        )
        usage = await speaker.fetchval("SELECT pg_notification_queue_usage()")
    await speaker.close()


async def empty_queue(stage: Stage) -> None:
    """End that transaction."""
    await stage.held["listener"].execute("ROLLBACK")
    await stage.held["listener"].close()
