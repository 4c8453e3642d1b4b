"""The console in a real browser on a real gateway, with the gateway's own content security policy."""

import contextlib
import re
from pathlib import Path

from playwright.async_api import expect

from dispatch.client import ConsoleClient
from gateway.drill.proxy import tcp_proxy
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import LIVE, a_dispatcher
from tests.support.gateway import Running, a_press, running

SAID_WITHIN_MS = 6_000
"""A console that may be stale says so within this (G7)."""


async def test_a_press_is_shown_with_its_circumstances_acknowledged_by_f2_and_reported_painted(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    async with a_dispatcher(gateway) as page:
        assert "link=" not in page.url
        assert (await gateway.press(companion)).status_code == 201
        banner = page.get_by_role("region", name="Stalking alarm")
        await expect(banner).to_contain_text("Voorbeeld, Anna")
        await expect(page.get_by_text("Heeft een jachtgeweer")).to_be_visible()
        await expect(page.get_by_text("No position", exact=True)).to_be_visible()
        assert await axe_violations(page) == []
        await page.keyboard.press("F2")
        await expect(page.get_by_text(re.compile("Acknowledged by Operator One at"))).to_be_visible()
        await expect(page.get_by_text("No unanswered alarm")).to_be_visible()
        await expect(page.get_by_role("row", name="Pressed to on a screen")).to_contain_text(" ms")
        assert await axe_violations(page) == []


async def test_an_alarm_that_another_console_took_says_who_has_it(gateway: Running) -> None:
    companion = await gateway.a_companion()
    other = await gateway.a_session(name="Operator Two")
    async with a_dispatcher(gateway) as page, ConsoleClient(gateway.url, other) as console:
        receipt = (await gateway.press(companion)).json()
        await expect(page.get_by_role("region", name="Stalking alarm")).to_be_visible()
        async for _ in console:
            if alarms := list(console.board.open_alarms()):
                break
        assert str(alarms[0].alarm_id) == receipt["alarm_id"]
        await console.acknowledge(alarms[0].alarm_id)
        await expect(page.get_by_text(re.compile("Acknowledged by Operator Two at"))).to_be_visible()


async def test_a_test_press_never_looks_like_an_alarm(gateway: Running) -> None:
    companion = await gateway.a_companion()
    async with a_dispatcher(gateway) as page:
        await gateway.press(companion, a_press(purpose="test"))
        await expect(page.get_by_text("Nobody is in danger")).to_be_visible()
        await expect(page.get_by_text("No unanswered alarm")).to_be_visible()
        await expect(page.get_by_role("region", name="Stalking alarm")).to_have_count(0)


async def test_a_lost_link_is_said_within_six_seconds_and_what_was_missed_is_replayed(
    gateway: Running,
) -> None:
    companion, other = await gateway.a_companion(), await gateway.a_session(name="Operator Two")
    async with (
        tcp_proxy(gateway.url) as network,
        a_dispatcher(gateway, network.url) as page,
        ConsoleClient(gateway.url, other),  # so that nobody thinks the centre unattended, and escalates
    ):
        await page.clock.install()
        async with page.expect_websocket() as link:
            await page.reload()
        await expect(page.locator(LIVE)).to_be_visible()
        now_ms = int(await page.evaluate("() => Date.now()"))
        await page.clock.pause_at(now_ms / 1000 + 1)  # seconds of the page's own from here on
        async with (await link.value).expect_event("close"):
            network.cut()
        await page.clock.run_for(SAID_WITHIN_MS)
        lost = page.get_by_role("alert").filter(has_text="Link lost. What you see is as of")
        await expect(lost).to_be_visible()
        await page.clock.resume()
        assert await axe_violations(page) == []
        await gateway.press(companion)
        network.heal()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await expect(page.get_by_role("region", name="Stalking alarm")).to_be_visible()
        await expect(page.get_by_text("caught up, 1 event replayed")).to_be_visible()


async def test_a_wrong_password_is_refused_in_words(gateway: Running) -> None:
    async with running_chromium() as browser, console_page(browser) as page:
        await page.goto(gateway.url)
        await page.get_by_label("Name").fill("nobody")
        await page.get_by_label("Password").fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong")


async def test_a_new_alarm_moves_neither_selection_nor_focus(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        await gateway.press(await gateway.a_companion(victim="Eerste, An"))
        detail = page.get_by_role("heading", name="Eerste, An")
        await expect(detail).to_be_visible()
        sign_out = page.get_by_role("button", name="Sign out")
        await sign_out.focus()
        await gateway.press(await gateway.a_companion(victim="Tweede, Bea"))
        await expect(page.get_by_text("and 1 more unanswered")).to_be_visible()
        await expect(detail).to_be_visible()
        await expect(sign_out).to_be_focused()


async def test_html_in_a_file_stays_text(gateway: Running) -> None:
    name = "<img src=x onerror=alert(1)>"
    async with a_dispatcher(gateway) as page:
        await gateway.press(await gateway.a_companion(victim=name))
        await expect(page.get_by_role("heading", name=name)).to_be_visible()


async def test_a_console_outlives_a_restart_of_its_gateway(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as first:
        companion = await first.a_companion()
        port = int(first.url.rpartition(":")[2])
        async with contextlib.AsyncExitStack() as stack:
            page = await stack.enter_async_context(a_dispatcher(first))
            await first.stop()
            await expect(page.get_by_text(re.compile("Link lost"))).to_be_visible()
            async with running(database, tmp_path, port=port) as second:
                assert (await second.press(companion)).status_code == 201
                banner = page.get_by_role("region", name="Stalking alarm", exact=True)
                await expect(banner).to_contain_text("Voorbeeld, Anna")
                await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_signing_out_in_one_tab_takes_the_victim_off_the_screen_of_the_other(gateway: Running) -> None:
    async with a_dispatcher(gateway) as page:
        other = await page.context.new_page()
        await other.goto(gateway.url)
        await expect(other.get_by_text("Live", exact=True)).to_be_visible()
        await gateway.press(await gateway.a_companion())
        victim = page.get_by_role("heading", name="Voorbeeld, Anna")
        await expect(victim).to_be_visible()
        await other.get_by_role("button", name="Sign out").click()
        await expect(victim).to_have_count(0)
        await expect(page.get_by_role("alert")).to_have_text("Your session has ended.")
        assert await axe_violations(page) == []
        await page.get_by_role("button", name="Sign in again").click()
        await expect(page.get_by_label("Password")).to_be_visible()
