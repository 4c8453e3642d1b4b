"""What consoles are told when she crosses into another area, moves, is lost and found again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway import following as use_case
from gateway.domain import following
from gateway.store.connect import connected
from tests.support.desk import a_desk, a_unit
from tests.support.gateway import Companion, Running, a_press, running
from tests.support.geodata import belgium
from tests.support.tracking import ANTWERPEN, GENT, post_fixes, wire_fix


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A node that knows the areas."""
    belgium()
    async with running(database, tmp_path) as node:
        yield node


def three(place: tuple[float, float], start: int = 1) -> list[dict[str, Any]]:
    """Three fixes at a place, a second apart."""
    return [wire_fix(start + number, place, age_s=2.5 - number) for number in range(3)]


async def pressed_in_gent(gateway: Running, age_s: float = 1.0) -> tuple[Companion, str]:
    companion = await gateway.a_companion("BE-VOV")
    answer = await gateway.press(companion, a_press(positions=[wire_fix(1, age_s=age_s)]))
    assert answer.json()["centre"] == "BE-VOV"
    return companion, answer.json()["alarm_id"]


async def test_from_gent_to_antwerp_both_are_told_and_the_new_centre_takes_it_over(
    gateway: Running,
) -> None:
    companion, alarm_id = await pressed_in_gent(gateway)
    async with a_desk(gateway, "BE-VOV") as gent, a_desk(gateway, "BE-VAN") as antwerp:
        await post_fixes(gateway, companion, alarm_id, *three(ANTWERPEN))
        for desk in (gent, antwerp):
            offer = (await desk.last_told("alarm.crossed"))["alarm"]
            assert (offer["centre"], offer["crossed_to"], offer["enriched"]) == ("BE-VOV", "BE-VAN", True)
            assert offer["positions"][0]["latitude"] == ANTWERPEN[0]
        assert (await antwerp.shown(alarm_id, ANTWERPEN[0]))["centre"] == "BE-VAN"

        taken = await antwerp.ask("transfer", alarm_id, offer["version"], to="BE-VAN")
        assert taken["type"] == "result", taken
        for desk in (gent, antwerp):
            over = (await desk.last_told("alarm.taken_over"))["alarm"]
            assert (over["centre"], over["crossed_to"], over["state"]) == ("BE-VAN", None, "acknowledged")
            assert [share["centre"] for share in over["shared"]] == ["BE-VOV"]

        north = (51.23, 4.4025)
        await post_fixes(gateway, companion, alarm_id, wire_fix(7, north))
        for desk in (gent, antwerp):
            await desk.shown(alarm_id, north[0])


CROSSINGS = """
SELECT alarm_id, centre_id, count(*) FROM stream_event WHERE kind = 'alarm.crossed' GROUP BY 1, 2"""


async def test_whichever_node_gets_the_fixes_a_crossing_is_told_once(database: str, tmp_path: Path) -> None:
    belgium()
    async with (
        running(database, tmp_path, node="a") as a,
        running(database, tmp_path, node="b") as b,
        a_desk(b, "BE-VAN") as desk,
    ):
        alarms = [await pressed_in_gent(a) for _ in range(5)]
        for start in (1, 4, 7):
            sent = [
                post_fixes(node, companion, alarm_id, fix)
                for companion, alarm_id in alarms
                for node, fix in zip((a, b, a), three(ANTWERPEN, start), strict=True)
            ]
            assert {answer.status_code for answer in await asyncio.gather(*sent)} == {202}
        await desk.told("alarm.crossed", len(alarms))
    async with connected(database, application_name="test") as connection:
        told = await connection.fetch(CROSSINGS)
    assert {(str(row["alarm_id"]), row["centre_id"], row["count"]) for row in told} == {
        (alarm_id, centre, 1) for _, alarm_id in alarms for centre in ("BE-VOV", "BE-VAN")
    }


async def test_a_move_after_a_unit_was_sent_is_told_with_how_far(gateway: Running) -> None:
    companion, alarm_id = await pressed_in_gent(gateway, age_s=60.0)
    unit_id = await a_unit(gateway)
    async with a_desk(gateway, "BE-VOV") as desk:
        await desk.ask("acknowledge", alarm_id)
        await desk.ask("assign", alarm_id, unit_id=unit_id)
        assigned = (await desk.last_told("alarm.unit_assigned"))["alarm"]
        assert assigned["assigned_position"]["latitude"] == GENT[0]
        await post_fixes(gateway, companion, alarm_id, wire_fix(2, (GENT[0] + 0.01, GENT[1])))
        moved = (await desk.last_told("alarm.victim_moved"))["alarm"]
        assert 1050 < moved["moved_m"] < 1150
        assert moved["assigned_position"]["latitude"] == moved["positions"][0]["latitude"] == GENT[0] + 0.01


async def test_a_lost_position_is_said_and_so_is_that_it_is_back(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (following, use_case):
        monkeypatch.setattr(module, "POSITION_LOST_S", 1.0)
    monkeypatch.setattr(use_case, "SILENT_SWEEP_S", 0.1)
    async with running(database, tmp_path) as gateway, a_desk(gateway, "BE-VOV") as desk:
        companion = await gateway.a_companion("BE-VOV")
        alarm_id = (await gateway.press(companion)).json()["alarm_id"]
        lost = (await desk.last_told("alarm.position_lost"))["alarm"]
        assert lost["tracking"] == "lost"
        await post_fixes(gateway, companion, alarm_id, wire_fix(1, age_s=30.0))
        await post_fixes(gateway, companion, alarm_id, wire_fix(2, age_s=0.0))
        found = (await desk.last_told("alarm.position_restored"))["alarm"]
        assert found["tracking"] == "live"
        assert sum(event["kind"] == "alarm.position_restored" for event in desk.events) == 1
