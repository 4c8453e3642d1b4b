"""A case officer edits what an operator will see; a magistrate lowers the level; an operator sees it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page, expect

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.gateway import Companion, Running, a_press

HOME: Final = {"latitude": 51.0543, "longitude": 3.7174, "radius_m": 12, "fixed_at": "2026-01-01T00:00:00Z"}


@asynccontextmanager
async def a_page(
    gateway: Running,
    browser: Browser,
    role: Role,
    place: str = "",
    *,
    language: str = "en",
    width: int = 1600,
) -> AsyncIterator[Page]:
    """A page of somebody who is signed in, at a place."""
    link = await a_link(gateway, "BE-VOV", name=role.value, role=role)
    async with console_page(browser, language=language, width=width) as page:
        await page.goto(gateway.url + link)
        if place:
            await expect(page.get_by_role("navigation")).to_be_visible()
            await page.goto(f"{gateway.url}/#{place}")
        yield page


def a_photo() -> bytes:
    made = BytesIO()
    Image.new("RGB", (300, 400), "teal").save(made, "PNG")
    return made.getvalue()


async def edit(page: Page) -> None:
    """Put a court measure and a place into the file, with the preview beside it."""
    await page.get_by_role("button", name="Edit", exact=True).click()
    form = page.get_by_role("form", name="Edit the circumstances")
    await page.get_by_role("button", name="Add a circumstance").click()
    entry = page.get_by_role("group", name="Circumstance 3")
    await entry.get_by_label("Kind").select_option("measure")
    await entry.get_by_label("Which measure").select_option("contact_ban")
    await entry.get_by_label("What to know").fill("x" * 1000)
    preview = page.get_by_role("region", name="What the operator sees")
    await expect(preview.get_by_text("Contact ban")).to_be_visible()
    for _ in range(2):
        await page.get_by_role("button", name="Add a circumstance").click()
    for number in (4, 5):
        await (
            page.get_by_role("group", name=f"Circumstance {number}")
            .get_by_label("What to know")
            .fill("x" * 900)
        )
    await expect(preview.get_by_text("More than one screen")).to_be_visible()
    await form.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("a screen of the console holds 40")).to_be_visible()
    for number in (5, 4):
        await page.get_by_role("button", name=f"Leave out (Circumstance {number})").click()
    await entry.get_by_label("What to know").fill("<b>Mag haar niet</b> benaderen")
    await page.get_by_label("Coordinates").first.fill("51.0543, 3.7174")
    assert await axe_violations(page) == []
    await form.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(preview.get_by_text("<b>Mag haar niet</b> benaderen")).to_be_visible()


async def review_and_picture(page: Page) -> None:
    await page.get_by_label("Weapon: Heeft een jachtgeweer").check()
    await page.get_by_role("button", name="Checked today, unchanged").click()
    await expect(page.get_by_text("Version 3")).to_be_visible()
    await page.get_by_label("Victim: Choose a photo").set_input_files(
        {"name": "no.png", "mimeType": "image/png", "buffer": b"<svg/>"}
    )
    await expect(page.get_by_text("is not a PNG, JPEG or WebP image")).to_be_visible()
    await page.get_by_label("Victim: Choose a photo").set_input_files(
        {"name": "her.png", "mimeType": "image/png", "buffer": a_photo()}
    )
    await expect(page.get_by_role("img", name="Photo of")).to_be_visible()
    await page.get_by_role("button", name="Change the level").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("New level").select_option("medium")
    await expect(form.get_by_text("A lower level needs a second person")).to_be_visible()
    await form.get_by_label("Ground").fill("Hij woont nu elders")
    await form.get_by_role("button", name="Ask for a lower level").click()
    await expect(page.get_by_text("Somebody else decides about this.")).to_be_visible()
    await page.locator("summary", has_text="Earlier versions").click()
    await expect(page.get_by_role("row", name="photo of the victim")).to_be_visible()
    assert await axe_violations(page) == []


async def flag_by_hand(page: Page) -> None:
    await page.get_by_label("Address").fill("Stationsplein 1, Gent")
    await page.get_by_label("Reason").fill("Loert hier")
    await page.get_by_label("Last day").fill("2020-01-01")
    await page.get_by_role("button", name="Set the flag").click()
    await expect(page.get_by_label("Last day")).to_have_accessible_description(re.compile("is not within"))
    await page.get_by_label("Last day").fill((day_of(SystemClock().now()) + timedelta(days=9)).isoformat())
    await page.get_by_role("button", name="Set the flag").click()
    row = page.get_by_role("row", name="Address: Stationsplein 1, Gent")
    await expect(row).to_contain_text("Loert hier")
    assert await axe_violations(page) == []
    await row.get_by_role("button", name="End").click()
    await page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    await expect(row).to_have_count(0)


async def test_what_is_edited_is_what_the_operator_sees(gateway: Running) -> None:
    companion: Companion = await gateway.a_companion()
    file = f"files/{companion.registration_id}"
    async with running_chromium() as browser:
        async with a_page(gateway, browser, Role.CASE_OFFICER, file) as page:
            await edit(page)
            await review_and_picture(page)
            await page.goto(f"{gateway.url}/#hotspots")
            await flag_by_hand(page)
        async with a_page(gateway, browser, Role.MAGISTRATE, file, language="nl", width=1366) as page:
            await page.get_by_role("button", name="Lager niveau bevestigen").click()
            await expect(page.get_by_text("alles wordt om de 30 dagen nagekeken")).to_be_visible()
            await expect(page.get_by_role("button", name="Bewerken")).to_have_count(0)
        async with a_page(gateway, browser, Role.OPERATOR) as page:
            await gateway.press(companion, a_press(positions=[HOME]))
            await expect(page.get_by_text("Contact ban")).to_be_visible()
            photo = page.get_by_role("img", name="Photo of Voorbeeld, Anna")
            await expect(photo).to_be_visible()
            await expect(photo).to_have_js_property("naturalWidth", 300)
