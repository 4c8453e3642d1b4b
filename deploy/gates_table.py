"""The steps of a file with their gates, drawn from the table that the gateway obeys."""

from collections.abc import Iterator

from gateway.domain.casework.life import SYSTEM, TABLE, Rule
from schemas.life import Procedure

HEADS = ("step", "procedure", "on a file that is", "which then is", "taken by", "not without")


def rows() -> Iterator[tuple[str, ...]]:
    """Return a row for each rule, in the order of the table."""
    for rule in TABLE:
        yield (
            f"`{rule.kind}`",
            "both" if len(rule.procedures) == len(Procedure) else " ".join(rule.procedures),
            ", ".join("not there yet" if before is None else before for before in rule.before),
            rule.after or "as before",
            _by(rule),
            ", ".join(f"`{gate}`" for gate in rule.gates) or "-",
        )


def _by(rule: Rule) -> str:
    if rule.by == SYSTEM:
        return "the system"
    return " or ".join(role.replace("_", " ") for role in sorted(rule.by))
