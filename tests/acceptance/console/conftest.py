"""The console in a real browser on a real gateway, with the gateway's own content security policy."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.http.app import STATIC
from tests.support.gateway import Running, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder: it needs chromium, and the console to be built."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not STATIC.is_dir():
                item.add_marker(pytest.mark.skip(reason="the console is not built (make console)"))


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """One node."""
    async with running(database, tmp_path) as node:
        yield node
