"""Connections to PostgreSQL that may be trusted with presses.

Every connection is to the primary, has deadlines on the server's side, and is refused when the
server could lose what it commits. Several hosts in the URL are tried all at once, each with its
own deadline: asyncpg's own list waits behind a frozen host (measured: for ever).
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import asyncpg

from gateway.domain.errors import (
    DatabaseInRecovery,
    DatabaseNotDurable,
    DatabaseRefused,
    DatabaseTooOld,
    DatabaseUnavailable,
    GatewayError,
)
from gateway.settings import Settings
from gateway.store.pool_waits import NODE_POOL, waiting

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    Database: TypeAlias = Connection | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool
    Database = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""``Database`` is a connection held or borrowed: what a function that runs SQL asks for."""

HOST_SECONDS: Final = 1.0  # one host's time to answer; a frozen one must not delay the others
ACQUIRE_SECONDS: Final = 1.0  # a pool without a free connection for longer is an outage, not a queue
NODE_POOL_MAX: Final = 12
"""Connections of a node besides the held ones: requests, sweeps and their commits."""

STREAM_POOL_MAX: Final = 4
"""Those by which its consoles are told: of their own, so that no request ever waits before an event."""

OLDEST_SERVER: Final = 170000  # transaction_timeout came with PostgreSQL 17
DURABLE: Final = frozenset({"on", "remote_apply"})


class Role(Enum):
    """What a connection is for: its statement, transaction and idle-in-transaction limits.

    ``answer_s`` is ours, a little longer than the server's limit of a statement: a server that is
    frozen, or behind a link that swallows everything, ends nothing by itself.
    """

    REQUEST = ("2s", "5s", "1s", 2.5)
    """Serves presses and consoles: whatever takes longer is stuck and must let go of its locks."""
    TOOL = ("60s", "120s", "10s", 65.0)
    """An administrator's command: may read a lot, still may not hang."""
    MIGRATION = ("0", "0", "60s", None)
    """Changes the schema: as long as it takes, but never waits long for a lock (below)."""

    def __init__(self, statement: str, transaction: str, idle: str, answer_s: float | None) -> None:
        self.answer_s: Final = answer_s
        self.settings: Final = {
            # waiting longer for a lock would make everyone behind us wait too
            "lock_timeout": "1s",
            "statement_timeout": statement,
            "transaction_timeout": transaction,
            "idle_in_transaction_session_timeout": idle,
            # the server notices within 5 + 3 * 2 s that we are gone, and drops our locks
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "8s",
            "client_connection_check_interval": "1s",
            "TimeZone": "UTC",
        }


# The level is pinned, so that a reload of the server's configuration cannot lower it unnoticed.
JUDGE: Final = """
SELECT current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       set_config('synchronous_commit', current_setting('synchronous_commit'), false)
           AS synchronous_commit,
       current_setting('server_version_num')::int AS version,
       pg_is_in_recovery() AS in_recovery"""


async def connect(target: Settings | str, *, application_name: str, role: Role = Role.REQUEST) -> Connection:
    """Connect to the primary and check that it keeps what it commits.

    ``target`` is a URL or the settings that hold one. Raises ``DatabaseNotDurable``,
    ``DatabaseInRecovery``, ``DatabaseTooOld``; ``DatabaseUnavailable`` when no host answers
    within a second. ``jsonb`` is read and written as Python values.
    """
    urls = one_url_a_host(url_of(target))
    if len(urls) == 1:
        return await _attempt(urls[0], application_name, role)
    attempts = [asyncio.create_task(_attempt(url, application_name, role)) for url in urls]
    failures: list[GatewayError] = []
    winner: Connection | None = None
    try:
        for finished in asyncio.as_completed(attempts):
            try:
                winner = await finished
            except GatewayError as failure:
                failures.append(failure)
            else:
                return winner
        raise _most_telling(failures)
    finally:
        await _drop(attempts, winner)


@asynccontextmanager
async def connected(
    target: Settings | str, *, application_name: str, role: Role = Role.REQUEST
) -> AsyncIterator[Connection]:
    """Hold one connection for a ``with`` block."""
    connection = await connect(target, application_name=application_name, role=role)
    try:
        yield connection
    finally:
        await connection.close(timeout=HOST_SECONDS)


@asynccontextmanager
async def create_pool(
    target: Settings | str,
    *,
    application_name: str,
    role: Role = Role.REQUEST,
    min_size: int = 1,
    max_size: int = 8,
) -> AsyncIterator[Pool]:
    """Hold a pool of such connections for a ``with`` block; borrow by ``acquire`` below.

    Nothing is reset between two borrowers, which saves a round trip: nobody here changes a
    session's state, and asyncpg still rolls back a transaction left open.
    """

    async def one(*_: Any, **__: Any) -> Connection:
        return await connect(target, application_name=application_name, role=role)

    async def keep(_: Connection) -> None:
        pass

    pool = asyncpg.create_pool(
        connect=one, reset=keep, min_size=min_size, max_size=max_size, max_inactive_connection_lifetime=0
    )
    await pool
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), HOST_SECONDS)
        except TimeoutError:
            pool.terminate()


