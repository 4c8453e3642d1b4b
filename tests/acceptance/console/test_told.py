"""What other systems say about an alarm, and where it comes from: from their door to an operator's eyes."""

from typing import Any, Final
from uuid import uuid4

from playwright.async_api import expect

from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from tests.support.browser import axe_violations
from tests.support.dispatcher import a_dispatcher
from tests.support.gateway import Running
from tests.support.integrators import a_client

GHENT = {"latitude": 51.0543, "longitude": 3.7174, "radius_m": 12.0}

SAID: Final[dict[str, dict[str, Any]]] = {
    "be.msa.medical.updated": {"text": "Diabetes type 1, insulin in her bag", "lang": "en"},
    "be.msa.call.received": {"caller_number": "+32 470 12 34 56", "address": "Kouter 1, 9000 Gent"},
    "be.msa.device.condition": {"condition": "battery_low", "battery_pct": 12},
}

LONGER_THAN_A_LOOK_MS: Final = 2_100
"""What is in sight for 2 s was read; after a heartbeat's 5 s besides, no link is given up yet (8 s)."""


class The112App:
    """Another system that speaks of somebody whom nobody linked."""

    def __init__(self, gateway: Running, token: str) -> None:
        self._gateway = gateway
        self._headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/cloudevents+json",
        }

    async def says(self, kind: str, **data: Any) -> None:
        event = {
            "specversion": "1.0",
            "type": kind,
            "source": "//112.example",
            "id": str(uuid4()),
            "subject": "acc-1",
            "time": SystemClock().now().isoformat(),
            "data": data,
        }
        url = f"{self._gateway.url}/v1/events"
        answer = await self._gateway.http.post(url, json=event, headers=self._headers)
        assert answer.status_code < 300, answer.text


async def the_112_app(gateway: Running) -> The112App:
    async with create_pool(gateway.database, application_name="test") as pool:
        client = await a_client(pool, SystemClock(), name="112 BE")
    return The112App(gateway, await client.token(gateway.http, gateway.url))


async def test_an_operator_sees_who_raised_it_and_notices_what_other_systems_say(gateway: Running) -> None:
    app = await the_112_app(gateway)
    await app.says("be.msa.chat.said", text="Ik zit in de kelder", lang="nl")  # it overtook its alarm
    here = {**GHENT, "fixed_at": SystemClock().now().isoformat()}
    await app.says("be.msa.alarm.raised", cause="app", positions=[here])
    # Before anybody looks: alone, her message would stand in sight, and be read before the next one came.
    await app.says("be.msa.chat.said", text="Blijf daar, we komen", by_centre=True)
    await app.says("be.msa.medical.updated", **SAID["be.msa.medical.updated"])
    await app.says("be.msa.call.received", **SAID["be.msa.call.received"])
    async with a_dispatcher(gateway, width=1366, height=768) as page:
        await page.clock.install()
        await page.reload()
        for place in ("[data-alarm]", ".banner", ".detail header"):
            await expect(page.locator(place).get_by_text("From the 112 app (112 BE)")).to_be_visible()
        await expect(page.get_by_text("Nobody here knows her file: ask")).to_be_visible()
        await app.says("be.msa.device.condition", **SAID["be.msa.device.condition"])
        medical = page.get_by_role("region", name="Medical, as the 112 app says")
        await expect(medical).to_contain_text("said by 112 BE")
        await expect(page.get_by_role("region", name="Emergency calls")).to_contain_text("+32 470 12 34 56")
        log = page.get_by_role("log")
        await expect(log.get_by_role("listitem")).to_have_count(2)
        await expect(log.get_by_role("listitem").first).to_contain_text("Ik zit in de kelder")
        queued = page.locator("[data-alarm]")
        await page.clock.fast_forward(LONGER_THAN_A_LOOK_MS)
        await expect(queued).to_contain_text("2 new messages")  # nobody had them in sight
        await expect(page.get_by_text("battery low, 12 %")).to_have_count(1)
        assert await axe_violations(page) == []

        await page.get_by_role("button", name="2 new messages", exact=True).click()
        await expect(page.get_by_text("2 new messages")).to_have_count(0)
        await app.says("be.msa.chat.said", text="Hij is weg")
        await expect(log).to_contain_text("Hij is weg")
        await page.clock.fast_forward(LONGER_THAN_A_LOOK_MS)
        await expect(queued).to_contain_text("1 new message")
