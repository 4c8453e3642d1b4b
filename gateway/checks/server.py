"""The database's server: what it promises, who stands by, what is archived, whose clock it goes by."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import uuid4

from gateway.backup.archive import SLOT
from gateway.checks.check import Check, doubt, good, worst, wrong
from gateway.checks.context import Context
from gateway.checks.disks import MB
from gateway.domain.rows import Row
from gateway.store.connect import NODE_POOL_MAX, STREAM_POOL_MAX, Database
from gateway.store.doorbell import PROBE
from gateway.store.node_watch import STANDBYS
from gateway.timing import NODE_HEARD_S

ABOUT: Final = (
    "SELECT current_setting('server_version') AS version, current_setting('data_checksums') AS checksums"
)
WAITED_FOR: Final = "SELECT current_setting('synchronous_standby_names')"
ARCHIVE: Final = """
SELECT current_setting('archive_mode') AS mode, archived_count, last_archived_time, last_failed_time,
       coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL) AS failing,
       s.active AS is_streamed, coalesce(s.wal_status, 'reserved') AS kept,
       current_setting('max_slot_wal_keep_size') <> '-1' AS is_bounded,
       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::float8 AS behind
  FROM pg_stat_archiver LEFT JOIN pg_replication_slots s ON s.slot_name = $1"""
CONNECTIONS: Final = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - current_setting('reserved_connections')::int AS most,
       (SELECT sum(numbackends)::int FROM pg_stat_database) AS taken,
       (SELECT count(*)::int FROM centre) AS centres,
       (SELECT count(*)::int FROM node
         WHERE heard_at > clock_timestamp() - make_interval(secs => $1)) AS nodes"""
NOW: Final = "SELECT clock_timestamp()"
RING: Final = "SELECT pg_notify($1, $2)"

CHANNEL: Final = "msa_doctor"
SAMPLES: Final = 5
LAG_S: Final = 5.0
"""The alert ReplicationLag has the same."""
QUEUE_FULL: Final = 0.5
"""The alert NotifyQueueFilling has the same."""
DRIFT_DOUBTED: Final = timedelta(milliseconds=100)
DRIFT_WRONG: Final = timedelta(seconds=1)
HELD_ALONE: Final = 5
"""Connections of a node besides one a centre and its pools: docs/operations.md, Several nodes."""


async def database(context: Context) -> Check:
    """Connect, which refuses a server that could lose what it commits. Raises what ``reach`` does."""
    settings = context.settings
    cluster = settings.data_dir / "postgres" / "cluster"
    if settings.embedded and not await asyncio.to_thread(cluster.exists):
        context.is_reached()
        return good("database", "embedded, not made yet; the first start makes it")
    await context.reach()
    async with context.database() as connection:
        (row,) = await connection.fetch(ABOUT)
    found = f"PostgreSQL {row['version']}, primary, keeps what it commits"
    if row["checksums"] != "on":
        unseen = f"{found}; without checksums, so a disk that changes data is not noticed"
        return doubt("database", unseen, "pg_checksums --enable, with the server stopped")
    return good("database", found)


async def standbys(connection: Database, context: Context) -> Check:
    """Look who else holds what is committed, and how far behind they are."""
    names: str = await connection.fetchval(WAITED_FOR)
    return judged_standbys(names, await connection.fetch(STANDBYS), embedded=context.settings.embedded)


def judged_standbys(names: str, rows: Sequence[Row], *, embedded: bool) -> Check:
    """Judge ``synchronous_standby_names`` and the rows of ``STANDBYS``."""
    name = "standbys"
    if not names:
        alone = "no standby is waited for: with this machine goes what was answered 201"
        several = "set synchronous_standby_names: docs/operations.md, Several nodes"
        trying = "none: the embedded database is for trying things"
        return good(name, trying) if embedded else doubt(name, alone, several, "NoSyncStandby")
    if any(row["name"] is None for row in rows):
        return doubt(name, "may not be seen by this role", "GRANT pg_monitor to it", "NoSyncStandby")
    if not any(row["is_waited_for"] for row in rows):
        waits = f"{names} is waited for, and none is there: no press is committed"
        return wrong(name, waits, "bring a standby back", "NoSyncStandby")
    said = ", ".join(f"{row['name']} {_lag(row)}" for row in rows)
    if any(row["lag_s"] is None or row["lag_s"] > LAG_S for row in rows):
        return doubt(name, said, "failing over to it would take as long", "ReplicationLag")
    return good(name, said)


def _lag(row: Row) -> str:
    waited = " (waited for)" if row["is_waited_for"] else ""
    return ("no lag known" if row["lag_s"] is None else f"{row['lag_s']:.1f} s behind") + waited


async def archive(connection: Database, context: Context) -> Check:
    """Look whether the write-ahead log is archived, without which only the last backup can be restored."""
    (row,) = await connection.fetch(ARCHIVE, SLOT)
    return judged_archive(row, embedded=context.settings.embedded)


