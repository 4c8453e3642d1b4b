"""What every profile is given and gives back; each profile is one module beside this one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final, Protocol

from rich.console import Console

from loadtests.gateway_process import Gateway, Target
from loadtests.measured import Faults
from loadtests.people import Crowd, People

NOBODY_IS_TOLD: Final = '[default]\nlevels = [{ step = "remind", after_s = 86400 }]\n'
"""A ladder on which nothing happens while a load is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for; ``Profile.takes`` names what means something to a profile."""

    consoles: tuple[int, ...]
    rate: float
    seconds: float
    companions: int
    rounds: int = 1
    find_rate: bool = False
    watch: float = 0.0
    deadlines: int = 0
    centre: str = "BE-VOV"
    trace: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The gateway under load and the people; ``gateway`` is None where it is not our own."""

    target: Target
    people: People
    gateway: Gateway | None = None


class Tell(Protocol):
    """Called with what happens now and how much of all there is to do is done."""

    def __call__(self, what: str, done: float, total: float | None = None) -> None:
        """Show it."""


class Result(Protocol):
    """What a profile found."""

    @property
    def faults(self) -> Faults:
        """What must never happen; anything here is exit status 1."""

    def show(self, out: Console) -> None:
        """Show people what was measured."""

    def as_json(self) -> dict[str, Any]:
        """Return everything that was measured, for scripts."""

    def draw(self, file: Path) -> None:
        """Write a picture of it (PNG)."""


@asynccontextmanager
async def ticking(tell: Tell, what: str, seconds: float) -> AsyncIterator[None]:
    """Show how the time goes by while the block lasts, which is to take so long."""

    async def tick() -> None:
        for passed in count():
            tell(what, min(passed, seconds), seconds)
            await asyncio.sleep(1.0)

    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()


def _one_crowd(plan: Plan) -> Sequence[Crowd]:
    return (Crowd(centre=plan.centre, companions=plan.companions),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One thing to do to a gateway.

    ``plan`` is what it does when nothing is asked for, ``takes`` which fields may be asked for.
    ``crowds`` says whose presses it needs, ``operators`` how many sessions, ``responses`` how the
    centres of a gateway of one's own answer (the file that ``MSA_RESPONSES`` names).
    """

    summary: str
    plan: Plan
    takes: frozenset[str]
    run: Callable[[Stage, Plan, Tell], Awaitable[Result]]
    crowds: Callable[[Plan], Sequence[Crowd]] = field(default=_one_crowd)
    responses: Callable[[Plan], str] = field(default=lambda _: NOBODY_IS_TOLD)
    operators: int = 1
    needs_own_gateway: bool = False

    def asked(self, given: Mapping[str, Any]) -> Plan:
        """Return the plan with what was given.

        Raises:
            ValueError: something that means nothing to this profile was given; it is named.
        """
        strange = sorted(set(given) - self.takes)
        if strange:
            raise ValueError(f"means nothing to this profile: {', '.join(strange)}")
        return replace(self.plan, **given)
