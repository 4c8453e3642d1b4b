"""The pages that show the interfaces, as anybody may open them."""

from playwright.async_api import expect

from tests.support.browser import OPENED_MS, axe_violations, console_page, running_chromium
from tests.support.gateway import Running


async def test_the_calls_can_be_read_without_signing_in(gateway: Running) -> None:
    async with running_chromium() as browser, console_page(browser) as page:
        await page.goto(f"{gateway.url}/docs")
        assert not await axe_violations(page)
        await page.get_by_role("link", name="HTTP calls").click()
        await page.locator("#operations-companion-post_press").get_by_role("button").first.click()
        await expect(page.get_by_text("Was committed before; the first receipt again")).to_be_visible()


async def test_the_streams_are_read_on_a_page_without_an_origin(gateway: Running) -> None:
    async with running_chromium() as browser, console_page(browser) as page:
        await page.goto(f"{gateway.url}/docs/stream.html")
        await expect(page.get_by_role("heading", name="Operations")).to_be_visible(timeout=OPENED_MS)
        await expect(page.get_by_text("Acknowledge", exact=True).first).to_be_visible()
        assert await page.evaluate("() => self.origin") == "null"
        refused = await page.evaluate(
            "(url) => fetch(url, { credentials: 'include' }).then(() => 'read', () => 'refused')",
            f"{gateway.url}/v1/session/ways",
        )
        assert refused == "refused", "its scripts may compile what they like, and reach nothing of ours"
