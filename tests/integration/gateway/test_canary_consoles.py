"""What a canary console is told, and what it is not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.store.connect import connected
from schemas.session import Role
from tests.support.desk import Desk, a_desk, supervisor
from tests.support.gateway import Companion, Running
from tests.support.wait import until

POPULATION = "UPDATE registration SET population = 'canary' WHERE registration_id = $1"
PERSONAL = ("Voorbeeld", "jachtgeweer", "Voorbeeldstraat")


@asynccontextmanager
async def a_canary_desk(node: Running, cursors: Any = None) -> AsyncIterator[Desk]:
    """Attach a canary console, from a cursor if one is given."""
    async with node.console(await node.a_session("BE-VOV", role=Role.CANARY)) as console:
        await console.attach("BE-VOV", cursors=cursors)
        yield Desk(console)


async def a_canary(node: Running) -> Companion:
    companion = await node.a_companion()
    async with connected(node.database, application_name="test") as connection:
        await connection.execute(POPULATION, companion.registration_id)
    return companion


async def test_it_is_told_canaries_whole_and_of_real_alarms_only_that_something_happened(
    gateway: Running,
) -> None:
    companion, canary = await gateway.a_companion(), await a_canary(gateway)
    async with a_canary_desk(gateway) as watcher, a_desk(gateway, "BE-VOV") as operator:
        await watcher.console.next("caught_up")
        await gateway.press(companion)
        await gateway.press(canary)
        seen, shown = await watcher.told("alarm.raised", 2), await operator.told("alarm.raised", 2)
    assert [event["cursor"] for event in seen] == [event["cursor"] for event in shown], "no gap"
    hidden, told = seen
    assert hidden["kind"] == "alarm.raised"
    assert [hidden[about] for about in ("alarm", "unit", "notice", "protection", "by")] == [None] * 5
    assert told == shown[1]
    assert told["alarm"]["purpose"] == "canary"
    assert not any(word in json.dumps(hidden) for word in PERSONAL)


@pytest.mark.parametrize("way", ["snapshot", "replay"])
async def test_it_is_shown_nothing_else_by_snapshot_or_replay_either(gateway: Running, way: str) -> None:
    canary = (await gateway.press(await a_canary(gateway))).json()
    await gateway.press(await gateway.a_companion())
    await gateway.http.post(
        f"{gateway.url}/v1/units",
        json={"centre": "BE-VOV", "name": "ALPHA 3"},
        headers=await supervisor(gateway, "BE-VOV"),
    )
    async with gateway.console(await gateway.a_session()) as console:
        epoch = (await console.attached())["cursor"]["epoch"]
    cursors = {"BE-VOV": {"epoch": epoch, "sequence": 0}} if way == "replay" else None
    frames: list[dict[str, Any]] = []
    async with a_canary_desk(gateway, cursors) as watcher:
        while not frames or frames[-1]["type"] != "caught_up":
            frames.append(json.loads(await watcher.console.socket.recv()))
    told = [frame for frame in frames if frame["type"] in {"event", "snapshot"}]
    if way == "replay":
        assert [event["cursor"]["sequence"] for event in told] == [1, 2, 3]
        assert [event["alarm"] and event["alarm"]["alarm_id"] for event in told] == [
            canary["alarm_id"],
            None,
            None,
        ]
    else:
        (snapshot,) = told
        assert [alarm["alarm_id"] for alarm in snapshot["alarms"]] == [canary["alarm_id"]]
        assert snapshot["units"] == []


async def test_it_answers_canaries_and_nothing_else_exists_for_it(gateway: Running) -> None:
    real = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
    canary = (await gateway.press(await a_canary(gateway))).json()["alarm_id"]
    async with a_canary_desk(gateway) as watcher:
        await watcher.console.next("caught_up")
        assert (await watcher.ask("acknowledge", real))["problem"]["status"] == 404
        assert (await watcher.ask("acknowledge", canary))["type"] == "result"
        assert (await watcher.ask("close", canary, 2, outcome="test", note="Canary."))["type"] == "result"
    cookie = await supervisor(gateway, "BE-VOV", role=Role.CANARY)
    assert (await gateway.http.get(f"{gateway.url}/v1/alarms", headers=cookie)).status_code == 403


async def test_it_attends_nothing(gateway: Running) -> None:
    async def consoles() -> str:
        text = (await gateway.http.get(f"{gateway.url}/metrics")).text
        (line,) = (line for line in text.splitlines() if line.startswith('msa_consoles{centre="BE-VOV"}'))
        return line.rpartition(" ")[2]

    async def attended() -> int:
        async with connected(gateway.database, application_name="test") as connection:
            found = await connection.fetchval(
                "SELECT sum(consoles) FROM consoles_attending(60) WHERE centre_id = 'BE-VOV'"
            )
        return int(found or 0)

    async with a_canary_desk(gateway) as watcher:
        await watcher.console.next("caught_up")
        assert await consoles() == "0.0"
        async with a_desk(gateway, "BE-VOV"):
            await until("the operator's console attends", lambda: _is(attended, 1))
            assert await consoles() == "1.0"
        await until("nobody attends", lambda: _is(attended, 0))


async def _is(ask: Any, wanted: int) -> bool:
    return bool(await ask() == wanted)
