"""A walk through every screen of a console, for what must hold on each: seen by axe, pictured, compared."""

import re
from collections.abc import AsyncGenerator
from typing import Final

from playwright.async_api import Page, expect

from gateway.drill.proxy import tcp_proxy
from schemas.session import Role
from tests.support.browser import LOCALES, OPENED_MS, console_page, running_chromium
from tests.support.console_scene import press_them
from tests.support.dispatcher import LIVE, a_link
from tests.support.gateway import Running

LANGUAGE_LIST: Final = "select:has(option[lang=nl])"
WALL: Final = "section.wall"
CLOSED: Final = re.compile(r"/v1/alarms\?")


async def speak(page: Page, language: str) -> None:
    """Choose a language where it is chosen; the wall display has no such place and is left for it."""
    on_the_wall = await page.locator(WALL).count() > 0
    if on_the_wall:
        await page.keyboard.press("Escape")
    await page.locator(LANGUAGE_LIST).select_option(language)
    await expect(page.locator(f'html[lang="{LOCALES[language]}"]')).to_have_count(1)
    if on_the_wall:
        await open_wall(page)


async def open_wall(page: Page) -> None:
    """Open the wall display by its address."""
    await page.evaluate("() => { location.hash = '#wall' }")
    await expect(page.locator(WALL)).to_be_visible()


async def open_view(page: Page, index: int) -> None:
    """Open a supervisor's view: alarms, supervision, looking back."""
    await page.locator("nav button").nth(index).click()
    await expect(page.locator("nav button").nth(index)).to_have_attribute("aria-current", "page")


async def every_screen(
    gateway: Running, *, width: int = 1600, height: int = 900
) -> AsyncGenerator[tuple[str, Page]]:
    """Yield each screen's name with the page that shows it, in Dutch; ends with the link lost."""
    link = await a_link(gateway, role=Role.SUPERVISOR)
    async with (
        tcp_proxy(gateway.url) as network,
        running_chromium() as browser,
        console_page(browser, width=width, height=height, language="nl") as page,
    ):
        await page.goto(network.url)
        await expect(page.locator("input[type=password]")).to_be_visible()
        yield "sign-in", page
        await page.goto("about:blank")
        await page.goto(network.url + link)
        await expect(page.locator(LIVE)).to_be_visible(timeout=OPENED_MS)
        yield "empty", page
        await press_them(gateway)
        await expect(page.locator("[data-alarm]")).to_have_count(3)
        await expect(page.locator(".detail .text").first).to_be_visible()
        yield "raised", page
        await page.keyboard.press("F2")
        await expect(page.locator("[data-alarm].acknowledged")).to_have_count(1)
        yield "acknowledged", page
        await page.locator("[data-alarm].apart").click()
        await expect(page.locator(".detail.apart")).to_be_visible()
        yield "test", page
        await page.locator("[data-alarm].acknowledged").click()
        await open_view(page, 1)
        await expect(page.locator("section.view table").first).to_be_visible()
        yield "supervision", page
        async with page.expect_response(CLOSED):
            await open_view(page, 2)
        yield "looking-back", page
        await open_wall(page)
        yield "wall", page
        await page.keyboard.press("Escape")
        network.cut()
        await expect(page.get_by_role("alert").filter(has_text=re.compile(r"\d\d:\d\d:\d\d"))).to_be_visible()
        yield "link-lost", page
