"""Two commands at once, told apart."""

import sys

import pytest

from deploy.beside import main

PASSES = f"{sys.executable} -c \"print('passes')\""
FAILS = f"{sys.executable} -c \"print('fails'); raise SystemExit(3)\""


@pytest.mark.parametrize(
    ("beside", "first", "status"),
    [(PASSES, PASSES, 0), (FAILS, PASSES, 3), (PASSES, FAILS, 3)],
)
def test_it_fails_if_either_does_and_what_was_beside_is_told_after_the_other(
    capfd: pytest.CaptureFixture[str], beside: str, first: str, status: int
) -> None:
    assert main(beside, first) == status
    words = {PASSES: "passes", FAILS: "fails"}
    assert capfd.readouterr().out.split() == [words[first], words[beside]]
