"""An officer at her desk: a delivery with wrong lines, a scanner, a code for a phone, a loss, a drawer."""

from playwright.async_api import FilePayload, Page, expect

from gateway.store.connect import Connection
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.gateway import Running

ZONE = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement)
VALUES ('BE-5415', 'PZ Gent', 'BE-VOV', 'Oost-Vlaanderen')"""
PLACE = "UPDATE registration SET zone_id = 'BE-5415', reference = 'GE.1'"
OF_ZONE = "UPDATE operator SET zones = '{BE-5415}'"
AGE = "UPDATE device SET state_since = now() - interval '200 days' WHERE serial = 'T-1'"

HEADING = "kind;maker;model;serial\r\n"
GOOD = HEADING + "phone;Generic;Android;P-1\r\nbutton;Generic;iTAG;T-1\r\nbutton;Shelly;BLU Button1;00:1A\r\n"
BAD = GOOD + "button;Generic;iTAG;t1\r\nbutton;Generic;Unheard;T-3\r\n"


async def choose(page: Page, text: str) -> None:
    delivery = page.get_by_role("region", name="Receive a delivery", exact=True)
    file = FilePayload(name="delivery.csv", mimeType="text/csv", buffer=text.encode("utf-8-sig"))
    await delivery.get_by_label("File of the delivery").set_input_files(file)
    await delivery.get_by_role("button", name="Check").click()


async def scan(page: Page, typed: str) -> None:
    """Be the scanner: it types and presses Enter."""
    await page.get_by_label("Code or serial number").fill(typed)
    await page.keyboard.press("Enter")


async def shows_a_code_once(page: Page) -> None:
    """In her file: a code that her phone scans, in a drawing that the page's policy lets through."""
    drawn = page.get_by_role("img", name="Scan this with her phone")
    await page.get_by_role("button", name="Connect phone P-1").click()
    await page.get_by_role("button", name="Make a code").click()
    await expect(drawn).to_be_visible()
    assert await axe_violations(page) == []
    await page.keyboard.press("Escape")
    await expect(drawn).to_be_hidden()


async def test_a_delivery_is_received_and_a_phone_is_scanned_issued_and_lost(
    gateway: Running, connection: Connection
) -> None:
    await connection.execute(ZONE)
    file = (await gateway.a_companion()).registration_id
    await connection.execute(PLACE)
    link = await a_link(gateway, name="Zorg", role=Role.CASE_OFFICER)
    await connection.execute(OF_ZONE)
    async with running_chromium() as browser, console_page(browser) as page:
        await page.goto(gateway.url + link)
        await page.get_by_role("link", name="Buttons and phones").click()

        # nothing is received of a delivery with wrong lines, and each is named
        await choose(page, BAD)
        wrong = page.get_by_role("table", name="Nothing can be received: 2 errors.")
        await expect(wrong.get_by_role("row")).to_contain_text(
            ["Line", "Stands there twice, see line 3", "This make is not known"]
        )
        await expect(page.get_by_role("button", name="Receive all")).to_be_disabled()
        await choose(page, GOOD)
        await expect(page.get_by_text("3 devices, and nothing is wrong.")).to_be_visible()
        await page.get_by_role("button", name="Receive all").click()
        await expect(page.get_by_text("3 devices are in stock.")).to_be_visible()
        who = page.get_by_role("table", name="Buttons and phones: Who has what")
        await expect(who.get_by_role("row")).to_contain_text(["PZ Gent", "PZ Gent"])

        # scanned twice: the device, then the file
        await scan(page, "p1")
        found = page.get_by_role("article", name="P-1")
        await found.get_by_role("button", name="Issue").click()
        await page.get_by_label("Reference of the file").fill("GE.1")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("P-1: Issued")).to_be_visible()
        await expect(found).to_contain_text("GE.1")
        await scan(page, "nothing")
        await expect(page.get_by_text("There is no device nothing in your teams.")).to_be_visible()
        assert await axe_violations(page) == []

        await page.goto(f"{gateway.url}/#files/{file}")
        await shows_a_code_once(page)
        await page.get_by_role("link", name="Buttons and phones").click()

        # lost: a reason is asked for; its history says who did what
        await scan(page, "P 1")
        await found.get_by_role("button", name="Report lost").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Report lost").click()
        await expect(dialog.get_by_text("This is needed.")).to_be_visible()
        await dialog.get_by_label("Reason").select_option("stolen")
        await dialog.get_by_role("button", name="Report lost").click()
        await expect(page.get_by_text("P-1: Lost")).to_be_visible()
        await found.get_by_role("link", name="P-1").click()
        history = page.get_by_role("table", name="P-1: History")
        await expect(history.get_by_role("row")).to_contain_text(
            ["When", "Reported lost", "Issued", "Received"]
        )
        await expect(history.get_by_role("row").nth(1)).to_contain_text("Stolen")

        # what lies in a drawer
        await connection.execute(AGE)
        await page.get_by_role("link", name="All buttons and phones").click()
        idle = page.get_by_role("table", name="Buttons and phones: What lies unused")
        await expect(idle.get_by_role("row")).to_contain_text(["Serial number", "Long in stock"])
        await expect(idle.get_by_role("row").nth(1)).to_contain_text("T-1")
