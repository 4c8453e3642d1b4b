"""PostgreSQL is killed, frozen, cut off, promoted and restored under two running nodes."""

import asyncio
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from gateway.drill.history import History
from gateway.drill.proxy import postgres_proxy
from gateway.drill.store_reading import read_store
from gateway.store.embedded import EmbeddedPostgres
from gateway.timing import NODE_HEARD_S
from tests.acceptance.conftest import CENTRES, Stage, Staged
from tests.support.answering import time_passes
from tests.support.pressing import Presser
from tests.support.wait import until

BUILT_IN = ""
"""No section: every centre answers as is built in."""

HEARD_WITHOUT_DOORBELL_S = 2.5
"""The poll is a second; the rest is for a busy machine."""


@asynccontextmanager
async def administrator(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection without the gateway's time-outs."""
    connection = await asyncpg.connect(database)
    try:
        yield connection
    finally:
        await connection.close()


def failed(stage: Stage) -> int:
    return sum(one.told is None for one in stage.history.tries)


def failed_more(stage: Stage, tries: int) -> bool:
    return failed(stage) >= tries


async def test_a_killed_postgres_loses_no_press_that_was_answered(
    stage: Stage, breakable_postgres: EmbeddedPostgres
) -> None:
    async with stage.loaded() as pressing:
        for _ in range(2):
            before = failed(stage)
            await asyncio.to_thread(breakable_postgres.kill)
            await until("companions are told nothing good", partial(failed_more, stage, before + 4))
            await asyncio.to_thread(breakable_postgres.start)
            await pressing.more(20)
    assert (await stage.verdict()).holds


async def test_a_frozen_postgres_is_noticed_and_loses_nothing(
    stage: Stage, breakable_postgres: EmbeddedPostgres
) -> None:
    async with stage.loaded() as pressing:
        breakable_postgres.freeze()
        try:
            await until("nodes say so", lambda: not_ready(stage, *stage.cluster.urls))
            await until("companions are told nothing good", lambda: failed(stage) >= 12)
        finally:
            breakable_postgres.thaw()
        await pressing.more(20)
    assert (await stage.verdict()).holds


async def not_ready(stage: Stage, *urls: str) -> bool:
    answers = [await stage.http.get(f"{url}/readyz") for url in urls]
    return not any(answer.json()["database"] for answer in answers)


async def test_a_node_cut_off_from_postgres_stops_and_the_other_goes_on(
    database: str, socket_directory: Path, staged: Staged
) -> None:
    async with (
        postgres_proxy(database, socket_directory) as link,
        staged(databases={"a": link.url}) as stage,
    ):
        async with stage.loaded() as pressing:
            link.blackhole()
            await until("companions give up on the node", lambda: failed(stage) >= 6)
            await until("it says that it is not ready", lambda: not_ready(stage, stage.a.url))
            await pressing.more(20)
            link.reset()
            link.heal()
            await stage.a.ready()
            await pressing.more(20)
        assert (await stage.verdict()).holds


@pytest.mark.alone
async def test_without_doorbells_the_poll_carries_every_event(stage: Stage) -> None:
    async with stage.loaded() as pressing, administrator(stage.cluster.people.database) as database:
        for _ in range(5):
            await end_backends(database, "msa doorbell")
            await pressing.more(10)
    assert (await stage.verdict()).holds
    assert longest_way(stage) < HEARD_WITHOUT_DOORBELL_S


def longest_way(stage: Stage) -> float:
    """The longest time from a receipt to the last console that heard of it."""
    told = {
        (one.told.centre, one.told.sequence): one.ended for one in reversed(stage.history.tries) if one.told
    }
    return max(
        at - told[place]
        for watcher in stage.watchers
        for place, at in watcher.heard().items()
        if place in told
    )


@pytest.mark.alone
async def test_a_full_notification_queue_stops_no_press(stage: Stage) -> None:
    database = stage.cluster.people.database
    async with stage.loaded() as pressing, administrator(database) as idle, administrator(database) as noisy:
        await idle.add_listener("somebody_elses", lambda *_: None)
        transaction = idle.transaction()
        await transaction.start()  # a listener inside a transaction: the queue's tail stays where it is
        await idle.fetchval("SELECT pg_current_xact_id()")
        with pytest.raises(asyncpg.ProgramLimitExceededError):
            await fill_the_queue(noisy)
        await pressing.more(20)
        await transaction.rollback()
        await pressing.more(10)
    assert (await stage.verdict()).holds
    assert longest_way(stage) < HEARD_WITHOUT_DOORBELL_S


async def fill_the_queue(database: asyncpg.Connection) -> None:
    while True:
        await database.execute("SELECT pg_notify('somebody_elses', repeat('x', 7000))")


async def test_a_writer_whose_connection_ends_in_the_middle_of_a_commit_asks_again(stage: Stage) -> None:
    async with stage.loaded() as pressing, administrator(stage.cluster.people.database) as database:
        for _ in range(3):
            async with database.transaction():
                await database.execute(
                    "SELECT 1 FROM centre_stream WHERE centre_id = $1 FOR UPDATE", CENTRES[0]
                )
                await until("a writer waits for the row", lambda: waiting_writers(database))
                assert await end_backends(database, f"msa writer {CENTRES[0]}")
            # the one before was ended too, and is back with the next press of its centre
            ended = partial(end_backends, database, f"msa writer {CENTRES[1]}")
            await until("the other centre's writer is there, and ended", ended)
            await pressing.more(10)
    assert (await stage.verdict()).holds


async def waiting_writers(database: asyncpg.Connection) -> bool:
    return bool(
        await database.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = $1 AND wait_event_type = 'Lock'",
            f"msa writer {CENTRES[0]}",
        )
    )


