"""The board against the cases it shares with the console's ``session.ts``."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch.board import Board, Outcome, Reaction
from schemas.frames import ConsoleFrame, Cursor
from tests.support.cases import a_frame, case_files, expanded, long_id, short_id


def _cursor(cursor: Cursor | None) -> str | None:
    return None if cursor is None else f"{cursor.epoch}:{cursor.sequence}"


def _picture(board: Board, now: float) -> dict[str, Any]:
    return {
        "linked": board.linked,
        "stale": board.stale(now),
        "as_of": board.as_of,
        "gaps": board.gaps,
        "ignored": board.ignored,
        "commands": {short_id(alarm_id): _outcome(board, alarm_id) for alarm_id in board.commands},
        "centres": {
            name: {
                "cursor": _cursor(centre.cursor),
                "caught_up": centre.caught_up,
                "open": {
                    short_id(alarm.alarm_id): f"{alarm.state} v{alarm.version}"
                    for alarm in centre.alarms.values()
                },
                "resumption": centre.resumption
                and {"replayed": centre.resumption.replayed, "reason": centre.resumption.reason},
            }
            for name, centre in board.centres.items()
        },
    }


def _outcome(board: Board, alarm_id: Any) -> str:
    command = board.commands[alarm_id]
    return f"refused {command.refusal.taken_by}" if command.refusal else command.outcome.value


def _take(board: Board, step: dict[str, Any]) -> Reaction:
    now = step["at"]
    if "frame" in step:
        return board.receive(a_frame(step["frame"]), now)
    if "acknowledge" in step:
        asked = step["acknowledge"]
        return Reaction(board.acknowledge(long_id(asked["alarm"]), long_id(asked["request"]), now))
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
    """Compare what a step names; ``open`` and ``commands`` are compared whole."""
    if isinstance(expected, dict) and not where.endswith(("open", "commands")):
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
        assert len(reaction.applied) == step.get("applies", len(reaction.applied)), step
        _hold(step.get("holds", {}), _picture(board, step["at"]), f"{path.stem} at {step['at']}")


def test_an_acknowledgement_of_an_unknown_alarm_sends_nothing() -> None:
    board = Board(long_id("c0"))
    board.receive(a_frame({"type": "welcome"}), 0)
    assert board.acknowledge(long_id("a9"), long_id("b1"), 0) == ()
    assert board.commands == {}


def test_a_board_that_wants_one_centre_follows_only_that() -> None:
    board = Board(long_id("c0"), ["BE-WHT"])
    (attach,) = board.receive(a_frame({"type": "welcome"}), 0).send
    assert _written((attach,))[0]["centres"] == ["BE-WHT"]
    assert set(board.centres) == {"BE-WHT"}


def test_a_command_starts_as_asked() -> None:
    board = Board(long_id("c0"))
    for frame in (
        {"type": "welcome"},
        {"type": "snapshot", "cursor": "e1:1", "alarms": [{"alarm_id": "a1"}]},
        {"type": "caught_up", "cursor": "e1:1"},
    ):
        board.receive(a_frame(frame), 0)
    board.acknowledge(long_id("a1"), long_id("b1"), 0)
    assert board.commands[long_id("a1")].outcome is Outcome.ASKED
