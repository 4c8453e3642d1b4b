"""The board against the cases it shares with the console's ``session.ts``."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch.asking import Answer, Asked
from dispatch.board import Board, Reaction
from dispatch.centre_board import CentreBoard
from schemas.alarm import AlarmView
from schemas.frames import ConsoleFrame, Cursor
from tests.support.cases import FRAMES, a_command, a_frame, case_files, expanded, long_id, short_id

WHOLE = (
    "open",
    "commands",
    "shown",
    "placed",
    "offenders",
    "units",
    "notices",
    "protections",
    "provisionals",
)


def _cursor(cursor: Cursor | None) -> str | None:
    return None if cursor is None else f"{cursor.epoch}:{cursor.sequence}"


def _picture(board: Board, now: float) -> dict[str, Any]:
    return {
        "linked": board.linked,
        "stale": board.stale(now),
        "as_of": board.as_of,
        "gaps": board.gaps,
        "ignored": board.ignored,
        "commands": {short_id(request_id): _answer(asked) for request_id, asked in board.commands.items()},
        "centres": {name: _centre(centre) for name, centre in board.centres.items()},
        "foreign": list(board.foreign),
        "shown": _alarms(board.open_alarms()),
        "placed": _placed(board),
        "provisionals": {short_id(each): told.node for each, told in board.provisionals.items()},
        "offenders": {
            short_id(alarm.alarm_id): {str(frame.number): frame.position.latitude for frame in found}
            for alarm in board.open_alarms()
            if (found := board.offenders(alarm.alarm_id))
        },
    }


def _placed(board: Board) -> dict[str, float]:
    return {
        short_id(alarm.alarm_id): frame.position.latitude
        for alarm in board.open_alarms()
        if (frame := board.position(alarm.alarm_id))
    }


def _centre(centre: CentreBoard) -> dict[str, Any]:
    return {
        "cursor": _cursor(centre.cursor),
        "caught_up": centre.caught_up,
        "open": _alarms(centre.alarms.values()),
        "units": {short_id(each): unit.status or "free" for each, unit in centre.units.items()},
        "notices": {short_id(each): notice.kind for each, notice in centre.notices.items()},
        "protections": {short_id(each): held.state for each, held in centre.protections.items()},
        "resumption": centre.resumption
        and {"replayed": centre.resumption.replayed, "reason": centre.resumption.reason},
    }


def _alarms(alarms: Iterable[AlarmView]) -> dict[str, str]:
    return {short_id(alarm.alarm_id): f"{alarm.state} v{alarm.version}" for alarm in alarms}


def _answer(asked: Asked) -> str:
    if asked.refusal is None:
        return asked.answer.value
    return f"refused {asked.refusal.taken_by or asked.refusal.problem.type.rsplit(':', 1)[1]}"


def _take(board: Board, step: dict[str, Any]) -> Reaction:
    now = step["at"]
    if "frame" in step:
        return board.receive(a_frame(step["frame"]), now)
    if "acknowledge" in step:
        asked = step["acknowledge"]
        return Reaction(board.acknowledge(long_id(asked["alarm"]), long_id(asked["request"]), now))
    if "ask" in step:
        return Reaction(board.ask(a_command(step["ask"]), now))
    if "painted" in step:
        painted = step["painted"]
        at = datetime.fromisoformat(painted["painted_at"])
        return Reaction(board.painted(long_id(painted["alarm"]), at))
    if "disconnected" in step:
        board.disconnected(now)
    else:
        board.tick(now)
    return Reaction()


def _written(frames: tuple[ConsoleFrame, ...]) -> list[dict[str, Any]]:
    return [frame.model_dump(mode="json") for frame in frames]


def _hold(expected: Any, actual: Any, where: str) -> None:
    """Compare what a step names; what is in ``WHOLE`` is compared whole."""
    if isinstance(expected, dict) and not where.endswith(WHOLE):
        for key, value in expected.items():
            _hold(value, actual[key], f"{where}.{key}")
    else:
        assert actual == expected, where


@pytest.mark.parametrize("path", case_files("board"), ids=lambda path: path.stem)
def test_the_board_does_what_the_shared_case_says(path: Path) -> None:
    board = Board(long_id("c0"))
    for step in json.loads(path.read_text())["steps"]:
        reaction = _take(board, step)
        assert _written(reaction.send) == expanded(step.get("sends", [])), step
        applied = len(reaction.applied) + (reaction.placed is not None)
        assert applied == step.get("applies", applied), step
        _hold(step.get("holds", {}), _picture(board, step["at"]), f"{path.stem} at {step['at']}")


def test_an_acknowledgement_of_an_unknown_alarm_sends_nothing() -> None:
    board = Board(long_id("c0"))
    board.receive(a_frame({"type": "welcome"}), 0)
    assert board.acknowledge(long_id("a9"), long_id("b1"), 0) == ()
    assert board.commands == {}


def test_a_board_that_wants_some_centres_follows_those_of_them_that_are_the_operators() -> None:
    board = Board(long_id("c0"), ["BE-WHT", "BE-VAN"])
    operator = {**FRAMES["welcome"]["operator"], "centres": ["BE-VOV", "BE-WHT"]}
    (attach,) = board.receive(a_frame({"type": "welcome", "operator": operator}), 0).send
    assert _written((attach,))[0]["centres"] == ["BE-WHT"]
    assert set(board.centres) == {"BE-WHT"}
    assert board.foreign == ("BE-VAN",)


def test_a_board_that_wants_only_centres_of_others_attaches_to_none() -> None:
    board = Board(long_id("c0"), ["BE-WHT"])
    assert board.receive(a_frame({"type": "welcome"}), 0).send == ()
    assert board.foreign == ("BE-WHT",)


def test_a_command_starts_as_asked() -> None:
    board = Board(long_id("c0"))
    for frame in (
        {"type": "welcome"},
        {"type": "snapshot", "cursor": "e1:1", "alarms": [{"alarm_id": "a1"}]},
        {"type": "caught_up", "cursor": "e1:1"},
    ):
        board.receive(a_frame(frame), 0)
    board.acknowledge(long_id("a1"), long_id("b1"), 0)
    assert board.commands[long_id("b1")].answer is Answer.ASKED
