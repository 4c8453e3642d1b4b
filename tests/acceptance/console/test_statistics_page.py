"""Figures as a case officer sees them: a table, plots that are read out, downloads, an answer to send."""

from playwright.async_api import expect

from gateway.store.connect import Connection
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.figures import Past, the_public_figures
from tests.support.gateway import Running


async def test_figures_are_read_in_a_table_and_in_plots_and_taken_along(
    gateway: Running, connection: Connection
) -> None:
    await the_public_figures(Past(connection))
    link = await a_link(gateway, name="Zorg", role=Role.CASE_OFFICER)
    async with running_chromium() as browser, console_page(browser) as page:
        await page.goto(gateway.url + link)
        await page.get_by_role("link", name="Figures").click()
        await page.get_by_label("As of the end of").fill("2026-03-31")
        files = page.get_by_role("table", name="Files, as of 31 Mar 2026")
        await expect(files.get_by_role("row", name="Belgium 2025")).to_contain_text("43")

        # What is refused leaves what was chosen, to be chosen otherwise.
        await page.locator("select[name=from]").select_option("2025")
        await page.locator("select[name=to]").select_option("2023")
        await expect(page.get_by_role("alert").filter(has_text="from")).to_be_visible()
        await page.locator("select[name=to]").select_option("")
        await page.locator("select[name=from]").select_option("")
        await expect(page.get_by_role("alert").filter(has_text="from")).to_have_count(0)

        plot = page.get_by_role("list", name="Persons with an alarm")
        await expect(plot.get_by_role("listitem")).to_have_count(7)
        await expect(plot.get_by_label("Persons with an alarm, 2025: 43")).to_be_visible()
        assert not await axe_violations(page)

        await page.get_by_label("A row for each").select_option("zone")
        ghent = page.get_by_role("row", name="Gent 2024")
        await expect(ghent).to_contain_text("28")
        await page.get_by_label("About").select_option("outcomes")
        await expect(page.get_by_role("row", name="Gent 2024")).to_contain_text("hidden")
        await expect(page.get_by_role("list")).to_have_count(0)

        await page.get_by_label("Answer for").select_option("BE-5415")
        await page.get_by_label("Language", exact=True).last.select_option("fr")
        async with page.expect_download() as taken:
            await page.get_by_role("link", name="Download PDF").click()
        assert (await taken.value).suggested_filename == "msa-answer-2026-03-31-fr.pdf"
        assert not await axe_violations(page)
