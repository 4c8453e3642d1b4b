"""Test windows: whose presses are tests for a while, and which never are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.response import TEST_PRESSES
from gateway.store import windows as windows_module
from gateway.store.connect import connected, create_pool
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from gateway.store.windows import PostgresWindows
from schemas.session import Role
from tests.support.desk import a_desk, an_acknowledged_alarm, supervisor
from tests.support.gateway import Companion, Running, a_press, running

SET_BACK = """
UPDATE registration SET test_from = test_from + interval '1 h', test_until = test_until + interval '1 h'"""
CLOSED_BY_A_SLOW_CLOCK = """
UPDATE alarm SET life = jsonb_set(life, '{closure,at}', to_jsonb(now() - interval '10 min'))
 WHERE state = 'closed'"""
OVER = "UPDATE registration SET test_until = now() - interval '1 second'"


async def ask(
    node: Running,
    companion: Companion,
    minutes: int,
    *,
    centre: str = "BE-VOV",
    role: Role = Role.CASE_OFFICER,
) -> tuple[int, dict[str, Any]]:
    """Ask for a test window; return status and answer."""
    answer = await node.http.post(
        f"{node.url}/v1/registrations/{companion.registration_id}/test-window",
        json={"minutes": minutes},
        headers=await supervisor(node, centre, role=role),
    )
    return answer.status_code, answer.json()


def _at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


async def purposes(node: Running, companion: Companion, presses: int = 1, **press: Any) -> list[str]:
    """Press so often; return what each was taken as."""
    receipts = [(await node.press(companion, a_press(**press))).json() for _ in range(presses)]
    return [receipt["purpose"] for receipt in receipts]


@asynccontextmanager
async def windows_of(node: Running) -> AsyncIterator[PostgresWindows]:
    """The windows of a node's database, as another program holds them."""
    async with create_pool(node.database, application_name="test") as pool:
        viewer = Viewer(Keyring.of(node.settings), lambda _: None)
        yield PostgresWindows(pool, PostgresNotices(pool, viewer, lambda _: None))


async def test_a_press_in_the_window_is_a_test_and_the_alarm_says_until_when(gateway: Running) -> None:
    companion, other = await gateway.a_companion(), await gateway.a_companion()
    status, window = await ask(gateway, companion, 15)
    assert status == 200
    async with a_desk(gateway, "BE-VOV") as desk:
        assert await purposes(gateway, companion) == ["test"]
        assert await purposes(gateway, other) == ["real"]
        tested, real = [event["alarm"] for event in await desk.told("alarm.raised", 2)]
    assert (tested["purpose"], _at(tested["test_until"])) == ("test", _at(window["until"]))
    assert (tested["escalates_at"], real["test_until"]) == (None, None)
    assert real["escalates_at"] is not None


