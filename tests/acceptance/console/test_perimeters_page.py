"""A perimeter is drafted by a case officer, on a map or by typing, and put into force by a magistrate."""

from datetime import timedelta

from playwright.async_api import Locator, Page, expect

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.store.connect import Connection
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.dispatcher import a_link
from tests.support.gateway import Running
from tests.support.perimeters import an_integrator
from tests.support.wait import until


def details(section: Locator, name: str) -> Locator:
    """What opens and shuts a form."""
    return section.locator("summary", has_text=name)


async def put_a_tracker_on(section: Locator) -> None:
    """Refused where nobody knows the system, and then done."""
    await details(section, "Put a tracker on somebody").click()
    form = section.get_by_role("form", name="Put a tracker on somebody")
    await form.get_by_label("System that follows it").fill("Nobody")
    await form.get_by_label("Number of the tracker there").fill("TAG-1")
    await form.get_by_label("Name", exact=True).fill("Ankle tag 12")
    await form.get_by_role("button", name="Put it on").click()
    await expect(form.get_by_label("System that follows it")).to_have_attribute("aria-invalid", "true")
    await form.get_by_label("System that follows it").fill("Tagcentrale")
    await form.get_by_role("button", name="Put it on").click()
    await expect(section.get_by_role("rowheader", name="Ankle tag 12")).to_be_visible()


async def draft_it(page: Page, section: Locator, last_day: str) -> None:
    """Draw an area, then type a circle after all: what is missing is said by its field."""
    await details(section, "Set a perimeter").click()
    form = section.get_by_role("form", name="A new perimeter")
    await form.get_by_label("Name", exact=True).fill("Home")
    await form.get_by_label("Coordinates of the middle").fill("51.0543, 3.7174")
    await form.get_by_label("Ankle tag 12").check()
    drawing = form.get_by_role("img", name="Map of the perimeter")
    await expect(drawing.locator("canvas").first).to_be_visible()
    await form.get_by_label("Shape").select_option(label="Area drawn on the map")
    corners = form.get_by_label("Coordinates of the corners")
    await form.get_by_role("button", name="Save the draft").click()
    await expect(form.get_by_text("An area has at least three corners.")).to_be_visible()
    for number, (x, y) in enumerate(((300, 120), (420, 130), (400, 240)), 1):
        await drawing.click(position={"x": x, "y": y})
        await page.wait_for_function(
            "([field, lines]) => field.value.split('\\n').filter(Boolean).length === lines",
            arg=[await corners.element_handle(), number],
        )
    first = (await corners.input_value()).split("\n")[0].split(", ")
    assert abs(float(first[0]) - 51.06) < 0.01
    assert abs(float(first[1]) - 3.715) < 0.02
    assert await axe_violations(page) == []
    await form.get_by_label("Shape").select_option(label="Circle around a place")
    await form.get_by_label("Last day").fill(last_day)
    await form.get_by_role("button", name="Save the draft").click()
    card = section.get_by_role("article", name="Home")
    await expect(card).to_contain_text("Draft")
    await expect(card).to_contain_text("within 500 m of 51.05430, 3.71740")
    await expect(card).to_contain_text("Ankle tag 12")
    await expect(card.get_by_role("button", name="Put into force")).to_have_count(0)


async def swap_the_tracker(section: Locator) -> None:
    """Every perimeter that bound it binds the new one."""
    row = section.get_by_role("row", name="Ankle tag 12")
    await row.get_by_role("button", name="Replace").click()
    dialog = section.page.get_by_role("dialog")
    await dialog.get_by_label("Number of the tracker there").fill("TAG-2")
    await dialog.get_by_label("Name", exact=True).fill("Ankle tag 13")
    await dialog.get_by_role("button", name="Replace").click()
    await expect(section.get_by_role("article", name="Home")).to_contain_text("Ankle tag 13")


