"""Faults of PostgreSQL: killed, cut off, its standby gone or behind, its queue full."""

import asyncio
from contextlib import suppress
from typing import Final

import asyncpg
import httpx

from deploy.alert_rehearsal.faults import beat, execute
from deploy.alert_rehearsal.stage import CENTRE, Stage

LOSE: Final = (
    "DELETE FROM stream_event e WHERE alarm_id = $1 AND kind = 'alarm.raised' RETURNING to_jsonb(e)::text"
)
FIND: Final = (
    "INSERT INTO stream_event SELECT * FROM jsonb_populate_record(NULL::stream_event, $1::text::jsonb)"
)


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


async def lose_an_event(stage: Stage) -> None:
    """Remove a stored event before the second node, which stands still meanwhile, has read it."""
    node = stage.nodes[1]
    node.freeze()
    alarm_id = await stage.raise_alarm()
    connection = await _past_its_guards(stage)
    stage.held["event"] = await connection.fetchval(LOSE, alarm_id)
    await connection.close()
    node.thaw()


async def find_the_event(stage: Stage) -> None:
    """Put it back; the alarm is taken."""
    connection = await _past_its_guards(stage)
    await connection.execute(FIND, stage.held["event"])
    await connection.close()
    await stage.answer_all()


async def _past_its_guards(stage: Stage) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect as what damages a table does: no trigger that guards the log is asked."""
    connection = await asyncpg.connect(stage.running.database)
    await connection.execute("SET session_replication_role = replica")
    return connection


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
