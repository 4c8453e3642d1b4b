"""A file's story through its pages: who did what, and what could be done next by those who looked."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import Browser, Locator, Page, expect

from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.browser import axe_violations, console_page
from tests.support.gateway import Companion, Running
from tests.support.story import settled

ZONE: Final = "BE-5415"
ADD_ZONE: Final = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement) VALUES ($1, 'PZ Gent', 'BE-VOV', 'Gent')"""

VARYING: Final = (
    (re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d\d-\d\d"), "(date)"),
    (re.compile(r"\b20\d\d\b"), "(year)"),
    (re.compile(r"\d\d:\d\d"), "hh:mm"),
)
"""What differs each time."""


@dataclass
class Tale:
    """The steps, as they happen."""

    path: Path
    """Where it is kept."""

    written: list[str] = field(default_factory=list)

    def step(self, who: str, said: str) -> None:
        """Begin a step."""
        self.written.append(f"## {len(self.written) + 1}. {who}: {said}")

    async def shows(self, part: Locator) -> None:
        """Record what a screen reader finds in a part of the page, once it is as it was."""

        async def look() -> str:
            tree = await part.aria_snapshot()
            for pattern, instead in VARYING:
                tree = pattern.sub(instead, tree)
            return f"{self.written[-1]}\n\n```yaml\n{tree}\n```"

        self.written[-1] = await settled(self.path, look)

    def told(self, heading: str) -> str:
        """Return the whole page."""
        return f"{heading}\n\n" + "\n\n".join(self.written) + "\n"


async def add_zone(gateway: Running) -> None:
    """Make the police zone of the story."""
    async with create_pool(gateway.database, application_name="test") as pool:
        await pool.execute(ADD_ZONE, ZONE)


@asynccontextmanager
async def at_her_desk(
    browser: Browser, gateway: Running, role: Role, name: str, *, dark: bool = True
) -> AsyncIterator[Page]:
    """Somebody of the zone, signed in by a link in a browser context of her own."""
    async with create_pool(gateway.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), gateway.settings.session_hours)
        zones = () if role is Role.OPERATOR else (ZONE,)
        person = await operators.add(
            role.value, name=name, roles=[role], centres=["BE-VOV"], password_hash=None, zones=zones
        )
        token, _ = await operators.new_link(person.operator_id)
    async with console_page(browser) as page:
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await page.goto(f"{gateway.url}/#link={token}")
        yield page


async def enrolled(gateway: Running, registration_id: UUID, code: str) -> Companion:
    """Be the phone that scans the code: a key of its own, and the gateway's answer."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    body = {"public_key": public, "label": "phone", "companion_version": "1.0"}
    answer = await gateway.http.post(f"{gateway.url}/v1/enrolments/{code}", json=body)
    assert answer.status_code == 201, answer.text
    return Companion(companion_id=answer.json()["companion_id"], registration_id=registration_id, key=key)


async def take(page: Page, act: str, fields: Iterable[tuple[str, str | bool]] = ()) -> None:
    """Take a step by its button: fill in the form by its labels, send it, wait until it is taken."""
    button = page.get_by_role("button", name=act, exact=True)
    await expect(button).to_be_enabled()
    taken = page.locator("section[aria-labelledby=steps] li")
    before = await taken.count()
    await button.click()
    dialog = page.get_by_role("dialog", name=act)
    for label, value in fields:
        control = dialog.get_by_label(label, exact=False)
        if isinstance(value, bool):
            await control.set_checked(value)
        elif await control.evaluate("(it) => it.localName") == "select":
            await control.select_option(label=value)
        else:
            await control.fill(value)
    await dialog.get_by_role("button", name=act, exact=True).click()
    await expect(taken).to_have_count(before + 1)


async def is_sound(page: Page) -> None:
    """Nothing that axe finds wrong."""
    assert await axe_violations(page) == []
