"""Commands are held against the stream: every planted difference is found."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from loadtests import acts
from loadtests.acts import Act, Acts, broken_acts
from loadtests.feed import Seen
from schemas.commands import Acknowledge, AlarmCommand

ALARM = UUID(int=1)
NOTHING: frozenset[str] = frozenset()


def a_command() -> Acknowledge:
    return Acknowledge(request_id=uuid4(), alarm_id=ALARM, expected_version=1)


def an_act(answer: dict[str, Any], **fields: Any) -> Act:
    return Act("acknowledge", a_command(), 0, answered=1, answer=answer, **fields)


def a_result(version: int = 2) -> dict[str, Any]:
    return {"type": "result", "alarm_id": str(ALARM), "version": version}


def a_refusal(slug: str) -> dict[str, Any]:
    return {"type": "refused", "problem": {"type": f"urn:problem:{slug}"}}


def told(version: int = 2, kind: str = "alarm.acknowledged") -> Seen:
    return Seen(kind=kind, at="", size=1, alarm_id=str(ALARM), registration_id="r", version=version)


def test_a_result_that_is_one_event_of_the_stream_holds() -> None:
    assert broken_acts([an_act(a_result())], {1: told()}, NOTHING) == ()


@pytest.mark.parametrize("events", [{}, {1: told(3)}, {1: told(kind="alarm.noted")}, {1: told(), 2: told()}])
def test_a_result_that_is_no_event_or_two_is_found(events: dict[int, Seen]) -> None:
    (found,) = broken_acts([an_act(a_result())], events, NOTHING)
    assert "the stream does not tell" in found


def test_two_commands_that_both_got_the_one_event_are_found() -> None:
    (found,) = broken_acts([an_act(a_result()), an_act(a_result())], {1: told()}, NOTHING)
    assert "given to more than one command" in found


def test_a_refusal_that_nothing_explains_is_found() -> None:
    refused = [an_act(a_refusal("already-taken"))]
    assert broken_acts(refused, {}, frozenset({"already-taken"})) == ()
    assert broken_acts(refused, {}, NOTHING) == ("1 x acknowledge refused as already-taken",)


def test_a_repetition_answered_differently_is_found() -> None:
    first = an_act(a_result())
    assert broken_acts([first, an_act(a_result(), repeats=first)], {1: told()}, NOTHING) == ()
    again = an_act(a_result(3), repeats=first)
    (found,) = broken_acts([first, again], {1: told()}, NOTHING)
    assert "answered differently" in found


def test_a_command_without_an_answer_is_found_unless_its_console_was_closed() -> None:
    unanswered = Act("note", a_command(), 0)
    assert broken_acts([unanswered], {}, NOTHING) == ("1 x note without an answer",)
    unanswered.lost = True
    assert broken_acts([unanswered], {}, NOTHING) == ()


class Answering:
    def __init__(self, answer: dict[str, Any] | Exception | None) -> None:
        self._answer = answer

    def carry_out(self, command: AlarmCommand) -> asyncio.Future[dict[str, Any]]:
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        if isinstance(self._answer, Exception):
            future.set_exception(self._answer)
        elif self._answer is not None:
            future.set_result(self._answer)
        return future


async def test_what_was_answered_is_kept_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "ANSWER_S", 0.01)
    every = Acts()
    assert (await every.ask(Answering(a_result()), "acknowledge", a_command())).done
    assert (await every.ask(Answering(ConnectionError("closed")), "acknowledge", a_command())).lost
    silent = await every.ask(Answering(None), "acknowledge", a_command())
    assert (silent.done, silent.lost, silent.refused) == (False, False, None)
    assert len(every.all) == 3
