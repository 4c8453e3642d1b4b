"""Positions are followed from the companion to the last console: every planted fault is found."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from loadtests.console import Console, Desk
from loadtests.door import Sent
from loadtests.feed import Feed, Shown
from loadtests.gateway_process import Target
from loadtests.judge import Delivered
from loadtests.measured import Faults, Spread
from loadtests.moments import WallClock
from loadtests.people import People
from loadtests.profiles.base import Stage
from loadtests.profiles.tracks import TRACKS, Following
from loadtests.profiles.tracks_report import Followed, report
from loadtests.samples import GENT
from loadtests.signing import Companion
from loadtests.tracker import BEAT_NS, Batch, Tally, Tracker
from loadtests.usage import Watched
from schemas.track import PositionBatch, PositionsReceipt
from tests.unit.loadtests.test_judge import text_frame

ALARM = UUID(int=7)
MS = 1_000_000
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


class Posts:
    """A door that keeps what is posted."""

    def __init__(self) -> None:
        self.sent: list[Sent[Batch]] = []

    def post(self, sent: Sent[Batch]) -> None:
        self.sent.append(sent)

    def batch(self, number: int) -> PositionBatch:
        return PositionBatch.model_validate_json(self.sent[number].prepared.request.partition(b"\r\n\r\n")[2])


def a_tracker(tally: Tally) -> Tracker:
    companion = Companion(uuid4(), uuid4(), KEY)
    return Tracker("http://gateway", companion, ALARM, GENT, WallClock(), tally)


def answer(sent: Sent[Batch], status: int = 202, **counts: int) -> None:
    told = {"stored": sent.prepared.fixes, "known": 0, **counts}
    receipt = PositionsReceipt(alarm_id=ALARM, policy={"state": "track"}, **told)
    sent.answered, sent.status, sent.body = 1, status, receipt.model_dump_json().encode()


def test_each_beat_sends_two_fixes_half_a_second_apart_the_newest_of_now() -> None:
    tally, door = Tally(), Posts()
    tracker = a_tracker(tally)
    tracker.beat(door, 5 * BEAT_NS)  # type: ignore[arg-type] # all of a door that it uses
    first, second = door.batch(0).fixes
    assert (first.index, second.index) == (1, 2)
    assert second.fixed_at - first.fixed_at == timedelta(seconds=0.5)
    assert door.batch(0).sent_at == second.fixed_at
    assert list(tally.fixed.values()) == [4.5 * BEAT_NS, 5 * BEAT_NS]
    answer(door.sent[0])
    assert not tracker.waits
    assert tally.stored == 2


def test_one_batch_is_under_way_and_what_was_put_off_goes_along_with_the_next() -> None:
    tally, door = Tally(), Posts()
    tracker = a_tracker(tally)
    for beat in (1, 2):
        tracker.beat(door, beat * BEAT_NS)  # type: ignore[arg-type] # only what is asked here
    assert len(door.sent) == 1
    answer(door.sent[0], 503)
    tracker.beat(door, 3 * BEAT_NS)  # type: ignore[arg-type] # only what is asked here
    assert [fix.index for fix in door.batch(1).fixes] == [1, 2, 3, 4, 5, 6]
    door.sent[1].lost = True
    tracker.send(door, 4 * BEAT_NS)  # type: ignore[arg-type] # only what is asked here
    answer(door.sent[2], stored=4, known=2)
    assert not tracker.waits
    assert (tally.put_off, tally.stored, tally.known) == (2, 4, 2)


def a_following(tally: Tally, *shown: Shown) -> Following:
    people = People(companions={"BE-VOV": ()}, cookies=("",))
    following = Following(Stage(target=Target("http://gateway:1", {}, Watched()), people=people), TRACKS.plan)
    following._tally = tally
    following._room.feed.shown.update({bytes([number]): one for number, one in enumerate(shown)})
    return following


def a_tally(**changes: Any) -> Tally:
    fixed = {(str(ALARM), 51.1): 0, (str(ALARM), 51.2): 500 * MS}
    return Tally(**{"fixed": fixed, "stored": 2, **changes})


@pytest.mark.parametrize(
    ("tally", "shown", "found"),
    [
        (a_tally(), Shown(str(ALARM), 51.2, NOW), []),
        (a_tally(stored=1, known=1), Shown("another", 50.0, NOW), []),
        (a_tally(stored=1), Shown(str(ALARM), 51.1, NOW), ["1 positions were not stored"]),
        (
            a_tally(dropped=3),
            Shown(str(ALARM), 51.1, NOW),
            ["3 positions were dropped as unreadable or unwanted"],
        ),
        (a_tally(), Shown(str(ALARM), 51.3, NOW), ["1 positions were shown that nobody sent"]),
    ],
)
def test_every_fault_of_a_position_is_found(tally: Tally, shown: Shown, found: list[str]) -> None:
    assert a_following(tally, shown)._broken() == found


def a_frame(latitude: float, fixed_at: datetime) -> bytes:
    position = {"latitude": latitude, "fixed_at": fixed_at.isoformat()}
    told = {"type": "position", "alarm_id": str(ALARM), "position": position}
    return text_frame(json.dumps(told, separators=(",", ":")).ljust(150).encode())


async def test_a_position_shown_after_a_newer_one_is_found_on_the_console_that_was_shown_it() -> None:
    feed = Feed()
    orderly, backwards = (Console(Desk("http://gateway:1", "", "BE-VOV"), feed, None) for _ in range(2))
    older, newer = a_frame(51.1, NOW), a_frame(51.2, NOW + timedelta(seconds=1))
    for console in (orderly, backwards):
        console._handshake = None
    orderly.data_received(older)
    orderly.data_received(newer)
    backwards.data_received(newer)
    backwards.data_received(older)
    orderly.data_received(newer + a_frame(51.3, NOW + timedelta(seconds=2)))
    assert (orderly.went_back, backwards.went_back) == (0, 1)
    assert [len(one.arrivals) for one in feed.shown.values()] == [2, 3, 1]


def a_run(**changes: Any) -> Followed:
    plain = {
        "plan": TRACKS.asked({"seconds": 1.0, "companions": 1, "consoles": (2,)}),
        "tally": a_tally(put_off=1),
        "shown": (Shown(str(ALARM), 51.2, NOW, [510 * MS, 540 * MS]),),
        "presses": Delivered(receipt=None, last=Spread(20, 160, 170), commit=Spread(5, 6, 7)),
        "turn": Spread(0.1, 0.2, 0.3),
        "before": None,
        "after": None,
        "faults": Faults(),
    }
    return Followed(**{**plain, **changes})


def test_the_age_is_that_at_the_last_console_and_a_slow_press_misses_its_target() -> None:
    found = report(a_run()).as_json()["figures"]
    assert abs(found["age_max_ms"]["value"] - 40) < 0.1
    assert (found["stored_per_s"]["value"], found["shown_share"]["value"], found["reach"]["value"]) == (
        2,
        0.5,
        1,
    )
    assert (found["press_last_p99_ms"]["met"], found["press_receipt_p99_ms"]["met"]) == (False, True)
    assert found["put_off"]["value"] == 1


def test_a_run_in_which_nothing_was_shown_has_no_age() -> None:
    found = report(a_run(shown=(), tally=Tally())).as_json()["figures"]
    assert (found["age_p99_ms"]["value"], found["reach"]["value"]) == (None, 0)
