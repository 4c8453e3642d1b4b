"""Two nodes in this process on one database, consoles and companions on both, and the order forced.

What would race is put into a known order by holding the row of a centre's stream: whoever writes to it
queues up, in the order of asking, until it is let go.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from gateway.drill.history import History, Store
from gateway.drill.judging import judge
from gateway.drill.store_reading import read_store
from gateway.drill.verdict import Verdict
from gateway.drill.watching import Watcher, watching
from gateway.store.connect import Connection, Role, connected
from schemas.alarm import AlarmView
from tests.support.gateway import Running, running
from tests.support.pressing import Presser
from tests.support.wait import until

HOLD: Final = "SELECT FROM centre_stream WHERE centre_id = $1 FOR UPDATE"
QUEUED: Final = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"""

Naming = dict[str, Any]


@dataclass(kw_only=True)
class Pair:
    """The nodes, and everything that was done to them."""

    a: Running
    b: Running
    stack: AsyncExitStack
    history: History = field(default_factory=History)
    watchers: list[Watcher] = field(default_factory=list)

    async def console(self, name: str, node: Running, *centres: str, token: str | None = None) -> Watcher:
        """Attach a console to a node; return it caught up. ``token``: somebody's session, else a new one."""
        session = token or await node.a_session(*centres, name=name)
        kept = watching(name, [node.url], session, self.history, centres)
        watcher = await self.stack.enter_async_context(kept)
        self.watchers.append(watcher)
        await until(f"{name} is caught up", lambda: bool(watcher.board.as_of))
        return watcher

    async def presser(self, node: Running, *, centre: str = "BE-VOV") -> Presser:
        """Register a victim and enrol her companion, which sends to ``node``."""
        return Presser(await node.a_companion(centre), [node.url], node.http, self.history)

    def also(self, presser: Presser, node: Running) -> Presser:
        """Return the same companion, sending to ``node``."""
        return Presser(presser.companion, [node.url], node.http, self.history)

    async def verdict(self) -> Verdict:
        """Wait until every console has everything; judge."""
        read: list[Store] = []

        async def reached() -> bool:
            read.append(await read_store(self.a.database))
            return all(watcher.reached(dict(read[-1].heads)) for watcher in self.watchers)

        await until("every console has everything", reached)
        return judge(self.history, read[-1])


@asynccontextmanager
async def two_nodes(database: str, directory: Path) -> AsyncIterator[Pair]:
    """Run both nodes for a ``with`` block."""
    async with (
        running(database, directory, node="a") as a,
        running(database, directory, node="b") as b,
        AsyncExitStack() as stack,
    ):
        yield Pair(a=a, b=b, stack=stack)


class Queue:
    """Who waits for what is held."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, number: int) -> None:
        """Return once so many statements wait."""

        async def waiting() -> bool:
            found: int = await self._connection.fetchval(QUEUED)
            return found >= number

        await until(f"{number} statements wait", waiting, 0.9)  # before they give up waiting for a lock


@asynccontextmanager
async def held(database: str, centre: str) -> AsyncIterator[Queue]:
    """Hold a centre's stream for a ``with`` block; whoever writes to it queues up."""
    async with (
        connected(database, application_name="looks on", role=Role.TOOL) as looking,
        connected(database, application_name="holds", role=Role.TOOL) as holding,
        holding.transaction(),
    ):
        await holding.execute(HOLD, centre)
        yield Queue(looking)


def naming(alarm: AlarmView, request_id: UUID | None = None) -> Naming:
    """What every command on an alarm says."""
    return {
        "request_id": request_id or uuid4(),
        "alarm_id": alarm.alarm_id,
        "expected_version": alarm.version,
    }


async def shown(watcher: Watcher, alarm_id: UUID, version: int = 1) -> AlarmView:
    """Wait until a console shows an alarm at this version or a later one."""

    def there() -> bool:
        alarm = watcher.board.find(alarm_id)
        return alarm is not None and alarm.version >= version

    await until(f"version {version} is on the board", there)
    alarm = watcher.board.find(alarm_id)
    assert alarm is not None
    return alarm


async def in_order(queue: Queue, *tasks: Any) -> list[asyncio.Task[Any]]:
    """Start each once the one before it waits."""
    started = []
    for number, task in enumerate(tasks, 1):
        started.append(asyncio.create_task(task))
        await queue.of(number)
    return started