async def end_backends(database: asyncpg.Connection, name: str) -> bool:
    """Return whether there were any."""
    return bool(
        await database.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = $1",
            name,
        )
    )


async def test_a_promoted_standby_begins_a_new_epoch_and_every_console_is_told(
    stage: Stage, breakable_postgres: EmbeddedPostgres
) -> None:
    async with stage.loaded() as pressing:
        await asyncio.to_thread(standby, breakable_postgres)
        async with administrator(stage.cluster.people.database) as database:
            assert await database.fetchval("SELECT pg_promote()")
        await pressing.more(20)
    verdict = await stage.verdict(resets=frozenset({"epoch_changed"}))
    assert verdict.holds
    assert verdict.counts["resets"] == 6  # four consoles, two of which follow two centres


async def test_levels_that_fall_due_while_a_standby_takes_over_are_told_once(
    staged: Staged, breakable_postgres: EmbeddedPostgres
) -> None:
    async with staged(responses=BUILT_IN) as stage:
        database = stage.cluster.people.database
        await stage.watch_both()
        pressers = await stage.pressers()
        for presser in pressers:
            await presser.press()
        await time_passes(database, 9)
        await asyncio.to_thread(standby, breakable_postgres)
        async with administrator(database) as new_primary:
            assert await new_primary.fetchval("SELECT pg_promote()")
        await until("the first level was told", partial(told, database, 1, len(pressers)))
        await until("both centres are attended again", partial(attended, database))
        await time_passes(database, 20)
        await until("the second level was told", partial(told, database, 2, len(pressers)))
        levels = Counter(
            (event.alarm_id, event.image["escalation"]["level"])
            for event in (await read_store(database)).events
            if event.kind == "alarm.escalated"
        )
        assert set(levels.values()) == {1}
        assert (await stage.verdict(resets=frozenset({"epoch_changed"}))).holds


def standby(server: EmbeddedPostgres) -> None:
    """Stop the primary and start it as a standby: until it is promoted nothing can be committed."""
    server.stop()
    (server._cluster / "standby.signal").touch()
    server.start()


async def attended(database: str) -> bool:
    """Whether nobody thinks that a watched centre is vacant: its grace would pass with the time."""
    async with administrator(database) as looking:
        return bool(
            await looking.fetchval(
                "SELECT count(*) = $2 FROM attendance JOIN consoles_attending($3) c USING (centre_id)"
                " WHERE centre_id = ANY ($1) AND vacant_since IS NULL AND c.consoles > 0",
                CENTRES,
                len(CENTRES),
                NODE_HEARD_S,
            )
        )


async def told(database: str, level: int, alarms: int) -> bool:
    """Whether so many alarms were told about at this level."""
    told_of = [
        event.image for event in (await read_store(database)).events if event.kind == "alarm.escalated"
    ]
    return alarms == len([image for image in told_of if image["escalation"]["level"] == level])


async def test_a_database_restored_from_a_backup_takes_back_what_consoles_saw(
    stage: Stage, breakable_postgres: EmbeddedPostgres
) -> None:
    cluster, backup = breakable_postgres._cluster, breakable_postgres._directory / "backup"

    def copy(source: Path, target: Path) -> None:
        breakable_postgres.stop()
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)  # as root, the files stay their owner's
        breakable_postgres.start()

    await stage.watch_both()
    presser = await stage.presser()
    for _ in range(5):
        await presser.press()
    await asyncio.to_thread(copy, cluster, backup)
    forgotten = Presser(presser.companion, stage.cluster.urls, stage.http, History())
    for _ in range(5):
        receipt = await forgotten.press()
    heads = {CENTRES[0]: receipt.sequence, CENTRES[1]: 0}
    for watcher in stage.watchers:
        await until("every console saw them", partial(watcher.reached, heads))
    await asyncio.to_thread(copy, backup, cluster)
    heads[CENTRES[0]] = 5
    for watcher in stage.watchers:
        await until("every console went back", partial(watcher.reached, heads))
    await presser.press()
    verdict = await stage.verdict(resets=frozenset({"epoch_changed", "ahead_of_log"}))
    assert verdict.holds
    assert verdict.counts["resets"] == 3  # the consoles of the pressed centre
