"""Nodes that end while companions press: nobody is refused, whoever holds the socket or looks at /readyz."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
from pydantic import SecretStr

from gateway.settings import Settings
from gateway.store.connect import connected
from gateway.store.sealing import make_key_file
from tests.acceptance.conftest import Stage
from tests.support.gateway import Companion, People, a_press
from tests.support.supervisor import supervised
from tests.support.wait import until

PATIENT_S = 60.0
"""A companion of these tests waits in the queue for as long as a busy machine needs to start a node."""

PRESSED = "SELECT count(*) FROM press"


class Crowd:
    """Companions that press one after the other, on kept connections and on new ones, and never again."""

    def __init__(self, companions: list[Companion], where: Callable[[], str]) -> None:
        self.taken = 0
        self.failed: list[str] = []
        self._where = where
        self._going = True
        self._tasks = [asyncio.create_task(self._press(one)) for one in companions]

    async def more(self, presses: int) -> None:
        wanted = self.taken + presses
        await until(f"{presses} more", lambda: self.taken >= wanted or bool(self.failed), PATIENT_S)

    async def stop(self) -> None:
        self._going = False
        await asyncio.gather(*self._tasks)

    async def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _press(self, companion: Companion) -> None:
        async with httpx.AsyncClient(timeout=PATIENT_S, verify=False) as kept:
            while self._going:
                await self._once(companion, kept)
                async with httpx.AsyncClient(timeout=PATIENT_S, verify=False) as new:
                    await self._once(companion, new)

    async def _once(self, companion: Companion, http: httpx.AsyncClient) -> None:
        url = f"{self._where()}/v1/presses"
        press = httpx.Request("POST", url, json=a_press())
        headers = {**companion.signed("POST", url, press.content), "content-type": "application/json"}
        try:
            answer = await http.post(url, content=press.content, headers=headers)
        except httpx.HTTPError as error:
            self.failed.append(type(error).__name__)
            return
        if answer.status_code == 201:
            self.taken += 1
        else:
            self.failed.append(str(answer.status_code))


@asynccontextmanager
async def a_crowd(companions: list[Companion], where: Callable[[], str]) -> AsyncIterator[Crowd]:
    crowd = Crowd(companions, where)
    try:
        yield crowd
    finally:
        await crowd.cancel()


async def test_a_node_restarted_under_load_on_a_held_socket_refuses_nobody(
    database: str, tmp_path: Path
) -> None:
    make_key_file(tmp_path / "kek")
    variables = {
        "MSA_DATABASE_URL": database,
        "MSA_DATA_DIR": str(tmp_path),
        "MSA_KEY_FILE": str(tmp_path / "kek"),
        "MSA_LOG_LEVEL": "warning",
    }
    settings = Settings(database_url=SecretStr(database), data_dir=tmp_path, key_file=tmp_path / "kek")
    people = People(database=database, settings=settings)
    companions = [await people.a_companion() for _ in range(3)]
    async with (
        supervised(tmp_path, variables, "http", "metrics") as node,
        a_crowd(companions, lambda: node.url("http")) as crowd,
    ):
        for _ in range(2):
            await crowd.more(30)
            await node.restart()
        await crowd.more(30)
        await crowd.stop()
        assert not crowd.failed
        async with connected(database, application_name="test") as connection:
            assert await connection.fetchval(PRESSED) == crowd.taken
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{node.url('http')}/metrics")).status_code == 404
            assert (await http.get(f"{node.url('http')}/readyz")).status_code == 200
            assert "msa_press_total" in (await http.get(f"{node.url('metrics')}/metrics")).text
            assert (await http.get(f"{node.url('metrics')}/readyz")).status_code == 200
            assert (await http.post(f"{node.url('metrics')}/v1/presses")).status_code == 404
        alive = node.heard("WATCHDOG=1")
        await until("it proves that it lives", lambda: node.heard("WATCHDOG=1") > alive)
        assert (node.heard("READY=1"), node.heard("STOPPING=1")) == (3, 2)


async def test_a_node_that_leaves_takes_what_comes_until_a_balancer_has_noticed(stage: Stage) -> None:
    chosen = [stage.a.url]

    async def looks_each_half_second() -> None:
        async with httpx.AsyncClient() as http:
            while chosen[0] == stage.a.url:
                with suppress(httpx.HTTPError):
                    if (await http.get(f"{stage.a.url}/readyz")).status_code == 503:
                        chosen[0] = stage.b.url
                await asyncio.sleep(0.5)

    companions = [await stage.cluster.people.a_companion() for _ in range(3)]
    async with a_crowd(companions, lambda: chosen[0]) as crowd:
        await crowd.more(30)
        looking = asyncio.create_task(looks_each_half_second())
        stage.a.stop()
        assert await stage.a.ended() == 0
        await looking
        await crowd.more(30)
        await crowd.stop()
        assert not crowd.failed
