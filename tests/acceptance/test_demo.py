"""``msa demo``, run as a newcomer runs it: real PostgreSQL, real gateway, real Bluetooth in software."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.demo.trail_table import BUDGETS_MS

DEADLINE_S: Final = 90.0
MSA: Final = (sys.executable, "-c", "from gateway.cli import main; main()")


@asynccontextmanager
async def demo(
    directory: Path, *arguments: str, path: str | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the demo with its own data; end it whatever the test does."""
    process = await asyncio.create_subprocess_exec(
        *(*MSA, "demo", "--data-dir", str(directory / "demo"), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **({} if path is None else {"PATH": path})},
    )
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_one_press_with_no_one_there_goes_all_the_way_and_back(cluster_directory: Path) -> None:
    async with demo(cluster_directory, "--once", "--json") as process:
        out, progress = await process.communicate()
    assert process.returncode == 0, progress.decode()
    story = json.loads(out)

    assert story["ble"] == {
        "stack": story["ble"]["stack"],
        "paired": True,
        "encrypted": True,
        "bonded": True,
    }
    assert (story["centre"], story["purpose"]) == ("BE-VOV", "real")
    assert story["registration"] == "VB.GE.000001/2026"
    assert story["acknowledged_by"] == "Demo operator"
    assert story["within_budget"] is True

    chain = ["pressed_at", "heard_at", "sent_at", "received_at", "committed_at", "fanned_out_at"]
    chain += ["delivered_at", "acknowledged_at"]
    instants = [datetime.fromisoformat(story["trail"][name]) for name in chain]
    assert instants == sorted(instants)
    assert set(story["durations_ms"]) == {*BUDGETS_MS, "pressed_to_acknowledged"}
    assert datetime.fromisoformat(story["seen_at"]) == instants[-1]
    assert b"acknowledged" in progress


async def test_without_a_dbus_daemon_it_says_so_and_works_all_the_same(cluster_directory: Path) -> None:
    async with demo(cluster_directory, "--once", "--json", path=str(Path(sys.executable).parent)) as process:
        out, progress = await process.communicate()
    assert process.returncode == 0, progress.decode()
    assert b"no dbus-daemon here" in progress
    assert json.loads(out)["ble"]["bonded"] is True


async def test_enter_presses_the_button_and_q_ends_it(cluster_directory: Path) -> None:
    async with demo(cluster_directory, "--port", "0") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        for who in (b"console:", b"case officer http", b"magistrate http", b"auditor http"):
            assert b"/#link=" in await _said(process.stderr, who)
        process.stdin.write(b"s\n")
        await _said(process.stderr, b"press short")
        process.stdin.write(b"\n")
        await _said(process.stderr, b"alarm.raised")
        process.stdin.write(b"q\n")
        await process.communicate()
    assert process.returncode == 0


async def _said(stream: asyncio.StreamReader, words: bytes) -> bytes:
    while line := await stream.readline():
        if words in line:
            return line
    raise AssertionError(f"it ended before it said {words!r}")
