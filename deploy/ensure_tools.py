"""Fetch Debian's prometheus, promtool, alertmanager and amtool into `.tools/` where they are missing.

The packages are unpacked: nothing is installed, no service started, no root needed. Quiet and quick when
all are there. Where they cannot be had, says which tests are skipped; that is no error.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = {
    "prometheus": ("prometheus", "promtool"),
    "prometheus-alertmanager": ("prometheus-alertmanager", "amtool"),
}
DEBIAN_NAMES = {"alertmanager": "prometheus-alertmanager"}
TOOLS = ("prometheus", "promtool", "alertmanager", "amtool")
FOLDER = Path(__file__).parents[1] / ".tools"
SKIPPED = "the tests that ask a real Prometheus or promtool are skipped (any on PATH will do)"


def found(tool: str) -> str | None:
    """Return the path of a tool in `.tools/` or on PATH, by its own name or Debian's; None when nowhere."""
    folders = f"{FOLDER / 'usr/bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return shutil.which(tool, path=folders) or shutil.which(DEBIAN_NAMES.get(tool, tool), path=folders)


def missing() -> list[str]:
    """Return the Debian packages one of whose tools is not found."""
    return [package for package, tools in PACKAGES.items() if not all(found(tool) for tool in tools)]


def ran(*command: str, cwd: str | Path = ".") -> bool:
    """Run a command; False, and its last words, when it failed."""
    finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if finished.returncode:
        print(f"{command[0]} {command[1]} failed: {finished.stderr.strip()[-300:]}", file=sys.stderr)
    return finished.returncode == 0


def known(package: str) -> bool:
    """Whether apt's lists have a version of the package."""
    shown = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return shown.returncode == 0


def unpack(packages: list[str]) -> bool:
    """Download the packages and unpack them into `.tools/`, which is put in place when it is whole."""
    if not all(shutil.which(program) for program in ("apt-get", "apt-cache", "dpkg")):
        return False
    print("fetching Prometheus and Alertmanager for the tests (50 MB, some seconds) ...", file=sys.stderr)
    if not all(map(known, packages)) and not ran("apt-get", "-qq", "update"):
        return False
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix=".tools-") as made:
        fresh = Path(made, "tools")
        if FOLDER.exists():
            shutil.copytree(FOLDER, fresh, symlinks=True)
        if not all(ran("apt-get", "-qq", "download", package, cwd=made) for package in packages):
            return False
        if not all(ran("dpkg", "-x", str(file), str(fresh)) for file in sorted(Path(made).glob("*.deb"))):
            return False
        shutil.rmtree(FOLDER, ignore_errors=True)
        fresh.rename(FOLDER)
    return not missing()


if __name__ == "__main__" and (wanted := missing()) and not unpack(wanted):
    print(f"no Prometheus: {SKIPPED}", file=sys.stderr)
