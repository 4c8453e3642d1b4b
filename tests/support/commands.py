"""Any ``msa`` command as a process of its own: what it tells, line by line, and how it ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.support.ble import eventually


class Process:
    """A running ``msa``; its events are read as they come."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.told: list[dict[str, Any]] = []
        self.log: list[bytes] = []
        assert process.stdout is not None
        assert process.stderr is not None
        self._readers = asyncio.gather(self._events(process.stdout), self._logs(process.stderr))

    async def _events(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.told.append(json.loads(line))

    async def _logs(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.log.append(line)

    def of(self, event: str) -> list[dict[str, Any]]:
        return [told for told in self.told if told.get("event") == event]

    async def until_told(self, event: str, number: int) -> list[dict[str, Any]]:
        """Wait until so many events of a kind were told; return them."""
        await eventually(lambda: len(self.of(event)) >= number, 30)
        return self.of(event)

    async def until_up(self) -> None:
        await eventually(lambda: any(told["state"] == "up" for told in self.of("link")), 30)

    async def end(self, number: signal.Signals) -> int:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        async with asyncio.timeout(20):
            await self._readers
            return await self.process.wait()


async def answer_of(*arguments: str, **settings: str) -> dict[str, Any]:
    """Run a command with ``--json`` to its end; return what it printed."""
    process = await _started((*arguments, "--json"), settings)
    async with asyncio.timeout(30):
        out, log = await process.communicate()
    assert process.returncode == 0, log.decode()
    answer: dict[str, Any] = json.loads(out)
    return answer


async def seen_of(*arguments: str, typed: str = "") -> tuple[str, str, int]:
    """Run a command as a person does; return both streams as they stood on the screen, and how it ended."""
    process = await _started(arguments, {})
    async with asyncio.timeout(60):
        out, log = await process.communicate(typed.encode())
    assert process.returncode is not None
    return out.decode(), log.decode(), process.returncode


async def _started(arguments: Sequence[str], settings: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from gateway.cli import main; main()", *arguments,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@asynccontextmanager
async def msa(*arguments: str, **settings: str) -> AsyncIterator[Process]:
    """Run ``msa`` while the block runs; ``settings`` go into its environment."""
    process = Process(await _started(arguments, settings))
    try:
        yield process
    finally:
        await process.end(signal.SIGKILL)
