"""Where things stand: on the desk at every size, and on the wall."""

import re

from playwright.async_api import Page, expect

from tests.support.console_scene import PERSONAL, VICTIM, press_them
from tests.support.console_walk import WALL, open_wall
from tests.support.dispatcher import SAID_WITHIN_MS, a_dispatcher
from tests.support.gateway import Running
from tests.support.proxy import tcp_proxy

READABLE_VH = 6.0
"""A letter's em of 6 % of the screen's height: some 40 mm on a display of 55 inches, capitals 30 mm,
which a good eye reads from 6 m at a two-hundredth of the distance (DIN 1450)."""


async def em_vh(page: Page, selector: str) -> float:
    """Return the smallest em of what is selected, in percent of the window's height."""
    sizes: list[float] = await page.eval_on_selector_all(
        selector, "(all) => all.map((each) => parseFloat(getComputedStyle(each).fontSize) / innerHeight)"
    )
    assert sizes
    return 100 * min(sizes)


async def test_the_wall_tells_what_is_open_and_nothing_of_whom(gateway: Running) -> None:
    async with (
        tcp_proxy(gateway.url) as network,
        a_dispatcher(gateway, network.url, language="nl", width=1920, height=1080) as page,
    ):
        await press_them(gateway)
        await expect(page.get_by_role("heading", name=VICTIM)).to_be_visible()
        html = await page.content()
        assert [one for one in PERSONAL if one not in html] == [], "all of it stands on the desk"

        await open_wall(page)
        rows = page.locator(f"{WALL} li")
        await expect(rows).to_have_count(3)
        await expect(rows.nth(0)).to_contain_text(
            re.compile(r"Onbeantwoord\s+Oost-Vlaanderen\s+\d\d:\d\d\s+Geen ploeg gestuurd\s+Kritiek")
        )
        await expect(rows.nth(2)).to_contain_text("Test")
        await expect(page.get_by_text("2 onbeantwoord")).to_be_visible()
        html = await page.content() + await page.title() + page.url
        assert [one for one in PERSONAL if one in html] == []
        for part in ("time", ".count", "li .state", "li .centre", "li .since"):
            assert await em_vh(page, f"{WALL} {part}") >= READABLE_VH, part
        assert await page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "dark"

        await page.reload()
        await expect(rows).to_have_count(3)
        network.cut()
        lost = page.get_by_role("alert").filter(has_text="Verbinding verbroken")
        await expect(lost).to_be_visible(timeout=SAID_WITHIN_MS)
        assert await em_vh(page, f"{WALL} .link") >= READABLE_VH
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("heading", name=VICTIM)).to_be_visible()
        assert "#wall" not in page.url
