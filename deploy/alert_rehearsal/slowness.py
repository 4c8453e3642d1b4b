"""Faults of a database that answers, but late or not to everybody: a slow way, locks, lost links."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg
import httpx

from deploy.alert_rehearsal.faults import beat, execute
from deploy.alert_rehearsal.stage import CENTRE, Stage
from deploy.alert_rehearsal.systems import discard_nonsense, say_nonsense
from gateway.drill.proxy import postgres_proxy
from tests.support.gateway import COOKIE
from tests.support.wait import until

DELAY_S: Final = 0.55
"""Each way: a commit takes 1.1 s, which is longer than an alarm may, and shorter than its statement."""

AT_ONCE: Final = 40
BEATS: Final = 4
BEAT_S: Final = 5.0
LATE_S: Final = 110.0
ASIDE_S: Final = 120.0
LOST: Final = 160
LOST_EVERY_S: Final = 0.4
UNCLAIMED: Final = "SELECT FROM inbox_event WHERE claimed_by IS NULL FOR UPDATE SKIP LOCKED"
END_WRITERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'msa writer ' || $1"""


async def slow_the_way(stage: Stage) -> None:
    """Start the second node anew on a way to PostgreSQL, have it used, then make the way slow."""
    folder = stage.directory / "way"
    folder.mkdir(exist_ok=True)
    node = stage.nodes[1]
    way = await stage.exits.enter_async_context(postgres_proxy(stage.running.database, folder))
    stage.held["way"], stage.held["direct"] = way, node.database
    node.kill()
    node.database = way.url
    await node.start()
    cookie = await stage.running.a_session(CENTRE)
    overview = f"{node.url}/v1/session"
    get = stage.running.http.get
    await asyncio.gather(
        *(get(overview, headers={"Cookie": f"{COOKIE}={cookie}"}) for _ in range(AT_ONCE)),
        return_exceptions=True,
    )
    way.delay_s = DELAY_S


async def mend_the_way(stage: Stage) -> None:
    """Have the node go straight to PostgreSQL again."""
    stage.held["way"].heal()
    node = stage.nodes[1]
    node.kill()
    node.database = stage.held["direct"]
    await node.start()


async def forget_the_seal(stage: Stage) -> None:
    """Forget a transaction that holds the end of the sealed log; add to the log."""
    await _forget(stage, "seal", "SELECT FROM chain_tip FOR UPDATE")
    await stage.raise_alarm()


async def let_go_of_the_seal(stage: Stage) -> None:
    """End that transaction; the alarm is taken."""
    await stage.held["seal"].close()
    await stage.answer_all()


async def hold_an_event(stage: Stage) -> None:
    """Forget a transaction that holds an event of another system, which waits for its alarm."""
    await say_nonsense(stage)
    holding = await _forget(stage, "event")

    async def is_held() -> bool:
        return bool(await holding.fetch(UNCLAIMED))

    await until("an event is held", is_held)


async def let_go_of_the_event(stage: Stage) -> None:
    """End that transaction; the event's time is over, so that it is put aside, and discarded."""
    await stage.held["event"].close()
    async with _connected(stage) as database:

        async def is_aside() -> bool:
            return bool(await database.fetch("SELECT FROM event_quarantine"))

        await until("it is put aside", is_aside, ASIDE_S)
    await discard_nonsense(stage)


async def judge_late(stage: Stage) -> None:
    """Have her fall silent during her alarm while a forgotten transaction holds what she is judged by."""
    hers = await stage.running.a_companion(CENTRE)
    await asyncio.sleep(BEAT_S)  # every node has read who is enrolled
    await stage.raise_alarm(hers)
    for _ in range(BEATS):
        await beat(stage, hers)
        await asyncio.sleep(BEAT_S)
    row = "SELECT FROM supervision WHERE registration_id = $1 FOR UPDATE"
    await _forget(stage, "judge", row, hers.registration_id)
    await asyncio.sleep(LATE_S)
    await stage.held["judge"].close()


async def spoil_an_alarm(stage: Stage) -> None:
    """Raise an alarm and spoil its row before its first step is due."""
    alarm_id = await stage.raise_alarm()
    async with _connected(stage) as database:
        before = await database.fetchval("SELECT life::text FROM alarm WHERE alarm_id = $1", alarm_id)
        stage.held["spoilt"] = (alarm_id, before)
        await database.execute(
            "UPDATE alarm SET life = $2::text::jsonb WHERE alarm_id = $1",
            alarm_id,
            json.dumps({**json.loads(before), "escalation": "?"}),
        )


async def mend_the_alarm(stage: Stage) -> None:
    """Put the row right; the alarm is taken."""
    put_back = "UPDATE alarm SET life = $2::text::jsonb WHERE alarm_id = $1"
    await execute(stage.running.database, put_back, *stage.held["spoilt"])
    await stage.answer_all()


async def lose_writers(stage: Stage) -> None:
    """End the writers' connections again and again, as a firewall that forgets does, while she presses."""
    hers = await stage.running.a_companion(CENTRE)
    await stage.raise_alarm(hers)
    async with _connected(stage) as database:
        for _ in range(LOST):
            await database.execute(END_WRITERS, CENTRE)
            with suppress(httpx.HTTPError):
                await stage.running.press(hers)
            await asyncio.sleep(LOST_EVERY_S)
    await stage.answer_all()


async def _forget(
    stage: Stage, name: str, statement: str = "SELECT", *given: Any
) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(stage.running.database)
    stage.held[name] = connection
    stage.exits.push_async_callback(connection.close)
    await connection.execute("BEGIN")
    await connection.fetch(statement, *given)
    return connection


@asynccontextmanager
async def _connected(stage: Stage) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(stage.running.database)
    try:
        yield connection
    finally:
        await connection.close()
