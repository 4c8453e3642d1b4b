"""The console as an operator sees it: real gateway, real PostgreSQL, real chromium."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from gateway.clock import SystemClock
from gateway.store.connect import connected, create_pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.gateway import Running, a_press, running

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "dispatch" / "static" / "index.html"


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    assert STATIC.exists(), "build the console first: make console"
    async with running(database, tmp_path) as node:
        yield node


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with running_chromium() as browser, console_page(browser) as opened:
        yield opened


async def sign_in(gateway: Running, page: Page, *, name: str = "De Operator") -> None:
    """Open the console by a one-time link."""
    async with create_pool(gateway.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), 1)
        operator = await operators.add(
            "o", name=name, roles=[Role.OPERATOR], centres=["BE-VOV"], password_hash=None
        )
        token, _ = await operators.new_link(operator.operator_id)
    await page.goto(f"{gateway.url}/#link={token}")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


def banner(page: Page) -> Locator:
    """Find the loud banner."""
    return page.get_by_role("region", name="Stalking alarm", exact=True)


def a_fix() -> dict[str, Any]:
    return {
        "latitude": 51.0543,
        "longitude": 3.7174,
        "radius_m": 8,
        "fixed_at": "2026-03-02T09:00:00Z",
        "age_s": 2,
        "method": "gnss",
    }


async def test_an_alarm_is_seen_and_answered_with_one_key(gateway: Running, page: Page) -> None:
    await sign_in(gateway, page)
    companion = await gateway.a_companion()
    receipt = (await gateway.press(companion, a_press(positions=[a_fix()]))).json()

    await expect(banner(page)).to_be_visible()
    await expect(page.get_by_role("heading", name="Voorbeeld, Anna")).to_be_visible()
    circumstances = page.get_by_role("region", name="Know before you go")
    await expect(circumstances).to_contain_text("Heeft een jachtgeweer")
    position = page.get_by_role("region", name="Position")
    await expect(position).to_contain_text("51.05430, 3.71740")
    await expect(position).to_contain_text("within 8 m")
    await expect(position).to_contain_text(re.compile(r"\d+ s old"))
    assert await axe_violations(page) == []

    await page.keyboard.press("F2")
    await expect(page.get_by_text(re.compile("Acknowledged by De Operator"))).to_be_visible()
    await expect(banner(page)).to_be_hidden()
    assert await axe_violations(page) == []

    async with connected(gateway.database, application_name="test") as connection:
        row = await connection.fetchrow("SELECT * FROM delivery")
    assert row is not None
    assert (str(row["alarm_id"]), row["sequence"]) == (receipt["alarm_id"], receipt["sequence"])
    assert timedelta() < row["delivered_at"] - row["fanned_out_at"] < timedelta(seconds=5)


async def test_a_new_alarm_moves_neither_selection_nor_focus(gateway: Running, page: Page) -> None:
    await sign_in(gateway, page)
    await gateway.press(await gateway.a_companion())
    first = page.get_by_role("region", name="Alarms").get_by_role("button").first
    await first.focus()
    before = await page.evaluate("() => document.activeElement.textContent")
    await gateway.press(await gateway.a_companion())
    await expect(page.get_by_text(re.compile("1 more"))).to_be_visible()
    assert await page.evaluate("() => document.activeElement.textContent.length") == len(before)


async def test_a_test_press_never_looks_like_an_alarm(gateway: Running, page: Page) -> None:
    await sign_in(gateway, page)
    await gateway.press(await gateway.a_companion(), a_press(purpose="test"))
    await expect(page.get_by_text(re.compile("Test")).first).to_be_visible()
    await expect(banner(page)).to_be_hidden()


async def test_html_in_a_file_stays_text(gateway: Running, page: Page) -> None:
    await sign_in(gateway, page)
    companion = await gateway.a_companion(victim="<img src=x onerror=alert(1)>")
    await gateway.press(companion)
    await expect(page.get_by_role("heading", name="<img src=x onerror=alert(1)>")).to_be_visible()


async def test_a_lost_gateway_is_said_and_what_was_missed_arrives(
    database: str, tmp_path: Path, page: Page
) -> None:
    async with running(database, tmp_path) as gateway:
        await sign_in(gateway, page)
        companion = await gateway.a_companion()
        port = int(gateway.url.rpartition(":")[2])
    await expect(
        page.get_by_text(re.compile("may be stale|out of date|lost", re.IGNORECASE)).first
    ).to_be_visible(timeout=8000)
    async with running(database, tmp_path, port=port) as gateway:
        await gateway.press(companion)
        await expect(banner(page)).to_be_visible(timeout=15000)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=15000)
