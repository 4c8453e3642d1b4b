"""What every screen looks like and how it is read, in every language and both appearances.

With ``MSA_SCREENS`` set to a folder, the walk also leaves a picture there of each screen in each language
and appearance. With ``MSA_SNAPSHOTS=write`` the accessibility trees in ``snapshots/`` are written anew.
"""

import io
import os
import re
from collections import Counter
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.support.browser import LOCALES, axe_violations
from tests.support.console_walk import every_screen, speak
from tests.support.contrast import ratio
from tests.support.dispatcher import LIVE, a_dispatcher
from tests.support.gateway import Running
from tests.support.story import settled

PICTURES: Final = os.environ.get("MSA_SCREENS")
SNAPSHOTS: Final = Path(__file__).parent / "snapshots"
LONGEST: Final = ("fr", "de")
"""The languages whose words are longest: what has room for them has room for all."""

TARGET_PX: Final = 24
ACKNOWLEDGE_PX: Final = 44
ZOOMED: Final = ((683, 384), (320, 640))
"""A laptop of 1366 x 768 at 200 %, and the width at which WCAG 1.4.10 wants text to reflow."""

SMALL_TARGETS: Final = """(least) => [...document.querySelectorAll(
  'button, select, input, summary, a[href], [role=button]')]
  .filter((each) => each.checkVisibility() && !each.closest('.ol-attribution'))
  .map((each) => ({ name: each.textContent.trim(), box: each.getBoundingClientRect() }))
  .filter(({ box }) => box.width && (box.width < least || box.height < least))
  .map(({ name, box }) => `${name} ${box.width}x${box.height}`)"""
TOO_WIDE: Final = "() => document.documentElement.scrollWidth - innerWidth"


async def picture(page: Page, name: str) -> None:
    """Leave a picture of the screen, if pictures are asked for."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", animations="disabled")


async def zoomed(page: Page) -> list[str]:
    """Return at which widths the page scrolls sideways."""
    before = page.viewport_size
    wide = []
    for width, height in ZOOMED:
        await page.set_viewport_size({"width": width, "height": height})
        if (over := await page.evaluate(TOO_WIDE)) > 0:
            wide.append(f"{over} px too wide at {width}")
    await page.set_viewport_size(before or {"width": 1600, "height": 900})
    return wide


async def test_requirement_13_contrast_targets_and_zoom_hold_on_every_screen_in_every_language(
    gateway: Running,
) -> None:
    """Each language is looked at dark, and Dutch light too: what a language changes is not its colours."""
    found: dict[str, Any] = {}
    async for screen, page in every_screen(gateway):
        for language in LOCALES:
            await speak(page, language)
            for look in ("dark", "light"):
                await page.emulate_media(color_scheme=look)
                await picture(page, f"{screen}-{language}-{look}")
                if look == "dark" or language == "nl":
                    found[f"{screen} {language} {look}"] = await axe_violations(page)
        for language in LONGEST:
            await speak(page, language)
            found[f"{screen} {language} targets"] = await page.evaluate(SMALL_TARGETS, TARGET_PX)
            found[f"{screen} {language} zoomed"] = await zoomed(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    assert len(found) == 9 * (5 + 2 * len(LONGEST))


async def colours(marked: Locator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return ground and ink of a picture: its commonest colour, and the one farthest from it in contrast."""
    channels = Image.open(io.BytesIO(await marked.screenshot())).convert("RGB").tobytes()
    counted = Counter(zip(channels[0::3], channels[1::3], channels[2::3], strict=True))
    ground = counted.most_common(1)[0][0]
    often = [colour for colour, times in counted.items() if times >= 20]
    return ground, max(often, key=lambda colour: ratio(colour, ground))


async def freeze(banner: Locator, phase: float) -> None:
    """Hold the flashing at a share of its period."""
    await banner.evaluate(
        "(each, phase) => each.getAnimations().forEach((flash) => { flash.pause();"
        " flash.currentTime = phase * flash.effect.getComputedTiming().duration })",
        phase,
    )


