"""Operators at consoles through the edge: one of each centre takes and closes alarms, the others watch."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import uuid4

from deploy.rehearsal.people import Account
from gateway.drill.history import History
from gateway.drill.watching import Watcher, watching
from schemas.alarm import AlarmState, AlarmView
from schemas.commands import Acknowledge, Close
from schemas.frames import Result
from schemas.outcome import Outcome

ATTACH_S: Final = 20.0
LOOK_S: Final = 0.2
COMMAND_S: Final = 30.0


@asynccontextmanager
async def seated(url: str, accounts: Sequence[Account], history: History) -> AsyncIterator[list[Watcher]]:
    """Have every account at a console, caught up, while the block runs."""
    async with AsyncExitStack() as stack:
        watchers = [
            await stack.enter_async_context(
                watching(account.name, [url], account.cookie, history, account.centres)
            )
            for account in accounts
        ]
        async with asyncio.timeout(ATTACH_S):
            while not all(caught_up(one) for one in watchers):  # noqa: ASYNC110 (a board knows nobody to wake)
                await asyncio.sleep(LOOK_S)
        yield watchers


def caught_up(watcher: Watcher) -> bool:
    """Whether a console has its link and everything that is committed."""
    centres = watcher.board.centres
    return watcher.node is not None and bool(centres) and all(one.caught_up for one in centres.values())


async def operate(watcher: Watcher, stop: asyncio.Event) -> None:
    """Take and close alarm after alarm, until ``stop`` is set."""
    while not stop.is_set():
        alarm = _next(watcher)
        if alarm is None or watcher.node is None:
            await asyncio.sleep(LOOK_S)
            continue
        try:
            async with asyncio.timeout(COMMAND_S):
                await _dealt_with(watcher, alarm)
        except (LookupError, TimeoutError):  # the link is away; the same alarm comes again
            await asyncio.sleep(LOOK_S)


def _next(watcher: Watcher) -> AlarmView | None:
    found = [one for one in watcher.board.open_alarms() if one.purpose == "real"]
    return min(found, key=lambda one: one.raised_at, default=None)


async def _dealt_with(watcher: Watcher, alarm: AlarmView) -> None:
    version = alarm.version
    if alarm.state is AlarmState.RAISED:
        taken = await watcher.ask(
            Acknowledge(request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=version)
        )
        if not isinstance(taken, Result) or taken.version is None:
            return
        version = taken.version
    await watcher.ask(
        Close(
            request_id=uuid4(),
            alarm_id=alarm.alarm_id,
            expected_version=version,
            outcome=Outcome.OFFENDER_GONE,
            note="Rehearsal.",
        )
    )
