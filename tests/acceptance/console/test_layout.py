"""Where things stand: on the desk at every size, and on the wall."""

import asyncio
import re
from collections.abc import Sequence
from uuid import UUID

from playwright.async_api import Locator, Page, expect

from dispatch.client import ConsoleClient
from gateway.drill.proxy import tcp_proxy
from schemas.outcome import Outcome
from tests.support.console_scene import PERSONAL, VICTIM, press_them
from tests.support.console_walk import WALL, open_wall
from tests.support.desk import a_unit
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running
from tests.support.wait import until

READABLE_VH = 6.0
"""A letter's em of 6 % of the screen's height: some 40 mm on a display of 55 inches, capitals 30 mm,
which a good eye reads from 6 m at a two-hundredth of the distance (DIN 1450)."""

SEEN_VH = 4.5
"""What is second on a row: capitals of 22 mm, more than a three-hundredth of 6 m."""


async def em_vh(page: Page, selector: str) -> float:
    """Return the smallest em of what is selected, in percent of the window's height."""
    sizes: list[float] = await page.eval_on_selector_all(
        selector, "(all) => all.map((each) => parseFloat(getComputedStyle(each).fontSize) / innerHeight)"
    )
    assert sizes
    return 100 * min(sizes)


async def tells(page: Page, words: Sequence[str]) -> bool:
    """Whether each of these stands somewhere in the page."""
    html = await page.content()
    return all(word in html for word in words)


async def test_the_wall_tells_what_is_open_and_nothing_of_whom(gateway: Running) -> None:
    async with (
        tcp_proxy(gateway.url) as network,
        a_dispatcher(gateway, network.url, language="nl", width=1920, height=1080) as page,
    ):
        await press_them(gateway)
        await expect(page.get_by_role("heading", name=VICTIM)).to_be_visible()
        await until("all of it stands on the desk", lambda: tells(page, PERSONAL))

        await open_wall(page)
        rows = page.locator(f"{WALL} li")
        await expect(rows).to_have_count(3)
        await expect(rows.nth(0)).to_contain_text(
            re.compile(r"Onbeantwoord\s+\d\d:\d\d\s+Oost-Vlaanderen\s+Geen ploeg gestuurd\s+Kritiek")
        )
        await expect(rows.nth(2)).to_contain_text("Test")
        await expect(page.get_by_text("2 onbeantwoord")).to_be_visible()
        html = await page.content() + await page.title() + page.url
        assert [one for one in PERSONAL if one in html] == []
        for part in ("time", ".count", "li .state", "li .since"):
            assert await em_vh(page, f"{WALL} {part}") >= READABLE_VH, part
        for part in (".link", "li .centre", "li .units", "li .worst"):
            assert await em_vh(page, f"{WALL} {part}") >= SEEN_VH, part
        assert await page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "dark"

        await page.reload()
        await expect(rows).to_have_count(3)
        network.cut()
        lost = page.get_by_role("alert").filter(has_text="Verbinding verbroken")
        await expect(lost).to_be_visible()
        assert await em_vh(page, f"{WALL} .link") >= READABLE_VH
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("heading", name=VICTIM)).to_be_visible()
        assert "#wall" not in page.url


async def looks(marked: Locator) -> tuple[str, str, str]:
    """Return the word, the shape and the colour by which a state is told."""
    text = re.sub(r"[\d:]+", "", await marked.inner_text()).strip()
    shape = await marked.locator("svg path").first.get_attribute("d")
    colour: str = await marked.evaluate("(each) => getComputedStyle(each).color")
    return text, shape or "", colour