async def test_everybody_in_the_centre_is_told_who_is_being_tested_and_by_whom(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with a_desk(gateway, "BE-VOV") as desk:
        _, window = await ask(gateway, companion, 15)
        raised = (await desk.told("notice.raised"))[-1]
        await ask(gateway, companion, 0)
        cleared = (await desk.told("notice.cleared"))[-1]
    notice = raised["notice"]
    assert (notice["kind"], notice["audience"]) == ("test_window", ["everybody"])
    assert notice["subject"] == str(companion.registration_id)
    assert _at(notice["detail"]["until"]) == _at(window["until"])
    assert raised["by"]["name"] == cleared["by"]["name"] == "Op"
    assert await purposes(gateway, companion) == ["real"]


async def test_a_node_clears_the_notice_of_a_window_that_is_over_by_itself(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows_module, "WINDOW_SWEEP_S", 0.05)
    async with running(database, tmp_path) as node, a_desk(node, "BE-VOV") as desk:
        companion = await node.a_companion()
        await ask(node, companion, 60)
        alarm_id = (await node.press(companion)).json()["alarm_id"]
        await desk.ask("acknowledge", alarm_id)
        assert (await desk.ask("close", alarm_id, 1, outcome="test", note="Werkt."))["type"] == "result"
        assert (await desk.told("notice.cleared"))[-1]["notice"]["kind"] == "test_window"


async def test_the_window_is_over_once_a_test_alarm_was_closed(gateway: Running) -> None:
    companion = await gateway.a_companion()
    await ask(gateway, companion, 60)
    async with a_desk(gateway, "BE-VOV") as desk, windows_of(gateway) as windows:
        alarm_id = (await gateway.press(companion)).json()["alarm_id"]
        await desk.ask("acknowledge", alarm_id)
        assert await windows.sweep() == 0
        assert (await desk.ask("close", alarm_id, 1, outcome="test", note="Werkt."))["type"] == "result"
        assert await purposes(gateway, companion) == ["real"]
        await windows.sweep()
        assert (await desk.told("notice.cleared"))[-1]["notice"]["kind"] == "test_window"
        await ask(gateway, companion, 0)
        status, window = await ask(gateway, companion, 15)
    assert (status, window["detail"]) == (409, "her real alarm is open")


async def test_the_window_ends_by_the_databases_clock_and_its_notice_after_it(gateway: Running) -> None:
    companion = await gateway.a_companion()
    await ask(gateway, companion, 15)
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute(OVER)
    assert await purposes(gateway, companion) == ["real"]
    async with windows_of(gateway) as windows:
        await windows.sweep()
        assert await windows.sweep() == 0
    async with connected(gateway.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT count(*) FROM notice WHERE cleared_at IS NULL") == 0


async def test_a_window_is_over_by_a_closed_test_though_the_nodes_clock_is_behind_the_databases(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    await ask(gateway, companion, 15)
    async with a_desk(gateway, "BE-VOV") as desk:
        alarm_id = (await gateway.press(companion)).json()["alarm_id"]
        await desk.ask("acknowledge", alarm_id)
        await desk.ask("close", alarm_id, 1, outcome="test", note="Werkt.")
        async with connected(gateway.database, application_name="test") as connection:
            await connection.execute(CLOSED_BY_A_SLOW_CLOCK)
        assert await purposes(gateway, companion) == ["real"]


async def test_a_clock_that_is_set_back_makes_no_window_longer(gateway: Running) -> None:
    companion = await gateway.a_companion()
    await ask(gateway, companion, 15)
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute(SET_BACK)
    assert await purposes(gateway, companion) == ["real"]


async def test_whoever_keeps_pressing_in_the_window_is_taken_seriously(gateway: Running) -> None:
    companion = await gateway.a_companion()
    await ask(gateway, companion, 15)
    taken = await purposes(gateway, companion, TEST_PRESSES + 2)
    assert taken == ["test"] * TEST_PRESSES + ["real", "real"]
    cookie = await supervisor(gateway, "BE-VOV")
    found = (await gateway.http.get(f"{gateway.url}/v1/alarms", headers=cookie)).json()
    assert {alarm["purpose"]: alarm["press_count"] for alarm in found} == {"test": TEST_PRESSES, "real": 2}
    assert all(alarm["test_until"] for alarm in found), "the real one says that a test was going on"


async def test_a_press_on_her_open_real_alarm_is_real_whatever_the_window(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with a_desk(gateway, "BE-VOV") as desk:
        await an_acknowledged_alarm(gateway, desk)
        alarm_id = (await gateway.press(companion)).json()["alarm_id"]
        assert (await ask(gateway, companion, 15))[0] == 409
        await desk.ask("acknowledge", alarm_id)
        await desk.ask("close", alarm_id, 1, outcome="arrest", note="Klaar.")
        assert (await ask(gateway, companion, 15))[0] == 200
        assert (await desk.ask("reopen", alarm_id, 3, note="Toch niet."))["type"] == "result"
        receipt = (await gateway.press(companion)).json()
    assert (receipt["purpose"], receipt["alarm_id"]) == ("real", alarm_id)


async def test_her_phones_own_test_stays_a_test_with_and_without_a_window(gateway: Running) -> None:
    companion = await gateway.a_companion()
    assert await purposes(gateway, companion, purpose="test") == ["test"]
    await ask(gateway, companion, 15)
    assert await purposes(gateway, companion, TEST_PRESSES + 1, purpose="test") == ["test"] * (
        TEST_PRESSES + 1
    )


@pytest.mark.parametrize("said", ["exercise", "canary"])
async def test_no_phone_makes_an_exercise_or_a_canary(gateway: Running, said: str) -> None:
    receipt = (await gateway.press(await gateway.a_companion(), a_press(purpose=said))).json()
    assert receipt["purpose"] == "real"
    assert "dropped:purpose" in receipt["flags"]


async def test_a_receipt_given_again_names_the_purpose_of_the_first(gateway: Running) -> None:
    companion = await gateway.a_companion()
    await ask(gateway, companion, 15)
    press = a_press()
    first = (await gateway.press(companion, press)).json()
    await ask(gateway, companion, 0)
    again = (await gateway.press(companion, press)).json()
    assert again == {**first, "seen_before": True}
    assert again["purpose"] == "test"


async def test_only_the_case_team_of_her_centre_opens_a_window_and_for_an_hour_at_most(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    assert (await ask(gateway, companion, 15, role=Role.OPERATOR))[0] == 403
    assert (await ask(gateway, companion, 15, centre="BE-WBR"))[0] == 404
    for minutes in (61, -1):
        assert (await ask(gateway, companion, minutes))[0] == 422
    assert (await ask(gateway, companion, 60, role=Role.SUPERVISOR))[0] == 200
    assert await purposes(gateway, companion) == ["test"]
