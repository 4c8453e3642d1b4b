"""A gateway, or what calls receivers, in this process for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.gateway import Running, running
from tests.support.outbound import Sender, a_sender


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A running node on an empty database."""
    async with running(database, tmp_path) as node:
        yield node


@pytest.fixture
async def sender(database: str) -> AsyncIterator[Sender]:
    """What calls receivers, without a node around it."""
    async with a_sender(database) as node:
        yield node
