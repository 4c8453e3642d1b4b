"""What the checks found, as a table or as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from conformance.checks import Outcome, Result

STYLE: Final = {Outcome.PASSED: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "yellow"}


def as_json(url: str, results: Sequence[Result], took_s: float) -> dict[str, Any]:
    """Return everything there is to tell."""
    return {
        "url": url,
        **_counts(results),
        "took_s": round(took_s, 2),
        "checks": [one.as_json() for one in results],
    }


def print_table(screen: Console, results: Sequence[Result], took_s: float) -> None:
    """Print a line a check, then of each that failed what was expected, sent and got."""
    table = Table(Column("", no_wrap=True), Column("check", no_wrap=True), "expected", box=None)
    for one in results:
        said = f"{escape(one.check.expected)} [dim]({escape(one.check.reference)})[/]"
        if one.outcome is Outcome.SKIPPED:
            said += f"\n[yellow]{escape(one.why or '')}[/]"
        table.add_row(f"[{STYLE[one.outcome]}]{one.outcome}[/]", one.check.name, said)
    screen.print(table)
    for one in results:
        if one.outcome is Outcome.FAILED:
            _print_failure(screen, one)
    counts = _counts(results)
    words = ", ".join(f"{counts[outcome.value]} {outcome}" for outcome in Outcome)
    screen.print(f"\n{words} in {took_s:.1f} s")


def _print_failure(screen: Console, failed: Result) -> None:
    sent, got = ("", "") if failed.exchange is None else (failed.exchange.sent, failed.exchange.got)
    lines = {
        "expected": f"{failed.check.expected} ({failed.check.reference})",
        "but": failed.why or "",
        "sent": sent,
        "got": got,
    }
    screen.print(f"\n[bold red]{failed.check.name}[/]")
    for name, text in lines.items():
        screen.print(f"  {name:<9} {text}", markup=False, highlight=False, soft_wrap=True)


def _counts(results: Sequence[Result]) -> dict[str, int]:
    counts = Counter(one.outcome for one in results)
    return {outcome.value: counts[outcome] for outcome in Outcome}
