"""The hand on the virtual button: its control channel, one JSON object a line on 127.0.0.1."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Self

ANSWER_S: Final = 20.0


class HandError(Exception):
    """The button did not do what it was told."""


class Hand:
    """Presses the button, carries it away, looks at it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def on(cls, port: int) -> AsyncIterator[Self]:
        """Lay a hand on the button whose control channel is at ``port``."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def do(self, what: str, **arguments: Any) -> dict[str, Any]:
        """Do one thing and return what came of it."""
        async with asyncio.timeout(ANSWER_S):
            self._writer.write(json.dumps({"do": what, **arguments}).encode() + b"\n")
            await self._writer.drain()
            answer: dict[str, Any] = json.loads(await self._reader.readline() or b"{}")
        if not answer.get("ok"):
            raise HandError(answer.get("error", "the button hung up"))
        return answer
