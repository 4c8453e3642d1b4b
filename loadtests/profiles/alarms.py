"""``alarms``: alarms at a steady rate to N consoles, and the highest rate that is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from loadtests.gateway_process import Target
from loadtests.load import Load, loading
from loadtests.measured import Faults, Measured, median_of
from loadtests.profiles.alarms_report import Outcome, as_json, faults_of, print_table
from loadtests.profiles.base import Plan, Profile, Stage, Tell
from loadtests.search import find_highest

SEARCH_BEGINS: Final = 50.0
SEARCH_STEP_S: Final = 1.0


Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """What the rounds gave, for each number of consoles."""

    outcomes: tuple[Outcome, ...]
    target: Target

    @property
    def faults(self) -> Faults:
        """Add up what must never happen."""
        return faults_of(self.outcomes)

    def show(self, out: Console) -> None:
        """Print a table."""
        print_table(self.outcomes, self.target, out)

    def as_json(self) -> dict[str, Any]:
        """Return every round."""
        return as_json(self.outcomes, self.target)

    def draw(self, file: Path) -> None:
        """Draw the latencies by number of consoles."""
        from loadtests.profiles.alarms_plot import draw  # noqa: PLC0415 (matplotlib takes a second to import)

        draw(self.outcomes, file)


async def run(stage: Stage, plan: Plan, tell: Tell) -> Found:
    """Raise alarms at a steady rate, for each number of consoles; then look for the highest rate."""
    steps, total = count(), None if plan.find_rate else len(plan.consoles) * (2 + plan.rounds)

    def say(what: str) -> None:
        tell(what, next(steps), total)

    async with loading(stage.target, stage.people, plan.centre) as load:
        outcomes = [await _latency(load, plan, consoles, say) for consoles in sorted(plan.consoles)]
        if plan.find_rate:  # afterwards, as it presses on open alarms by the thousand
            outcomes = [await _highest(load, outcome, say) for outcome in outcomes]
    return Found(tuple(outcomes), stage.target)


async def _latency(load: Load, plan: Plan, consoles: int, say: Say) -> Outcome:
    say(f"attaching {consoles} consoles")
    await load.attach(consoles)
    say(f"{consoles} consoles at rest")
    await load.rest()
    rounds = []
    for number in range(1, plan.rounds + 1):
        say(f"{consoles} consoles, {plan.rate:g}/s, round {number} of {plan.rounds}")
        rounds.append(await load.round(plan.rate, plan.seconds))
        await load.attach(consoles)
    return Outcome(rounds=tuple(rounds), medians=median_of(rounds))


async def _highest(load: Load, outcome: Outcome, say: Say) -> Outcome:
    consoles = outcome.medians.consoles

    async def step(rate: float) -> Measured:
        say(f"{consoles} consoles, highest rate: {rate:.0f}/s")
        await load.attach(consoles)
        return await load.round(rate, SEARCH_STEP_S)

    highest = await find_highest(step, SEARCH_BEGINS)
    return Outcome(rounds=outcome.rounds, medians=outcome.medians, highest=highest)


ALARMS: Final = Profile(
    summary="alarms at a steady rate to N consoles",
    plan=Plan(consoles=(10, 100, 500), rate=10.0, seconds=3.0, companions=60, rounds=3),
    takes=frozenset({"consoles", "rate", "seconds", "companions", "rounds", "find_rate", "centre"}),
    run=run,
)
