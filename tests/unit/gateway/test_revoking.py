"""What becomes of consoles and of commands when the sessions cannot be looked up."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch.ports import Admission
from dispatch.session import Close
from gateway import revoking
from gateway.admission import SIGN_IN
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.people import Operator
from gateway.revoking import Guarded, Revoking
from schemas.alarm import AlarmView
from schemas.commands import Acknowledge
from schemas.frames import Refused, Result
from schemas.problems import ProblemKind
from tests.support.clock import START, VirtualClock
from tests.support.dispatch import an_alarm
from tests.unit.gateway.test_commands import OPERATOR, Alarms, Changes, Units, commands

ADMISSION = Admission(b"s" * 32, OPERATOR, START + timedelta(hours=1))


class Failing:
    """``gateway.ports.Sessions`` that fails so often, then finds every session over."""

    def __init__(self, *failures: Exception) -> None:
        self._failures = list(failures)

    async def changed(self, admissions: Sequence[Admission]) -> Mapping[int, Operator | None]:
        if self._failures:
            raise self._failures.pop(0)
        return dict.fromkeys(range(len(admissions)))


class Holding:
    """``gateway.ports.Sessions`` that finds every session as it was."""

    async def changed(self, admissions: Sequence[Admission]) -> Mapping[int, Operator | None]:
        return {}


class OneConsole:
    """``gateway.revoking.OpenConsole``."""

    def __init__(self) -> None:
        self.admission = ADMISSION
        self.closed: asyncio.Queue[Close] = asyncio.Queue()

    def close(self, close: Close) -> None:
        self.closed.put_nowait(close)


async def test_a_look_that_fails_closes_nobody_and_does_not_end_the_looking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(revoking, "REVOKED_LOOK_S", 0.0)
    console, failures = OneConsole(), [DatabaseUnavailable("away"), ZeroDivisionError()]
    for failure in failures:
        with pytest.raises(type(failure)):
            await Revoking(Failing(failure), lambda: (console,)).look()
    assert console.closed.empty()
    async with asyncio.timeout(10):
        looking = asyncio.create_task(Revoking(Failing(*failures), lambda: (console,)).run())
        assert await console.closed.get() == SIGN_IN
        looking.cancel()


async def test_a_command_is_refused_while_the_database_is_away() -> None:
    alarm, changes = an_alarm(), Changes()
    guarded = Guarded(
        commands(Alarms(alarm), changes, Units()), Failing(DatabaseUnavailable("away")), VirtualClock()
    )
    answer = await guarded.carry_out(ADMISSION, acknowledging(alarm))
    assert isinstance(answer, Refused)
    assert answer.problem.type.endswith(ProblemKind.UNAVAILABLE.slug)
    assert not changes.committed


async def test_a_fault_of_ours_keeps_nobody_from_answering() -> None:
    alarm, changes = an_alarm(), Changes()
    guarded = Guarded(commands(Alarms(alarm), changes, Units()), Failing(ZeroDivisionError()), VirtualClock())
    assert isinstance(await guarded.carry_out(ADMISSION, acknowledging(alarm)), Result)
    assert len(changes.committed) == 1


async def test_who_only_watches_commands_nothing_and_is_not_closed() -> None:
    alarm, changes, clock = an_alarm(), Changes(), VirtualClock()
    guarded = Guarded(commands(Alarms(alarm), changes, Units()), Holding(), clock)
    clock.advance(3600)
    answer = await guarded.carry_out(ADMISSION, acknowledging(alarm))
    assert isinstance(answer, Refused)
    assert answer.problem.type.endswith(ProblemKind.NOT_SIGNED_IN.slug)
    assert not changes.committed
    clock.advance(-1)
    assert isinstance(await guarded.carry_out(ADMISSION, acknowledging(alarm)), Result)


async def test_who_has_no_session_is_closed_though_it_has_run_out_too() -> None:
    alarm, changes, clock = an_alarm(), Changes(), VirtualClock()
    clock.advance(3601)
    guarded = Guarded(commands(Alarms(alarm), changes, Units()), Failing(), clock)
    assert await guarded.carry_out(ADMISSION, acknowledging(alarm)) == SIGN_IN


def acknowledging(alarm: AlarmView) -> Acknowledge:
    return Acknowledge(request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=1)
