"""Signing in, running out and signing in again, as an operator sees it in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from playwright.async_api import Page, expect

from gateway.clock import SystemClock
from gateway.http.principal import COOKIE
from gateway.passwords import hash_password
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import LIVE
from tests.support.gateway import Running

PASSWORD: Final = "a long enough sentence"
KEPT: Final = hash_password(PASSWORD)
SHORT_S: Final = 8.0
"""Long enough to open the page and see it end."""

RUNS_OUT_MS: Final = 20_000


async def a_session(gateway: Running, seconds: float, *, password: str | None = KEPT) -> str:
    """Add an operator with a password and begin a session that commands for so long."""
    async with create_pool(gateway.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), seconds / 3600)
        operator = await operators.add(
            f"op-{uuid4()}",
            name="Operator One",
            roles=[Role.OPERATOR],
            centres=["BE-VOV"],
            password_hash=password,
        )
        token, _ = await operators.begin(operator)
    return token


@asynccontextmanager
async def a_page(gateway: Running, token: str | None = None, *, language: str = "en") -> AsyncIterator[Page]:
    """A browser, with the cookie of a session if one is given."""
    async with running_chromium() as browser, console_page(browser, language=language) as page:
        if token is not None:
            await page.context.add_cookies(
                [
                    {
                        "name": COOKIE,
                        "value": token,
                        "url": gateway.url.replace("http:", "https:"),  # which sets a Secure one
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Strict",
                    }
                ]
            )
        yield page


async def test_a_session_that_runs_out_keeps_the_board_and_only_commands_sign_in_again(
    gateway: Running,
) -> None:
    bar, first = "section[aria-label=Session]", await gateway.a_companion(victim="Voorbeeld, Anna")
    async with a_page(gateway, await a_session(gateway, SHORT_S)) as page:
        await page.goto(gateway.url)
        await expect(page.locator(LIVE)).to_be_visible()
        await expect(page.locator(bar)).to_contain_text("Your session ends at")
        await gateway.press(first)
        await expect(page.get_by_text("Voorbeeld, Anna").first).to_be_visible()
        await expect(page.locator(bar)).to_contain_text("Session ended at", timeout=RUNS_OUT_MS)
        await expect(page.get_by_role("region", name="Stalking alarm", exact=True)).to_be_visible()

        await page.reload()
        await expect(page.locator(LIVE)).to_be_visible()
        await expect(page.locator(bar)).to_contain_text("you still see everything; sign in to act")
        await gateway.press(await gateway.a_companion(victim="Exemple, Claire"))
        await expect(page.get_by_text("Exemple, Claire").first).to_be_visible()
        assert await axe_violations(page) == []

        await page.keyboard.press("F2")
        await expect(page.locator(bar)).to_contain_text("that was not done")
        field = page.get_by_label("Password of Operator One")
        await expect(field).to_be_focused()
        await page.keyboard.type("not this one")
        await page.keyboard.press("Enter")
        await expect(page.locator(bar)).to_contain_text("password is wrong")
        await field.fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator(bar)).to_contain_text("One command was refused and has not been sent")
        await expect(page.get_by_text("Voorbeeld, Anna").first).to_be_visible()
        assert await states(gateway) == ["raised", "raised"]

        await page.keyboard.press("F2")
        await expect(page.locator(bar)).to_be_hidden()
        await expect(page.get_by_text("Acknowledged by Operator One at")).to_be_visible()
        assert sorted(await states(gateway)) == ["acknowledged", "raised"]


async def states(gateway: Running) -> list[str]:
    async with create_pool(gateway.database, application_name="test") as pool:
        return [row["state"] for row in await pool.fetch("SELECT state FROM alarm")]
