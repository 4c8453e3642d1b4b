"""Replay equals snapshot for every kind of event (``tests/cases/kinds.json``, shared with TypeScript)."""

import json
from typing import Any

import pytest

from dispatch.board import Board
from dispatch.centre_board import CentreBoard
from gateway.domain.alarm import EventKind
from schemas.frames import Event
from tests.support.cases import CASES, FRAMES, THINGS, a_frame, long_id

CENTRE = "BE-VOV"
KINDS: list[dict[str, Any]] = json.loads((CASES / "kinds.json").read_text())
NOT_ABOUT_AN_ALARM = {
    "unit.changed",
    *("notice.raised", "notice.cleared", "notice.shelved", "notice.unshelved"),
    "protection.changed",
}
ID = {"alarm": "alarm_id", "unit": "unit_id", "notice": "notice_id", "protection": "registration_id"}


def told(*frames: dict[str, Any]) -> Board:
    """A board that was told these after its welcome."""
    board = Board(long_id("c0"))
    for frame in ({"type": "welcome"}, *frames):
        board.receive(a_frame(frame), 1)
    return board


def snapshot(things: dict[str, Any], cursor: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"type": "snapshot", "cursor": cursor, **things}, {"type": "caught_up", "cursor": cursor}


def whole(thing: str, given: dict[str, Any]) -> dict[str, Any]:
    return {**FRAMES[thing], **given}


def after(case: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What a snapshot taken after the event holds: the old image gone, the new one if it is shown."""
    ((about, image),) = case["event"].items()
    things = {f"{each}s": [whole(each, old) for old in case["before"].get(f"{each}s", [])] for each in THINGS}
    image = whole(about, image)
    others = [each for each in things[f"{about}s"] if each[ID[about]] != image[ID[about]]]
    return things | {f"{about}s": [*others, image] if case["shown"] else others}


def held(centre: CentreBoard) -> dict[str, Any]:
    return {
        "cursor": centre.cursor,
        **{f"{each}s": dict(getattr(centre, f"{each}s")) for each in THINGS},
    }


@pytest.mark.parametrize("case", KINDS, ids=lambda case: f"{case['kind']}: {case['says']}")
def test_replay_equals_snapshot(case: dict[str, Any]) -> None:
    event = {"type": "event", "cursor": "e1:5", "kind": case["kind"], **case["event"]}
    replayed = told(*snapshot(case["before"], "e1:4"), event)
    loaded = told(*snapshot(after(case), "e1:5"))
    assert held(replayed.centres[CENTRE]) == held(loaded.centres[CENTRE])
    assert list(replayed.open_alarms()) == list(loaded.open_alarms())
    carried = a_frame(event)
    assert isinstance(carried, Event)
    ((about, _),) = case["event"].items()
    image = getattr(carried, about)
    shown = getattr(replayed.centres[CENTRE], f"{about}s").get(getattr(image, ID[about]))
    assert shown == (image if case["shown"] else None)


def test_every_kind_of_event_has_a_case() -> None:
    kinds = {case["kind"] for case in KINDS}
    assert kinds - {"alarm.of_a_later_version"} == {*EventKind, *NOT_ABOUT_AN_ALARM}
