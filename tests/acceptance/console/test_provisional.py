"""The database dies under a live console: what is pressed then is seen, heard, and becomes the alarm once."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from playwright.async_api import expect

from gateway.store.embedded import EmbeddedPostgres
from schemas.registration import Circumstance, CircumstanceKind, Severity
from tests.support.browser import axe_violations
from tests.support.gateway import Companion, Running, a_press, running
from tests.support.hearing import a_listener
from tests.support.wait import until

BACK_MS = 60_000
"""PostgreSQL recovers, the node sees it, and the press is stored."""


@pytest.fixture
def mortal_postgres(breakable_postgres: EmbeddedPostgres, database: str) -> Iterator[EmbeddedPostgres]:
    """The server below the gateway; it runs again afterwards, whatever happened."""
    yield breakable_postgres
    breakable_postgres.start()


async def the_receipt(gateway: Running, companion: Companion, press: Mapping[str, Any]) -> Response:
    """Ask as her phone does until the press is committed: that is seen a moment before it is let go."""
    answers: list[Response] = []

    async def is_not_only_kept() -> bool:
        answers.append(await gateway.press(companion, press))
        return answers[-1].status_code != 202

    await until("it is kept no more", is_not_only_kept)
    assert answers[-1].status_code == 200, answers[-1].text
    return answers[-1]


async def test_a_press_without_the_database_is_seen_and_heard_and_becomes_the_alarm_once(
    mortal_postgres: EmbeddedPostgres, database: str, tmp_path: Path, chromium: None
) -> None:
    armed = Circumstance(kind=CircumstanceKind.WEAPON, severity=Severity.CRITICAL, text="Has a hunting rifle")
    async with running(database, tmp_path) as before:  # the next one reads her file as it starts
        companion = await before.a_companion(victim="Peeters, Nele", circumstances=(armed,))
    async with running(database, tmp_path) as gateway, a_listener(gateway) as ear:
        page = ear.page
        await asyncio.to_thread(mortal_postgres.kill)
        press = a_press()
        kept = await gateway.press(companion, press)
        assert kept.status_code == 202, kept.text
        alarm = page.locator("[data-alarm]")
        await expect(alarm).to_have_count(1)
        await ear.hears("siren")
        card = page.get_by_role("region", name="Provisional: received, not stored yet")
        await expect(card).to_contain_text("note on paper who goes")
        bar = page.get_by_role("region", name="The database is away")
        await expect(bar).to_contain_text("1 alarm")
        detail = page.get_by_role("region", name="Alarm", exact=True)
        await expect(detail).to_contain_text("Peeters, Nele")
        await expect(detail).to_contain_text("Has a hunting rifle")
        assert await axe_violations(page) == []
        await asyncio.to_thread(mortal_postgres.start)
        await expect(card).to_have_count(0, timeout=BACK_MS)
        await expect(bar).to_have_count(0)
        await expect(alarm).to_have_count(1)
        await expect(detail).to_contain_text("Peeters, Nele")
        again = await the_receipt(gateway, companion, press)
        await expect(alarm).to_have_attribute("data-alarm", again.json()["alarm_id"])
        await ear.hears("siren")
        await page.keyboard.press("F2")
        await ear.hears("silence")
