"""All looks at once, each by itself, and none longer than the deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gateway.checks.check import Check, doubt, wrong
from gateway.checks.context import Abandoning, Context, Need
from gateway.domain.errors import GatewayError
from gateway.settings import Settings

DEADLINE_S: Final = 2.5
"""A look has so long, counted from the beginning of all: five seconds at most, with the program's start."""

PATIENCE_S: Final = 1.5
"""After this somebody who watches is told whom is waited for."""

Found = Check | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A check to be made.

    ``may_be_silent``: that it hangs is a doubt only. ``remedy``: what to do where it cannot even be made.
    """

    name: str
    at: Callable[[Context], Awaitable[Found]]
    needs: Need = Need.NOTHING
    may_be_silent: bool = False
    remedy: str = ""


class _Run:
    """One look under way; ``begun_at`` once it had what it needs."""

    def __init__(self, look: Look, context: Context) -> None:
        self.look = look
        self.begun_at: float | None = None
        self.task = asyncio.create_task(self._made(context))

    async def _made(self, context: Context) -> Found:
        if not await context.has(self.look.needs):
            return None
        self.begun_at = time.monotonic()
        check = await self._judged(context)
        return check and replace(check, ms=self._ms())

    async def _judged(self, context: Context) -> Found:
        try:
            return await self.look.at(context)
        except GatewayError as error:
            return wrong(self.look.name, str(error), self.look.remedy)
        except Exception as error:  # noqa: BLE001 (whatever one look stumbles over, the others are shown)
            failed = f"could not be looked at ({type(error).__name__})"
            return wrong(self.look.name, failed, self.look.remedy)

    def found(self) -> Found:
        """Return what was found; that of one that hangs is that it does."""
        if self.task.done() and not self.task.cancelled():
            return self.task.result()
        if self.begun_at is None:
            return None
        verdict = doubt if self.look.may_be_silent else wrong
        silent = f"did not answer within {DEADLINE_S:g} s"
        return replace(verdict(self.look.name, silent, self.look.remedy), ms=self._ms())

    def _ms(self) -> int:
        return 0 if self.begun_at is None else round((time.monotonic() - self.begun_at) * 1000)


async def examined(
    settings: Settings, looks: Sequence[Look], waiting: Callable[[Sequence[str]], None]
) -> list[Check]:
    """Make all looks and return what they found, in their order; ``waiting`` is told which take long.

    Returns within ``DEADLINE_S``, and what it takes to let go: what hangs is left behind.
    """
    asyncio.get_running_loop().set_default_executor(Abandoning())
    context = Context(settings)
    runs = [_Run(look, context) for look in looks]
    tasks = {run.task for run in runs}
    _, slow = await asyncio.wait(tasks, timeout=PATIENCE_S)
    if slow:
        waiting([run.look.name for run in runs if run.task in slow and run.begun_at is not None])
        _, slow = await asyncio.wait(slow, timeout=DEADLINE_S - PATIENCE_S)
    found = [run.found() for run in runs]
    for task in slow:
        task.cancel()
    await context.close(abruptly=bool(slow))
    return [check for check in found if check is not None]
