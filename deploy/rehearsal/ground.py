"""The whole deployment on its machines: databases, bus, edge and two gateways from a wheel."""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.rehearsal import edge
from deploy.rehearsal.database import Cluster
from deploy.rehearsal.network import Link, enter, listening, network
from deploy.rehearsal.people import People, gathered
from deploy.rehearsal.programs import Program, Programs, kept_environment, programs
from deploy.rehearsal.wheels import Installed
from gateway.drill.history import History, Try
from gateway.settings import Settings
from gateway.store.sealing import make_key_file

GATEWAYS: Final = ("gw1", "gw2")
AGREEING: Final = ("db1", "db2", "bus")
READY_S: Final = 40.0
LOOK_S: Final = 0.05
DRAIN_S: Final = 4
"""``MSA_DRAIN_S`` for deploy/edge/Caddyfile: its health_interval, its health_timeout, and a second."""
KNOWN_S: Final = 3.0
"""The edge knows by then that both nodes are ready, and spreads consoles over them."""


@dataclass(slots=True, kw_only=True)
class Ground:
    """Everything that stands, and what the clients see of it."""

    directory: Path
    links: dict[str, Link]
    programs: Programs
    cluster: Cluster
    bus: Program
    url: str
    environment: dict[str, str]
    people: People
    say: Callable[[str], None]
    held: dict[str, socket.socket] = field(default_factory=dict)
    gateways: dict[str, Program] = field(default_factory=dict)
    history: History = field(default_factory=History)
    earlier: list[Try] = field(default_factory=list)

    async def start_gateway(self, name: str, version: Installed) -> float:
        """Start a node and wait until it is ready; return how long that took (s). Raises ``TimeoutError``."""
        link = self.links[name]
        loop = asyncio.get_running_loop()
        begun = loop.time()
        spool = self.directory / name / "spool"
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment = {
            **self.environment,
            "MSA_HOST": link.address,
            "MSA_PORT": str(edge.NODE_PORT),
            "MSA_NODE": name,
            "MSA_DATA_DIR": str(self.directory / name),
            "MSA_SPOOL_DIR": str(spool),
        }
        words = [version.msa, "serve"]
        held = self.held.get(name)
        self.gateways[name] = (
            self.programs.start(f"gateway-{name}", link, words, environment)
            if held is None
            else self.programs.start_activated(f"gateway-{name}", link, words, environment, held.fileno())
        )
        await self.until_ready(name)
        return loop.time() - begun

    async def until_ready(self, name: str, within_s: float = READY_S) -> None:
        """Wait until a node says that it is ready. Raises ``TimeoutError``, ``RuntimeError`` if it ended."""
        async with asyncio.timeout(within_s):
            while (await asyncio.to_thread(edge.ready, self.links[name]))[0] != 200:
                if not self.gateways[name].runs:
                    raise RuntimeError(f"gateway {name} ended; see {self.gateways[name].log}")
                await asyncio.sleep(LOOK_S)

    async def until_unready(self, name: str, within_s: float) -> float | None:
        """Wait until a node says that it is not ready, or nothing; return after how long (s)."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() < begun + within_s:
            if (await asyncio.to_thread(edge.ready, self.links[name]))[0] != 200:
                return loop.time() - begun
            await asyncio.sleep(LOOK_S)
        return None

    def msa(self, version: Installed, *words: str) -> str:
        """Run a command of the installed gateway on the client's machine. Raises ``RuntimeError``."""
        return run_msa(version, {**self.environment, "MSA_DATA_DIR": str(self.directory / "client")}, *words)


def run_msa(version: Installed, environment: dict[str, str], *words: str) -> str:
    """Run a command of an installed gateway; return what it printed. Raises ``RuntimeError``."""
    done = subprocess.run(
        [version.msa, *words],
        check=False,
        capture_output=True,
        text=True,
        env={**kept_environment(), **environment},
    )
    if done.returncode:
        raise RuntimeError(f"msa {' '.join(words)}: {done.stderr.strip()[-600:]}")
    return done.stdout


@asynccontextmanager
async def standing(
    directory: Path,
    version: Installed,
    say: Callable[[str], None],
    *,
    databases: Sequence[str],
    companions: int,
    seats: int,
    held: bool = False,
) -> AsyncIterator[Ground]:
    """Have everything stand for a block; this process's own sockets are on the client's machine.

    With ``held`` the nodes' listening sockets are held for them, as systemd does.
    """
    async with AsyncExitStack() as stack:
        links = stack.enter_context(network(["client", "edge", *GATEWAYS, *databases, "bus"]))
        enter(links["client"])
        running = stack.enter_context(programs(directory / "logs"))
        machines = {name: links[name] for name in databases}
        agreeing = {name: links[name] for name in ("bus", *databases)} if len(databases) == 2 else machines
        cluster = Cluster(running, machines, agreeing, directory)
        say(f"PostgreSQL on {', '.join(databases)}, agreed by etcd on {', '.join(agreeing)}")
        await cluster.start()
        bus, nats = edge.start_bus(running, links["bus"])
        url = edge.start_edge(running, links["edge"], [links[name] for name in GATEWAYS], directory)
        os.environ["SSL_CERT_FILE"] = str(directory / "ca.pem")
        environment = {
            "MSA_DATABASE_URL": cluster.url,
            "MSA_KEY_FILE": str(directory / "kek"),
            "MSA_PUBLIC_URLS": url,
            "MSA_NATS_URLS": nats,
            "MSA_DRAIN_S": str(DRAIN_S),
            "MSA_DATA_DIR": str(directory / "client"),
        }
        (directory / "client").mkdir(exist_ok=True)
        make_key_file(directory / "kek")
        say("the schema, the files, the people")
        await asyncio.to_thread(run_msa, version, environment, "db", "migrate")
        settings = Settings(
            database_url=cluster.url,
            key_file=directory / "kek",
            data_dir=directory / "client",
        )
        people = await gathered(settings, companions, seats)
        ground = Ground(
            directory=directory,
            links=links,
            programs=running,
            cluster=cluster,
            bus=bus,
            url=url,
            environment=environment,
            people=people,
            say=say,
        )
        for name in GATEWAYS if held else ():
            ground.held[name] = stack.enter_context(listening(links[name], edge.NODE_PORT))
        for name in GATEWAYS:
            took_s = await ground.start_gateway(name, version)
            say(f"{name} is ready after {took_s:.1f} s")
        await asyncio.sleep(KNOWN_S)
        await _edge_lets_in(ground)
        yield ground


async def _edge_lets_in(ground: Ground) -> None:
    newest, refused = await asyncio.to_thread(
        edge.tls_version, ground.links["edge"].address, ground.directory / "ca.pem"
    )
    ground.say(f"the edge speaks {newest}; TLS 1.2 is answered {refused or 'as well, which is wrong'}")
    if newest != "TLSv1.3" or refused is None:
        raise RuntimeError("the edge does not hold to TLS 1.3")
