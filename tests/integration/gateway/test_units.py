"""Units over the wire: sent, taken by force, raced for, made and changed by supervisors."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.store.connect import connected
from schemas.session import Role
from tests.support.desk import a_desk, a_unit, an_acknowledged_alarm, supervisor
from tests.support.gateway import Running, running

ALL_SEE = """
SELECT share_alarm($1, ARRAY['BE-WBR'])"""


async def test_a_unit_taken_by_force_is_told_first_where_it_was_and_then_where_it_goes(
    gateway: Running,
) -> None:
    unit_id = await a_unit(gateway)
    async with a_desk(gateway, "BE-VOV", name="Neemt") as desk:
        first, second = [await an_acknowledged_alarm(gateway, desk) for _ in range(2)]
        assert (await desk.ask("assign", first, unit_id=unit_id))["type"] == "result"
        refused = await desk.ask("assign", second, unit_id=unit_id)
        assert refused["problem"]["type"] == "urn:msa:problem:unit-taken"
        assert (await desk.ask("assign", second, unit_id=unit_id, force=True))["type"] == "result"
        events = await desk.told("unit.changed", 2)

    told = [event["kind"] for event in events[-3:]]
    assert told == ["alarm.unit_status", "alarm.unit_assigned", "unit.changed"]
    lost, sent, moved = events[-3:]
    assert lost["alarm"]["alarm_id"] == first
    assert lost["by"]["name"] == "Neemt"
    (gone,) = lost["alarm"]["units"]
    assert (gone["status"], gone["taken_away"]) == ("cleared", True)
    assert lost["alarm"]["lapses_at"] is not None, "without a unit its acknowledgement may lapse again"
    (there,) = sent["alarm"]["units"]
    assert (there["status"], there["taken_away"]) == ("dispatched", False)
    assert (moved["unit"]["alarm_id"], moved["unit"]["status"]) == (second, "dispatched")
    assigned_at, at = (
        datetime.fromisoformat(one) for one in (moved["unit"]["last_assigned_at"], moved["at"])
    )
    assert assigned_at == at


async def test_one_unit_wanted_at_once_on_two_nodes_goes_to_one_and_the_other_is_told(
    database: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(running(database, tmp_path, node=f"node-{n}")) for n in range(2)
        ]
        unit_id = await a_unit(nodes[0])
        desks = [
            await stack.enter_async_context(a_desk(node, "BE-VOV", name=f"Op {n}"))
            for n, node in enumerate(nodes)
        ]
        for round_ in range(5):
            alarms = [
                await an_acknowledged_alarm(node, desk) for node, desk in zip(nodes, desks, strict=True)
            ]
            wishes = zip(desks, alarms, strict=True)
            answers = await asyncio.gather(
                *(desk.ask("assign", alarm, unit_id=unit_id) for desk, alarm in wishes)
            )
            by_type = {answer["type"]: answer for answer in answers}
            assert set(by_type) == {"result", "refused"}, round_
            assert by_type["refused"]["problem"]["type"] == "urn:msa:problem:unit-taken"
            winner = alarms[[answer["type"] for answer in answers].index("result")]
            await desks[0].ask("unit_status", winner, unit_id=unit_id, status="cleared")


async def test_a_unit_forced_by_two_at_once_leaves_no_alarm_that_believes_it_has_it(
    database: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        nodes = [
            await stack.enter_async_context(running(database, tmp_path, node=f"node-{n}")) for n in range(2)
        ]
        unit_id = await a_unit(nodes[0])
        desks = [await stack.enter_async_context(a_desk(node, "BE-VOV")) for node in nodes]
        alarms = [await an_acknowledged_alarm(nodes[n % 2], desks[n % 2]) for n in range(4)]
        wishes = [
            desks[n % 2].ask("assign", alarms[(n + turn) % 4], unit_id=unit_id, force=True)
            for turn in range(3)
            for n in range(2)
        ]
        for pair in range(0, len(wishes), 2):
            await asyncio.gather(*wishes[pair : pair + 2])
        cookie = await supervisor(nodes[0], "BE-VOV")
        (unit,) = (await nodes[0].http.get(f"{nodes[0].url}/v1/units", headers=cookie)).json()
        found = (await nodes[0].http.get(f"{nodes[0].url}/v1/alarms", headers=cookie)).json()
    believing = [
        alarm["alarm_id"] for alarm in found if any(one["status"] != "cleared" for one in alarm["units"])
    ]
    assert believing == [unit["alarm_id"]]


async def test_the_operator_of_a_neighbour_that_sees_the_alarm_sends_her_own_unit_and_nobody_elses(
    gateway: Running,
) -> None:
    ours, theirs = await a_unit(gateway), await a_unit(gateway, "BRAVO 1", "BE-WBR")
    async with a_desk(gateway, "BE-VOV") as owner, a_desk(gateway, "BE-WBR") as neighbour:
        alarm_id = await an_acknowledged_alarm(gateway, owner)
        hidden = await neighbour.ask("assign", alarm_id, unit_id=theirs)
        assert hidden["problem"]["status"] == 404
        async with connected(gateway.database, application_name="test") as connection:
            await connection.execute(
                "UPDATE alarm SET life = life || jsonb_build_object('shared', jsonb_build_array("
                "jsonb_build_object('centre', 'BE-WBR', 'reason', 'near_border', 'since', now())))"
            )
            await connection.execute(ALL_SEE, alarm_id)
        for desk, unit_id in ((neighbour, ours), (owner, theirs)):
            assert (await desk.ask("assign", alarm_id, unit_id=unit_id))["problem"]["status"] == 404
        assert (await neighbour.ask("assign", alarm_id, unit_id=theirs))["type"] == "result"
        (sent,) = (await owner.told("alarm.unit_assigned"))[-1]["alarm"]["units"]
    assert (sent["centre"], sent["assigned_by"]["centre"]) == ("BE-WBR", "BE-WBR")


async def test_a_unit_off_duty_is_not_sent_and_one_that_serves_keeps_duty_and_name(gateway: Running) -> None:
    unit_id = await a_unit(gateway)
    cookie = await supervisor(gateway, "BE-VOV")

    async def change(**fields: Any) -> httpx.Response:
        return await gateway.http.patch(f"{gateway.url}/v1/units/{unit_id}", json=fields, headers=cookie)

    async with a_desk(gateway, "BE-VOV") as desk:
        alarm_id = await an_acknowledged_alarm(gateway, desk)
        assert (await change(on_duty=False)).json()["on_duty"] is False
        refused = await desk.ask("assign", alarm_id, unit_id=unit_id)
        assert refused["problem"]["type"] == "urn:msa:problem:not-allowed-now"
        assert refused["problem"]["detail"] == "the unit is off duty"
        assert (await change(on_duty=True, name="ALPHA 4")).json()["name"] == "ALPHA 4"
        assert (await desk.ask("assign", alarm_id, unit_id=unit_id))["type"] == "result"
        for wanted in ({"on_duty": False}, {"name": "ALPHA 5"}):
            answer = await change(**wanted)
            assert (answer.status_code, answer.json()["detail"]) == (409, "it serves an open alarm")
        before = len(await desk.told("unit.changed", 3))
        assert (await change(name="ALPHA 4", on_duty=True)).status_code == 200
        await desk.ask("unit_status", alarm_id, unit_id=unit_id, status="cleared")
        later = (await desk.told("unit.changed", 4))[before:]
    assert [event["kind"] for event in later] == ["alarm.unit_status", "unit.changed"], (
        "no event of no change"
    )


async def test_two_units_of_a_centre_never_share_a_name(gateway: Running) -> None:
    await a_unit(gateway)
    other = await a_unit(gateway, "ALPHA 4")
    await a_unit(gateway, centre="BE-WBR")
    cookie = await supervisor(gateway, "BE-VOV")
    made = await gateway.http.post(
        f"{gateway.url}/v1/units", json={"centre": "BE-VOV", "name": "ALPHA 3"}, headers=cookie
    )
    renamed = await gateway.http.patch(
        f"{gateway.url}/v1/units/{other}", json={"name": "ALPHA 3"}, headers=cookie
    )
    for answer in (made, renamed):
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"field": "name", "message": "another unit of the centre has it"}]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CASE_OFFICER])
async def test_only_a_supervisor_of_the_centre_makes_and_changes_units(gateway: Running, role: Role) -> None:
    unit_id = await a_unit(gateway)
    wish = {"centre": "BE-VOV", "name": "ZULU"}
    mine = await supervisor(gateway, "BE-VOV", role=role)
    foreign = await supervisor(gateway, "BE-WBR")
    for cookie, statuses in ((mine, (403, 403)), (foreign, (403, 404))):
        made = await gateway.http.post(f"{gateway.url}/v1/units", json=wish, headers=cookie)
        changed = await gateway.http.patch(
            f"{gateway.url}/v1/units/{unit_id}", json={"on_duty": False}, headers=cookie
        )
        assert (made.status_code, changed.status_code) == statuses
    listed = await gateway.http.get(f"{gateway.url}/v1/units", headers=foreign)
    assert listed.json() == []
