"""Measure what the case teams' pages cost, on a gateway and a database of its own.

``python deploy/measure_casework.py`` makes 5,000 files, asks for the pages over HTTP as a browser does, and
seals a backlog of events; it prints each number beside what is wanted, and asserts nothing.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx

from deploy.casework_seed import CENTRE, add_events, seed
from gateway.clock import SystemClock
from gateway.demo.programs import program
from gateway.demo.stage import made_anew
from gateway.domain.casework.days import day_of
from gateway.http.principal import COOKIE
from gateway.settings import Settings
from gateway.store.connect import Pool, create_pool
from gateway.store.connect import Role as ConnectionRole
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.operators import Operators
from gateway.store.sealing import Keyring, make_key_file
from schemas.session import Role

FILES: Final = 5_000
ASKED: Final = 20
EVENTS: Final = 30_000
SEAL_POLL_S: Final = 0.05

PAGES: Final = (
    ("board of 5,000 files, all of them", "/v1/casework/board", 300),
    ("the same as its page asks first", "/v1/casework/board?limit=8", 300),
    ("list of files, the first 100", "/v1/registrations?limit=100", 300),
    ("one file", "/v1/registrations/{file}", 300),
    ("daily report of 500 files", "/v1/reports/daily/{day}?team=BE-6000", 10_000),
    ("the same as PDF", "/v1/reports/daily/{day}?team=BE-6000&format=pdf", 10_000),
)
"""What is asked for, and within how many ms it is wanted."""


async def main() -> None:
    """Print a line for each number."""
    with tempfile.TemporaryDirectory(prefix="msa-measure-") as kept, EmbeddedPostgres(Path(kept)) as server:
        settings = Settings(database_url=None, data_dir=Path(kept))
        make_key_file(settings.kek_file)
        database = await made_anew(server, "measured")
        async with create_pool(database, application_name="measure", role=ConnectionRole.TOOL) as pool:
            began = time.perf_counter()
            await seed(pool, Keyring.of(settings), FILES)
            print(f"{FILES} files made in {time.perf_counter() - began:.1f} s")
            async with _gateway(settings, database) as url, await _reader(pool, settings, url) as http:
                await _pages(http, pool)
                await _sealing(pool)


@asynccontextmanager
async def _gateway(settings: Settings, database: str) -> AsyncIterator[str]:
    environment = {
        "MSA_DATABASE_URL": database,
        "MSA_DATA_DIR": str(settings.data_dir),
        "MSA_KEY_FILE": str(settings.kek_file),
        "MSA_PORT": "0",
    }
    log = str(settings.data_dir / "gateway.log")
    async with program("serve", environment=environment, log=log) as running:
        yield (await running.heard("started", 60))["url"]


async def _reader(pool: Pool, settings: Settings, url: str) -> httpx.AsyncClient:
    """Sign in somebody who has every team of the centre."""
    operators = Operators(pool, SystemClock(), settings.session_hours)
    reader = await operators.add(
        "reader",
        name="Reader",
        roles=[Role.CASE_OFFICER],
        centres=[CENTRE],
        password_hash=None,
        zones=[f"BE-{6000 + place}" for place in range(10)],
    )
    token, _ = await operators.begin(reader)
    return httpx.AsyncClient(base_url=url, timeout=60, headers={"Cookie": f"{COOKIE}={token}"})


async def _pages(http: httpx.AsyncClient, pool: Pool) -> None:
    file = await pool.fetchval("SELECT registration_id FROM registration ORDER BY reference LIMIT 1")
    day = day_of(SystemClock().now())
    for name, path, wanted_ms in PAGES:
        size = 0

        async def asked(path: str = path) -> None:
            nonlocal size
            answer = await http.get(path.format(file=file, day=day))
            answer.raise_for_status()
            size = len(answer.content)

        took = [await _took_ms(asked) for _ in range(ASKED if wanted_ms < 1000 else 3)]
        _say(
            name, f"{statistics.median(took):.0f} ms (longest {max(took):.0f}), {size // 1000} kB", wanted_ms
        )


async def _sealing(pool: Pool) -> None:
    """Let the gateway seal a backlog, and count what it seals in a second."""
    await _sealed_within(pool, 60)
    async with pool.acquire() as database:
        await add_events(database, EVENTS)
    began = time.perf_counter()
    left = await _sealed_within(pool, 60)
    rate = (EVENTS - left) / (time.perf_counter() - began)
    print(f"{'sealing a backlog':32} {rate:,.0f} events/s (wanted 500)")


async def _sealed_within(pool: Pool, seconds: float) -> int:
    """Wait until everything is sealed; return what is not by then."""
    for _ in range(int(seconds / SEAL_POLL_S)):
        left: int = await pool.fetchval("SELECT records FROM unsealed()")
        if not left:
            return 0
        await asyncio.sleep(SEAL_POLL_S)
    return left


async def _took_ms(act: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


def _say(name: str, measured: str, wanted_ms: float) -> None:
    print(f"{name:32} {measured} (wanted {wanted_ms:.0f} ms)")


if __name__ == "__main__":
    asyncio.run(main())
