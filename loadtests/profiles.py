"""What a load test does to a gateway: each profile is one function under its name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from loadtests.load import Load
from loadtests.measured import Measured, median_of
from loadtests.search import Highest, find_highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for. Consoles are attached in rising numbers, and stay."""

    consoles: tuple[int, ...]
    rate: float
    seconds: float
    rounds: int
    find_rate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one number of consoles gave: every round, their medians, and the highest rate if asked."""

    rounds: tuple[Measured, ...]
    medians: Measured
    highest: Highest | None = None

    @property
    def all_rounds(self) -> tuple[Measured, ...]:
        """Every round there was, those of the search too."""
        return self.rounds + (self.highest.steps if self.highest else ())


Tell = Callable[[str], None]
"""Called with what begins now; a caller shows it."""

Profile = Callable[[Load, Plan, Tell], Awaitable[list[Outcome]]]

SEARCH_BEGINS: Final = 50.0
SEARCH_STEP_S: Final = 1.0


async def alarms(load: Load, plan: Plan, tell: Tell) -> list[Outcome]:
    """Raise alarms at a steady rate, for each number of consoles; then look for the highest rate."""
    latencies = [await _latency(load, plan, consoles, tell) for consoles in sorted(plan.consoles)]
    if not plan.find_rate:
        return latencies
    # Afterwards, as it presses on open alarms by the thousand and the rounds need new ones.
    return [await _highest(load, outcome, tell) for outcome in latencies]


async def _latency(load: Load, plan: Plan, consoles: int, tell: Tell) -> Outcome:
    tell(f"attaching {consoles} consoles")
    await load.attach(consoles)
    tell(f"{consoles} consoles at rest")
    await load.rest()
    rounds = []
    for number in range(1, plan.rounds + 1):
        tell(f"{consoles} consoles, {plan.rate:g}/s, round {number} of {plan.rounds}")
        rounds.append(await load.round(plan.rate, plan.seconds))
        await load.attach(consoles)
    return Outcome(rounds=tuple(rounds), medians=median_of(rounds))


async def _highest(load: Load, outcome: Outcome, tell: Tell) -> Outcome:
    consoles = outcome.medians.consoles

    async def step(rate: float) -> Measured:
        tell(f"{consoles} consoles, highest rate: {rate:.0f}/s")
        await load.attach(consoles)
        return await load.round(rate, SEARCH_STEP_S)

    highest = await find_highest(step, SEARCH_BEGINS)
    return Outcome(rounds=outcome.rounds, medians=outcome.medians, highest=highest)


PROFILES: Final[Mapping[str, Profile]] = MappingProxyType({"alarms": alarms})
