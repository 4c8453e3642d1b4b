"""Each of the console's twenty requirements has a browser test; ``test_generated`` sees the page say so."""

import re
from typing import Final

from deploy.requirements_table import REQUIREMENTS, TESTS, held_by

SKIPPED: Final = re.compile(r"@pytest\.mark\.(skip|xfail)")


def test_every_requirement_has_a_test_and_none_is_skipped() -> None:
    numbers = [f"{number:02}" for number in range(1, len(REQUIREMENTS) + 1)]
    assert len(numbers) == 20
    assert sorted(held_by()) == numbers
    assert [file.name for file in TESTS.glob("test_*.py") if SKIPPED.search(file.read_text())] == []
