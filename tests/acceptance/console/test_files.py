"""A case officer opens an urgent file, sees what it lacks, and takes it on; a magistrate decides."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from playwright.async_api import Browser, Page, expect

from gateway.store.connect import Connection
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.gateway import Running, a_press

NAME: Final = "<b>Anna</b> & Voorbeeld"
LACKS_PV: Final = re.compile("police report")
POSITION: Final = {"latitude": 51.05, "longitude": 3.72, "radius_m": 12, "fixed_at": "2026-01-01T00:00:00Z"}
OVER: Final = "UPDATE alarm SET state = 'closed', acknowledged_at = now()"
LATE: Final = "UPDATE registration SET decide_by = now() - interval '1 hour'"


@asynccontextmanager
async def a_desk(
    gateway: Running, browser: Browser, role: Role, *, language: str = "en", width: int = 1600
) -> AsyncIterator[Page]:
    """A page of somebody who works on files."""
    link = await a_link(gateway, "BE-VOV", name=role.value, role=role)
    async with console_page(browser, language=language, width=width) as page:
        await page.goto(gateway.url + link)
        yield page


async def choose(page: Page, label: str, value: str) -> None:
    await page.get_by_label(label).select_option(value)


async def open_urgent_file(page: Page) -> UUID:
    """Fill in the form, first without the police report's number."""
    await page.get_by_role("link", name="New file").click()
    await choose(page, "Which procedure", "urgent")
    await page.get_by_label("Name of the victim").fill(NAME)
    await page.get_by_label("Reference").fill("map 12")
    await page.get_by_role("button", name="Open the file").click()
    await expect(page.get_by_label("PV number")).to_have_accessible_description(LACKS_PV)
    await page.get_by_label("PV number").fill("GE.43.LB.012345/2026")
    await page.get_by_role("button", name="Open the file").click()
    await expect(page.get_by_role("heading", name=NAME, exact=True)).to_be_visible()
    return UUID(page.url.rpartition("/")[2])


async def take(page: Page, act: str) -> None:
    """Take a step that asks nothing more than its day."""
    await page.get_by_role("button", name=act, exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name=act, exact=True).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_an_urgent_file_says_what_it_lacks_and_whom_it_waits_for(
    gateway: Running, connection: Connection
) -> None:
    async with running_chromium() as browser:
        async with a_desk(gateway, browser, Role.CASE_OFFICER) as page:
            file = await open_urgent_file(page)
            install = page.get_by_role("button", name="Record the installation")
            await expect(install).to_be_disabled()
            await expect(page.get_by_text("Lacks: a test press on her button, a position")).to_be_visible()
            phone = await gateway.enrol(file)
            await gateway.press(phone, a_press(purpose="test", positions=[POSITION]))
            await page.reload()
            await expect(page.get_by_text("An alarm of hers is open now.")).to_be_visible()
            await take(page, "Record the installation")
            await expect(page.get_by_text("decision is expected before")).to_be_visible()
            await expect(page.get_by_text("For the magistrate.").first).to_be_visible()
            assert await axe_violations(page) == []
            await connection.execute(OVER)
            await connection.execute(LATE)
            await page.get_by_role("link", name="All files").click()
            row = page.get_by_role("row", name=NAME)
            await expect(row).to_contain_text("decision was due")
            await expect(row).to_contain_text("Victim support told")
            await choose(page, "Waits for", "mine")
            await expect(row).to_be_visible()
            await choose(page, "State", "closed")
            await expect(page.get_by_text("No file is like that.")).to_be_visible()
            assert await axe_violations(page) == []
        async with a_desk(gateway, browser, Role.MAGISTRATE, language="nl", width=1366) as page:
            await page.get_by_role("link", name=NAME).click()
            await expect(page.get_by_text("Haar alarm blijft werken.")).to_be_visible()
            await expect(page.get_by_role("button", name="Verhoor noteren")).to_have_count(0)
            await page.get_by_role("button", name="Afsluiten", exact=True).click()
            form = page.get_by_role("dialog")
            await form.get_by_label("Reden").select_option("danger_over")
            await form.get_by_label("Motivering").fill("Hij zit vast; geen gevaar meer.")
            await form.get_by_role("button", name="Afsluiten", exact=True).click()
            await expect(page.get_by_role("status").filter(has_text="Genoteerd: Afsluiting")).to_be_visible()
            await expect(page.get_by_text("Hij zit vast; geen gevaar meer.")).to_be_visible()
