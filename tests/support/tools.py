"""Where Prometheus' programs are; a test that needs one is skipped where it cannot be had."""

import pytest

from deploy.ensure_tools import SKIPPED, found


def path_of(tool: str) -> str:
    """Return the path of `prometheus`, `promtool`, `alertmanager` or `amtool`, or skip the test."""
    path = found(tool)
    if path is None:
        pytest.skip(f"no {tool}: {SKIPPED}")
    return path
