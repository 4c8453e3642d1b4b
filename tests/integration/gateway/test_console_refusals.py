"""Who may attach, and what ends a conversation."""

import contextlib
import json
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from dispatch import timing
from gateway.store.connect import Role as DatabaseRole
from gateway.store.connect import connected
from schemas.frames import MAX_FRAME_BYTES
from schemas.session import Role
from tests.support.gateway import Running
from tests.support.wait import until


async def test_without_a_session_it_is_closed_with_4401(gateway: Running) -> None:
    for token in (None, "x" * 43):
        async with gateway.console(token) as console:
            assert (await console.closed())[0] == 4401


async def test_another_sites_page_is_closed_with_4403(gateway: Running) -> None:
    token = await gateway.a_session()
    async with gateway.console(token, origin="https://elsewhere.example") as console:
        assert (await console.closed())[0] == 4403


async def test_a_foreign_centre_is_closed_with_4403(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session("BE-VOV")) as console:
        await console.attach("BE-WLG")
        code, words = await console.closed()
        assert (code, words) == (4403, "not your centre: BE-WLG")


@pytest.mark.parametrize("role", list(Role))
async def test_only_who_attends_alarms_gets_through_a_door_to_them(gateway: Running, role: Role) -> None:
    attends = role in {Role.OPERATOR, Role.SUPERVISOR}
    token = await gateway.a_session(role=role)
    receipt = (await gateway.press(await gateway.a_companion())).json()
    for path in ("", f"/{receipt['alarm_id']}", f"/{receipt['alarm_id']}/trail"):
        answer = await gateway.http.get(
            f"{gateway.url}/v1/alarms{path}", headers={"Cookie": f"__Host-msa={token}"}
        )
        assert answer.status_code == (200 if attends else 403), path
        assert attends or answer.json()["type"] == "urn:msa:problem:not-yours"
    async with gateway.console(token) as console:
        if attends or role is Role.CANARY:
            await console.attached()
        else:
            assert await console.closed() == (4403, "your role does not attend alarms")