# What means that the database is away or overloaded, not that the statement is wrong.
AWAY: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, cancelled by a time-out
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # what it is connected to has become a standby
    asyncpg.InternalClientError,  # asyncpg's own surprise when a server dies between two of its steps
)


@asynccontextmanager
async def acquire(pool: Pool, called: str = NODE_POOL) -> AsyncIterator[Database]:
    """Borrow a connection; waits are told of the pool as it is ``called``.

    Raises ``DatabaseUnavailable`` when none is to be had within a second, and when the database
    goes away meanwhile: what was asked may then be committed or not.
    """
    try:
        with waiting(called):
            connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
    except (*AWAY, asyncpg.InterfaceError) as error:
        raise DatabaseUnavailable("no connection is free") from error
    except DatabaseRefused as error:  # at a start that is final; later, a standby may yet be promoted
        raise DatabaseUnavailable(type(error).__name__) from error
    try:
        yield connection
    except AWAY as error:
        raise DatabaseUnavailable(type(error).__name__) from error
    except asyncpg.InterfaceError as error:
        if not _is_lost(connection):
            raise
        raise DatabaseUnavailable("the connection was lost") from error
    finally:
        # One that cannot be given back in time is closed by the pool; that is no news to the caller.
        with suppress(*AWAY, asyncpg.InterfaceError):
            await pool.release(connection, timeout=ACQUIRE_SECONDS)


def _is_lost(connection: Database) -> bool:
    """Whether it is closed, or the pool has taken it away because it broke: then it cannot even be asked."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


EPOCH: Final = "SELECT stream_epoch()"


async def epoch(connection: Database) -> str:
    """Return what changes when the log cannot be continued: the cluster's id, its timeline, its last restore.

    A standby that is promoted starts a new timeline, and what the old primary had not sent it is
    gone; sequences after that may repeat, so cursors from before must not be continued.
    """
    found: str = await connection.fetchval(EPOCH)
    return found


def url_of(target: Settings | str) -> str:
    """Return the URL to connect to; embedded settings have none before the server runs."""
    if isinstance(target, str):
        return target
    if target.database_url is None:
        raise DatabaseUnavailable("the embedded server's URL comes from opening it")
    return target.database_url.get_secret_value()


def one_url_a_host(url: str) -> tuple[str, ...]:
    """Split ``postgresql://user@a:1,b:2/name?host=c,d`` into one URL for each host."""
    parts = urlsplit(url)
    user, at, addresses = parts.netloc.rpartition("@")
    options = dict(parse_qsl(parts.query))
    if "host" not in options:
        return tuple(
            parts._replace(netloc=f"{user}{at}{address}").geturl() for address in addresses.split(",")
        )
    hosts, ports = options["host"].split(","), options.get("port", "").split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return tuple(
        _with_query(parts, {**options, "host": host, **({"port": port} if port else {})})
        for host, port in zip(hosts, ports, strict=True)
    )


def _with_query(parts: SplitResult, options: dict[str, str]) -> str:
    return parts._replace(query=urlencode(options)).geturl()


async def _attempt(url: str, application_name: str, role: Role) -> Connection:
    """Connect to one host and judge it."""
    try:
        async with asyncio.timeout(HOST_SECONDS):
            connection = await asyncpg.connect(
                url,
                command_timeout=role.answer_s,
                server_settings={"application_name": application_name, **role.settings},
            )
            try:
                await _judge(connection)
                await connection.set_type_codec(
                    "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
                )
            except BaseException:
                connection.terminate()
                raise
    except (
        TimeoutError,
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as error:
        raise DatabaseUnavailable(type(error).__name__) from error
    return connection


async def _judge(connection: Connection) -> None:
    row = await connection.fetchrow(JUDGE)
    if row is None:
        raise DatabaseUnavailable("it does not answer")
    if row["version"] < OLDEST_SERVER:
        raise DatabaseTooOld(f"server_version_num is {row['version']}")
    if row["in_recovery"]:
        raise DatabaseInRecovery
    for name in ("fsync", "full_page_writes"):
        if row[name] != "on":
            raise DatabaseNotDurable(f"{name} is {row[name]}; set it to on")
    if row["synchronous_commit"] not in DURABLE:
        raise DatabaseNotDurable(f"synchronous_commit is {row['synchronous_commit']}; set it to on")


def _most_telling(failures: list[GatewayError]) -> GatewayError:
    """Choose what to say when no host will do: a fault of the primary, then a standby, then silence."""
    order = (DatabaseNotDurable, DatabaseTooOld, DatabaseInRecovery, DatabaseUnavailable)
    return min(failures, key=lambda failure: order.index(type(failure)))


async def _drop(attempts: list[asyncio.Task[Connection]], winner: Connection | None) -> None:
    """End the attempts that lost, and their connections."""
    for attempt in attempts:
        attempt.cancel()
    for loser in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(loser, BaseException) and loser is not winner:
            loser.terminate()
