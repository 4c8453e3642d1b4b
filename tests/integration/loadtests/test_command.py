"""A tiny load on a real gateway, through the command line, as anyone would start it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loadtests.command import app

MSA = Path(sys.executable).with_name("msa")
DEADLINE_S = 120


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--profile nonsense", "no profile nonsense"),
        ("--deadlines 5", "deadlines"),
        ("--consoles 10,many", "numbers with commas"),
    ],
)
def test_what_means_nothing_is_refused_before_anything_is_started(words: str, said: str) -> None:
    done = CliRunner().invoke(app, words.split(), env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_tiny_load_finds_every_alarm_on_every_console(cluster_directory: Path) -> None:
    plot = cluster_directory / "latency.png"
    words = "loadtest --consoles 10 --rate 20 --seconds 1 --rounds 1 --companions 3 --json"
    done = subprocess.run(
        [MSA, *words.split(), "--plot", str(plot)],
        env={**os.environ, "TMPDIR": str(cluster_directory)},
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["ok"] is True
    (outcome,) = found["outcomes"]
    medians = outcome["medians"]
    assert (medians["consoles"], medians["presses"], medians["raised"]) == (10, 20, 6)
    assert 0 < medians["receipt"]["p50"] <= medians["receipt"]["p99"] <= medians["receipt"]["max"]
    assert medians["last"]["p50"] >= medians["receipt"]["p50"]
    assert 2000 < medians["event_bytes"] < 4000
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert not list(cluster_directory.glob("msa-loadtest-*")), "what it made is gone"
