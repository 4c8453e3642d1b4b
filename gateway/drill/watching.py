"""A console that keeps every frame of every connection for the history checker.

The board is the product's; the link is the test's own, because it must be able to stop reading, go
to another node, and show what came off the wire rather than what a client made of it.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from dispatch.board import Board
from dispatch.client import COOKIE
from gateway.drill.history import CommandTry, ConsoleHistory, History, Link
from schemas.commands import Command
from schemas.frames import (
    MAX_FRAME_BYTES,
    SUBPROTOCOL,
    Attach,
    ConsoleFrame,
    Event,
    Refused,
    Result,
    server_frame,
)

OPEN_S: Final = 3.0
SILENCE_S: Final = 11.0  # as the shipped console: two heartbeats and a second
APPLIED_A_TURN: Final = 16  # of one console; then the others and the phones, which are played here too
RETRY_S: Final = 0.1  # far below a real console's, so that a test is not mostly waiting


class Watcher:
    """One console; goes round ``urls`` whenever its link ends."""

    def __init__(
        self,
        name: str,
        urls: Sequence[str],
        cookie: str,
        history: ConsoleHistory,
    ) -> None:
        self.history = history
        self.board = Board(uuid4(), history.centres)
        self.reading = asyncio.Event()
        self.reading.set()
        self._urls = urls
        self._cookie = cookie
        self._turn = 0
        self._is_noted = True
        self.node: str | None = None
        self.commands: list[CommandTry] = []
        self._connection: ClientConnection | None = None
        self._answers: dict[UUID, asyncio.Future[Result | Refused]] = {}
        self._random = random.Random(name)  # noqa: S311 (jitter, the same on each run)

    def heard(self) -> dict[tuple[str, int], float]:
        """When each event came first (monotonic s), by centre and sequence."""
        found: dict[tuple[str, int], float] = {}
        for at, frame in self.history.frames():
            if isinstance(frame, Event):
                found.setdefault((frame.centre, frame.cursor.sequence), at)
        return found

    def reached(self, heads: dict[str, int]) -> bool:
        """Whether this console has applied everything up to ``heads``, is caught up, and its board noted."""
        return (
            self._is_noted
            and all(
                centre.caught_up and centre.cursor is not None and centre.cursor.sequence == heads[name]
                for name, centre in self.board.centres.items()
            )
            and bool(self.board.centres)
        )

    async def run(self) -> None:
        """Keep a link until cancelled."""
        while True:
            url = self._urls[self._turn % len(self._urls)]
            with suppress(OSError, TimeoutError, InvalidHandshake, ConnectionClosed):
                await self._link(url)
            self.board.disconnected(self._now())
            self._turn += 1
            await asyncio.sleep(self._random.uniform(0, RETRY_S))

    async def _link(self, url: str) -> None:
        async with connect(
            f"{url.replace('http', 'ws', 1)}/v1/console",
            origin=Origin(url),
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            additional_headers={"Cookie": f"{COOKIE}={self._cookie}"},
            compression=None,
            max_size=MAX_FRAME_BYTES,
            open_timeout=OPEN_S,
            close_timeout=0.2,
        ) as connection:
            link = Link(url)
            self.history.links.append(link)
            self._connection, self.node = connection, url
            try:
                await self._listen(connection, link)
            finally:
                self._connection, self.node = None, None
                link.close_code = connection.close_code

    async def _listen(self, connection: ClientConnection, link: Link) -> None:
        """Apply what arrives, in its order, after what arrived before a link's end too."""
        arrived: asyncio.Queue[tuple[float, str | bytes] | None] = asyncio.Queue()
        reading = asyncio.create_task(self._read(connection, arrived))
        try:
            for applied in itertools.count(1):
                if (one := await arrived.get()) is None:
                    break
                await self._apply(connection, link, *one)
                if arrived.empty():
                    self._note_board()
                if applied % APPLIED_A_TURN == 0:
                    await asyncio.sleep(0)
            await reading
        finally:
            self._note_board()
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(
        self, connection: ClientConnection, arrived: asyncio.Queue[tuple[float, str | bytes] | None]
    ) -> None:
        """Take from the socket at once: when it came is the gateway's doing, when it is applied is ours."""
        try:
            while True:
                await self.reading.wait()
                async with asyncio.timeout(SILENCE_S):
                    text = await connection.recv()
                arrived.put_nowait((self._now(), text))
        finally:
            arrived.put_nowait(None)

    async def _apply(self, connection: ClientConnection, link: Link, at: float, text: str | bytes) -> None:
        frame = server_frame.validate_json(text)
        link.frames.append((at, frame))
        reaction = self.board.receive(frame, at)
        if isinstance(frame, Result | Refused):
            self._settle(frame)
        if reaction.applied:
            self.history.applied += reaction.applied
            self._is_noted = False
        for answer in reaction.send:
            await self._send(connection, link, answer)

    def _note_board(self) -> None:
        """Keep what is on the board: once for all that came together, as each alarm is looked at."""
        if not self._is_noted:
            self.history.open_alarms = {alarm.alarm_id: alarm for alarm in self.board.open_alarms()}
            self._is_noted = True

    async def cut(self) -> None:
        """Lose the link, if there is one; ``run`` makes another."""
        if self._connection is not None:
            await self._connection.close()

    async def ask(self, command: Command) -> Result | Refused:
        """Give a command as an operator would, and wait for its answer, over a lost link too.

        The board sends it again where the link was lost: the same request gets the same answer.
        Raises ``LookupError`` when there is no link to give it over.
        """
        kept = CommandTry(command.type, command.request_id)
        self.commands.append(kept)
        frames = self.board.ask(command, self._now())
        if not frames or self._connection is None:
            raise LookupError(f"{command.type} cannot be asked for now")
        answer: asyncio.Future[Result | Refused] = asyncio.get_running_loop().create_future()
        self._answers[command.request_id] = answer
        for frame in frames:
            with suppress(ConnectionClosed):
                await self._connection.send(frame.model_dump_json())
        answered = await answer
        if isinstance(answered, Result):
            kept.result = answered
        else:
            kept.refused = answered
        return answered

    def _settle(self, frame: Result | Refused) -> None:
        waits = self._answers.pop(frame.request_id, None)
        if waits is not None and not waits.done():  # whoever asked may wait no longer
            waits.set_result(frame)

    async def _send(self, connection: ClientConnection, link: Link, frame: ConsoleFrame) -> None:
        if isinstance(frame, Attach):
            link.frames.append((self._now(), frame))
        await connection.send(frame.model_dump_json())

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def watching(
    name: str,
    urls: Sequence[str],
    cookie: str,
    history: History,
    centres: tuple[str, ...],
) -> AsyncIterator[Watcher]:
    """Run a console for a ``with`` block; what it saw stays in ``history``."""
    kept = ConsoleHistory(name, centres)
    history.consoles.append(kept)
    watcher = Watcher(name, urls, cookie, kept)
    watcher.commands = history.commands
    task = asyncio.create_task(watcher.run(), name=f"console {name}")
    try:
        yield watcher
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
