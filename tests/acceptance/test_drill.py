"""``msa drill``: the day at the centre on real processes, as somebody would run it."""

import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from gateway.drill.evidence import GUARANTEES
from tests.support.processes import MSA, ROOT

DRILL_S = 150.0


@pytest.mark.alone
async def test_a_day_at_the_centre_shows_every_guarantee_and_the_checker_finds_nothing() -> None:
    directory = Path(tempfile.mkdtemp(prefix="msa-drill-"))
    try:
        process = await asyncio.create_subprocess_exec(
            *MSA,
            *("drill", "day-at-the-centre", "--fast", "--json", "--data-dir", str(directory)),
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
    told = json.loads(printed)
    assert {tick["guarantee"] for tick in told["evidence"]} == set(GUARANTEES)
    assert [tick for tick in told["evidence"] if not tick["holds"]] == []
    assert told["verdict"][-1].split() == ["verdict", "holds"]
