"""Two nodes that hint to each other over NATS instead of NOTIFY."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from dispatch import timing
from gateway.domain import moving
from gateway.drill.proxy import postgres_proxy
from gateway.store.connect import connected
from tests.support.gateway import Companion, RawConsole, Running, running
from tests.support.nats_server import nats_server
from tests.support.wait import until

RINGS: Final = 5
RING_S: Final = 6.0
LISTENING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = 'msa doorbell'"""


async def _doorbell(node: Running, up: int) -> bool:
    return f"msa_doorbell_up {up}.0" in (await node.http.get(f"{node.url}/metrics")).text


async def test_a_press_on_one_node_is_on_the_others_console_by_nats_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "POLL_S", 3600.0)
    async with (
        nats_server(tmp_path) as nats,
        running(database, tmp_path, node="a", nats_urls=(nats.url,)) as a,
        running(database, tmp_path, node="b", nats_urls=(nats.url,)) as b,
    ):
        companion = await a.a_companion()
        await until("the other node listens", lambda: _doorbell(b, 1))
        await until("this one speaks", lambda: _doorbell(a, 1))
        async with connected(database, application_name="test") as connection:
            assert await connection.fetchval(LISTENING) == 0
        async with b.console(await b.a_session()) as console:
            await console.attached()
            event = await _pressed_until_heard(a, companion, console)
            assert event["kind"] == "alarm.raised"


async def _pressed_until_heard(node: Running, companion: Companion, console: RawConsole) -> dict[str, Any]:
    """Press again where a database that was too busy did not answer at a ring: no poll follows here."""
    for _ in range(RINGS):
        (await node.press(companion)).raise_for_status()
        with suppress(TimeoutError):
            async with asyncio.timeout(RING_S):
                return await console.next("event")
    raise AssertionError("no ring was heard")


async def test_without_its_server_the_poll_carries_the_press(database: str, tmp_path: Path) -> None:
    async with (
        nats_server(tmp_path) as nats,
        running(database, tmp_path, node="a", nats_urls=(nats.url,)) as a,
        running(database, tmp_path, node="b", nats_urls=(nats.url,)) as b,
    ):
        companion = await a.a_companion()
        async with b.console(await b.a_session()) as console:
            await console.attached()
            nats.freeze()  # which no node knows yet
            receipt = (await a.press(companion)).json()
            assert (await console.next("event"))["alarm"]["alarm_id"] == receipt["alarm_id"]
            nats.thaw()
            nats.kill()
            await until("it is lost", lambda: _doorbell(b, 0))
            assert (await a.press(companion)).status_code == 201
            assert (await console.next("event"))["alarm"]["alarm_id"] == receipt["alarm_id"]


async def test_consoles_of_a_node_that_alone_is_cut_from_the_database_go_to_the_other(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "EDGE_NOTICES_S", 0.1)
    async with (
        nats_server(tmp_path) as nats,
        postgres_proxy(database, tmp_path) as link,
        running(link.url, tmp_path, node="a", nats_urls=(nats.url,)) as a,
        running(database, tmp_path, node="b", nats_urls=(nats.url,)) as b,
        a.console(await b.a_session()) as console,
    ):
        await console.attached()
        await until("the one speaks", lambda: _doorbell(b, 1))
        await until("the other listens", lambda: _doorbell(a, 1))
        link.cut()
        await console.next("reconnect")
        cut = await a.http.get(f"{a.url}/readyz")
        assert (cut.status_code, cut.json()["cut_off"]) == (503, True)
        assert (await b.http.get(f"{b.url}/readyz")).status_code == 200
        link.heal()
        await until("it takes part again", lambda: _is_ready(a))
        await until("it says how many", lambda: _moved(a))


async def _moved(node: Running) -> bool:
    return "msa_consoles_moved_total 1.0" in (await node.http.get(f"{node.url}/metrics")).text


async def _is_ready(node: Running) -> bool:
    return (await node.http.get(f"{node.url}/readyz")).status_code == 200