async def test_requirement_06_the_banner_is_loud_flashes_at_most_once_a_second_and_is_read_in_both_phases(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway) as page:
        await gateway.press(await gateway.a_companion())
        banner = page.get_by_role("region", name="Stalking alarm", exact=True)
        await expect(banner).to_contain_text("Stalking alarm")
        box = await banner.bounding_box()
        assert box
        assert box["width"] >= 1600 - 2 * 12, "as wide as the window, but for its margin"
        timing = await banner.evaluate(
            "(each) => each.getAnimations().map((flash) => flash.effect.getComputedTiming().duration)"
        )
        assert timing, "an unanswered alarm flashes"
        assert min(timing) >= 1000
        act = banner.get_by_role("button")
        act_box = await act.bounding_box()
        assert act_box
        assert min(act_box["height"], act_box["width"]) >= ACKNOWLEDGE_PX

        grounds = set()
        for look in ("dark", "light"):
            await page.emulate_media(color_scheme=look)
            for phase in (0.25, 0.75):
                await freeze(banner, phase)
                for part in (banner.locator(".title"), banner.locator(".since"), act):
                    ground, ink = await colours(part)
                    assert ratio(ground, ink) >= 4.5, (look, phase, ground, ink)
                grounds.add((await colours(banner.locator(".title")))[0])
        assert len(grounds) == 2, "the two phases differ"

        await page.emulate_media(reduced_motion="reduce")
        assert await banner.evaluate("(each) => each.getAnimations().length") == 0
        await page.emulate_media(reduced_motion="no-preference")
        await page.keyboard.press("F2")
        await expect(page.get_by_text("No unanswered alarm")).to_be_visible()
        assert (
            await page.evaluate(
                "() => document.getAnimations()"
                ".filter((each) => each.effect.getComputedTiming().iterations > 1).length"
            )
            == 0
        ), "nothing but an unanswered alarm flashes"


async def test_focus_is_seen_wherever_it_goes_and_forced_colours_keep_what_tells_states_apart(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway) as page:
        await gateway.press(await gateway.a_companion())
        await expect(page.locator("[data-alarm]")).to_have_count(1)
        outlined = (
            "() => { const style = getComputedStyle(document.activeElement);"
            " return [document.activeElement.tagName, style.outlineStyle, parseFloat(style.outlineWidth)] }"
        )
        reached = 0
        for _ in range(40):
            await page.keyboard.press("Tab")
            tag, style, width = await page.evaluate(outlined)
            if tag == "BODY":
                break
            reached += 1
            assert (style, width >= 2) == ("solid", True), (tag, style, width)
        assert reached >= 12
        await page.emulate_media(forced_colors="active")
        assert await page.locator("[data-alarm] svg").first.is_visible()
        edge = await page.locator("[data-alarm]").evaluate("(row) => getComputedStyle(row).borderLeftWidth")
        assert edge == "6px"
        assert await axe_violations(page) == []


def timeless(tree: str) -> str:
    """Leave out what differs from run to run: numbers, months, and references."""
    numbered = re.sub(r"\d+", "#", re.sub(r"GE\.\w+", "GE.#", tree))
    return re.sub(r"# [a-z]{3,4} #", "# month #", numbered) + "\n"


async def read_out(part: Locator) -> str:
    """What a screen reader finds, as it is kept."""
    return timeless(await part.aria_snapshot())


async def test_what_a_screen_reader_is_told_of_the_main_screens_is_as_agreed(gateway: Running) -> None:
    """What may come by itself within seconds, as an escalation may, is left out."""
    regions = {
        "sign-in": {"form": "form"},
        "raised": {
            "banner": ".banner",
            "queue": ".queue",
            "header": ".panel.detail header",
            "circumstances": ".panel.detail section:has(.severity)",
            "people": ".panel.detail .people",
        },
        "test": {"header": ".panel.detail header", "said": ".panel.detail .not-real"},
        "wall": {"rows": ".wall ul"},
    }
    told = {}
    async with aclosing(every_screen(gateway)) as screens:
        async for screen, page in screens:
            if screen in ("raised", "test"):
                await expect(page.locator(LIVE)).to_be_visible()
            for name, region in regions.get(screen, {}).items():
                file = SNAPSHOTS / f"{screen}-{name}.yml"
                told[file.name] = await settled(file, partial(read_out, page.locator(region).first))
            if screen == "wall":
                break
    if os.environ.get("MSA_SNAPSHOTS") == "write":
        for name, tree in told.items():
            (SNAPSHOTS / name).write_text(tree, encoding="utf-8")
    agreed = {each.name: each.read_text(encoding="utf-8") for each in SNAPSHOTS.glob("*.yml")}
    assert told == agreed
