"""A perimeter as operators live it: approach, breach, her own press, retreat, closing, evidence."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from gateway.clock import SystemClock
from gateway.evidence_check import verify
from gateway.http.security import COOKIE
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.connect import create_pool
from schemas.session import Role
from tests.support.browser import axe_violations
from tests.support.console_scene import a_place
from tests.support.gateway import Running, a_press, running
from tests.support.hearing import Ear, a_listener
from tests.support.map_pixels import picture
from tests.support.perimeters import HOME, Court, TagCentre
from tests.support.wait import until

VICTIM: Final = "Voorbeeld, Anna"
OFFENDER: Final = (27, 27, 31)
ZONE: Final = (122, 31, 162)
"""Of the light appearance."""

RING_M: Final = 1000

PATIENT: Final = """
[default]
lapse_s = 3600
levels = [{step = "remind", after_s = 120}, {step = "national", after_s = 240}]
"""
"""However slow the machine, nobody is told anything but what the story tells."""


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(chromium: None, database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """One node that can sign evidence."""
    make_seal_key(tmp_path / "seal-key")
    responses = tmp_path / "responses.toml"
    responses.write_text(PATIENT)
    async with running(database, tmp_path, responses=responses) as node:
        yield node


async def shows_him_and_the_ring(page: Page) -> None:
    """Wait until the map has both painted, the ring to scale."""

    async def painted() -> bool:
        seen = await picture(page)
        ring = seen.box(ZONE)
        return (
            seen.count(OFFENDER) > 20
            and ring is not None
            and abs(ring.width * seen.metres_per_pixel / (2 * RING_M) - 1) < 0.04
        )

    await until("he and the ring are painted to scale", painted)


async def evidence(gateway: Running, alarm_id: str) -> bytes:
    """Take it as a magistrate."""
    token = await gateway.a_session(role=Role.MAGISTRATE)
    url = f"{gateway.url}/v1/alarms/{alarm_id}/evidence"
    answer = await gateway.http.get(url, params={"language": "nl"}, headers={"Cookie": f"{COOKIE}={token}"})
    assert answer.status_code == 200, answer.text
    return answer.content


@dataclass(frozen=True)
class Screen:
    """An operator's screen, and who is heard by it."""

    ear: Ear
    tags: TagCentre

    @property
    def page(self) -> Page:
        return self.ear.page

    @property
    def row(self) -> Locator:
        return self.page.get_by_role("region", name="Open alarms").get_by_role("button", name=VICTIM)

    @property
    def said(self) -> Locator:
        return self.page.get_by_role("region", name="Forbidden zone")


async def comes_near(screen: Screen) -> None:
    """Told in words, in amber, and without a sound."""
    page = screen.page
    await screen.tags.moved(900)
    told = page.get_by_role("region", name="Notices").get_by_role("status")
    await expect(told).to_contain_text("Possible approach of a forbidden zone")
    await expect(told).to_contain_text("900 m")
    assert not {"siren", "again"} & set(await screen.ear.log())
    await expect(screen.row).to_have_count(0)


async def is_at_the_border(screen: Screen) -> None:
    """Perhaps inside, with how sure that is, and the siren."""
    await screen.tags.moved(505, radius_m=40)
    await screen.ear.hears("siren")
    await expect(screen.row).to_contain_text(re.compile(r"Maybe in the forbidden zone \(\d\d.%\) · 505 m"))
    await expect(screen.said).to_contain_text("He may be inside the forbidden zone")
    await expect(screen.said).to_contain_text("within 40 m (95 % sure) · satellites")
    await expect(screen.page.get_by_text("her button was not pressed")).to_be_visible()
    where = screen.page.get_by_role("region", name="Position", exact=True)
    await expect(where).to_contain_text("Where she is now is not known: this is the protected place.")


async def enters(screen: Screen) -> None:
    """Beside whom it protects, to scale, in the zone that a judge set; all of it as text too."""
    page = screen.page
    await screen.tags.moved(300)
    inside = "He is inside the forbidden zone, 300 m north of its middle, coming closer"
    await expect(page.get_by_role("region", name="Stalking alarm")).to_contain_text(inside)
    await expect(screen.said).to_contain_text(inside)
    await shows_him_and_the_ring(page)
    his = page.get_by_role("region", name="His position")
    await expect(his).to_contain_text("within 10 m (95 % sure), satellites")
    await expect(his).to_contain_text(f"Forbidden: within 500 m of {HOME[0]:.5f}, {HOME[1]:.5f}")
    await expect(his).to_contain_text("Warning from 1.0 km on")
    await expect(his).to_contain_text("Decision 2026/123, Rechtbank Gent")
    await expect(his.get_by_role("row")).to_have_count(3)  # a head, and the two fixes before
    assert await axe_violations(page) == []


