"""A trail as a table: each leg in ms against its budget."""

from typing import Final

from rich.table import Table

from schemas.trail import AlarmTrail

BUDGETS_MS: Final = {
    "button_to_bridge": 500,
    "bridge_to_commit": 150,
    "commit_to_delivered": 1000,
    "pressed_to_delivered": 1500,
}
"""What each leg may take: the sums of the time budget in docs/architecture.md."""

WORDS: Final = {
    "button_to_bridge": "button -> bridge",
    "bridge_to_commit": "bridge -> committed",
    "commit_to_delivered": "committed -> on a screen",
    "pressed_to_delivered": "pressed -> on a screen",
    "pressed_to_acknowledged": "pressed -> an operator has it",
}


def trail_table(trail: AlarmTrail) -> Table:
    """Return the legs that are known so far."""
    table = Table("leg", "ms", "budget", "", title="trail of the press", title_justify="left")
    for name, took in trail.durations_ms.model_dump().items():
        budget = BUDGETS_MS.get(name)
        if took is None:
            table.add_row(WORDS[name], "-", str(budget or ""), "not yet")
        else:
            verdict = "" if budget is None else "[green]ok[/]" if took <= budget else "[red]late[/]"
            table.add_row(WORDS[name], f"{took:.1f}", str(budget or ""), verdict)
    return table
