"""A dispatcher at a real browser: signed in by a one-time link, her console live."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from playwright.async_api import Page, expect

from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.browser import OPENED_MS, console_page, running_chromium
from tests.support.gateway import Running

LIVE: Final = "header .dot.live"


async def a_link(
    gateway: Running,
    *centres: str,
    name: str = "Operator One",
    role: Role = Role.OPERATOR,
    password_hash: str | None = None,
    username: str | None = None,
) -> str:
    """Add an operator and return the fragment of a one-time sign-in link."""
    async with create_pool(gateway.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), gateway.settings.session_hours)
        operator = await operators.add(
            username or f"op-{uuid4()}",
            name=name,
            roles=[role],
            centres=centres or ("BE-VOV",),
            password_hash=password_hash,
        )
        token, _ = await operators.new_link(operator.operator_id)
    return f"/#link={token}"


@asynccontextmanager
async def a_dispatcher(
    gateway: Running,
    url: str | None = None,
    *,
    centres: tuple[str, ...] = ("BE-VOV",),
    name: str = "Operator One",
    role: Role = Role.OPERATOR,
    language: str = "en",
    width: int = 1600,
    height: int = 900,
) -> AsyncIterator[Page]:
    """A browser signed in by link, live; ``url`` of what stands between them, if anything."""
    link = await a_link(gateway, *centres, name=name, role=role)
    async with (
        running_chromium() as browser,
        console_page(browser, width=width, height=height, language=language) as page,
    ):
        await page.goto((url or gateway.url) + link)
        await expect(page.locator(LIVE)).to_be_visible(timeout=OPENED_MS)
        yield page