async def test_a_frame_that_cannot_be_read_is_closed_with_4400_in_words(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.socket.send('{"type": "attach", "console": 7}')
        code, words = await console.closed()
        assert code == 4400
        assert words.startswith("malformed: attach.console")


async def test_a_binary_frame_is_closed_with_4400(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.socket.send(b"\x00")
        assert (await console.closed())[0] == 4400


async def test_an_oversized_frame_is_closed_with_1009(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.socket.send("x" * (MAX_FRAME_BYTES + 1))
        assert (await console.closed())[0] == 1009


async def test_a_flood_of_frames_is_closed_with_1008(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(timing.FRAMES_BURST * 5):
                await console.socket.send('{"type": "pong"}')
        assert (await console.closed())[0] == 1008


async def test_the_same_console_opened_again_supersedes_the_first(gateway: Running) -> None:
    token = await gateway.a_session()
    async with gateway.console(token) as first, gateway.console(token) as second:
        await first.attached()
        second.id = first.id
        await second.attached()
        assert await first.closed() == (4409, "opened elsewhere")


async def test_another_operator_s_console_is_superseded_by_nobody_who_knows_its_id(gateway: Running) -> None:
    mine, theirs = await gateway.a_session(), await gateway.a_session(name="Tweede")
    async with gateway.console(mine) as console, gateway.console(theirs) as other:
        await console.attached()
        other.id = console.id  # a supervisor sees the ids of her centres' consoles
        await other.attached()
        await gateway.press(await gateway.a_companion())
        assert (await console.next("event"))["kind"] == "alarm.raised"
        assert (await other.next("event"))["kind"] == "alarm.raised"


async def test_the_second_operator_is_told_who_has_it(gateway: Running) -> None:
    first_token, second_token = await gateway.a_session(name="Eerste"), await gateway.a_session(name="Tweede")
    async with gateway.console(first_token) as first, gateway.console(second_token) as second:
        await first.attached()
        await second.attached()
        alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
        command = {"alarm_id": alarm_id, "expected_version": 1}
        for console in (first, second):
            await console.next("event")
        request_id = str(uuid4())
        await first.send("acknowledge", request_id=request_id, **command)
        for console in (first, second):
            await console.next("event")
        assert (await first.next("result"))["version"] == 2
        await second.send("acknowledge", request_id=str(uuid4()), **command)
        refused = await second.next("refused")
        assert refused["taken_by"] == "Eerste"
        assert refused["problem"]["status"] == 409

        await first.send("acknowledge", request_id=request_id, **command)
        assert (await first.next("result"))["version"] == 2


async def test_a_victim_who_presses_again_does_not_make_the_key_fail(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        companion = await gateway.a_companion()
        alarm_id = (await gateway.press(companion)).json()["alarm_id"]
        await gateway.press(companion)
        assert [(await console.next("event"))["kind"] for _ in range(2)] == [
            "alarm.raised",
            "alarm.pressed_again",
        ]
        await console.send("acknowledge", request_id=str(uuid4()), alarm_id=alarm_id, expected_version=1)
        assert (await console.next("event"))["alarm"]["version"] == 3
        assert (await console.next("result"))["version"] == 3


async def test_an_alarm_of_another_centre_does_not_exist(gateway: Running) -> None:
    alarm_id = (await gateway.press(await gateway.a_companion("BE-WLG"))).json()["alarm_id"]
    token = await gateway.a_session("BE-VOV")
    async with gateway.console(token) as console:
        await console.attached()
        await console.send("acknowledge", request_id=str(uuid4()), alarm_id=alarm_id, expected_version=1)
        assert (await console.next("refused"))["problem"]["status"] == 404
    for path in ("", "/trail"):
        answer = await gateway.http.get(
            f"{gateway.url}/v1/alarms/{alarm_id}{path}", headers={"Cookie": f"__Host-msa={token}"}
        )
        assert answer.status_code == 404


async def test_a_delivery_that_the_database_refuses_costs_neither_another_one_nor_the_node(
    gateway: Running,
) -> None:
    alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
    async with (
        connected(gateway.database, application_name="test", role=DatabaseRole.TOOL) as database,
        gateway.console(await gateway.a_session()) as console,
    ):
        await database.execute("ALTER TABLE delivery ADD CHECK (sequence <> 7)")
        await console.attached()
        for sequence in (1, 7, 8):
            told = {"alarm_id": alarm_id, "centre": "BE-VOV", "sequence": sequence}
            await console.send("delivered", **told, painted_at="2026-03-02T09:00:00Z")

        async def written() -> list[int]:
            rows = await database.fetch("SELECT sequence FROM delivery ORDER BY sequence")
            return [row["sequence"] for row in rows]

        async def both() -> bool:
            return await written() == [1, 8]

        await until("the others are written", both)
        assert not gateway.node.done()


async def test_delivered_completes_the_trail(gateway: Running) -> None:
    token = await gateway.a_session()
    async with gateway.console(token) as console:
        await console.attached()
        alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
        event = await console.next("event")
        await console.send(
            "delivered", alarm_id=alarm_id, centre="BE-VOV", sequence=1, painted_at=event["at"]
        )
        trail = await _trail(gateway, token, alarm_id)
    assert trail["within_budget"] is True
    durations = trail["durations_ms"]
    assert durations["commit_to_delivered"] > 0
    assert durations["pressed_to_delivered"] >= durations["commit_to_delivered"]
    assert trail["trail"]["fanned_out_at"] <= trail["trail"]["delivered_at"]


async def _trail(gateway: Running, token: str, alarm_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def recorded() -> bool:
        answer = await gateway.http.get(
            f"{gateway.url}/v1/alarms/{alarm_id}/trail", headers={"Cookie": f"__Host-msa={token}"}
        )
        found.update(json.loads(answer.content))
        return found["within_budget"] is not None

    await until("the delivery is recorded", recorded)
    return found


async def test_a_console_whose_clock_was_never_set_does_no_harm(gateway: Running) -> None:
    token = await gateway.a_session()
    async with gateway.console(token) as console:
        await console.attached()
        alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
        await console.next("event")
        told = {"alarm_id": alarm_id, "centre": "BE-VOV", "sequence": 1}
        await console.send("delivered", **told, painted_at="0001-01-01T00:00:00+14:00")
        assert (await _trail(gateway, token, alarm_id))["within_budget"] is True


async def test_a_centre_added_since_the_start_takes_presses_and_consoles(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute("INSERT INTO centre VALUES ('BE-NEW', 'New')")
        await connection.execute("UPDATE registration SET centre_id = 'BE-NEW'")
    async with gateway.console(await gateway.a_session("BE-NEW")) as console:
        assert (await console.attached("BE-NEW"))["cursor"]["sequence"] == 0
        answer = await gateway.press(companion)
        assert (answer.status_code, answer.json()["centre"]) == (201, "BE-NEW")
        assert (await console.next("event"))["alarm"]["alarm_id"] == answer.json()["alarm_id"]
