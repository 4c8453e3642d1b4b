"""Who may look, who asked and who looked, through the pages: a supervisor, a magistrate, an auditor."""

import asyncpg
from playwright.async_api import Page, expect

from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.gateway import Running

REFERENCE = "SELECT reference FROM registration WHERE registration_id = $1"


async def _opened(gateway: Running, page: Page, name: str, role: Role, place: str) -> None:
    """Sign in by a link and go to a page of the case teams."""
    await page.goto(gateway.url + await a_link(gateway, "BE-VOV", name=name, role=role))
    await expect(page.get_by_role("navigation").first).to_be_visible()  # which keeps the address until then
    await page.goto(f"{gateway.url}/#{place}")
    await page.reload()


async def test_a_supervisor_asks_a_magistrate_allows_and_an_auditor_sees_it(gateway: Running) -> None:
    file = (await gateway.a_companion(victim="Vera Voorbeeld")).registration_id
    connection = await asyncpg.connect(gateway.database)
    reference = await connection.fetchval(REFERENCE, file)
    await connection.close()
    async with (
        running_chromium() as browser,
        console_page(browser, width=1366, height=768, language="nl") as asker,
        console_page(browser, language="fr") as answerer,
        console_page(browser, width=1366, height=768, language="en") as auditor,
    ):
        await _opened(gateway, asker, "Sep", Role.SUPERVISOR, "glass")
        await asker.get_by_label("Kenmerk van het dossier").fill(reference)
        await asker.get_by_label("Reden").select_option(label="Iemand is in gevaar")
        await asker.get_by_label("Toelichting").fill("Zij belt zonder te spreken.")
        await asker.get_by_role("button", name="Inzage vragen").click()
        await expect(asker.get_by_role("status").filter(has_text="Gevraagd.")).to_be_visible()

        await _opened(gateway, answerer, "Mag", Role.MAGISTRATE, "glass")
        row = answerer.get_by_role("row").filter(has_text=reference)
        await expect(row).to_contain_text("Zij belt zonder te spreken.")
        await row.get_by_role("button", name="Autoriser").click()
        await answerer.get_by_role("dialog").get_by_role("button", name="Autoriser").click()
        await expect(row).to_contain_text("ouvert jusqu")
        assert await axe_violations(answerer) == []

        await asker.reload()
        await asker.get_by_role("button", name="Dossier inzien").click()
        await expect(asker.get_by_role("dialog")).to_contain_text("Vera Voorbeeld")
        assert await axe_violations(asker) == []

        await _opened(gateway, auditor, "Aud", Role.AUDITOR, "audit")
        looked = auditor.get_by_role("row").filter(has_text="looked at the file")
        await expect(looked.first).to_contain_text("exceptional access")
        await looked.first.get_by_role("button", name=reference).click()
        await expect(auditor.get_by_role("link", name="Download (fr)")).to_be_visible()
        assert await axe_violations(auditor) == []
