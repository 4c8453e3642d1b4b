"""Faults of whoever installs: another version, a wrong address, a canary's file made something else."""

import asyncio
import os
import shutil
import subprocess
from importlib.metadata import distribution
from typing import Final

from deploy.alert_rehearsal.faults import execute
from deploy.alert_rehearsal.stage import Stage
from deploy.alert_rehearsal.telling import write_targets
from gateway.node_watching import DISTRIBUTION
from tests.support.processes import MSA, ROOT, Node, environment

OTHER: Final = "0.0.1"
HOST: Final = "127.0.0.3"
NOBODY: Final = "127.0.0.9:1"
"""Where nothing listens."""

OF_CANARIES: Final = "BE-VLI"
BECOME: Final = "UPDATE registration SET population = $3 WHERE population = $2 AND centre_id = $1"


async def run_another_version(stage: Stage) -> None:
    """Start a third node whose installed distribution says another version."""
    folder = stage.directory / "another" / f"{DISTRIBUTION.replace('-', '_')}-{OTHER}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    installed = distribution(DISTRIBUTION)
    for name in ("METADATA", "entry_points.txt"):
        said = installed.read_text(name) or ""
        (folder / name).write_text(said.replace(f"Version: {installed.version}", f"Version: {OTHER}", 1))
    node = Node("c", stage.running.database, stage.directory)
    (stage.directory / "spool-c").mkdir(0o700, exist_ok=True)
    node.url = f"http://{HOST}:{node.port}"
    node.settings = {"MSA_HOST": HOST, "PYTHONPATH": f"{folder.parent}{os.pathsep}{ROOT}"}
    process = _served(node)
    stage.held["another"] = process
    stage.exits.callback(process.kill)
    _scrape(stage, node)


async def end_the_other_version(stage: Stage) -> None:
    """End it."""
    process = stage.held["another"]
    process.terminate()
    await asyncio.to_thread(process.wait, 30)
    _scrape(stage)
    shutil.rmtree(stage.directory / "another")


async def watch_nothing(stage: Stage) -> None:
    """Have the canary try a node that there is not."""
    stage.canary.end()
    stage.canary.start(f"http://{NOBODY}")


async def watch_what_is(stage: Stage) -> None:
    """Have it try those that are."""
    stage.canary.end()
    stage.canary.start()


async def mistake_the_canary(stage: Stage) -> None:
    """Make a canary's file one that is for practice."""
    await execute(stage.running.database, BECOME, OF_CANARIES, "canary", "exercise")


async def know_the_canary(stage: Stage) -> None:
    """Make it a canary's again."""
    await execute(stage.running.database, BECOME, OF_CANARIES, "exercise", "canary")


def _served(node: Node) -> subprocess.Popen[bytes]:
    """Start it in an interpreter of its own, which finds what is installed by its ``PYTHONPATH``."""
    with node.log_file.open("ab") as log:
        return subprocess.Popen(
            (*MSA, "serve"), cwd=ROOT, env=environment(**node.variables), stdout=log, stderr=log
        )


def _scrape(stage: Stage, *more: Node) -> None:
    addresses = [node.url[7:] for node in (*stage.nodes, *more)]
    write_targets(stage.watch.targets, "gateway", *addresses)
