"""The terminal console on a real gateway: keys in, what the gateway has and the screen shows out."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, RichLog, Static

from dispatch.client import COOKIE, ConsoleClient
from dispatch.terminal.app import Terminal
from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from gateway.store.units import PostgresUnits
from gateway.store.view import Viewer
from schemas.alarm import AlarmState, AlarmView
from schemas.session import Role
from schemas.trail import AlarmTrail
from schemas.unit import NewUnit, UnitStatus
from tests.support.cases import a_frame
from tests.support.gateway import Running, running
from tests.support.processes import MSA, ROOT
from tests.support.wait import until


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(database, tmp_path) as up:
        yield up


@asynccontextmanager
async def seated(gateway: Running, *centres: str) -> AsyncIterator[tuple[Terminal, Pilot[None]]]:
    """Sit down at a terminal as an operator of ``centres``."""
    cookie = await gateway.a_session(*centres, name="Els")
    headers = {"Cookie": f"{COOKIE}={cookie}"}

    async def trail_of(alarm_id) -> AlarmTrail:
        answer = await gateway.http.get(f"{gateway.url}/v1/alarms/{alarm_id}/trail", headers=headers)
        return AlarmTrail.model_validate_json(answer.content)

    terminal = Terminal(ConsoleClient(gateway.url, cookie), trail_of)
    async with terminal.run_test(size=(160, 48)) as pilot:
        await until("caught up", lambda: not terminal._client.stale)
        yield terminal, pilot


async def shown(terminal: Terminal, pilot: Pilot[None], words: str) -> None:
    """Wait until the detail of the selected alarm says so."""

    def says() -> bool:
        drawn = terminal.query_one("#alarm", Static)
        return words in "\n".join(str(line.text) for line in drawn.render_lines(drawn.region.reset_offset))

    async def drawn() -> bool:
        await pilot.pause()
        return says()

    await until(f"the screen says {words!r}", drawn)


def the_alarm(terminal: Terminal) -> AlarmView:
    (alarm,) = terminal._client.board.open_alarms()
    return alarm


async def a_unit(gateway: Running, name: str) -> None:
    async with create_pool(gateway.database, application_name="test") as pool:
        units = PostgresUnits(pool, Viewer(None, lambda _: None), lambda _: None)  # type: ignore[arg-type] # only what is asked here
        await units.add(NewUnit(centre="BE-VOV", name=name), None)


async def test_an_alarm_is_shown_taken_served_and_closed_by_keys_alone(gateway: Running) -> None:
    await a_unit(gateway, "GENT 101")
    companion = await gateway.a_companion(victim="Voorbeeld, Anna")
    async with seated(gateway, "BE-VOV") as (terminal, pilot):
        assert (await gateway.press(companion)).status_code == 201
        await shown(terminal, pilot, "STALKING ALARM  raised")
        await shown(terminal, pilot, "Voorbeeld, Anna")

        await pilot.press("f2")
        await shown(terminal, pilot, "acknowledged by Els")

        await pilot.press("f3")
        await pilot.pause()
        await pilot.press("enter")
        await shown(terminal, pilot, "GENT 101: dispatched")

        await pilot.press("f4")
        await pilot.pause()
        await pilot.press("enter")
        await shown(terminal, pilot, "GENT 101: en route")
        assert the_alarm(terminal).units[0].status is UnitStatus.EN_ROUTE

        await pilot.press("f8")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press(*"aangehouden", "enter")
        await until("it is closed", lambda: not list(terminal._client.board.open_alarms()))
        await until("it is listed no more", lambda: terminal.query_one("#queue", DataTable).row_count == 0)


async def test_a_new_alarm_does_not_move_the_selection_and_f2_takes_the_one_that_waits(
    gateway: Running,
) -> None:
    first, second = await gateway.a_companion(victim="Eerste"), await gateway.a_companion(victim="Tweede")
    async with seated(gateway, "BE-VOV") as (terminal, pilot):
        await gateway.press(first)
        await shown(terminal, pilot, "Eerste")
        await pilot.press("f2")
        await shown(terminal, pilot, "acknowledged by Els")
        await gateway.press(second)
        await until("two are listed", lambda: terminal.query_one("#queue", DataTable).row_count == 2)
        await shown(terminal, pilot, "Eerste")
        await pilot.press("f2")
        await until(
            "both are taken",
            lambda: (
                {alarm.state for alarm in terminal._client.board.open_alarms()} == {AlarmState.ACKNOWLEDGED}
            ),
        )


async def test_a_lost_link_is_said_and_what_was_missed_is_shown(gateway: Running) -> None:
    async with seated(gateway, "BE-VOV") as (terminal, pilot):
        await gateway.stop()
        bar = terminal.query_one("#link", Static)

        async def said() -> bool:
            await pilot.pause()
            return bar.has_class("shown")

        await until("the bar is shown", said)


async def test_a_refused_command_says_why(gateway: Running) -> None:
    companion = await gateway.a_companion(victim="Voorbeeld, Anna")
    async with seated(gateway, "BE-VOV") as (terminal, pilot):
        await gateway.press(companion)
        await shown(terminal, pilot, "Voorbeeld, Anna")
        await pilot.press("f8")  # nobody has it yet
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press(*"x", "enter")

        async def said() -> bool:
            await pilot.pause()
            news = terminal.query_one("#news", RichLog)
            return any("does not allow" in line.text for line in news.lines)

        await until("the refusal is shown", said)
        assert the_alarm(terminal).state is AlarmState.RAISED


async def test_without_a_session_the_terminal_leaves_and_says_why(gateway: Running) -> None:
    terminal = Terminal(ConsoleClient(gateway.url, "nobody"), lambda _: None)  # type: ignore[arg-type, return-value] # told nothing
    async with terminal.run_test() as pilot:

        async def left() -> bool:
            await pilot.pause()
            return terminal.return_code == 1

        await until("it has left", left)


async def test_the_command_prints_the_stream_as_json_lines(gateway: Running) -> None:
    async with create_pool(gateway.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), gateway.settings.session_hours)
        els = await operators.add(
            "els", name="Els", roles=[Role.OPERATOR], centres=["BE-VOV"], password_hash=None
        )
        link, _ = await operators.new_link(els.operator_id)
    command = ("console", "--centre", "BE-VOV", "--url", gateway.url, "--link", link, "--json")
    process = await asyncio.create_subprocess_exec(
        *MSA, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            assert json.loads(await process.stdout.readline())["type"] == "snapshot"
            await gateway.press(await gateway.a_companion())
            told = json.loads(await process.stdout.readline())
    finally:
        process.kill()
        await process.communicate()
    assert (told["kind"], told["centre"]) == ("alarm.raised", "BE-VOV")


async def test_a_press_that_is_only_kept_is_listed_marked_and_asks_for_paper(gateway: Running) -> None:
    async with seated(gateway, "BE-VOV") as (terminal, pilot):
        await terminal._client._take(a_frame({"type": "provisional"}))
        await shown(terminal, pilot, "note on paper who goes")
        assert str(terminal.query_one("#queue", DataTable).get_row_at(0)[0]) == "provisional"
        await terminal._client._take(a_frame({"type": "provisional_over"}))
        await shown(terminal, pilot, "No open alarm.")
