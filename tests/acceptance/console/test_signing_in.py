"""Signing in, running out and signing in again, as an operator sees it in a real browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from playwright.async_api import Page, expect

from gateway.clock import SystemClock
from gateway.http.security import COOKIE
from gateway.passwords import hash_password
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import LIVE, a_link
from tests.support.gateway import Running, running
from tests.support.oidc_provider import (
    ANNA,
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    oidc_provider,
)

PASSWORD: Final = "a long enough sentence"
KEPT: Final = hash_password(PASSWORD)
SHORT_S: Final = 25.0
"""Long enough to open the page on a busy machine, and to see it end."""

RUNS_OUT_MS: Final = 60_000
BUSY_MS: Final = 20_000
"""A password is checked and two pages are drawn, on cores that every other test works on too."""


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


async def clean(page: Page) -> None:
    """See that axe finds nothing, in the dark and in the light."""
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        assert await axe_violations(page) == []


async def test_a_session_that_runs_out_keeps_the_board_and_only_commands_sign_in_again(
    gateway: Running,
) -> None:
    bar, first = "section[aria-label=Session]", await gateway.a_companion(victim="Voorbeeld, Anna")
    async with a_page(gateway, await a_session(gateway, SHORT_S)) as page:
        await page.goto(gateway.url)
        await expect(page.locator(LIVE)).to_be_visible()
        await expect(page.locator(bar)).to_contain_text("Your session ends at")
        assert (await gateway.press(first)).status_code == 201
        await expect(page.get_by_text("Voorbeeld, Anna").first).to_be_visible()
        await expect(page.locator(bar)).to_contain_text("Session ended at", timeout=RUNS_OUT_MS)
        await expect(page.get_by_role("region", name="Stalking alarm", exact=True)).to_be_visible()

        await page.reload()
        await expect(page.locator(LIVE)).to_be_visible()
        await expect(page.locator(bar)).to_contain_text("you still see everything; sign in to act")
        await gateway.press(await gateway.a_companion(victim="Exemple, Claire"))
        await expect(page.get_by_text("Exemple, Claire").first).to_be_visible()
        await clean(page)

        await page.keyboard.press("F2")
        await expect(page.get_by_text("Sign in to go on.").first).to_be_visible()
        field = page.get_by_label("Password of Operator One")
        await expect(field).to_be_focused()
        await expect(page.locator(".sound.sounding")).to_be_visible()
        await page.keyboard.press("F8")
        note = page.get_by_role("form", name="Note").get_by_role("textbox")
        await note.fill("Neighbour heard shouting")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("form", name="Note")).to_contain_text("Sign in to go on.")
        await expect(note).to_be_focused()
        await field.fill("not this one")
        await page.keyboard.press("Enter")
        await expect(page.locator(bar)).to_contain_text("password is wrong")
        await field.fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator(bar)).to_contain_text("2 commands were refused and have not been sent")
        await expect(note).to_have_value("Neighbour heard shouting")
        await expect(page.get_by_text("Voorbeeld, Anna").first).to_be_visible()
        assert await states(gateway) == ["raised", "raised"]

        await note.press("Enter")
        await expect(page.get_by_role("form", name="Note")).to_be_hidden()
        await expect(page.get_by_text("Neighbour heard shouting").first).to_be_visible()
        await page.keyboard.press("F2")
        await expect(page.locator(bar)).to_be_hidden()
        await expect(page.get_by_text("Acknowledged by Operator One at")).to_be_visible()
        assert sorted(await states(gateway)) == ["acknowledged", "raised"]


@asynccontextmanager
async def with_provider(
    database: str, directory: Path, accounts: dict[str, Any], **settings: float
) -> AsyncIterator[tuple[Running, OidcProvider, str]]:
    """A node whose people sign in at a real provider, and the address at which it is another site.

    The provider is at 127.0.0.1, so a page at localhost comes to it, and back from it, across sites.
    """
    secret = directory / "client-secret"
    secret.touch(0o600)
    secret.write_text(CLIENT_SECRET, encoding="utf-8")
    with oidc_provider(accounts) as provider:
        told: dict[str, Any] = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID}
        told |= {"oidc_client_secret_file": secret, "oidc_name": "Example", **settings}
        async with running(database, directory, **told) as gateway:
            home = gateway.url.replace("127.0.0.1", "localhost")
            provider.serve(home)
            yield gateway, provider, home


async def sign_in_at_the_provider(page: Page, login: str) -> None:
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill("anything")
    await page.locator("button[type=submit]").click()


async def test_an_operator_signs_in_and_out_at_a_real_provider_on_another_site(
    database: str, tmp_path: Path
) -> None:
    accounts: dict[str, Any] = {"anna": ANNA, "nobody": {"name": "Nobody"}}
    async with (
        with_provider(database, tmp_path, accounts) as (gateway, provider, home),
        a_page(gateway) as page,
    ):
        await page.goto(home)
        await clean(page)
        await page.get_by_role("link", name="Sign in with Example").click()
        await page.get_by_text("[ Cancel ]").click()
        await expect(page.get_by_role("alert")).to_contain_text("refused or cancelled")
        await expect(page).to_have_url(f"{home}/")
        await page.get_by_role("link", name="Sign in with Example").click()
        await sign_in_at_the_provider(page, "nobody")
        await expect(page.get_by_role("alert")).to_contain_text("no role or centre here")
        await page.context.clear_cookies()
        await page.get_by_role("link", name="Sign in with Example").click()
        await sign_in_at_the_provider(page, "anna")
        await expect(page.locator(LIVE)).to_be_visible()
        await expect(page.get_by_text("Anna V.")).to_be_visible()
        kept = {cookie["name"]: cookie for cookie in await page.context.cookies(home)}
        assert (kept[COOKIE]["sameSite"], kept[COOKIE]["httpOnly"]) == ("Strict", True)
        assert "__Host-msa-oidc" not in kept
        await page.reload()
        await expect(page.locator(LIVE)).to_be_visible()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url(f"{provider.issuer}/session/end**")


async def test_signing_in_again_at_the_provider_keeps_the_board_and_what_is_half_typed(
    database: str, tmp_path: Path
) -> None:
    accounts = {"anna": ANNA, "els": {**ANNA, "name": "Els W.", "centres": ["BE-VAN"]}}
    bar, hours = "section[aria-label=Session]", SHORT_S / 3600
    async with (
        with_provider(database, tmp_path, accounts, session_hours=hours) as (gateway, _, home),
        a_page(gateway) as page,
    ):
        await gateway.press(await gateway.a_companion(victim="Voorbeeld, Anna"))
        await page.goto(f"{home}/v1/session/oidc")
        await sign_in_at_the_provider(page, "anna")
        await expect(page.get_by_role("region", name="Stalking alarm", exact=True)).to_be_visible()
        await page.keyboard.press("F2")
        await expect(page.get_by_text("Acknowledged by Anna V. at")).to_be_visible()
        await page.get_by_role("button", name=re.compile("Note")).first.click()
        await page.get_by_role("textbox").first.fill("Half a sen")
        await expect(page.locator(bar)).to_contain_text("Session ended at", timeout=RUNS_OUT_MS)
        await page.keyboard.press("Control+Enter")

        again = await elsewhere(page, "anna")
        await expect(again.get_by_role("heading")).to_contain_text("You are signed in again")
        await expect(page.locator(bar)).not_to_contain_text("Session ended at")
        await expect(page.get_by_role("textbox").first).to_have_value("Half a sen")
        await clean(again)  # last: meanwhile the session may end once more
        await again.close()

        await expect(page.locator(bar)).to_contain_text("Session ended at", timeout=RUNS_OUT_MS)
        other = await elsewhere(page, "els")
        await expect(page.get_by_text("Els W.")).to_be_visible()
        await expect(page.get_by_text("Voorbeeld, Anna")).to_have_count(0)
        assert "Half a sen" not in await page.content()
        await other.close()


async def elsewhere(page: Page, login: str) -> Page:
    """Sign in again in a tab of its own."""
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Sign in again in a new tab").click()
    tab = await opened.value
    await sign_in_at_the_provider(tab, login)
    return tab


async def test_each_role_is_led_to_what_it_may_do_and_nobody_to_a_blank_page(gateway: Running) -> None:
    cases = {
        Role.OPERATOR: ["Alarms", "Looking back", "Wall display"],
        Role.SUPERVISOR: ["Alarms", "Supervision", "Looking back", "Wall display"],
    }
    pages = {
        Role.CASE_OFFICER: [
            *("My files", "Buttons and phones", "Hotspots", "Daily report", "Figures", "Ask to see a file"),
        ],
        Role.MAGISTRATE: ["My files", "Figures", "Ask to see a file"],
        Role.AUDITOR: ["Figures", "Who looked"],
        Role.ADMIN: ["Buttons and phones", "Figures"],
    }
    async with a_page(gateway) as page:
        for role, views in cases.items():
            await page.goto("about:blank")
            await page.goto(gateway.url + await a_link(gateway, role=role))
            await expect(page.locator(LIVE)).to_be_visible()
            nav = page.get_by_role("navigation", name="Views")
            # Beside a view stands how many matters wait there.
            await expect(nav.get_by_role("button")).to_have_text([re.compile(f"^{one}") for one in views])
        for role, names in pages.items():
            await page.goto("about:blank")
            await page.goto(gateway.url + await a_link(gateway, role=role))
            nav = page.get_by_role("navigation", name="Pages")
            await expect(nav.get_by_role("link")).to_have_text(names)
        await page.goto("about:blank")
        await page.goto(gateway.url + await a_link(gateway, role=Role.INTEGRATOR))
        await expect(page.get_by_role("heading")).to_have_text("Signed in as Operator One")
        await expect(page.get_by_role("listitem")).to_contain_text("Integrator")
        await clean(page)
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_label("Password")).to_be_visible()


async def test_whoever_signs_out_in_one_tab_leaves_nothing_in_another_until_she_is_back(
    gateway: Running,
) -> None:
    await gateway.press(await gateway.a_companion(victim="Voorbeeld, Anna"))
    async with a_page(gateway) as page:
        await page.goto(gateway.url + await a_link(gateway, password_hash=KEPT, username="anna"))
        await expect(page.get_by_text("Voorbeeld, Anna").first).to_be_visible()
        other = await page.context.new_page()
        await other.goto(gateway.url)
        await expect(other.get_by_text("Voorbeeld, Anna").first).to_be_visible()
        await other.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_text("Your session has ended.").first).to_be_visible()
        await expect(page.get_by_text("Voorbeeld, Anna")).to_have_count(0)
        await other.get_by_label("Name").fill("anna")
        await other.get_by_label("Password").fill(PASSWORD)
        await other.keyboard.press("Enter")
        for tab in (other, page):
            shown = tab.get_by_text("Voorbeeld, Anna").first
            await expect(shown).to_be_visible(timeout=BUSY_MS)


async def states(gateway: Running) -> list[str]:
    async with create_pool(gateway.database, application_name="test") as pool:
        rows = await pool.fetch("SELECT DISTINCT alarm_id, state FROM alarm")  # not each centre's
        return [row["state"] for row in rows]
