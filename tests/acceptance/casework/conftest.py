"""The case teams' pages in a real browser; the stage is the console's."""

from pathlib import Path

import pytest

from tests.acceptance.console.conftest import chromium, connection, gateway
from tests.support.browser import mark_browser

__all__ = ["chromium", "connection", "gateway"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    mark_browser(items, Path(__file__).parent)
