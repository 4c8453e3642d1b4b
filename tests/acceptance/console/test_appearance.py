"""What every screen looks like and how it is read, in every language and both appearances.

With ``MSA_SCREENS`` set to a folder, the walk also leaves a picture there of each screen in each language
and appearance.
"""

import os
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tests.support.browser import LOCALES, axe_violations
from tests.support.console_walk import every_screen, speak
from tests.support.gateway import Running

PICTURES: Final = os.environ.get("MSA_SCREENS")


async def picture(page: Page, name: str) -> None:
    """Leave a picture of the screen, if pictures are asked for."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", animations="disabled")


async def test_axe_finds_nothing_on_any_screen_in_any_language_or_appearance(gateway: Running) -> None:
    found: dict[str, object] = {}
    async for screen, page in every_screen(gateway):
        for language in LOCALES:
            await speak(page, language)
            for look in ("dark", "light"):
                await page.emulate_media(color_scheme=look)
                await picture(page, f"{screen}-{language}-{look}")
                if look == "dark" or language == "nl":
                    found[f"{screen} {language} {look}"] = await axe_violations(page)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert len(found) == 9 * 5
