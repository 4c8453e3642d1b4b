"""What happened to an alarm, while it goes on and long after: the timeline, and looking back."""

import asyncio
import re
from typing import Final
from uuid import UUID

from playwright.async_api import Locator, Page, expect

from dispatch.client import ConsoleClient
from gateway.drill.proxy import tcp_proxy
from schemas.outcome import Outcome
from schemas.session import Role
from schemas.unit import UnitStatus
from tests.support.browser import axe_violations
from tests.support.desk import a_unit
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running

NOTE: Final = "Buren horen geroep.\nPloeg verwittigd."


async def an_alarm(gateway: Running, console: ConsoleClient, victim: str = "Voorbeeld, Anna") -> UUID:
    """Press; return the alarm once the console has it."""
    alarm_id = UUID((await gateway.press(await gateway.a_companion(victim=victim))).json()["alarm_id"])
    async with asyncio.timeout(10):
        while console.board.find(alarm_id) is None:
            await anext(console)
    return alarm_id


async def kept_up(console: ConsoleClient) -> None:
    """Read what comes, so that the console is not closed as too slow."""
    async for _ in console:
        pass


def step(page: Page, what: str) -> Locator:
    """A step of the timeline by what it says."""
    timeline = page.get_by_role("region", name="Timeline")
    return timeline.get_by_role("listitem").filter(has_text=what)


async def test_every_step_of_the_selected_alarm_is_told_with_who_when_and_its_note(gateway: Running) -> None:
    session = await gateway.a_session(name="Operator Two")
    unit_id = UUID(await a_unit(gateway, "GENT 12"))
    async with a_dispatcher(gateway) as page, ConsoleClient(gateway.url, session) as console:
        alarm_id = await an_alarm(gateway, console)
        reading = asyncio.create_task(kept_up(console))
        await expect(step(page, "Alarm raised")).to_contain_text("+00:00")
        await expect(step(page, "Alarm raised")).to_contain_text("East Flanders")
        await console.acknowledge(alarm_id)
        await expect(step(page, "Acknowledged")).to_contain_text("Operator Two, East Flanders")
        await console.note(alarm_id, NOTE)
        await expect(step(page, "Note")).to_contain_text("Ploeg verwittigd.")
        await console.assign(alarm_id, unit_id, eta_s=290)
        await expect(step(page, "Unit sent")).to_contain_text("GENT 12: sent, expected within 5 min")
        await console.unit_status(alarm_id, unit_id, UnitStatus.ON_SCENE)
        await expect(step(page, "Unit reported")).to_contain_text("GENT 12: on the spot")
        newest = page.get_by_role("region", name="Timeline").get_by_role("listitem").first
        await expect(newest).to_contain_text("Unit reported")
        assert await axe_violations(page) == []
        reading.cancel()


async def a_closed_alarm(
    gateway: Running, console: ConsoleClient, outcome: Outcome, victim: str = "Voorbeeld, Anna"
) -> UUID:
    """Press, take it and close it at this console."""
    alarm_id = await an_alarm(gateway, console, victim)
    await console.acknowledge(alarm_id)
    async with asyncio.timeout(10):
        while (alarm := console.board.find(alarm_id)) is None or alarm.acknowledged_by is None:
            await anext(console)
    await console.close(alarm_id, outcome, NOTE)
    return alarm_id


async def looking_back(page: Page) -> Locator:
    """Go to the closed alarms; return the list."""
    await page.get_by_role("button", name="Looking back", exact=True).press("Enter")
    return page.get_by_role("region", name="Closed alarms")


async def test_without_a_link_the_timeline_stays_and_says_as_of_when(gateway: Running) -> None:
    session = await gateway.a_session(name="Operator Two")
    async with (
        tcp_proxy(gateway.url) as network,
        a_dispatcher(gateway, network.url) as page,
        ConsoleClient(gateway.url, session) as console,
    ):
        alarm_id = await an_alarm(gateway, console)
        await expect(step(page, "Alarm raised")).to_be_visible()
        network.cut()
        timeline = page.get_by_role("region", name="Timeline")
        await expect(timeline).to_contain_text(re.compile(r"as of \d\d:\d\d:\d\d"))
        await expect(step(page, "Alarm raised")).to_be_visible()
        await console.acknowledge(alarm_id)
        network.heal()
        await expect(step(page, "Acknowledged")).to_be_visible()
        await expect(timeline).not_to_contain_text("as of")


