"""Write the parts of ``docs/`` that are computed from the code, between markers in hand-written pages.

A block begins with ``<!-- generated: NAME -->`` and ends with ``<!-- end: NAME -->``. ``make docs``
writes all blocks anew; ``tests/unit/docs`` fails when a page differs from what the code says.
"""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from prometheus_client.metrics import MetricWrapperBase

from deploy import gates_table
from deploy.requirements_table import rows as requirement_rows
from gateway.domain.alarm import AFTER
from gateway.domain.casework.devices import RULES
from gateway.domain.casework.matrix import MATRIX, PEOPLE
from gateway.domain.casework.retention import RULES as RETENTION_RULES
from gateway.door_metrics import DoorMetrics
from gateway.outbound.instruments import SendingInstruments
from gateway.settings import Settings
from gateway.telemetry import Metrics
from schemas.devices import DeviceState
from schemas.problems import CloseCode, ProblemKind

DOCS: Final = Path(__file__).parent.parent / "docs"
BLOCK: Final = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)


def alarm_states() -> str:
    """Return the alarm's life as a Mermaid state diagram, drawn from the table the gateway obeys."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for before, steps in AFTER.items():
        source = "[*]" if before is None else before.value
        lines += [f"    {source} --> {after.value}: {kind.value}" for kind, after in steps.items()]
        if before is not None and not steps:
            lines.append(f"    {source} --> [*]")
    return "\n".join([*lines, "```"])


def problems() -> str:
    """Return every problem with its status, its words, and what whoever gets it does."""
    rows = [(f"`{kind.slug}`", kind.status, kind.title, _advice(kind)) for kind in ProblemKind]
    return table(("slug", "status", "title", "then"), rows)


def close_codes() -> str:
    """Return every close code of the console's websocket."""
    rows = [(code.value, code.name.lower().replace("_", " ")) for code in CloseCode]
    return table(("code", "meaning"), sorted(rows))


def settings() -> str:
    """Return every setting with its default and meaning."""
    return Settings.table()


def metrics() -> str:
    """Return every instrument on the gateway's registry."""
    rows = []
    metrics = Metrics()
    more = (
        metrics.of_node,
        metrics.of_spool,
        DoorMetrics(metrics.registry),
        SendingInstruments(metrics.registry),
    )
    for instrument in (one for part in (metrics, *more) for one in vars(part).values()):
        if isinstance(instrument, MetricWrapperBase):
            (family,) = instrument.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = ", ".join(f"`{label}`" for label in instrument._labelnames)  # noqa: SLF001 (told nowhere else)
            rows.append((f"`{name}`", family.type, labels, family.documentation))
    return table(("metric", "type", "labels", "meaning"), sorted(rows))


def requirements() -> str:
    """Return the console's requirements with the tests that hold them."""
    return table(("", "what", "test"), requirement_rows())


def access_matrix() -> str:
    """Return who may do what to which rows; a test tries each cell on the database."""
    heads = ("", *PEOPLE)
    rows = [(f"`{name}`", *(" ".join(cell) or "-" for cell in cells)) for name, cells in MATRIX.items()]
    return table(heads, rows)


def retention() -> str:
    """Return how long what is kept by default, why, and what becomes of it then."""
    rows = [
        (f"`{one}`", rule.what, f"{rule.days} days after {rule.since}", rule.then, rule.reason, rule.source)
        for one, rule in RETENTION_RULES.items()
    ]
    return table(("class", "what", "kept", "then", "why", "legal ground"), rows)


def file_gates() -> str:
    """Return the steps of a file, who takes them, and what they cannot do without."""
    return table(gates_table.HEADS, gates_table.rows())


def device_acts() -> str:
    """Return what is done with devices: from which state, by whom, and what it needs."""
    rows = []
    for act, rule in RULES.items():
        by = [role.replace("_", " ") for role in sorted(rule.by)] + ["the system"] * rule.heard
        ways: dict[str, list[str]] = {}
        for before in (None, *DeviceState):
            if before in rule.moves:
                ways.setdefault(rule.moves[before], []).append(before or "nothing")
        path = "; ".join(f"{', '.join(before)} → {after}" for after, before in ways.items())
        also = ["its companion is revoked"] * rule.revokes + ["it leaves the file"] * rule.leaves_file
        needs = sorted(need.value for need in rule.needs)
        rows.append((f"`{act}`", path, ", ".join(by), "; ".join(needs), "; ".join(also)))
    return table(("act", "from → to", "by", "needs", "besides"), rows)


BLOCKS: Final[dict[str, Callable[[], str]]] = {
    "alarm-states": alarm_states,
    "problems": problems,
    "close-codes": close_codes,
    "settings": settings,
    "metrics": metrics,
    "requirements": requirements,
    "retention": retention,
    "access-matrix": access_matrix,
    "file-gates": file_gates,
    "device-acts": device_acts,
}


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def filled(text: str) -> str:
    """Return a page with each of its blocks computed anew. Raises ``KeyError`` for an unknown block."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found['name']]()}\n{found[3]}", text)


def pages() -> list[Path]:
    """List the pages of ``docs/``."""
    return sorted(DOCS.glob("*.md"))


def main() -> None:
    """Write every block anew and say which pages changed."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if (now := filled(text)) != text:
            page.write_text(now, encoding="utf-8")
            print(f"wrote docs/{page.name}", file=sys.stderr)


def _advice(kind: ProblemKind) -> str:
    if kind.status >= 500:
        return "send the same again"
    return "wait, then send the same again" if kind.status in {408, 429} else "change the request"


if __name__ == "__main__":
    main()
