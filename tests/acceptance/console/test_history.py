"""What happened to an alarm, while it goes on and long after: the timeline, and looking back."""

import asyncio
from typing import Final
from uuid import UUID

from playwright.async_api import Locator, Page, expect

from dispatch.client import ConsoleClient
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
