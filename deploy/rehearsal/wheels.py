"""The gateway as it is delivered: a wheel built from a clean clone, in an environment with locked hashes."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("gateway", "ble_bridge", "dispatch", "schemas", "conformance", "loadtests")
PIP_INSTALL: Final = ("-m", "pip", "install", "-qq")
VERSION: Final = re.compile(r'^version = "(\d+)\.(\d+)\.(\d+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Installed:
    """One version of the gateway, installed."""

    version: str
    environment: Path

    @property
    def msa(self) -> str:
        """Its command."""
        return str(self.environment / "bin" / "msa")


def installed(
    directory: Path, say: Callable[[str], None], *, of: str = "HEAD", next_version: bool = False
) -> Installed:
    """Build the wheel of a commit, and install it; what was built before is kept.

    With ``next_version`` it is the same but for its version, as a release after this one would be. What is
    not committed is not in it. Raises ``subprocess.CalledProcessError``.
    """
    commit, packaged = _git("rev-parse", of), _packaged(of)
    place = directory.resolve() / (f"{packaged}-next" if next_version else packaged)
    marker = place / "version"
    if not marker.exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        source = place / "source"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(source)], check=True)
        subprocess.run(["git", "-C", str(source), "checkout", "--quiet", commit], check=True)
        version = _bump(source) if next_version else _version(source)
        say(f"the wheel of {commit[:7]}, version {version}")
        _build(source, place)
        _install(place, _locked(directory.resolve(), source, say))
        shutil.rmtree(source)
        marker.write_text(version)
    return Installed(marker.read_text(), place / "environment")


def _packaged(of: str) -> str:
    """Name what a wheel of this commit holds, so that a commit of anything else builds none."""
    names = ["pyproject.toml", "hatch_build.py", "requirements", *PACKAGES]
    trees = _git("ls-tree", of, "--", *names)
    return hashlib.sha256(trees.encode()).hexdigest()[:12]


def _version(source: Path) -> str:
    found = VERSION.search((source / "pyproject.toml").read_text())
    if found is None:
        raise LookupError("pyproject.toml names no version")
    return found[0].split('"')[1]


def _bump(source: Path) -> str:
    project = source / "pyproject.toml"
    major, minor, patch = (int(part) for part in _version(source).split("."))
    bumped = f"{major}.{minor}.{patch + 1}"
    project.write_text(VERSION.sub(f'version = "{bumped}"', project.read_text(), count=1))
    return bumped


def _build(source: Path, place: Path) -> None:
    words = ["wheel", "-qq", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place), str(source)]
    _run([sys.executable, "-m", "pip", *words])


def _locked(directory: Path, source: Path, say: Callable[[str], None]) -> Path:
    """Return an environment with what is locked and nothing else; it is made once for the same locks."""
    locks = source / "requirements" / "run.txt"
    place = directory / f"locked-{hashlib.sha256(locks.read_bytes()).hexdigest()[:12]}"
    if not (place / "made").exists():
        say("an environment from the locked hashes")
        shutil.rmtree(place, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(place)])
        _run([str(place / "bin" / "python"), *PIP_INSTALL, "--require-hashes", "-r", str(locks)])
        (place / "made").touch()
    return place


def _install(place: Path, locked: Path) -> None:
    environment = place / "environment"
    shutil.copytree(locked, environment, symlinks=True)
    _run([sys.executable, "-m", "venv", "--upgrade", "--without-pip", str(environment)])
    (wheel,) = place.glob("msa_gateway-*.whl")
    _run([str(environment / "bin" / "python"), *PIP_INSTALL, "--no-index", "--no-deps", str(wheel)])


def _run(words: list[str]) -> None:
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run(words, check=True, env=own)


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
