"""Four languages on one screen, switched in place, with and without a link."""

import re
from typing import Final

from playwright.async_api import Page, expect

from gateway.drill.proxy import tcp_proxy
from tests.support.browser import console_page, running_chromium
from tests.support.console_scene import VICTIM, press_them
from tests.support.console_walk import LANGUAGE_LIST, speak
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running

BANNER: Final = {
    "nl": "Stalkingalarm",
    "fr": "Alarme harcèlement",
    "de": "Stalking-Alarm",
    "en": "Stalking alarm",
}
LOST: Final = {
    "nl": "Verbinding verbroken",
    "fr": "Liaison perdue",
    "de": "Verbindung verloren",
    "en": "Link lost",
}


async def circumstances_as_said(page: Page, title: str) -> list[tuple[str, str | None]]:
    """Return each circumstance's text with the language it is marked with."""
    entries = page.get_by_role("region", name=title).locator("li .text span[lang]")
    await expect(entries).to_have_count(4)
    return [(await each.inner_text(), await each.get_attribute("lang")) for each in await entries.all()]


async def test_requirement_19_circumstances_first_by_severity_in_their_own_language_switched_without_reload(
    gateway: Running,
) -> None:
    async with a_dispatcher(gateway, language="nl") as page:
        await press_them(gateway)
        detail = page.get_by_role("region", name="Alarm", exact=True)
        await expect(detail.get_by_role("heading", name=VICTIM)).to_be_visible()
        await page.evaluate("() => { window.sameDocument = true }")

        said = await circumstances_as_said(page, "Bijzondere omstandigheden")
        assert [lang for _, lang in said] == ["nl", "fr", "nl", "de"], "by severity: critical, high, notes"
        assert "jachtgeweer" in said[0][0]
        body = detail.locator(".body > *")
        assert await body.first.get_attribute("aria-label") == "Bijzondere omstandigheden"
        worst = detail.locator("li").first
        await expect(worst).to_contain_text(re.compile(r"Kritiek\s+Wapen\s+nagekeken op \d+ \S+ \d{4}"))
        assert await worst.locator("svg").count() == 2, "each word has its icon"
        row = page.get_by_role("button", name=VICTIM)
        await expect(row).to_contain_text("Kritiek: Wapen")
        await expect(detail.locator("li", has_text="Interdiction")).to_contain_text("Frans")
        await expect(worst).not_to_contain_text("Nederlands")

        for language, title in (
            ("fr", "Circonstances particulières"),
            ("de", "Besondere Umstände"),
            ("en", "Know before you go"),
        ):
            await speak(page, language)
            assert await circumstances_as_said(page, title) == said, (
                "what was written stays as it was written"
            )
            await expect(page.get_by_role("region", name=BANNER[language], exact=True)).to_be_visible()
        await expect(worst).to_contain_text("Dutch")
        assert await page.evaluate("() => window.sameDocument"), "the page was not loaded anew"


async def test_another_language_is_chosen_in_an_outage(gateway: Running) -> None:
    async with tcp_proxy(gateway.url) as network, a_dispatcher(gateway, network.url) as page:
        await page.wait_for_load_state("networkidle")
        network.cut()
        for language, lost in LOST.items():
            await speak(page, language)
            warning = page.get_by_role("alert").filter(has_text=lost)
            await expect(warning).to_be_visible()


async def test_a_language_that_cannot_be_fetched_leaves_the_one_before(gateway: Running) -> None:
    async with running_chromium() as browser, console_page(browser, language="fr") as page:
        await page.goto(gateway.url)
        await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
        await page.route("**/assets/*.js", lambda route: route.abort())
        await page.locator(LANGUAGE_LIST).select_option("de")
        await expect(page.locator(LANGUAGE_LIST)).to_have_value("fr")
        await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()


async def test_numbers_dates_and_the_language_chosen_are_the_workstations(gateway: Running) -> None:
    async with a_dispatcher(gateway, language="de") as page:
        await press_them(gateway)
        detail = page.get_by_role("region", name="Alarm", exact=True)
        await expect(detail).to_contain_text(re.compile(r"geprüft am \d+\. \S+ \d{4}"))
        await speak(page, "fr")
        await page.reload()
        await expect(page.get_by_role("region", name=BANNER["fr"], exact=True)).to_be_visible()
        await expect(page.get_by_role("region", name="Alarme", exact=True)).to_contain_text(
            re.compile(r"vérifié le \d+ \S+ \d{4}")
        )
