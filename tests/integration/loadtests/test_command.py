"""A tiny load on a real gateway, through the command line, as anyone would start it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def load(directory: Path, words: str) -> dict[str, Any]:
    """Run a load that must find nothing wrong; return what it measured."""
    plot = directory / "found.png"
    done = subprocess.run(
        [MSA, "loadtest", *words.split(), "--json", "--plot", str(plot)],
        env={**os.environ, "TMPDIR": str(directory)},
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()[:2000]
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert not list(directory.glob("msa-loadtest-*")), "what it made is gone"
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["ok"] is True
    return found


def figures(found: dict[str, Any]) -> dict[str, Any]:
    return {key: one["value"] for key, one in found["figures"].items()}


def test_a_tiny_load_finds_every_alarm_on_every_console(cluster_directory: Path) -> None:
    found = load(cluster_directory, "--consoles 10 --rate 20 --seconds 1 --rounds 1 --companions 3")
    (outcome,) = found["outcomes"]
    medians = outcome["medians"]
    assert (medians["consoles"], medians["presses"], medians["raised"]) == (10, 20, 6)
    assert 0 < medians["receipt"]["p50"] <= medians["receipt"]["p99"] <= medians["receipt"]["max"]
    assert medians["last"]["p50"] >= medians["receipt"]["p50"]
    assert 2000 < medians["event_bytes"] < 4000


def test_consoles_come_back_to_a_node_that_was_killed_and_every_press_gets_its_receipt(
    cluster_directory: Path,
) -> None:
    words = "--profile reconnect --consoles 5 --rate 3 --seconds 8 --rounds 1 --companions 3"
    found = figures(load(cluster_directory, words))
    assert found["presses"] == 24
    assert found["presses_meanwhile"] > 0
    assert 0 < found["ready_to_all_s"] < found["caught_up_all_s"]


@pytest.mark.alone
def test_a_storm_tells_each_level_in_time_with_and_without_other_open_deadlines(
    cluster_directory: Path,
) -> None:
    words = "--profile storm --consoles 3 --rate 2 --seconds 2 --watch 13 --deadlines 12"
    found = figures(load(cluster_directory, words))
    for phase in ("storm", "among"):
        assert found[f"{phase}_raised"] == 24
        assert found[f"{phase}_levels"] == 20, "those that the operator did not take"
        assert found[f"{phase}_command_p50_ms"] > 0
        assert 0 < found[f"{phase}_committed_late_p50_s"] <= found[f"{phase}_told_late_p50_s"]
    assert found["storm_deadlines"] == 0
    assert found["among_deadlines"] >= 12


def test_every_position_is_stored_and_shown_to_every_console(cluster_directory: Path) -> None:
    words = "--profile tracks --consoles 3 --rate 2 --seconds 4 --companions 5"
    found = figures(load(cluster_directory, words))
    assert found["stored_per_s"] == 10
    assert 0 < found["shown_share"] <= 0.75, "two fixes a second, one a second is shown"
    assert found["reach"] == 1
    assert 0 < found["age_p50_ms"] < found["age_max_ms"]
    assert found["press_last_p50_ms"] > 0


def test_everything_at_once_leaves_nothing_undone(cluster_directory: Path) -> None:
    words = "--profile soak --consoles 3 --rate 2 --seconds 9 --companions 6"
    found = figures(load(cluster_directory, words))
    assert found["ended"] >= 6, "each of six victims pressed, and her alarm was closed"
    assert found["commands"] > 6 * 5
    assert found["positions"] > 0
    assert found["heartbeats"] == 6
    assert found["visitors"] >= 3
    assert found["errors_logged"] == 0
    assert found["rss_end_mb"] > 10
    assert found["loop_lag_p99_ms"] > 0
