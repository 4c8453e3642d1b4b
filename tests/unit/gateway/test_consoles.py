"""What is wrong with a console, and what of it is said to the database when."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.ports import AttachedConsole
from gateway.consoles import TURNS, ConsolesTold
from gateway.domain.consoles import NOT_HEARD_S, SLOW_MS, faults_of
from gateway.domain.errors import DatabaseUnavailable
from schemas.frames import Condition, SoundState
from schemas.overview import ConsoleFault
from schemas.session import OperatorView, Role

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_condition(**changes: Any) -> Condition:
    return Condition(**{"sound": SoundState.READY, "visible": True, "awake": True, "lag_ms": 5.0, **changes})


def a_console(**changes: Any) -> AttachedConsole:
    operator = OperatorView(operator_id=uuid4(), name="Op", roles=(Role.OPERATOR,), centres=("BE-VOV",))
    return AttachedConsole(
        **{
            "console": uuid4(),
            "operator": operator,
            "centres": frozenset({"BE-VOV"}),
            "since": AT,
            "heard_s": 0.5,
            "condition": a_condition(),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({}, []),
        ({"sound": SoundState.SOUNDING}, []),
        ({"sound": SoundState.SILENCED}, []),
        ({"sound": SoundState.BLOCKED}, ["sound_blocked"]),
        ({"sound": SoundState.UNCHECKED}, ["sound_unchecked"]),
        ({"visible": False}, ["hidden"]),
        ({"visible": False, "awake": False}, ["hidden"]),
        ({"awake": False}, ["may_go_dark"]),
        ({"lag_ms": SLOW_MS}, []),
        ({"lag_ms": SLOW_MS + 1}, ["slow"]),
        ({"lag_ms": None}, []),
        ({"sound": SoundState.BLOCKED, "visible": False, "lag_ms": 9e5}, ["sound_blocked", "hidden", "slow"]),
    ],
)
def test_what_a_console_says_of_itself_is_judged(said: Mapping[str, Any], faults: Sequence[str]) -> None:
    assert list(faults_of(a_condition(**said), AT, AT)) == faults


def test_a_console_that_does_not_say_how_it_is_is_judged_by_being_heard() -> None:
    heard = timedelta(seconds=NOT_HEARD_S)
    assert faults_of(None, AT, AT + heard) == ()
    assert faults_of(None, AT, AT + heard * 1.01) == (ConsoleFault.NOT_HEARD,)
    assert faults_of(None, AT + heard, AT) == (), "a clock set back accuses nobody"


class Book:
    """``gateway.ports.Consoles``."""

    def __init__(self) -> None:
        self.told: list[tuple[set[UUID], set[UUID]]] = []
        self.canaries: list[Mapping[str, datetime]] = []
        self.away = False

    async def tell(self, changed: Sequence[AttachedConsole], attached: Collection[UUID]) -> None:
        if self.away:
            raise DatabaseUnavailable("away")
        self.told.append(({one.console for one in changed}, set(attached)))

    async def tell_sounds(self) -> None:
        """Nothing to tell."""

    async def tell_canaries(self, seen: Mapping[str, datetime]) -> None:
        self.canaries.append(seen)


async def test_what_changed_is_said_at_once_and_each_console_in_its_turn() -> None:
    book = Book()
    first, second = a_console(console=UUID(int=TURNS)), a_console(console=UUID(int=2 * TURNS - 1))
    here: list[AttachedConsole] = [first, second]
    telling = ConsolesTold(book, lambda: here, dict)
    everybody = {first.console, second.console}
    await telling.look()
    assert book.told.pop() == (everybody, everybody)
    here[0] = a_console(**{**vars_of(first), "heard_s": 3.0, "condition": a_condition(lag_ms=80.0)})
    await telling.look()
    assert book.told == [], "how long ago it spoke can wait for its turn"
    here[0] = a_console(**{**vars_of(first), "condition": a_condition(sound=SoundState.BLOCKED)})
    await telling.look()
    assert book.told.pop() == ({first.console}, everybody)
    for _ in range(TURNS):
        await telling.look()
    assert book.told == [({second.console}, everybody), ({first.console}, everybody)]
    del here[1]
    await telling.look()
    assert book.told.pop() == (set(), {first.console})


async def test_after_the_database_was_away_all_of_it_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    book, one = Book(), a_console(console=UUID(int=0))
    blocked = a_console(**{**vars_of(one), "condition": a_condition(sound=SoundState.BLOCKED)})
    here = [one]
    telling = ConsolesTold(book, lambda: here, dict)
    then = iter([(blocked, True), (one, False)])  # what was last said is true again, but was it written?

    async def until_the_next_look(_: float) -> None:
        try:
            here[0], book.away = next(then)
        except StopIteration:
            raise asyncio.CancelledError from None

    monkeypatch.setattr(asyncio, "sleep", until_the_next_look)
    with pytest.raises(asyncio.CancelledError):
        await telling.run()
    assert book.told == [({one.console}, {one.console})] * 2


async def test_a_canary_is_said_once() -> None:
    book, seen = Book(), {"BE-VOV": AT}
    telling = ConsolesTold(book, tuple, lambda: seen)
    await telling.look()
    await telling.look()
    assert book.canaries == [{"BE-VOV": AT}]
    seen["BE-VAN"] = AT
    await telling.look()
    assert book.canaries[1:] == [{"BE-VAN": AT}]


def vars_of(console: AttachedConsole) -> dict[str, Any]:
    return {name: getattr(console, name) for name in AttachedConsole.__slots__}