async def test_an_operator_looks_back_on_an_alarm_and_reopens_it_by_keyboard(gateway: Running) -> None:
    session = await gateway.a_session(name="Operator Two")
    async with a_dispatcher(gateway) as page, ConsoleClient(gateway.url, session) as console:
        await a_closed_alarm(gateway, console, Outcome.OFFENDER_GONE)
        closed = await looking_back(page)
        await closed.get_by_role("button", name=re.compile("Voorbeeld, Anna")).press("Enter")
        detail = page.get_by_role("region", name="Closed alarm", exact=True)
        await expect(detail).to_contain_text("Offender gone")
        await expect(detail).to_contain_text("14/offender_gone")
        await expect(detail).to_contain_text("closed by Operator Two")
        await expect(detail).to_contain_text("Heeft een jachtgeweer")
        steps = page.get_by_role("region", name="Timeline").get_by_role("listitem")
        await expect(steps.first).to_contain_text("Alarm raised")
        await expect(steps.last).to_contain_text("Ploeg verwittigd.")
        await expect(page.get_by_role("region", name="Trail")).to_be_visible()
        assert await axe_violations(page) == []

        await detail.get_by_role("button", name="Reopen").first.press("Enter")
        await page.get_by_role("textbox").fill("Hij is terug.")
        await page.get_by_role("textbox").press("Tab")
        await page.keyboard.press("Enter")
        await expect(detail).to_contain_text("This alarm is open again.")
        await expect(page.get_by_role("region", name="Stalking alarm", exact=True)).to_be_visible()
        await detail.get_by_role("button", name="Show it among the open alarms").press("Enter")
        await expect(step(page, "Reopened")).to_contain_text("Hij is terug.")


async def test_a_supervisor_reviews_a_slip_from_its_notice(gateway: Running) -> None:
    session = await gateway.a_session(name="Operator Two")
    async with (
        a_dispatcher(gateway, role=Role.SUPERVISOR, name="Chef") as page,
        ConsoleClient(gateway.url, session) as console,
    ):
        await a_closed_alarm(gateway, console, Outcome.SLIP)
        notices = page.get_by_role("button", name=re.compile("^Notices"))
        await expect(notices).to_contain_text("1 to do")
        await notices.press("Enter")
        await page.get_by_role("button", name=re.compile("^Look back on it")).press("Enter")
        detail = page.get_by_role("region", name="Closed alarm", exact=True)
        await expect(detail).to_contain_text("waits for the second look of a supervisor")
        closed = page.get_by_role("region", name="Closed alarms")
        await closed.get_by_label("Which").select_option("review")
        row = closed.get_by_role("button", name=re.compile("Voorbeeld, Anna"))
        await expect(row).to_contain_text("Waiting for a second look")
        assert await axe_violations(page) == []

        await detail.get_by_role("button", name="Agree").first.press("Enter")
        await page.get_by_role("textbox").fill("Gezien met de ploeg.")
        await page.get_by_role("textbox").press("Tab")
        await page.keyboard.press("Enter")
        await expect(detail).to_contain_text(re.compile("Second look by Chef, .*: agreed"))
        await expect(closed).to_contain_text("No outcome waits for a second look.")
        await expect(step(page, "Second look: agreed")).to_contain_text("Gezien met de ploeg.")
        await page.get_by_role("button", name="Alarms", exact=True).click()
        await expect(notices).to_contain_text("No notices")


async def test_closed_alarms_are_paged_and_chosen_by_keyboard_and_filtered(gateway: Running) -> None:
    session = await gateway.a_session(name="Operator Two")
    companion = await gateway.a_companion(victim="Veelvuldig, Vera")
    async with a_dispatcher(gateway, language="nl") as page, ConsoleClient(gateway.url, session) as console:
        for _ in range(21):
            alarm_id = UUID((await gateway.press(companion)).json()["alarm_id"])
            while (alarm := console.board.find(alarm_id)) is None or alarm.acknowledged_by is None:
                if alarm is not None:
                    await console.acknowledge(alarm_id)
                await anext(console)
            await console.close(alarm_id, Outcome.DUPLICATE, "x")
        await page.get_by_role("navigation").get_by_role("button", name="Terugkijken").click()
        closed = page.get_by_role("region", name="Afgesloten alarmen")
        rows = closed.get_by_role("listitem").get_by_role("button")
        await expect(rows).to_have_count(20)
        await rows.first.press("ArrowDown")
        await expect(rows.nth(1)).to_be_focused()
        await expect(rows.nth(1)).to_have_attribute("aria-current", "true")
        await page.keyboard.press("PageDown")
        await expect(rows).to_have_count(1)
        await expect(rows.first).to_be_focused()
        await expect(closed).to_contain_text("Pagina 2")
        await page.keyboard.press("PageDown")
        await page.keyboard.press("PageUp")
        await expect(rows).to_have_count(20)
        assert await axe_violations(page) == []
        await closed.get_by_label("Soort").select_option("test")
        await expect(closed).to_contain_text("Geen afgesloten alarm.")
