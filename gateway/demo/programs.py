"""Child processes of the demo: started, listened to, and ended whatever happens."""

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog

END_S: Final = 5.0
"""What a program gets to end by itself before it is killed."""

PR_SET_PDEATHSIG: Final = 1


class ProgramEnded(Exception):
    """A program ended before it said what was waited for."""


class Program:
    """One running ``msa`` subcommand whose standard output is JSON Lines."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def heard(self, event: str, within_s: float, **fields: Any) -> dict[str, Any]:
        """Return the next line that has this event and these fields; others are passed over.

        Raises:
            ProgramEnded: it ended first.
            TimeoutError: it did not say so in time.
        """
        async with asyncio.timeout(within_s):
            async for line in self.lines():
                if line.get("event") == event and all(line.get(key) == fields[key] for key in fields):
                    return line
        raise ProgramEnded(f"{self.name} ended before it said {event!r}")

    async def lines(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what it says, line by line, until it ends."""
        assert self._process.stdout is not None  # noqa: S101 (it was started with a pipe)
        while line := await self._process.stdout.readline():
            with suppress(ValueError):
                said = json.loads(line)
                if isinstance(said, dict):
                    yield said

    async def kill(self) -> None:
        """End it without a goodbye, as a crash would."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def end(self) -> None:
        """Ask it to end; kill it if it does not."""
        if self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await self._process.communicate()
        except TimeoutError:
            structlog.get_logger().warning("program_killed", name=self.name)
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def program(
    name: str, *arguments: str, environment: Mapping[str, str], log: str
) -> AsyncIterator[Program]:
    """Run ``msa NAME ARGUMENTS``; what it logs goes to the file ``log``."""
    with open(log, "ab") as errors:  # noqa: ASYNC230, PTH123 (opened once, before anything runs)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from gateway.cli import main; main()",
            name,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environment},
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
    running = Program(name, process)
    try:
        yield running
    finally:
        await running.end()


def _die_with_parent() -> None:
    """Have the kernel end the child when the demo is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
