"""A real browser for the tests marked ``browser``: Debian's chromium, driven by Playwright.

Traps known: under the console's content security policy ``page.wait_for_function`` needs the
``"() => ..."`` form, as a bare expression is evaluated by ``eval``.
"""

import asyncio
import inspect
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, WebSocket, async_playwright, expect

from gateway.http.app import STATIC
from tests.support.contract import as_documented

FLAGS: Final = (
    "--no-sandbox",  # containers run tests as root
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS: Final = 15_000
"""What must come true on a page may take so long: every core may be at another test meanwhile. Shorter
than what would make it so later by itself: a session is looked at anew every 20 s."""

OPENED_MS: Final = 120_000
"""Until a page that was opened has all it shows: a worker's first one waits for the browser itself, while
every core starts something. Nothing else brings it about."""

expect.set_options(timeout=PATIENCE_MS)

LOCALES: Final = {"en": "en-GB", "nl": "nl-BE", "fr": "fr-BE", "de": "de-BE"}
AXE: Final = Path(__file__).parents[2] / "dispatch/console/node_modules/axe-core/axe.min.js"
AXE_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def chromium_path() -> str | None:
    """Return the browser to drive: ``MSA_CHROMIUM``, else chromium on PATH."""
    return os.environ.get("MSA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def mark_browser(items: list[pytest.Item], folder: Path) -> None:
    """Mark the tests below a folder: they need chromium and the built console, and share an event loop."""
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if not STATIC.is_dir():
                item.add_marker(pytest.mark.skip(reason="the console is not built (make console)"))


_shared: Final[dict[asyncio.AbstractEventLoop, Browser]] = {}


@asynccontextmanager
async def sharing_chromium() -> AsyncIterator[None]:
    """Let what runs in this event loop meanwhile share one browser: to start one takes a second of a core."""
    loop = asyncio.get_running_loop()
    if loop in _shared:  # another folder's fixture made it, and outlives this one
        yield
        return
    async with _launched() as browser:
        _shared[loop] = browser
        try:
            yield
        finally:
            del _shared[loop]


@asynccontextmanager
async def running_chromium(*flags: str) -> AsyncIterator[Browser]:
    """The shared browser, else one of its own, as with flags; skips the test where there is no chromium."""
    shared = _shared.get(asyncio.get_running_loop())
    if shared is not None and shared.is_connected() and not flags:
        yield shared
        return
    async with _launched(*flags) as browser:
        yield browser


@asynccontextmanager
async def _launched(*flags: str) -> AsyncIterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no chromium (deploy/ensure_chromium.py installs it)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def console_page(
    browser: Browser, *, width: int = 1600, height: int = 900, language: str = "en"
) -> AsyncIterator[Page]:
    """Open a page like a dispatcher's; fails the test on any script error or policy violation."""
    faults: list[str] = []
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=LOCALES[language], timezone_id="Europe/Brussels"
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("websocket", lambda socket: _hold_to_the_contract(socket, faults))
    page.on("console", lambda line: faults.append(line.text) if "Security Policy" in line.text else None)
    try:
        yield page
    finally:
        await context.close()
    assert not faults, faults


def _hold_to_the_contract(socket: WebSocket, faults: list[str]) -> None:
    """Note every frame, told or said, that is not as the AsyncAPI document says."""

    def hold(operation: str, frame: str | bytes) -> None:
        try:
            as_documented(frame, operation)
        except ValueError as error:
            faults.append(str(error))

    socket.on("framereceived", lambda frame: hold("sendToConsole", frame))
    socket.on("framesent", lambda frame: hold("receiveFromConsole", frame))


async def axe_violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds wrong on the page: rule, and the elements at fault."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    found = await page.evaluate("(tags) => axe.run({ runOnly: tags })", list(AXE_TAGS))
    return [
        {"rule": each["id"], "elements": [node["target"] for node in each["nodes"]]}
        for each in found["violations"]
    ]
