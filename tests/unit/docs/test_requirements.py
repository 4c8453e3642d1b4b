"""Each of the twenty requirements of the console has a browser test, and the page that says so is right."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
TESTS: Final = ROOT / "tests/acceptance/console"
NUMBERS: Final = {f"{number:02}" for number in range(1, 21)}
NAMED: Final = re.compile(r"def (test_requirement_(\d\d)_\w+)\(")
SKIPPED: Final = re.compile(r"@pytest\.mark\.(skip|xfail)")


def named() -> dict[str, str]:
    """Return the tests of requirements, with their numbers."""
    return {
        name: number for file in TESTS.glob("test_*.py") for name, number in NAMED.findall(file.read_text())
    }


def test_every_requirement_has_a_test_and_none_is_skipped() -> None:
    assert set(named().values()) == NUMBERS
    assert [file.name for file in TESTS.glob("test_*.py") if SKIPPED.search(file.read_text())] == []


def test_the_page_names_every_test_of_every_requirement_in_its_row() -> None:
    page = (ROOT / "docs/console.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d\d) \| (.*) \|$", page, re.MULTILINE))
    assert set(rows) == NUMBERS
    told = {name: number for number, row in rows.items() for name in re.findall(r"::(\w+)`", row)}
    assert told == named()
