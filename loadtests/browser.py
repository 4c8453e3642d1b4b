"""The console's page in a real browser, and how it feels: frames, tasks that hold it up, memory."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final, Self

from playwright.async_api import Browser, CDPSession, Page, ViewportSize, async_playwright

from loadtests.gateway_process import GatewayFailed
from loadtests.machine import anywhere

FLAGS: Final = (
    "--no-sandbox",  # whoever measures in a container is root there
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
SIZE: Final = ViewportSize(width=1920, height=1080)
LIVE: Final = "header .dot.live"
DEADLINE_MS: Final = 60_000
LONG_TASK_MS: Final = 50.0
"""What browsers call a long task: a click during one waits noticeably."""

WHOLE: Final = """() => {
  const begun = performance.now()
  window.msaWhole = (rows) => new Promise((resolve) => {
    const look = () => {
      const all = document.querySelectorAll('[data-alarm]').length >= rows
      if (all && document.querySelector('header .dot.live'))
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun)))
      else requestAnimationFrame(look)
    }
    look()
  })
}"""
"""Resolves with the milliseconds from the navigation until so many rows are drawn and the link is live."""

WATCH: Final = """() => {
  const frames = [], tasks = []
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) tasks.push(task.duration)
  })
  observer.observe({ type: 'longtask' })
  let watching = true
  const tick = (at) => { frames.push(at); if (watching) requestAnimationFrame(tick) }
  requestAnimationFrame(tick)
  window.msaWatched = () => { watching = false; observer.disconnect(); return { frames, tasks } }
}"""


@dataclass(frozen=True, slots=True)
class Motion:
    """Frames drawn while something was watched: when (ms), and how long each long task was (ms)."""

    frames: Sequence[float]
    tasks: Sequence[float]

    @property
    def rate(self) -> float | None:
        """Frames a second."""
        if len(self.frames) < 2:
            return None
        return 1000 * (len(self.frames) - 1) / (self.frames[-1] - self.frames[0])

    @property
    def longest_ms(self) -> float:
        """The longest task; 0 where none took ``LONG_TASK_MS``."""
        return max(self.tasks, default=0.0)

    def by_second(self) -> list[tuple[float, float]]:
        """Return frames in each whole second."""
        if not self.frames:
            return []
        seconds = [int((at - self.frames[0]) // 1000) for at in self.frames]
        return [(float(one), float(seconds.count(one))) for one in range(max(seconds))]


@dataclass(frozen=True, slots=True)
class Held:
    """What the page held after its garbage was collected."""

    heap_mb: float
    nodes: int
    listeners: int


class Screen:
    """One page, signed in with a session's cookie. Errors of the page are kept in ``errors``."""

    def __init__(self, page: Page, tools: CDPSession, url: str) -> None:
        self._page = page
        self._tools = tools
        self._url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    @asynccontextmanager
    async def opened(cls, browser: Browser, url: str, cookie: str) -> AsyncIterator[Self]:
        """Open a page in a profile of its own, nothing cached."""
        context = await browser.new_context(viewport=SIZE, locale="nl-BE", timezone_id="Europe/Brussels")
        name, _, value = cookie.partition("=")
        # A browser sends a Secure cookie to its own machine without TLS too, but takes it with TLS only.
        secure = url.replace("http://", "https://", 1)
        await context.add_cookies(
            [{"name": name, "value": value, "url": secure, "secure": True, "httpOnly": True}]
        )
        await context.add_init_script(f"({WHOLE})()")
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        try:
            yield cls(page, await context.new_cdp_session(page), url)
        finally:
            await context.close()

    async def usable(self) -> float:
        """Go to the page; return the milliseconds until it is live and takes a key."""
        began = perf_counter()
        await self._page.goto(self._url)
        await self._page.locator(LIVE).wait_for()
        await self._page.keyboard.press("Tab")
        return 1000 * (perf_counter() - began)

    async def reloaded(self, rows: int) -> float:
        """Reload; return the milliseconds until so many alarms are drawn and the link is live."""
        await self._page.reload()
        took: float = await self._page.evaluate("(rows) => window.msaWhole(rows)", rows)
        return took

    async def select(self, number: int) -> None:
        """Select an alarm, so that its map and track are drawn."""
        await self._page.locator("[data-alarm]").nth(number).click()

    async def watch(self) -> None:
        """Count frames and long tasks from now on."""
        await self._page.evaluate(WATCH)

    async def watched(self) -> Motion:
        """Return what was counted since ``watch``."""
        found = await self._page.evaluate("() => window.msaWatched()")
        return Motion(found["frames"], found["tasks"])

    async def held(self) -> Held:
        """Collect the garbage and tell what is left."""
        await self._tools.send("HeapProfiler.collectGarbage")
        await self._tools.send("Performance.enable")
        told = await self._tools.send("Performance.getMetrics")
        found = {one["name"]: one["value"] for one in told["metrics"]}
        return Held(found["JSHeapUsedSize"] / 2**20, int(found["Nodes"]), int(found["JSEventListeners"]))

    async def picture(self, file: Path) -> None:
        """Write what it shows as a PNG."""
        await self._page.screenshot(path=file)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Launch the browser that ``MSA_CHROMIUM`` names, else chromium on PATH.

    Raises:
        GatewayFailed: there is none.
    """
    path = os.environ.get("MSA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise GatewayFailed("no chromium: install it, or name it in MSA_CHROMIUM")
    async with AsyncExitStack() as stack:
        # The generator turns without sleeping, which would take its core from a screen that is none of its.
        with anywhere():
            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        stack.push_async_callback(browser.close)
        yield browser


@asynccontextmanager
async def traced(browser: Browser, file: Path) -> AsyncIterator[None]:
    """Write what the browser did meanwhile to ``file``; its developer tools can open it."""
    await browser.start_tracing(path=file, categories=["devtools.timeline", "toplevel", "cc"])
    try:
        yield
    finally:
        await browser.stop_tracing()


def longest_task(file: Path) -> float | None:
    """Return the longest task of any page's main thread in a trace, in ms; None where it names none."""
    events: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    took = [
        one["dur"] / 1000
        for one in events
        if one["name"].endswith("RunTask") and one.get("ph") == "X" and (one["pid"], one["tid"]) in mains
    ]
    return max(took, default=None)
