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
from typing import IO, Final

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


@asynccontextmanager
async def serving(directory: Path, cores: Cores) -> AsyncIterator[Target]:
    """Run a gateway on the database in ``directory`` until the block ends.

    Raises:
        GatewayFailed: it did not become ready.
    """
    port = _free_port()
    environment = {
        **os.environ,
        "MSA_DATA_DIR": str(directory),
        "MSA_HOST": "127.0.0.1",
        "MSA_PORT": str(port),
        "MSA_NODE": "loadtest",
    }
    environment.pop("MSA_DATABASE_URL", None)
    log_path = directory / "gateway.log"
    with log_path.open("wb") as log:
        began = perf_counter()
        process = await _start(environment, cores, log)
        try:
            await _ready(process, port, log_path)
            ready_s = perf_counter() - began
            watched = Watched(process.pid, _postmaster(directory))
            yield Target(f"http://127.0.0.1:{port}", environment, watched, ready_s)
        finally:
            await _stop(process)


async def _start(environment: Mapping[str, str], cores: Cores, log: IO[bytes]) -> Process:
    process = await asyncio.create_subprocess_exec(
        msa(), "serve", env=environment, stdout=log, stderr=log, start_new_session=True
    )
    pin(process.pid, cores.gateway)  # before it has started threads or its database
    return process


async def _ready(process: Process, port: int, log: Path) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_DEADLINE_S):
            while process.returncode is None:
                if await _answers(port):
                    return
                await asyncio.sleep(0.01)
    raise GatewayFailed(f"the gateway did not start:\n{_end_of(log)}")


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


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_DEADLINE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


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
