"""A magistrate holds a file, takes what is in it, and erases it for ever; a supervisor takes evidence."""

import os
import zipfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from gateway.evidence_check import verify
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.connect import connected
from schemas.session import Role
from tests.support.browser import axe_violations, console_page, running_chromium
from tests.support.desk import a_desk
from tests.support.dispatcher import a_link
from tests.support.gateway import Running, a_press, running

SHOTS = os.environ.get("MSA_SHOTS")


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def a_closed_alarm(gateway: Running) -> tuple[str, str]:
    companion = await gateway.a_companion(victim="Voorbeeld, Carla")
    alarm_id = (await gateway.press(companion, a_press())).json()["alarm_id"]
    async with a_desk(gateway, "BE-VOV", name="De Operator") as desk:
        await desk.ask("acknowledge", alarm_id)
        await desk.ask("close", alarm_id, 2, outcome="prevented", note="Klaar.")
    return str(companion.registration_id), alarm_id


async def offered_to_a_supervisor(gateway: Running, browser: Browser, alarm_id: str) -> None:
    link = await a_link(gateway, "BE-VOV", name="De Supervisor", role=Role.SUPERVISOR)
    async with console_page(browser, language="fr") as page:
        await page.goto(gateway.url + link)
        await page.get_by_role("button", name="Historique", exact=True).press("Enter")
        await page.get_by_text("Voorbeeld, Carla").first.click()
        evidence = page.get_by_role("link", name="Télécharger la pièce à conviction")
        await expect(evidence).to_have_attribute("href", f"/v1/alarms/{alarm_id}/evidence?language=fr")
        await shot(page, "closed")


def evidence_in(path: str | Path, public: bytes) -> str:
    """Return the alarm that a file is whole evidence of."""
    alarm_id: str = verify(Path(path).read_bytes(), public)["alarm_id"]
    return alarm_id


async def test_a_file_is_held_exported_and_erased_on_its_page_and_evidence_taken(
    database: str, tmp_path: Path
) -> None:
    make_seal_key(tmp_path / "seal-key")
    async with running(database, tmp_path) as gateway, running_chromium() as browser:
        registration_id, alarm_id = await a_closed_alarm(gateway)
        await offered_to_a_supervisor(gateway, browser, alarm_id)
        link = await a_link(gateway, "BE-VOV", name="De Magistraat", role=Role.MAGISTRATE)
        async with console_page(browser, language="nl", width=1366) as page:
            async with page.expect_response("**/v1/session/link"):
                await page.goto(gateway.url + link)
            await page.goto(f"{gateway.url}/#files/{registration_id}")
            await page.reload()
            panel = page.get_by_role("region", name="Bewaren en wissen")
            await expect(panel.get_by_text("het dossier is niet afgesloten")).to_be_visible()
            await panel.get_by_role("button", name="Bewaarbevel opleggen").click()
            await page.get_by_role("dialog").get_by_role("button", name="Bewaarbevel opleggen").click()
            await expect(panel.get_by_text("Bewaarbevel sinds")).to_be_visible()
            await expect(panel.get_by_role("button", name="Voorgoed wissen")).to_be_disabled()
            await shot(page, "held")
            assert await axe_violations(page) == []
            await panel.get_by_role("button", name="Bewaarbevel opheffen").click()
            await page.get_by_role("dialog").get_by_role("button", name="Bewaarbevel opheffen").click()
            await expect(panel.get_by_text("Wordt bewaard")).to_be_visible()

            async with page.expect_download() as exported:
                await panel.get_by_role("link", name="Downloaden (zip)").click()
            with zipfile.ZipFile(await (await exported.value).path()) as file:
                assert b"Voorbeeld, Carla" in file.read("registration_version.json")
                assert alarm_id.encode() in file.read("stream_event.json")
            async with page.expect_download() as taken:
                await panel.get_by_role("link", name="Bewijsstuk van het alarm van").click()
            public = SealKey.read(tmp_path / "seal-key").public_pem
            assert evidence_in(await (await taken.value).path(), public) == alarm_id

            async with connected(database, application_name="test") as connection:
                await connection.execute("UPDATE registration SET state = 'closed'")
                reference = await connection.fetchval("SELECT reference FROM registration")
            await page.reload()
            await panel.get_by_role("button", name="Voorgoed wissen").click()
            dialog = page.get_by_role("dialog")
            await dialog.get_by_label("Kenmerk van het dossier").fill("GE.iets anders")
            await dialog.get_by_label("Grond").select_option("request")
            await dialog.get_by_role("button", name="Voorgoed wissen").click()
            await expect(dialog.get_by_label("Kenmerk van het dossier")).to_have_attribute(
                "aria-invalid", "true"
            )
            await shot(page, "refused")
            await dialog.get_by_label("Kenmerk van het dossier").fill(reference)
            await dialog.get_by_role("button", name="Voorgoed wissen").click()
            await expect(panel.get_by_text("Gewist op")).to_be_visible()
            await expect(page.get_by_text("Voorbeeld, Carla")).to_have_count(0)
            await expect(panel.get_by_role("cell", name="De Magistraat")).to_be_visible()
            await shot(page, "erased")
