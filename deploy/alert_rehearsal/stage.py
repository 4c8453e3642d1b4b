"""What is broken in a rehearsal: a database with its standby, two nodes, a canary, a person at a desk."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from pydantic import SecretStr

from deploy.alert_rehearsal.telling import Watch, watched, write_targets
from gateway.demo.stage import made_anew
from gateway.drill.history import History
from gateway.drill.seat import Seat
from gateway.drill.stage import Account
from gateway.drill.standby import Standby, made_synchronous
from gateway.settings import Settings
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.sealing import make_key_file
from schemas.commands import Acknowledge
from schemas.frames import Refused
from tests.support.gateway import Companion, Running
from tests.support.mail_server import Mailbox, a_mail_server
from tests.support.processes import MSA, ROOT, Node, environment, free_port

CENTRE: Final = "BE-VOV"
MAILED: Final = "BE-VAN"
"""Its reports and notices go out by mail."""

HOSTS: Final = ("127.0.0.1", "127.0.0.2")
SEEN_S: Final = 20.0
LADDER: Final = """
[default]
levels = [{step = "remind", after_s = 5}, {step = "webhook", after_s = 20}]
lapse_s = 3600
"""
SPOOL_DISK_BYTES: Final = 16 * 2**20
SECRET: Final = "whsec_" + "A" * 43 + "="


@dataclass(kw_only=True)
class Stage:
    """Everything there is, for a fault to take hold of."""

    directory: Path
    server: EmbeddedPostgres
    standby: Standby | None
    nodes: tuple[Node, Node]
    running: Running
    canary: "Canary"
    mailbox: Mailbox
    watch: Watch
    account: Account
    exits: AsyncExitStack
    desk: Seat | None = None
    raised: list[UUID] = field(default_factory=list)
    held: dict[str, Any] = field(default_factory=dict)
    spool_disk_bytes: int = SPOOL_DISK_BYTES
    _leave: AsyncExitStack | None = None

    async def sit_down(self) -> None:
        """Have an operator attend the centre, at whichever node lives."""
        self._leave = AsyncExitStack()
        urls = [node.url for node in self.nodes]
        self.desk = await self._leave.enter_async_context(Seat.taken(self.account, urls, History()))

    async def stand_up(self) -> None:
        """Have her leave."""
        if self._leave is not None:
            await self._leave.aclose()
        self.desk = self._leave = None

    async def raise_alarm(self, companion: Companion | None = None) -> UUID:
        """Press; return the alarm."""
        answer = await self.running.press(companion or await self.running.a_companion(CENTRE))
        answer.raise_for_status()
        self.raised.append(UUID(answer.json()["alarm_id"]))
        return self.raised[-1]

    async def msa(self, *words: str) -> None:
        """Run an ``msa`` command with the first node's settings. Raises ``RuntimeError`` when it fails."""
        run = await asyncio.create_subprocess_exec(
            *MSA,
            *words,
            env=environment(**self.nodes[0].variables),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, error = await run.communicate()
        if run.returncode:
            raise RuntimeError(f"msa {' '.join(words)}: {error.decode()[-300:]}")

    async def answer_all(self) -> None:
        """Take every alarm that was raised."""
        assert self.desk is not None  # noqa: S101 (she sits whenever this is called)
        desk = self.desk
        for alarm_id in self.raised:
            await desk.look(lambda alarm_id=alarm_id: desk.alarm(alarm_id) is not None, SEEN_S)  # type: ignore[misc] # the default binds it
            alarm = desk.alarm(alarm_id)
            if alarm is not None and alarm.state == "raised":
                command = Acknowledge(request_id=uuid4(), alarm_id=alarm_id, expected_version=alarm.version)
                answered = await desk.do(command)
                if isinstance(answered, Refused):
                    raise RuntimeError(f"the alarm could not be taken: {answered.problem}")
        self.raised.clear()


class Canary:
    """The canary's process."""

    def __init__(self, directory: Path, nodes: tuple[Node, Node]) -> None:
        self.port = free_port()
        self._directory = directory
        self._nodes = nodes
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> None:
        """Start it, for more addresses than the nodes' too; its log is ``canary.log``."""
        urls = (*(node.url for node in self._nodes), *more)
        named = [word for url in urls for word in ("--node", url)]
        with (self._directory / "canary.log").open("ab") as log:
            self._process = subprocess.Popen(
                (*MSA, "canary", "run", *named, "--port", str(self.port)),
                cwd=ROOT,
                env=environment(**self._nodes[0].variables),
                stdout=log,
                stderr=log,
            )

    def end(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)


@asynccontextmanager
async def staged(directory: Path, scale: float, *, with_standby: bool) -> AsyncIterator[Stage]:
    """Build all of it for a ``with`` block; the canaries have come through once when it begins."""
    async with AsyncExitStack() as exits:
        options = {"max_notify_queue_pages": "64"}
        server = exits.enter_context(EmbeddedPostgres(directory / "primary", options=options))
        database = await made_anew(server, "rehearsal")
        standby = None
        if with_standby:
            standby = exits.enter_context(Standby(directory / "standby", server))
            await made_synchronous(server)
        mailbox = await exits.enter_async_context(a_mail_server())
        nodes = _nodes(directory, database, mailbox.port)
        exits.enter_context(_small_disk(directory / "spool-b"))
        for node in nodes:
            exits.callback(node.kill)
            exits.callback(node.thaw)
            node.spawn()
        await asyncio.gather(*(node.ready() for node in nodes))
        canary = Canary(directory, nodes)
        exits.callback(canary.end)
        ports = (free_port(), free_port())
        (directory / "targets").mkdir()
        write_targets(directory / "targets", "gateway", *(f"{node.url[7:]}" for node in nodes))
        write_targets(directory / "targets", "canary", f"127.0.0.1:{canary.port}")
        watch = await exits.enter_async_context(watched(directory, ports, scale))
        running = await exits.enter_async_context(_running(database, directory, nodes[0]))
        account = Account(name="desk", centre=CENTRE, cookie=await running.a_session(CENTRE, hours=12))
        stage = Stage(
            directory=directory,
            server=server,
            standby=standby,
            nodes=nodes,
            running=running,
            canary=canary,
            mailbox=mailbox,
            watch=watch,
            account=account,
            exits=exits,
        )
        exits.push_async_callback(stage.stand_up)
        await stage.msa("canary", "setup")
        canary.start()
        await stage.sit_down()
        yield stage


def _nodes(directory: Path, database: str, mail_port: int) -> tuple[Node, Node]:
    make_key_file(directory / "kek")
    (directory / "responses.toml").write_text(LADDER)
    secret = directory / "secret"
    secret.touch(0o600)
    secret.write_text(SECRET)
    made = []
    for name, host in zip(("a", "b"), HOSTS, strict=True):
        (directory / f"spool-{name}").mkdir(0o700)
        node = Node(name, database, directory)
        node.url = f"http://{host}:{node.port}"
        node.settings = {
            "MSA_HOST": host,
            "MSA_SPOOL_DIR": str(directory / f"spool-{name}"),
            "MSA_ESCALATION_WEBHOOK": f"http://127.0.0.1:{free_port()}/nobody-listens",
            "MSA_ESCALATION_WEBHOOK_SECRET_FILE": str(secret),
            "MSA_RECEIVER_LOOPBACK": "true",
            "MSA_HEARTBEAT_S": "5",
            "MSA_HEARTBEAT_ALARM_S": "5",
            "MSA_LINK_LOSS_S": "30",
            "MSA_LINK_LOSS_ALARM_S": "30",
            "MSA_SMTP_HOST": "127.0.0.1",
            "MSA_SMTP_PORT": str(mail_port),
            "MSA_SMTP_TLS": "none",
            "MSA_MAIL_FROM": "gateway@msa.example",
            "MSA_REPORT_MAIL": f"{MAILED}=team@police.example",
            "MSA_REPORT_AT": "00:00",
        }
        made.append(node)
    return made[0], made[1]


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Give a folder a disk of its own, in memory, where that is allowed (as root)."""
    size = f"size={SPOOL_DISK_BYTES},mode=0700"
    mount = ("mount", "-t", "tmpfs", "-o", size, "msa-alerts", str(folder))
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(("umount", "--lazy", str(folder)), check=False)


@asynccontextmanager
async def _running(database: str, directory: Path, node: Node) -> AsyncIterator[Running]:
    settings = Settings(
        database_url=SecretStr(database), data_dir=directory, key_file=directory / "kek", log_level="error"
    )
    nothing = asyncio.create_task(asyncio.sleep(0), name=f"stands for node {os.getpid()}")
    async with httpx.AsyncClient(timeout=10) as http:
        yield Running(url=node.url, database=database, settings=settings, http=http, node=nothing)
