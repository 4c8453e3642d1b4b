"""``msa drill`` on real processes, as somebody would run it."""

import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from gateway.drill.evidence import GUARANTEES
from tests.support.processes import MSA, ROOT

DRILL_S = 150.0


async def drilled(*arguments: str) -> dict[str, Any]:
    """Run a drill as somebody would; return what it printed, once it has left with 0."""
    directory = Path(tempfile.mkdtemp(prefix="msa-drill-"))
    try:
        process = await asyncio.create_subprocess_exec(
            *MSA,
            *("drill", *arguments, "--json", "--data-dir", str(directory)),
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(DRILL_S):
            printed, said = await process.communicate()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    assert process.returncode == 0, said.decode() + printed.decode()
    told: dict[str, Any] = json.loads(printed)
    return told


@pytest.mark.alone
async def test_a_day_at_the_centre_shows_every_guarantee_and_the_checker_finds_nothing() -> None:
    told = await drilled("day-at-the-centre", "--fast")
    assert {tick["guarantee"] for tick in told["evidence"]} == set(GUARANTEES)
    assert [tick for tick in told["evidence"] if not tick["holds"]] == []
    assert told["verdict"][-1].split() == ["verdict", "holds"]


@pytest.mark.alone
async def test_while_the_database_is_dead_presses_are_kept_and_shown_and_committed_once_afterwards() -> None:
    told = await drilled("kill-database", "--seconds", "4", "--away", "3", "--per-s", "5")
    assert [finding for finding in told["findings"] if not finding["holds"]] == []
    assert len(told["findings"]) == 7


@pytest.mark.alone
async def test_a_database_that_is_destroyed_comes_back_from_its_backup_with_all_that_was_archived() -> None:
    told = await drilled("restore-from-backup", "--seconds", "4", "--behind", "1", "--per-s", "5")
    assert [finding for finding in told["findings"] if not finding["holds"]] == []
    assert len(told["findings"]) == 9
