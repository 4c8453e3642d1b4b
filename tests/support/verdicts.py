"""Show the history checker's verdicts at the end of a run, whichever worker reached them."""

from typing import Any, Final

import pytest

PROPERTY: Final = "verdict"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print one line a verdict: the test, what was tried, what was found."""
    lines = [
        f"{value}  {report.nodeid.partition('::')[2]}"
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == PROPERTY and report.when == "call"
    ]
    if lines:
        terminalreporter.section("history checker")
        terminalreporter.line("verdict  presses  tries  unknown    5xx  events  consoles  reconnects  test")
        for line in lines:
            terminalreporter.line(line)


def keep(request: pytest.FixtureRequest, verdict: Any) -> None:
    """Remember a verdict for the end of the run."""
    counts = verdict.counts
    numbers = (
        counts[name]
        for name in (
            "presses",
            "tries",
            "tries without answer",
            "tries answered 5xx",
            "events",
            "consoles",
            "reconnects",
        )
    )
    widths = (7, 5, 7, 5, 6, 8, 10)
    row = "  ".join(f"{number:>{width}}" for number, width in zip(numbers, widths, strict=True))
    request.node.user_properties.append((PROPERTY, f"{'holds' if verdict.holds else 'BROKEN':>7}  {row}"))