async def change_it(page: Page, card: Locator, connection: Connection) -> None:
    """By a decision alone, not over what somebody changed meanwhile; all else stays as it was."""
    await card.get_by_role("button", name="Wijzigen", exact=True).click()
    form = card.get_by_role("form", name="Wijziging van de perimeter")
    await expect(form.get_by_label("Coördinaten van het midden")).to_have_value("51.05430, 3.71740")
    await form.get_by_label("Vorm").select_option(label="Cirkel rond haar, die met haar meegaat")
    save = form.get_by_role("button", name="Wijzigen wat van kracht is")
    await save.click()
    reference = form.get_by_label("Referentie van de beslissing")
    await expect(reference).to_have_attribute("aria-invalid", "true")
    await reference.fill("2026/456")
    await form.get_by_label("Rechtbank of magistraat").fill("Rechtbank Gent")
    assert await axe_violations(page) == []
    await connection.execute("UPDATE perimeter SET version = version + 1")
    await save.click()
    await expect(form).to_contain_text("Iemand heeft dit intussen gewijzigd")
    await form.get_by_role("button", name="Annuleren").click()
    await card.get_by_role("button", name="Wijzigen", exact=True).click()
    await form.get_by_label("Vorm").select_option(label="Cirkel rond haar, die met haar meegaat")
    await reference.fill("2026/456")
    await form.get_by_label("Rechtbank of magistraat").fill("Rechtbank Gent")
    await save.click()
    await expect(card).to_contain_text("2026/456, Rechtbank Gent")
    await expect(card).to_contain_text("binnen 500 m van haar")
    blind = "SELECT count(*) = 1 FROM perimeter_sight WHERE blind_since IS NOT NULL"
    await until("nobody is judged by it", lambda: connection.fetchval(blind))
    await page.reload()
    await expect(card).to_contain_text("blind: waar ze is, is nooit bekend geweest")
    await expect(card).to_contain_text("niemand kwam in de buurt")


async def test_an_officer_draws_it_and_a_magistrate_puts_it_into_force(
    gateway: Running, connection: Connection
) -> None:
    file = (await gateway.a_companion()).registration_id
    await an_integrator(connection)
    officer = await a_link(gateway, name="Zorg", role=Role.CASE_OFFICER)
    magistrate = await a_link(gateway, name="Substituut", role=Role.MAGISTRATE)
    operator = await a_link(gateway)
    last_day = (day_of(SystemClock().now()) + timedelta(days=60)).isoformat()
    async with running_chromium() as browser:
        async with console_page(browser) as page:
            await page.goto(gateway.url + officer)
            await page.get_by_role("heading", name="My files").first.wait_for()
            await page.goto(f"{gateway.url}/#files/{file}")
            section = page.get_by_role("region", name="Perimeters")
            await put_a_tracker_on(section)
            await draft_it(page, section, last_day)
            await swap_the_tracker(section)
        async with console_page(browser, language="nl") as page:
            await page.goto(gateway.url + magistrate)
            await page.get_by_role("heading", name="Mijn dossiers").first.wait_for()
            await page.goto(f"{gateway.url}/#files/{file}")
            section = page.get_by_role("region", name="Perimeters (verboden zones)")
            await section.get_by_role("button", name="Van kracht maken").click()
            dialog = page.get_by_role("dialog")
            await dialog.get_by_label("Referentie van de beslissing").fill("2026/123")
            await dialog.get_by_label("Rechtbank of magistraat").fill("Rechtbank Gent")
            await dialog.get_by_role("button", name="Van kracht maken").click()
            card = section.get_by_role("article", name="Home")
            await expect(card).to_contain_text("wordt vandaag bewaakt")
            await expect(card).to_contain_text("2026/123, Rechtbank Gent")
            await change_it(page, card, connection)
            assert await axe_violations(page) == []
            async with console_page(browser, language="nl") as desk:
                await desk.goto(gateway.url + operator)
                told = desk.get_by_role("region", name="Meldingen").get_by_role("status")
                await expect(told).to_contain_text("Een zone rond haar is blind")
                await expect(told).to_contain_text(
                    "waar ze is, is nooit bekend geweest. Ze draagt geen toestel"
                )
            await card.get_by_role("button", name="Beëindigen").click()
            await page.get_by_role("dialog").get_by_label("Waarom").fill("opgeheven")
            await page.get_by_role("dialog").get_by_role("button", name="Beëindigen").click()
            await expect(card).to_contain_text("Beëindigd")
            await expect(card.get_by_role("button")).to_have_count(0)
