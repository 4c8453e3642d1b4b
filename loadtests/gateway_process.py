"""A gateway of one's own: ``msa serve`` with an embedded database, as a subprocess."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from loadtests.machine import Cores, pin
from loadtests.usage import Watched

START_DEADLINE_S: Final = 90.0
STOP_DEADLINE_S: Final = 30.0
LOG_SHOWN: Final = 2_000


class GatewayFailed(Exception):
    """The gateway did not start, or a command of it failed; the message ends with what it printed."""


@dataclass(frozen=True, slots=True)
class Target:
    """The gateway under load. ``ready_s`` is from the start of its process to ready."""

    url: str
    environment: Mapping[str, str]
    watched: Watched
    ready_s: float | None = None


def msa() -> str:
    """Return the ``msa`` command that was installed with this program."""
    beside = Path(sys.executable).with_name("msa")
    found = str(beside) if beside.exists() else shutil.which("msa")
    if found is None:
        raise GatewayFailed("the msa command is not installed")
    return found


def existing(url: str, pid: int | None) -> Target:
    """Return a gateway that runs already; CPU and memory are measured where ``pid`` is given."""
    return Target(url.rstrip("/"), dict(os.environ), Watched(pid))


class Gateway:
    """A gateway of one's own on the database in a directory; always on the same port.

    ``settings`` are further ``MSA_*`` variables.
    """

    def __init__(self, directory: Path, cores: Cores, settings: Mapping[str, str]) -> None:
        self._directory = directory
        self._cores = cores
        self._port = _free_port()
        self._process: Process | None = None
        self.log = directory / "gateway.log"
        self._environment = {
            **os.environ,
            **settings,
            "MSA_DATA_DIR": str(directory),
            "MSA_HOST": "127.0.0.1",
            "MSA_PORT": str(self._port),
            "MSA_NODE": "loadtest",
        }
        self._environment.pop("MSA_DATABASE_URL", None)

    async def start(self) -> Target:
        """Start it and wait until it is ready.

        Raises:
            GatewayFailed: it did not become ready.
        """
        with self.log.open("ab") as log:
            began = perf_counter()
            self._process = await asyncio.create_subprocess_exec(
                msa(), "serve", env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        pin(self._process.pid, self._cores.gateway)  # before it has started threads or its database
        await self._ready(self._process)
        watched = Watched(self._process.pid, _postmaster(self._directory))
        return Target(f"http://127.0.0.1:{self._port}", self._environment, watched, perf_counter() - began)

    async def kill(self) -> None:
        """End it as a crash would; its database goes on."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """Stop it, and with it its database."""
        process = self._process
        if process is None:
            return
        if process.returncode == -signal.SIGKILL:  # its database still runs; the next one takes it over
            await self.start()
            process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_DEADLINE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _ready(self, process: Process) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_DEADLINE_S):
                while process.returncode is None:
                    if await _answers(self._port):
                        return
                    await asyncio.sleep(0.01)
        raise GatewayFailed(f"the gateway did not start:\n{_end_of(self.log)}")


@asynccontextmanager
async def stopping(gateway: Gateway) -> AsyncIterator[Gateway]:
    """Stop the gateway at the end of the block, whatever state it is in."""
    try:
        yield gateway
    finally:
        await gateway.stop()


async def _answers(port: int) -> bool:
    """Ask once whether the gateway is ready."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).split()[1:2] == [b"200"]
    except OSError:
        return False
    finally:
        writer.close()


def _postmaster(directory: Path) -> int | None:
    """Read the process id of the embedded database's server, where it keeps it."""
    for pid_file in directory.glob("postgres/*/postmaster.pid"):
        return int(pid_file.read_text().partition("\n")[0])
    return None


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_SHOWN:]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
