"""A gateway in this process for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.gateway import Running, running


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A running node on an empty database."""
    async with running(database, tmp_path) as node:
        yield node
