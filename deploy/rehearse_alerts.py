"""Rehearse the alerts: break what runs, and see who is told, how soon, and that it ends when the fault does.

``python deploy/rehearse_alerts.py [--only AlarmUnacknowledged …] [--scale 20] [--json]``. Some minutes, two
cores, no root. Everything is real: PostgreSQL with a synchronous standby, two gateways, the canary,
Prometheus with the deployed rules, Alertmanager with the deployed routes, and an HTTP server that is told.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # tests.support is no package of the wheel

from deploy.alert_rehearsal.faults import Fault, nothing
from deploy.alert_rehearsal.rounds import NOT_INJECTED, ROUNDS
from deploy.alert_rehearsal.stage import Stage, staged
from deploy.alert_rehearsal.telling import Labels
from deploy.ensure_tools import missing

LOOK_S = 0.5
SETTLED_S = 120.0
WATCHDOG: Labels = {"alertname": "Watchdog"}


@dataclass(kw_only=True)
class Row:
    """What was seen of one alert; seconds from the fault's begin, and from its end (0: it ended before)."""

    alert: str
    fault: str
    firing_s: float | None = None
    told_s: float | None = None
    resolved_s: float | None = None
    held_back: bool = False
    times: str = ""

    @property
    def begun(self) -> bool:
        """Whether it did what it should when the fault was there."""
        return (self.firing_s if self.held_back else self.told_s) is not None

    @property
    def held(self) -> bool:
        """Whether it did all that it should."""
        ended = self.alert == "Watchdog" or self.resolved_s is not None
        return self.begun and ended and not (self.held_back and self.told_s is not None)


def say(words: str) -> None:
    """Tell how far it is."""
    print(words, file=sys.stderr, flush=True)


async def tried(stage: Stage, fault: Fault, wanted: Sequence[Labels]) -> list[Row]:
    """Do one fault, wait for its alerts, undo it, wait for their end."""
    await _quiet(stage, wanted)
    began = time.monotonic()
    say(f"  {fault.words} ...")
    rows = [_row(stage, fault, one) for one in wanted]
    try:
        doing = asyncio.create_task(fault.begin(stage))
        await _seen(stage, rows, wanted, began, fault.patience_s, doing)
        await doing
    except Exception as error:  # noqa: BLE001 (one fault that cannot be done spoils no other)
        _failed(rows, error)
    try:
        await fault.end(stage)
    except Exception as error:  # noqa: BLE001 (as above)
        _failed(rows, error)
    ended = time.monotonic()
    deadline = ended + fault.patience_s
    while time.monotonic() < deadline and any(row.begun and row.resolved_s is None for row in rows):
        for row, one in zip(rows, wanted, strict=True):
            at = stage.watch.told.first(one, firing=False, since=began)
            if row.held_back and not await stage.watch.firing(one):
                at = time.monotonic()
            if at is not None and row.resolved_s is None:
                row.resolved_s = max(0.0, at - ended)
        await asyncio.sleep(LOOK_S)
    for row in rows:
        say(f"    {row.alert}: {' / '.join(_whole(row))} s")
    return rows


def _failed(rows: Sequence[Row], error: Exception) -> None:
    for row in rows:
        row.times = f"the fault could not be done: {type(error).__name__}"
    say(f"    {rows[0].fault}: {type(error).__name__}: {error}")


async def _quiet(stage: Stage, wanted: Sequence[Labels]) -> None:
    """Wait until none of them fires because of what was before; go on after a while in any case."""
    until = time.monotonic() + SETTLED_S
    waiting = list(wanted)
    while waiting and time.monotonic() < until:
        waiting = [one for one in waiting if await stage.watch.firing(one)]
        await asyncio.sleep(LOOK_S)


def _row(stage: Stage, fault: Fault, one: Labels) -> Row:
    case = one.get("case", "")
    times = next(
        words
        for (name, of), words in stage.watch.shortened.items()
        if name == one["alertname"] and case in {"", of}
    )
    name = f"{one['alertname']} ({case})" if case else one["alertname"]
    return Row(alert=name, fault=fault.words, times=times, held_back=one in fault.held_back)


