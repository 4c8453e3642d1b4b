"""The supervisor's view: who waits, who hears, how soon is answered; loud, and never an alarm."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from dispatch.client import ConsoleClient
from gateway.store.connect import connected
from schemas.session import Role
from tests.support.answering import time_passes
from tests.support.browser import axe_violations
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import RawConsole, Running, a_press, running

SEEN_WITHIN_MS: Final = 15_000
"""What is counted (10 s), written (5 s) or polled (2 s) is there by then."""

SLOW_LADDER: Final = """
[default]
levels = [{step = "remind", after_s = 60}, {step = "supervisor", after_s = 120}]
"""
"""A level is seen before the next one is due, however slow the machine."""

AGE = """
UPDATE alarm SET raised_at = raised_at - make_interval(secs => 90) WHERE alarm_id = $1"""


async def open_view(page: Page, name: str = "Supervision") -> Locator:
    """Go to the view; return it."""
    await page.get_by_role("navigation").get_by_role("button", name=re.compile(f"^{name}")).click()
    view = page.get_by_role("region", name=name, exact=True)
    await expect(view.get_by_text(re.compile("^As of"))).to_be_visible()
    return view


def table(view: Locator, name: str) -> Locator:
    return view.get_by_role("table", name=name, exact=True)


@asynccontextmanager
async def alive(*consoles: RawConsole) -> AsyncIterator[None]:
    """Let consoles answer every heartbeat meanwhile: whoever does not is closed."""

    async def answer(console: RawConsole) -> None:
        async for frame in console.socket:
            if json.loads(frame)["type"] == "heartbeat":
                await console.send("pong")

    answering = [asyncio.create_task(answer(console)) for console in consoles]
    try:
        yield
    finally:
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


async def axe_in_every_language(page: Page) -> None:
    """Have the view looked at by axe in four languages, dark and light."""
    for language, scheme, said in (
        ("nl", "dark", "Geluid geblokkeerd: geen sirene"),
        ("fr", "light", "Son bloqué : pas de sirène"),
        ("de", "light", "Ton blockiert: keine Sirene"),
        ("en", "dark", "Sound blocked: no siren"),
    ):
        await page.get_by_role("combobox").nth(0).select_option(language)
        await page.get_by_role("combobox").nth(1).select_option(scheme)
        await expect(page.get_by_text(said).first).to_be_visible()
        assert await axe_violations(page) == []


async def test_requirement_12_repeats_join_their_alarm_and_a_flood_is_told_and_hides_nothing(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway, role=Role.SUPERVISOR) as page:
        first = await gateway.a_companion()
        for _ in range(3):
            assert (await gateway.press(first)).status_code == 201
        others = [await gateway.a_companion() for _ in range(9)]
        await asyncio.gather(*(gateway.press(one) for one in others))
        view = await open_view(page)
        waiting = table(view, "Unanswered alarms").locator("tbody tr")
        await expect(waiting).to_have_count(10)  # twelve presses by ten victims, and no flood yet
        await expect(waiting.first.get_by_role("cell").last).to_have_text("3")
        flood = view.get_by_text(re.compile("Flood of alarms"))
        await expect(flood).to_have_count(0)
        await gateway.press(await gateway.a_companion())
        await expect(flood).to_have_text(
            "Flood of alarms, East Flanders: 11 new in 10 minutes; consoles: 1.", timeout=SEEN_WITHIN_MS
        )
        await expect(waiting).to_have_count(11)
        # Loud, and yet no alarm: announced when there is time, and not in the colour of one.
        await expect(view.get_by_role("status").filter(has_text="Flood of alarms")).to_be_visible()
        await expect(page.get_by_role("alert").filter(has_text="Flood of alarms")).to_have_count(0)
        colours = "(it) => [getComputedStyle(it).color, getComputedStyle(document.documentElement).color]"
        red, _ = await waiting.first.locator(".waiting").evaluate(colours)
        assert (await flood.evaluate(colours))[0] != red
        assert await axe_violations(page) == []
        await page.get_by_role("button", name="Alarms", exact=True).click()
        queue = page.get_by_role("region", name="Open alarms")
        await expect(queue.get_by_role("listitem")).to_have_count(11)
        await expect(queue.get_by_text("pressed 3 times")).to_be_visible()


async def test_requirement_07_the_supervisor_sees_the_share_answered_in_time(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.overview.FIGURES_S", 0.0)
    other = await gateway.a_session(name="Operator Two")
    async with a_dispatcher(gateway, role=Role.SUPERVISOR) as page:
        view = await open_view(page)
        answers = table(view, "Time to answer")
        await expect(answers.get_by_text("no alarms")).to_have_count(2)
        async with ConsoleClient(gateway.url, other) as console:
            victims = [await gateway.a_companion() for _ in range(4)]
            pressed = [(await gateway.press(victim)).json() for victim in victims]
            async for _ in console:
                if len(list(console.board.open_alarms())) == len(pressed):
                    break
            for receipt in pressed[1:]:
                alarm = next(a for a in console.board.open_alarms() if str(a.alarm_id) == receipt["alarm_id"])
                await console.acknowledge(alarm.alarm_id)
        async with connected(gateway.database, application_name="test") as connection:
            await connection.execute(AGE, pressed[0]["alarm_id"])
        day = answers.locator("tbody").first.get_by_role("row", name="East Flanders")
        cells = day.get_by_role("cell")
        await expect(cells.nth(0)).to_have_text("4")
        for column in (1, 2):  # within 15 s, within 20 s
            await expect(cells.nth(column)).to_contain_text(re.compile(r"75\s%"))
            await expect(cells.nth(column)).to_contain_text("3 of 4")
            await expect(cells.nth(column)).to_contain_text("below target")
        await expect(cells.nth(3)).not_to_contain_text("target")
        await expect(cells.nth(5)).to_have_text(re.compile(r"^\d s$"))  # half
        await expect(cells.nth(6)).to_have_text(re.compile(r"^\d\d s$"))  # nine in ten: one still waits
        await expect(cells.nth(8)).to_have_text("1")
        heads = answers.get_by_role("columnheader")
        await expect(heads.nth(2)).to_contain_text(re.compile(r"within 15 s\s+target 90\s%"))
        await expect(heads.nth(3)).to_contain_text(re.compile(r"within 20 s\s+target 95\s%"))


async def test_a_siren_that_a_browser_blocks_and_a_hidden_console_are_faults_at_a_glance(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway, role=Role.SUPERVISOR) as page:
        anna = await gateway.a_session(name="Anna")
        async with (
            gateway.console(anna) as mute,
            gateway.console(await gateway.a_session(name="Bea")) as away,
        ):
            for console, sound, visible in ((mute, "blocked", True), (away, "ready", False)):
                await console.attached()
                await console.send("condition", sound=sound, visible=visible, awake=True, lag_ms=12.0)
                await console.next("noted")
            async with alive(mute, away):
                view = await open_view(page)
                rows = table(view, "Consoles").locator("tbody tr")
                await expect(rows.first).to_contain_text("Anna")  # the worst first
                await expect(rows.first).to_contain_text("Sound blocked: no siren")
                await expect(rows.first).to_contain_text("12 ms")
                await expect(rows.filter(has_text="Bea")).to_contain_text("Screen hidden")
                record = table(view, "Sirens silenced or blocked, last 24 hours")
                await expect(record.get_by_role("row", name="Anna")).to_contain_text("blocked by the browser")
                await axe_in_every_language(page)
                await page.get_by_role("button", name="Alarms", exact=True).click()
                supervision = page.get_by_role("button", name=re.compile("^Supervision"))
                await expect(supervision).to_contain_text(re.compile("matters need attention"))
                view = await open_view(page)
                await mute.send("condition", sound="ready", visible=True, awake=True)
                await expect(table(view, "Consoles").get_by_role("row", name="Anna")).to_contain_text("none")
        await expect(table(view, "Consoles").get_by_role("row", name="Anna")).to_have_count(0)
        await expect(record.get_by_role("row", name="Anna")).to_be_visible()  # it stays on record


@pytest.mark.usefixtures("chromium")
async def test_the_view_climbs_with_the_ladder_and_leads_to_the_alarm(database: str, tmp_path: Path) -> None:
    responses = tmp_path / "responses.toml"
    responses.write_text(SLOW_LADDER)
    async with (
        running(database, tmp_path, responses=responses) as gateway,
        a_dispatcher(gateway, role=Role.SUPERVISOR) as page,
    ):
        view = await open_view(page)
        companion = await gateway.a_companion(victim="Voorbeeld, Anna")
        await gateway.press(companion)
        await gateway.press(await gateway.a_companion(), a_press(purpose="test"))
        row = table(view, "Unanswered alarms").locator("tbody tr")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text(re.compile("the centre.s consoles"))
        await expect(row).to_contain_text(re.compile(r"in \d+ s"))
        await time_passes(gateway.database, 60)
        await expect(row).to_contain_text("level 1: the centre was reminded")
        await time_passes(gateway.database, 60)
        await expect(row).to_contain_text("level 2: the supervisors were told")
        assert await view.get_by_text("Voorbeeld").count() == 0, "files, not names"
        await row.get_by_role("button").click()
        await expect(page.get_by_role("heading", name="Voorbeeld, Anna")).to_be_visible()
        await page.keyboard.press("F2")
        view = await open_view(page)
        idle = table(view, "Taken, no unit sent").locator("tbody tr")
        await expect(idle).to_contain_text("Operator One")
        await expect(table(view, "Unanswered alarms")).to_contain_text("Every alarm has been answered.")


async def test_an_overview_that_cannot_be_had_says_since_when_it_is_old(gateway: Running) -> None:
    async with a_dispatcher(gateway, role=Role.SUPERVISOR) as page:
        view = await open_view(page)
        await page.route("**/v1/overview", lambda route: route.abort())
        old = view.get_by_role("alert")
        await expect(old).to_contain_text("what stands here is old", timeout=SEEN_WITHIN_MS)
        await expect(old).to_contain_text("The gateway cannot be reached.")
        await expect(view.get_by_text(re.compile("^As of"))).to_have_count(0)
        await expect(table(view, "Consoles")).to_be_visible()
        await page.unroute("**/v1/overview")
        await expect(old).to_have_count(0, timeout=SEEN_WITHIN_MS)