async def is_taken(screen: Screen) -> None:
    """Her own press during it and his breach both stay in sight; answered, nothing sounds."""
    page = screen.page
    await expect(screen.row).to_contain_text("Her button was pressed too")
    await expect(screen.said).to_contain_text("He is inside the forbidden zone")
    await expect(page.get_by_text("Possible approach")).to_have_count(0)
    everything = page.locator("details summary", has_text="All positions as text")
    await everything.click()
    table = page.get_by_role("group", name="Newest position of every open alarm")
    await expect(table).to_contain_text(f"Offender, who threatens {VICTIM}")
    await everything.click()
    await page.keyboard.press("F2")
    await expect(screen.row).to_contain_text("Acknowledged")
    await screen.ear.hears("silence")


async def another_is_followed(screen: Screen, court: Court) -> None:
    """Each of two has his own figure, number, distance and table; the one who is inside stays the one."""
    page = screen.page
    await court.tracker("TAG-2", label="Enkelband 2")
    await until("the other tag is known", lambda: screen.tags.is_known("TAG-2"))
    await screen.tags.moved(2500, "TAG-2")
    other = page.get_by_role("region", name="His position: Offender 2/2")
    await expect(other).to_contain_text(re.compile(r"2\.4 km from her"))
    await expect(page.get_by_role("region", name="His position: Offender 1/2")).to_contain_text(
        re.compile(r"1[89]\d m from her")
    )
    for number in (1, 2):
        await expect(page.locator("#map-status")).to_contain_text(f"Offender {number}/2: ")
    assert await axe_violations(page) == []


async def leaves(screen: Screen) -> None:
    """Shown as left, step by step, and the alarm goes on."""
    page = screen.page
    for off_m in (700, 800, 1500):
        await screen.tags.moved(off_m)
    await expect(screen.said).to_contain_text("He has left the forbidden zone")
    await expect(screen.said).to_contain_text("The alarm stays open until somebody closes it.")
    await expect(screen.row).to_contain_text("Left the forbidden zone")
    await expect(page.get_by_text("Possible approach")).to_have_count(0)
    steps = page.get_by_role("region", name="Timeline")
    for said in (
        "He may be inside the forbidden zone",
        "The offender came into the forbidden zone",
        "Pressed again",
        "The offender left the forbidden zone",
    ):
        await expect(steps).to_contain_text(said)


async def is_closed(screen: Screen) -> None:
    """By an operator, with an outcome and a note, and by nothing else."""
    await screen.page.keyboard.press("F9")
    form = screen.page.get_by_role("form", name="Close the alarm")
    await form.get_by_role("radio", name=re.compile("^Offender gone")).check()
    await form.get_by_role("textbox").fill("He walked off.")
    await form.get_by_role("textbox").press("Enter")
    await expect(screen.row).to_have_count(0)


async def test_an_offender_comes_near_enters_and_leaves_and_every_screen_says_so(
    gateway: Running, tmp_path: Path
) -> None:
    companion = await gateway.a_companion(victim=VICTIM)
    async with create_pool(gateway.database, application_name="test") as pool:
        tags = await TagCentre.of(gateway, pool)
    court = await Court.of(gateway, companion.registration_id)
    await court.in_force(await court.tracker())
    await until("the tracker is known", tags.is_known)
    async with a_listener(gateway) as ear:
        screen = Screen(ear, tags)
        await comes_near(screen)
        await is_at_the_border(screen)
        await enters(screen)
        press = a_press(positions=[a_place(SystemClock(), latitude=HOME[0] + 0.001)])
        alarm_id = (await gateway.press(companion, press)).json()["alarm_id"]
        await is_taken(screen)
        await another_is_followed(screen, court)
        await leaves(screen)
        await is_closed(screen)

    bundle = await evidence(gateway, alarm_id)
    assert verify(bundle, SealKey.read(tmp_path / "seal-key").public_pem)
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        his = json.loads(file.read("offender.json"))
    assert [one["number"] for one in his["fixes"]].count(1) == 6
    assert len(his["fixes"]) == 7
    judged = [(one["inside"], one["certain"]) for one in his["judgements"]]
    assert judged == [(True, False), (True, True), (False, True)]
    (version,) = his["perimeters"]
    assert (version["version"], version["decision"]["reference"]) == (1, "2026/123")
