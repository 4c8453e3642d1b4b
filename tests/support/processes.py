"""Real ``msa serve`` processes on one database: started, killed, frozen and started again by pid."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import IO, Final

import httpx
from pydantic import SecretStr

from gateway.settings import Settings
from gateway.store.sealing import make_key_file
from tests.support import forking
from tests.support.forking import Forked
from tests.support.gateway import People
from tests.support.wait import until

ROOT: Final = Path(__file__).parents[2]
START_S: Final = 120.0
"""Until a node is ready: two seconds alone, far more when every core runs another test; nothing else
makes it so meanwhile."""

END_S: Final = 10.0
PATIENT: Final = """
[default]
levels = [{step = "remind", after_s = 3600}]
lapse_s = 3600
"""
"""So that a test on a slow machine does not see alarms climb; those about climbing say otherwise."""

MSA: Final = (sys.executable, "-c", "from gateway.cli import main; main()")


def free_port() -> int:
    """Return a TCP port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without its own ``MSA_*``, changed as said."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MSA_")}
    return {**inherited, "PYTHONPATH": str(ROOT), **changes}


class Node:
    """One gateway process. Its port stays when it is started again."""

    def __init__(self, name: str, database: str, directory: Path) -> None:
        self.name = name
        self.database = database
        self.settings: dict[str, str] = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def log_file(self) -> Path:
        """What the node printed, over all its lives."""
        return self._directory / f"{self.name}.log"

    @property
    def variables(self) -> dict[str, str]:
        """Its settings as environment variables, for other commands on the same database too."""
        return {
            "MSA_DATABASE_URL": self.database,
            "MSA_DATA_DIR": str(self._directory),
            "MSA_KEY_FILE": str(self._directory / "kek"),
            "MSA_PORT": str(self.port),
            "MSA_NODE": self.name,
            "MSA_SPOOL_DIR": str(self._directory / f"spool-{self.name}"),
            "MSA_LOG_LEVEL": "warning",
            "MSA_RESPONSES": str(self._directory / "responses.toml"),
            **self.settings,
        }

    @property
    def alive(self) -> bool:
        """Whether the process runs (or stands frozen)."""
        return self._process is not None and self._process.poll() is None

    def spawn(self, fault: str | None = None) -> None:
        """Start the process; ``fault`` is ``point:count``, where it shall kill itself."""
        with self.log_file.open("ab") as log:
            if fault is None:
                self._process = forking.serve(environment(**self.variables), log)
            else:  # read while the gateway is imported
                faults = {"MSA_FAULT": fault, "MSA_ALLOW_FAULTS": "yes"}
                self._process = _spawn(environment(**self.variables, **faults), log)

    async def ready(self) -> None:
        """Wait until the node can commit presses."""
        async with httpx.AsyncClient() as http:

            async def answers() -> bool:
                if not self.alive:
                    raise AssertionError(f"{self.name} ended: {self.log_file.read_text()}")
                try:
                    return (await http.get(f"{self.url}/readyz", timeout=1)).status_code == 200
                except httpx.HTTPError:
                    return False

            await until(f"{self.name} is ready", answers, START_S)

    async def start(self, fault: str | None = None) -> None:
        """Start the process and wait until it is ready."""
        self.spawn(fault)
        await self.ready()

    def kill(self) -> None:
        """SIGKILL: no goodbye to anybody."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(END_S)

    def stop(self) -> None:
        """SIGTERM: the node says goodbye and ends."""
        self._signal(signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP: its sockets stay open and silent."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    async def ended(self, within_s: float = 20.0) -> int:
        """Wait for the process to end by itself; return its exit status (negative: the signal)."""
        await until(f"{self.name} ends", lambda: not self.alive, within_s)
        assert self._process is not None
        assert self._process.returncode is not None
        return self._process.returncode

    async def metric(self, line: str) -> float:
        """Return one sample of ``/metrics``, named with its labels; 0 when it is not there."""
        async with httpx.AsyncClient() as http:
            text = (await http.get(f"{self.url}/metrics", timeout=5)).text
        return next((float(row.rpartition(" ")[2]) for row in text.splitlines() if row.startswith(line)), 0.0)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


def _spawn(env: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen((*MSA, "serve"), cwd=ROOT, env=env, stdout=log, stderr=log)


class Cluster:
    """The nodes of one test, and the people they serve."""

    def __init__(self, nodes: tuple[Node, ...], people: People) -> None:
        self.nodes = nodes
        self.people = people

    @property
    def urls(self) -> tuple[str, ...]:
        """Every node's address."""
        return tuple(node.url for node in self.nodes)


@asynccontextmanager
async def cluster(
    database: str,
    directory: Path,
    *,
    faults: dict[str, str] | None = None,
    databases: dict[str, str] | None = None,
    public: bool = False,
    responses: str = PATIENT,
) -> AsyncIterator[Cluster]:
    """Run nodes ``a`` and ``b`` on one database; when the block ends, their logs are printed.

    ``faults`` gives a node its ``MSA_FAULT``; ``databases`` gives it another way to the database.
    ``public`` nodes tell each companion that enrols of all of them; ``responses`` is how centres answer.
    """
    make_key_file(directory / "kek")
    (directory / "responses.toml").write_text(responses, encoding="utf-8")
    ways = databases or {}
    nodes = tuple(Node(name, ways.get(name, database), directory) for name in ("a", "b"))
    settings = Settings(
        database_url=SecretStr(database), data_dir=directory, key_file=directory / "kek", log_level="error"
    )
    async with AsyncExitStack() as stack:
        for node in nodes:
            if public:
                node.settings["MSA_PUBLIC_URLS"] = ",".join(each.url for each in nodes)
            stack.callback(_end, node)
            node.spawn((faults or {}).get(node.name))
        await asyncio.gather(*(node.ready() for node in nodes))
        yield Cluster(nodes, People(database=database, settings=settings))


def _end(node: Node) -> None:
    node.thaw()
    node.kill()
    print(f"--- log of node {node.name}\n{node.log_file.read_text()}")  # noqa: T201 (pytest shows it)
