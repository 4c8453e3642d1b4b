"""``msa canary`` on running nodes: all the way, and what it says when the way is cut."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from gateway.canary import account as accounts
from gateway.canary.metrics import CanaryMetrics
from gateway.canary.probe import Prober, Stage
from gateway.canary.setup import set_up as making
from gateway.canary.watch import attached, for_ever, once, ways_of
from gateway.cli.support import Stores
from gateway.clock import SystemClock
from gateway.drill.phone import Phone
from gateway.drill.scene import stuck
from gateway.store.connect import connected, create_pool
from gateway.synthetic.door import a_press
from gateway.synthetic.wallet import Wallet
from tests.support import commands
from tests.support.commands import answer_of, msa
from tests.support.desk import a_desk
from tests.support.gateway import Running, running
from tests.support.processes import free_port
from tests.support.tasks import running as keeping
from tests.support.wait import until

LEFT_OPEN = "SELECT count(*) FROM alarm WHERE state <> 'closed'"
OUTCOMES = "SELECT DISTINCT purpose, state, life #>> '{closure,outcome}' FROM alarm"


def settings(node: Running) -> dict[str, str]:
    return {
        "MSA_DATABASE_URL": node.database,
        "MSA_KEY_FILE": str(node.settings.kek_file),
        "MSA_DATA_DIR": str(node.settings.data_dir),
    }


async def set_up(node: Running) -> Path:
    """Make the canaries; return the directory of their keys, left with two centres."""
    directory = Path(node.settings.data_dir) / "canary"
    async with create_pool(node.database, application_name="test") as pool:
        stores = Stores(node.settings, pool)
        await making(stores, stores.operators, directory)
    for companion in Wallet(directory).every():
        if companion.centre not in {"BE-VOV", "BE-WBR"}:
            (directory / f"{companion.registration_id}.companion.json").unlink()
    return directory


@asynccontextmanager
async def probing(directory: Path, *nodes: Running) -> AsyncIterator[Prober]:
    account = accounts.kept(directory)
    assert account is not None
    urls = {node.settings.node: node.url for node in nodes}
    async with attached(urls, Wallet(directory).every(), account) as prober:
        yield prober


async def test_a_canary_goes_all_the_way_through_each_node_to_the_consoles_of_both(
    database: str, tmp_path: Path
) -> None:
    async with (
        running(database, tmp_path, node="a") as a,
        running(database, tmp_path, node="b") as b,
        probing(await set_up(a), a, b) as prober,
    ):
        found = await once(prober)

        async def written() -> bool:
            async with connected(database, application_name="test") as connection:
                return bool(await connection.fetchval("SELECT count(*) FROM delivery") == len(found))

        await until("every delivery is written", written)
    assert {(one.node, one.centre) for one in found} == set(ways_of(("a", "b"), ("BE-VOV", "BE-WBR")))
    for one in found:
        assert one.failed is None, one
        assert set(one.console_s) == {"a", "b"}
        assert one.answered_s is not None
        assert one.commit_s is not None
        assert 0 < one.commit_s < one.answered_s
    async with connected(database, application_name="test") as connection:
        (outcome,) = await connection.fetch(OUTCOMES)
        assert tuple(outcome) == ("canary", "closed", "test")


async def test_the_command_says_how_it_went_and_ends_with_1_when_a_way_is_cut(gateway: Running) -> None:
    await set_up(gateway)
    on_node = ("canary", "run", "--once", "--node", gateway.url)
    found: Any = await answer_of(*on_node, **settings(gateway))
    assert [(one["centre"], one["failed"]) for one in found] == [("BE-VOV", None), ("BE-WBR", None)]
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute("UPDATE companion SET revoked_at = now()")
    cut = f"{gateway.url.rpartition(':')[0]}:9"
    process = await commands._started((*on_node, "--node", cut, "--json"), settings(gateway))
    printed, _ = await process.communicate()
    assert process.returncode == 1
    failed = {(one["node"], one["failed"], one["words"]) for one in json.loads(printed)}
    assert failed == {
        (gateway.url.rpartition("/")[2], "press", "403 companion-revoked"),
        (cut.rpartition("/")[2], "press", "ConnectError"),
    }


async def test_a_console_that_is_told_nothing_fails_the_way_and_the_canary_is_closed_all_the_same(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        async with probing(await set_up(a), a, b) as prober:
            assert (await prober.probe("a", "BE-VOV")).failed is None
            await b.stop()
            cut = await prober.probe("a", "BE-VOV")
            gone = await prober.probe("b", "BE-VOV")
        async with connected(database, application_name="test") as connection:
            assert await connection.fetchval(LEFT_OPEN) == 0
    assert (cut.failed, cut.unseen, cut.words) == (Stage.CONSOLE, ("b",), "not seen at b")
    assert cut.answered_s is not None
    assert (gone.failed, gone.commit_s) == (Stage.PRESS, None)


async def test_a_canary_that_is_taken_as_real_is_said_at_once(gateway: Running) -> None:
    async with probing(await set_up(gateway), gateway) as prober:
        async with connected(gateway.database, application_name="test") as connection:
            await connection.execute("UPDATE registration SET population = 'real'")
        probed = await prober.probe("test-node", "BE-VOV")
    assert probed.failed is Stage.PURPOSE
    assert probed.words is not None
    assert "taken as real" in probed.words


async def test_for_ever_every_way_succeeds_again_and_again_and_the_metrics_say_when(gateway: Running) -> None:
    directory = await set_up(gateway)
    metrics = CanaryMetrics(ways_of(("test-node",), ("BE-VOV", "BE-WBR")))
    seen: list[str] = []
    async with probing(directory, gateway) as prober:
        assert (
            metrics.registry.get_sample_value(
                "msa_canary_last_success_timestamp_seconds", {"node": "test-node", "centre": "BE-VOV"}
            )
            is None
        ), "absent until the first"

        def told(probed: Any) -> None:
            metrics.count(probed)
            seen.append(probed.centre)

        async with keeping(for_ever(prober, told, every_s=0.4)):
            await until(
                "each way has succeeded three times", lambda: min(map(seen.count, ("BE-VOV", "BE-WBR"))) >= 3
            )
    for centre in ("BE-VOV", "BE-WBR"):
        way = {"node": "test-node", "centre": centre}
        assert metrics.registry.get_sample_value("msa_canary_last_success_timestamp_seconds", way)
        assert metrics.registry.get_sample_value("msa_canary_failures_total", way | {"stage": "press"}) == 0
    assert (metrics.registry.get_sample_value("msa_canary_seconds_count", {"leg": "answered"}) or 0) >= 6


async def test_run_serves_its_metrics_on_a_port_of_its_own(gateway: Running) -> None:
    await set_up(gateway)
    port = free_port()
    words = ("canary", "run", "--node", gateway.url, "--port", str(port))
    async with msa(*words, **settings(gateway)), httpx.AsyncClient() as http:

        async def succeeded() -> bool:
            try:
                text = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
            except httpx.HTTPError:
                return False
            families = {family.name: family for family in text_string_to_metric_families(text)}
            found = families.get("msa_canary_last_success_timestamp_seconds")
            return found is not None and bool(found.samples)

        await until("a canary has succeeded", succeeded, 30)


async def test_set_up_again_keeps_what_is_there_and_adds_what_is_missing(gateway: Running) -> None:
    first = await answer_of("canary", "setup", **settings(gateway))
    again = await answer_of("canary", "setup", **settings(gateway))
    assert again == first
    async with connected(gateway.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT count(*) FROM companion") == 11
        await connection.execute("INSERT INTO centre VALUES ('BE-NEW', 'New')")
    more = await answer_of("canary", "setup", **settings(gateway))
    assert len(more["centres"]) == 12
    assert more["account"] != first["account"], "the old one does not see the new centre"
    directory = Path(gateway.settings.data_dir) / "canary"
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}


async def test_ordinary_consoles_are_told_canaries_as_what_they_are(gateway: Running) -> None:
    async with a_desk(gateway, "BE-VOV") as desk, probing(await set_up(gateway), gateway) as prober:
        assert (await prober.probe("test-node", "BE-VOV")).failed is None
        told = await desk.told("alarm.closed")
    assert {event["alarm"]["purpose"] for event in told} == {"canary"}


async def test_a_canary_that_is_only_kept_has_failed_at_its_press_and_says_so(gateway: Running) -> None:
    async with probing(await set_up(gateway), gateway) as prober:
        async with stuck(gateway.database, "BE-VOV"):
            kept = await prober.probe(gateway.settings.node, "BE-VOV")
        assert (kept.failed, kept.commit_s) == (Stage.PRESS, None)
        assert kept.words == "kept on the node's disk, not yet stored: its database is away"


async def test_a_phone_whose_press_is_only_kept_goes_on_until_it_has_the_receipt(gateway: Running) -> None:
    companion = await gateway.a_companion()
    kept = asyncio.Event()

    async def seen(answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.ACCEPTED:
            kept.set()

    async with httpx.AsyncClient(event_hooks={"response": [seen]}) as http:
        phone = Phone(
            companion_id=companion.companion_id,
            registration_id=companion.registration_id,
            key=companion.key,
            gateways=[gateway.url],
            clock=SystemClock(),
            http=http,
        )
        press = a_press(SystemClock().now())
        async with asyncio.TaskGroup() as group, stuck(gateway.database, "BE-VOV"):
            pressing = group.create_task(phone.press(press))
            async with asyncio.timeout(5):
                await kept.wait()
        assert pressing.result().press_id == press.press_id
