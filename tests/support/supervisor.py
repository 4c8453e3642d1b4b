"""A service manager in small: it holds the listening sockets, starts a node on them and hears how it is."""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from tests.support.processes import END_S, ROOT, START_S, environment
from tests.support.wait import until

ABOVE: Final = 20
"""Where the sockets are kept here: above those that the node is given them as."""

HAND_OVER: Final = """
import os, sys
for index, descriptor in enumerate(sys.argv[1].split(",")):
    os.dup2(int(descriptor), 3 + index)
os.environ["LISTEN_PID"] = str(os.getpid())
sys.argv[1:] = ["serve"]
from gateway.cli import main
main()
"""


class Supervisor:
    """One service: its sockets by name, what it said, and the process that runs it now."""

    def __init__(self, directory: Path, variables: dict[str, str], *names: str) -> None:
        self.sockets = {name: socket.create_server(("127.0.0.1", 0), backlog=128) for name in names}
        self.said: list[str] = []
        self._log_file = directory / "supervised.log"
        self._variables = variables
        self._notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notified.setblocking(False)
        self._address = str(directory / "notify")
        self._notified.bind(self._address)
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        """Where one of the sockets is."""
        return f"http://127.0.0.1:{self.sockets[name].getsockname()[1]}"

    async def start(self) -> None:
        """Start a process on the sockets; wait until it says that it is ready."""
        before = self.said.count("READY=1")
        kept = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, ABOVE) for one in self.sockets.values()]
        with self._log_file.open("ab") as log:
            self._process = _spawn(self._environment(), kept, log)
        for descriptor in kept:
            os.close(descriptor)
        await until("it is ready", lambda: self._heard().count("READY=1") > before, START_S)

    async def restart(self) -> None:
        """End the process as systemd does, then start the next."""
        self.stop()
        await self.ended()
        await self.start()

    def stop(self) -> None:
        """SIGTERM."""
        assert self._process is not None
        self._heard()  # ten words are all that the queue holds
        self._process.send_signal(signal.SIGTERM)

    async def ended(self) -> None:
        """Wait for the process to end well."""
        process = self._process
        assert process is not None
        await until("it ends", lambda: bool(self._heard()) and process.poll() is not None, END_S)
        assert process.returncode == 0, self._log_file.read_text()

    def close(self) -> None:
        """Kill what runs, and let the sockets go."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for one in (*self.sockets.values(), self._notified):
            one.close()
        print(f"--- log of the supervised node\n{self._log_file.read_text()}")  # noqa: T201 (pytest shows it)

    def heard(self, state: str) -> int:
        """Return how often it said this."""
        return self._heard().count(state)

    def _heard(self) -> list[str]:
        try:
            while True:
                self.said.append(self._notified.recv(1024).decode())
        except BlockingIOError:
            return self.said

    def _environment(self) -> dict[str, str]:
        return environment(
            **self._variables,
            LISTEN_FDS=str(len(self.sockets)),
            LISTEN_FDNAMES=":".join(self.sockets),
            NOTIFY_SOCKET=self._address,
            WATCHDOG_USEC="200000",
        )


def _spawn(env: dict[str, str], descriptors: list[int], log: IO[bytes]) -> subprocess.Popen[bytes]:
    listed = ",".join(map(str, descriptors))
    command = (sys.executable, "-c", HAND_OVER, listed)
    return subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=descriptors, stdout=log, stderr=log)


@asynccontextmanager
async def supervised(directory: Path, variables: dict[str, str], *names: str) -> AsyncIterator[Supervisor]:
    """Run a node on held sockets for a ``with`` block."""
    supervisor = Supervisor(directory, variables, *names)
    try:
        await supervisor.start()
        yield supervisor
    finally:
        await asyncio.to_thread(supervisor.close)
