"""Two real nodes, their canary, a load and a Prometheus that looks on, for as long as a picture needs.

PostgreSQL has a synchronous standby. The load is ``msa loadtest``: its profile ``soak`` (presses, two
operators who answer them, consoles, heartbeats, positions), and ``doors`` beside it for the last minute
(events of other systems, and alarms that nobody answers). Before that minute PostgreSQL is killed, and
back after a quarter of a minute. All is this machine's, made anew, and ended.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from deploy.a_prometheus import Prometheus, a_prometheus
from deploy.ensure_tools import found
from gateway.demo.programs import program
from gateway.demo.stage import made_anew
from gateway.drill.standby import Standby, made_synchronous
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.sealing import make_key_file

SCRAPED_S: Final = 5.0
START_S: Final = 60.0
CANARY_PORT: Final = 8113
SOAK: Final = ("--profile", "soak", "--rate", "0.5", "--companions", "40", "--consoles", "12")
DOORS: Final = (
    "--profile",
    "doors",
    "--rate",
    "1",
    "--companions",
    "10",
    "--consoles",
    "2",
    "--seconds",
    "5",
)
DOORS_LAST_S: Final = 60.0
AWAY_S: Final = 15.0


@asynccontextmanager
async def a_run(
    directory: Path,
) -> AsyncIterator[tuple[Prometheus, Mapping[str, str], EmbeddedPostgres]]:
    """Start everything but the load; yield Prometheus, the settings of a node on that database, and it.

    Raises:
        FileNotFoundError: there is no Prometheus; ``python deploy/ensure_tools.py`` fetches one.
    """
    prometheus = found("prometheus")
    if prometheus is None:
        raise FileNotFoundError("no prometheus: python deploy/ensure_tools.py")
    key_file = directory / "kek"
    make_key_file(key_file)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(EmbeddedPostgres(directory / "cluster"))
        stack.enter_context(Standby(directory / "standby", server))
        await made_synchronous(server)
        settings = {
            "MSA_DATABASE_URL": await made_anew(server, "pictures"),
            "MSA_KEY_FILE": str(key_file),
            "MSA_DATA_DIR": str(directory),
            "MSA_LOG_LEVEL": "warning",
        }
        urls = [await stack.enter_async_context(_node(name, settings, directory)) for name in ("a", "b")]
        await stack.enter_async_context(_canaries(urls, settings, directory))
        targets = {
            "msa-gateway": [urlsplit(url).netloc for url in urls],
            "msa-canary": [f"127.0.0.1:{CANARY_PORT}"],
        }
        asked = a_prometheus(prometheus, directory, targets, every_s=SCRAPED_S)
        yield await stack.enter_async_context(asked), {**settings, "URL": urls[0]}, server


async def load(
    settings: Mapping[str, str], seconds: float, directory: Path, server: EmbeddedPostgres
) -> None:
    """Load the first node for so long, once without its database; its people are made first."""
    variables = {name: value for name, value in settings.items() if name != "URL"}

    async def loaded(*words: str) -> None:
        await _through("loadtest", *words, "--url", settings["URL"], settings=variables, directory=directory)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loaded(*SOAK, "--seconds", f"{seconds:g}"))
        await asyncio.sleep(max(0.0, seconds - DOORS_LAST_S - 2 * AWAY_S))
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(AWAY_S)
        await asyncio.to_thread(server.start)
        await asyncio.sleep(AWAY_S)
        await loaded(*DOORS)


@asynccontextmanager
async def _node(name: str, settings: Mapping[str, str], directory: Path) -> AsyncIterator[str]:
    own = {"MSA_NODE": name, "MSA_PORT": "0", "MSA_SPOOL_DIR": str(directory / f"spool-{name}")}
    log = str(directory / f"node-{name}.log")
    async with program("serve", environment={**settings, **own}, log=log) as node:
        yield str((await node.heard("started", START_S))["url"])


@asynccontextmanager
async def _canaries(urls: list[str], settings: Mapping[str, str], directory: Path) -> AsyncIterator[None]:
    await _through("canary", "setup", "--json", settings=settings, directory=directory)
    nodes = [word for url in urls for word in ("--node", url)]
    words = ("run", *nodes, "--port", str(CANARY_PORT))
    async with program("canary", *words, environment=settings, log=str(directory / "canary.log")):
        yield


async def _through(name: str, *words: str, settings: Mapping[str, str], directory: Path) -> None:
    """Run one command to its end."""
    log = str(directory / f"{name}.log")
    async with program(name, *words, environment=settings, log=log) as running:
        async for _ in running.lines():
            pass
