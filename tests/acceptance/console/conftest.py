"""The console in a real browser on a real gateway, with the gateway's own content security policy.

All of it runs in one event loop a worker, so that it can share one browser.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from gateway.store.connect import Connection, connected
from tests.support.browser import mark_browser, sharing_chromium
from tests.support.gateway import Running, running

PATIENT: Final = """
[default]
levels = [{step = "remind", after_s = 3600}]
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    mark_browser(items, Path(__file__).parent)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium() -> AsyncIterator[None]:
    """One browser for all of them, each with a context of its own."""
    async with sharing_chromium():
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(chromium: None, database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """One node whose ladder waits: a slow machine sees no more of an alarm than a fast one."""
    responses = tmp_path / "responses.toml"
    responses.write_text(PATIENT)
    async with running(database, tmp_path, responses=responses) as node:
        yield node


@pytest_asyncio.fixture(loop_scope="session")
async def connection(database: str) -> AsyncIterator[Connection]:
    """A connection as the gateway makes them."""
    async with connected(database, application_name="test") as held:
        yield held