async def test_requirement_02_each_state_has_its_own_word_shape_and_colour_the_same_everywhere(
    gateway: Running,
) -> None:
    session = await gateway.a_session(name="Operator Two")
    unit_id = UUID(await a_unit(gateway, "GENT 12"))
    seen = []
    async with a_dispatcher(gateway) as page, ConsoleClient(gateway.url, session) as console:
        alarm_id = UUID((await gateway.press(await gateway.a_companion())).json()["alarm_id"])
        reading = asyncio.create_task(read(console))
        row, detail = page.locator("[data-alarm] .state"), page.locator(".detail .state").first
        for word, act in (
            ("Unanswered", None),
            ("Acknowledged", lambda: console.acknowledge(alarm_id)),
            ("Unit sent", lambda: console.assign(alarm_id, unit_id)),
        ):
            await (act() if act else expect(row).to_be_visible())
            await expect(row).to_have_text(word)
            await expect(detail).to_contain_text(word)
            look = await looks(row)
            assert await looks(detail) == look
            await page.evaluate("() => { location.hash = '#wall' }")
            wall = page.locator(f"{WALL} li")
            await expect(wall.locator(".state")).to_have_text(word)
            assert await wall.locator("svg path").first.get_attribute("d") == look[1]
            await page.keyboard.press("Escape")
            seen.append(look)
        await console.close(alarm_id, Outcome.OFFENDER_GONE, "Ter plaatse, alles rustig.")
        ended = page.get_by_role("region", name="Closed")
        await expect(ended).to_be_visible()
        seen.append(("Closed", await ended.locator("svg path").first.get_attribute("d") or "", "none"))
        reading.cancel()
    assert all(len(set(column)) == len(seen) for column in zip(*seen, strict=True)), seen


async def read(console: ConsoleClient) -> None:
    """Keep a console's board whole."""
    async for _ in console:
        pass


def seconds(text: str) -> int:
    """Return a running time, or a time of day, in seconds."""
    total = 0
    for part in text.strip().split(":"):
        total = 60 * total + int(part)
    return total


async def told_at_once(page: Page) -> tuple[int, int, int, int]:
    """Return the time of day, when the alarm was raised, and since how long banner and row say so."""
    told: list[str] = await page.evaluate(
        "() => [document.querySelector('header time').textContent,"
        " document.querySelector('.detail header').textContent.match(/Raised ([0-9:]+)/)[1],"
        " document.querySelector('.banner .since .digits').textContent,"
        " document.querySelector('[data-alarm] .since').textContent]"
    )
    now, raised, banner, row = map(seconds, told)
    return now, raised, banner, row


async def test_requirement_07_seconds_since_raised_stand_on_banner_and_row(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        await gateway.press(await gateway.a_companion())
        shown = page.locator(".banner .since .digits")
        await expect(shown).to_be_visible()
        for _ in range(2):
            before = await shown.inner_text()
            await expect(shown).not_to_have_text(before)
            now, raised, banner, row = await told_at_once(page)
            assert banner == row > seconds(before)
            assert abs((now - raised) % 86_400 - banner) <= 1, "by the clock of the gateway, which is shown"


async def test_requirement_08_a_new_alarm_moves_neither_selection_nor_focus_nor_scroll(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway, height=640) as page:
        names = [f"Voorbeeld, {name}" for name in ("An", "Bea", "Cis", "Dirk", "Els", "Fien", "Gust")]
        for name in names:
            await gateway.press(await gateway.a_companion(victim=name))
        rows = page.locator("[data-alarm]")
        await expect(rows).to_have_count(len(names))
        await page.keyboard.press("F2")
        await expect(page.locator("[data-alarm].acknowledged")).to_have_count(1)
        await expect(rows.nth(0)).to_contain_text("Bea")
        await expect(rows.nth(len(names) - 1)).to_contain_text("An")

        chosen = page.get_by_role("button", name="Voorbeeld, Els")
        await chosen.click()
        await expect(page.get_by_role("heading", name="Voorbeeld, Els")).to_be_visible()
        await page.locator(".queue").evaluate("(queue) => queue.scrollTo(0, 160)")
        await page.locator(".panel.detail").evaluate("(detail) => detail.scrollTo(0, 40)")
        where = "(all) => all.map((each) => each.scrollTop)"
        scrolled = await page.eval_on_selector_all(".queue, .panel.detail", where)
        assert all(scrolled), "both are scrolled before"
        place = await chosen.bounding_box()
        await gateway.press(await gateway.a_companion(victim="Nieuw, Hilde"))
        await expect(page.get_by_role("button", name="Nieuw, Hilde")).to_have_count(1)

        await expect(chosen).to_be_focused()
        await expect(chosen).to_have_attribute("aria-current", "true")
        await expect(page.get_by_role("heading", name="Voorbeeld, Els")).to_be_visible()
        assert await page.eval_on_selector_all(".queue, .panel.detail", where) == scrolled
        assert await chosen.bounding_box() == place
        order = await page.locator("[data-alarm] .name").all_inner_texts()
        assert order == [*names[1:], "Nieuw, Hilde", names[0]], "unanswered first, oldest first"
