"""A dispatcher who is listened to: what her browser's audio graph really renders, by its tones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import CDPSession, Page

from tests.support.browser import OPENED_MS, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.gateway import Running
from tests.support.wait import until

HEARING: Final = (Path(__file__).parent / "hearing.js").read_text()
ALLOWED: Final = "--autoplay-policy=no-user-gesture-required"
"""As on a workstation whose policy lets the console sound."""
GESTURE: Final = "--autoplay-policy=document-user-activation-required"
"""As in a browser nobody configured: no sound before the page was touched."""


class Ear:
    """What comes out of one page, looked at without touching it.

    Playwright's own look at a page counts as a gesture of its user, which lets a browser sound; the
    protocol underneath does not.
    """

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self.page = page
        self._devtools = devtools

    @classmethod
    async def at(cls, page: Page) -> "Ear":
        """Listen at a page that ``HEARING`` was put into."""
        return cls(page, await page.context.new_cdp_session(page))

    async def look(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page, without a gesture."""
        answer = await self._devtools.send(
            "Runtime.evaluate", {"expression": expression, "returnByValue": True}
        )
        return answer["result"].get("value")

    async def hears(self, *sounds: str) -> None:
        """Wait until exactly these sound together: ``siren``, ``again``, ``lost``, ``test``, ``silence``."""

        async def heard() -> bool:
            return set(await self.look("__ear.now")) == set(sounds)

        await until(f"heard: {sounds}", heard)

    async def has_heard(self, sound: str) -> None:
        """Wait until a sound was heard since ``forget``."""

        async def heard() -> bool:
            return sound in await self.log()

        await until(f"heard at any time: {sound}", heard)

    async def log(self) -> list[str]:
        """Return all that was heard since ``forget``, each once."""
        found: list[str] = await self.look("__ear.log")
        return found

    async def forget(self) -> None:
        """Begin the log anew."""
        await self.look("__ear.log = []")

    async def reads(self, text: str, within_s: float = 15.0) -> None:
        """Wait until the page shows a text, without a gesture."""

        async def read() -> bool:
            return text in (await self.look("document.body.innerText") or "")

        await until(f"read: {text}", read, within_s)


@asynccontextmanager
async def a_listener(
    gateway: Running, url: str | None = None, *, policy: str = ALLOWED, centres: tuple[str, ...] = ("BE-VOV",)
) -> AsyncIterator[Ear]:
    """A dispatcher's browser signed in by link and live, its sound measured; nobody has touched it."""
    link = await a_link(gateway, *centres)
    async with running_chromium(policy) as browser, console_page(browser) as page:
        await page.add_init_script(HEARING)
        await page.goto((url or gateway.url) + link)
        ear = await Ear.at(page)
        await ear.reads("Live", OPENED_MS / 1000)
        yield ear
