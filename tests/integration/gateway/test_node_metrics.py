"""What a node says of itself: what waits, what failed, what it is made of."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway import node_watching
from gateway.store import node_watch
from gateway.store.connect import connected
from tests.support.desk import a_desk
from tests.support.gateway import Running, running
from tests.support.wait import until

Samples = dict[tuple[str, ...], float]


async def samples(node: Running, name: str) -> Samples:
    """Return what a node says of one metric, by its labels' values, in the order of their names."""
    text = (await node.http.get(f"{node.url}/metrics")).text
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def says(node: Running, name: str, judge: Callable[[Samples], bool]) -> Callable[[], Awaitable[bool]]:
    async def it_says() -> bool:
        return judge(await samples(node, name))

    return it_says


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_watch, "NODE_WATCHED_S", 0.05)


@pytest.mark.usefixtures("soon")
async def test_open_alarms_are_counted_where_they_are_owned_and_the_oldest_ages(gateway: Running) -> None:
    oldest = "msa_alarm_oldest_unacknowledged_seconds"
    await until("it is said", says(gateway, oldest, bool))
    quiet = await samples(gateway, oldest)
    assert set(quiet.values()) == {0.0}
    assert quiet.keys() == (await samples(gateway, "msa_consoles")).keys(), (
        "every centre, also where nothing is open"
    )
    async with a_desk(gateway, "BE-VOV") as desk:
        alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
        await desk.told("alarm.raised")
        await until("it ages", says(gateway, oldest, lambda said: said["BE-VOV",] > 0))
        first = (await samples(gateway, oldest))["BE-VOV",]
        assert (await samples(gateway, oldest))["BE-VOV",] > first, "at each reading, not at each look"
        opened = await samples(gateway, "msa_alarms_open")
        assert opened["BE-VOV", "real", "raised"] == 1 == sum(opened.values())
        await desk.ask("acknowledge", alarm_id)
        await until("it is taken", says(gateway, oldest, lambda said: said["BE-VOV",] == 0))
    opened = await samples(gateway, "msa_alarms_open")
    assert opened["BE-VOV", "real", "acknowledged"] == 1 == sum(opened.values())


@pytest.mark.usefixtures("soon")
async def test_a_task_that_fails_is_counted_and_the_others_are_known(gateway: Running, database: str) -> None:
    failures = "msa_task_failures_total"
    assert (await samples(gateway, failures))["node_watched",] == 0
    async with connected(database, application_name="test") as connection:
        await connection.execute("ALTER TABLE centre RENAME TO hidden")
    try:
        await until("it is counted", says(gateway, failures, lambda said: said["node_watched",] >= 2))
    finally:
        async with connected(database, application_name="test") as connection:
            await connection.execute("ALTER TABLE hidden RENAME TO centre")


async def test_a_loop_that_is_begun_anew_is_counted_by_its_name(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(node_watching, "measure_disks", broken)
    async with running(database, tmp_path) as node:
        name = (broken.__qualname__,)
        counted = says(node, "msa_task_failures_total", lambda said: said.get(name, 0) >= 1)
        await until("it is counted", counted)


async def test_a_node_says_what_it_is_and_what_it_stands_on(gateway: Running) -> None:
    await until("the disks are measured", says(gateway, "msa_disk_free_ratio", lambda said: len(said) == 2))
    assert set(await samples(gateway, "msa_disk_free_ratio")) == {("data",), ("spool",)}
    assert list((await samples(gateway, "msa_build_info")).values()) == [1]
    assert await samples(gateway, "msa_db_up") == {(): 1}
    assert (await samples(gateway, "msa_db_pool_wait_seconds_count"))["node",] > 0
    assert await samples(gateway, "msa_db_sync_standbys") == {(): 0}
    assert (await samples(gateway, "process_resident_memory_bytes"))[()] > 1e6


async def test_what_a_console_lacks_is_counted_by_why(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
    assert await samples(gateway, "msa_console_resync_total") == {("first_attach",): 1}