async def _seen(
    stage: Stage,
    rows: Sequence[Row],
    wanted: Sequence[Labels],
    began: float,
    patience_s: float,
    doing: asyncio.Task[None] | None = None,
) -> None:
    while time.monotonic() < began + patience_s and not all(row.begun for row in rows):
        if doing is not None and doing.done():
            doing.result()
        for row, one in zip(rows, wanted, strict=True):
            if row.firing_s is None and await stage.watch.firing(one):
                row.firing_s = time.monotonic() - began
            at = stage.watch.told.first(one, firing=True, since=began)
            if at is not None and row.told_s is None:
                row.told_s = at - began
        await asyncio.sleep(LOOK_S)


async def rehearse(only: Sequence[str], scale: float) -> list[Row]:
    """Go through the rounds; return what was seen."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="msa-alerts-") as made:
        say("starting PostgreSQL, a standby, two nodes, the canary, Prometheus, Alertmanager ...")
        async with staged(Path(made), scale, with_standby=True) as stage:
            rows.append(await _watchdog(stage))
            for number, faults in enumerate(ROUNDS, 1):
                chosen = [(fault, _of(fault, only)) for fault in faults if _of(fault, only)]
                if chosen:
                    say(f"round {number} of {len(ROUNDS)}")
                    done = await asyncio.gather(*(tried(stage, *one) for one in chosen))
                    rows += [row for each in done for row in each]
    return rows


def _of(fault: Fault, only: Sequence[str]) -> list[Labels]:
    wanted = (*fault.alerts, *fault.held_back)
    return [one for one in wanted if not only or one["alertname"] in only or _with_case(one) in only]


def _with_case(one: Labels) -> str:
    return f"{one['alertname']}:{one.get('case', '')}"


async def _watchdog(stage: Stage) -> Row:
    fault = Fault(words="none: it always fires", alerts=(WATCHDOG,), begin=nothing, end=nothing)
    row, began = _row(stage, fault, WATCHDOG), time.monotonic()
    await _seen(stage, [row], [WATCHDOG], began, fault.patience_s)
    canary = "msa_canary_last_success_timestamp_seconds"
    while not await stage.watch.prometheus.now(canary):
        if time.monotonic() > began + fault.patience_s:
            raise RuntimeError("no canary comes through")
        await asyncio.sleep(LOOK_S)
    return row


def _whole(row: Row) -> list[str]:
    times = (row.firing_s, row.told_s, row.resolved_s)
    words = ["never" if seconds is None else f"{seconds:.0f}" for seconds in times]
    if row.held_back and row.told_s is None:
        words[1] = "held back"
    return words


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [
        "| alert | fault | s to firing | s to told | s from its end to resolved | times |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join((row.alert, row.fault, *_whole(row), row.times))} |" for row in rows]
    lines += ["", "Not injected:", ""]
    return "\n".join([*lines, *(f"- {name}: {why}" for name, why in NOT_INJECTED.items())])


def main() -> int:
    """Rehearse; exit status 1 when an alert was not told or did not end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--only",
        nargs="*",
        default=[],
        help="alerts to rehearse, as CanarySilent or CanarySilent:late; else all",
    )
    asked.add_argument("--scale", type=float, default=20.0, help="by what times over a minute are divided")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    if missing():
        print("no Prometheus or Alertmanager: python deploy/ensure_tools.py", file=sys.stderr)
        return 2
    rows = asyncio.run(rehearse(given.only, given.scale))
    result: Any = {"scale": given.scale, "rows": [asdict(row) for row in rows], "not_injected": NOT_INJECTED}
    print(json.dumps(result, indent=1) if given.json else table(rows))
    return int(not all(row.held for row in rows))


if __name__ == "__main__":
    sys.exit(main())