def judged_archive(row: Row, *, embedded: bool) -> Check:
    """Judge ``archive_mode``, ``pg_stat_archiver``, and the slot of ``msa db archive``."""
    name, backup, slot = "archive", "docs/operations.md, Backup", _judged_slot(row, embedded=embedded)
    if slot is not None and not (slot.ok and row["failing"] and row["mode"] != "off"):
        return slot
    if row["mode"] == "off":
        off = "off: only the last backup could be restored"
        trying = "off: the embedded database is for trying things"
        return (
            good(name, trying) if embedded else doubt(name, off, f"msa db archive, or archive_mode: {backup}")
        )
    if row["failing"]:
        failed = f"failing, last at {row['last_failed_time']:%Y-%m-%d %H:%M:%S} UTC; the log fills the disk"
        return wrong(name, failed, f"the server's log has the command's error: {backup}")
    if not row["archived_count"]:
        return doubt(
            name, "on, and nothing was archived yet", f"SELECT pg_switch_wal(), then look again: {backup}"
        )
    return good(name, f"last at {row['last_archived_time']:%Y-%m-%d %H:%M:%S} UTC")


def _judged_slot(row: Row, *, embedded: bool) -> Check | None:
    """Judge the slot of ``msa db archive``; None where there is none."""
    name, waiting = "archive", f"{row['behind'] / MB:,.0f} MB"
    if row["is_streamed"] is None:
        return None
    if row["kept"] == "lost":
        gap = "there is a gap: the server has thrown away what it lacked"
        return wrong(name, gap, "a new slot, a new directory, and a backup: docs/backup.md")
    if not row["is_streamed"]:
        waits = f"nobody takes it: {waiting} wait on the server's disk"
        return wrong(name, waits, "start msa db archive again, or drop its slot msa_archive")
    if row["kept"] != "reserved":
        slow = f"msa db archive is slow: {waiting} wait on the server's disk"
        return doubt(name, slow, "look at the archive's disk and the way there")
    if not row["is_bounded"] and not embedded:
        free = "msa db archive takes it; while it is away nothing bounds what fills the server's disk"
        return doubt(name, free, "set max_slot_wal_keep_size: docs/backup.md")
    return good(name, f"msa db archive takes it, {waiting} behind at most")


async def connections(connection: Database, _: Context) -> Check:
    """Look whether the nodes, and one that replaces another, get the connections they hold."""
    (row,) = await connection.fetch(CONNECTIONS, NODE_HEARD_S)
    return judged_connections(row)


def judged_connections(row: Row) -> Check:
    """Judge ``most`` connections that can be had, ``taken`` ones, ``centres`` and ``nodes`` that serve."""
    name, nodes = "connections", max(1, row["nodes"])
    each = row["centres"] + HELD_ALONE + NODE_POOL_MAX + STREAM_POOL_MAX
    said = f"{row['taken']} of {row['most']} taken; a node holds up to {each}, {row['nodes']} serve"
    if each * nodes > row["most"]:
        return wrong(name, said, "raise max_connections: nodes would fail when they are busy")
    if max(each * (nodes + 1), row["taken"] + each) > row["most"]:
        return doubt(name, f"{said}: too few to replace a node by another", "raise max_connections")
    return good(name, said)


async def clock(connection: Database, context: Context) -> Check:
    """Compare this machine's clock with the database's, as well as the way there allows."""
    samples = []
    for _sample in range(SAMPLES):
        before, begun = context.clock.now(), time.perf_counter()
        theirs = await connection.fetchval(NOW)
        took = timedelta(seconds=time.perf_counter() - begun)
        samples.append((took, theirs - before - took / 2))
    took, ahead = min(samples)
    return judged_clock(ahead, took)


def judged_clock(ahead: timedelta, took: timedelta) -> Check:
    """Judge by how much the database is ``ahead``, measured by a question that ``took`` so long."""
    certain = abs(ahead) - took / 2
    said = (
        f"the database's is {abs(ahead).total_seconds() * 1000:.1f} ms"
        f" {'ahead' if ahead > timedelta(0) else 'behind'} (± {took.total_seconds() * 500:.1f} ms)"
    )
    if certain > DRIFT_WRONG:
        return wrong("clock", f"{said}: times of presses and of the log do not fit", "set both by NTP")
    return doubt("clock", said, "set both by NTP") if certain > DRIFT_DOUBTED else good("clock", said)


async def doorbell(connection: Database, _: Context) -> Check:
    """Ring once and hear it, as nodes do; whoever listens to nodes' hints hears nothing of it."""
    name, word, heard = "doorbell", str(uuid4()), asyncio.Event()

    def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        if payload == word:
            heard.set()

    await connection.add_listener(CHANNEL, hear)
    begun = time.perf_counter()
    await connection.execute(RING, CHANNEL, word)
    await heard.wait()
    took_ms = (time.perf_counter() - begun) * 1000
    await connection.remove_listener(CHANNEL, hear)
    used: float = await connection.fetchval(PROBE)
    said = good(name, f"LISTEN/NOTIFY, heard after {took_ms:.1f} ms")
    if used > QUEUE_FULL:
        full = doubt(
            name, f"the queue is {used:.0%} full", "end who listens and reads not", "NotifyQueueFilling"
        )
        return worst(name, [said, full], "")
    return said
