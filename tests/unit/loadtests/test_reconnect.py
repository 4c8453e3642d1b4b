"""A kill is judged: who came back when, how long presses waited, and what did not come at all."""

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import uuid4

from loadtests.console import Desk
from loadtests.door import Posted
from loadtests.feed import Feed
from loadtests.keeping import Kept, Screens
from loadtests.measured import Faults
from loadtests.presses import Prepared
from loadtests.profiles.reconnect import RECONNECT, Round, _judged, report
from schemas.frames import Cursor

SECOND = 1_000_000_000


def a_press(due_s: float, answered_s: float) -> Posted:
    return Posted(
        Prepared(uuid4(), uuid4(), b""),
        round(due_s * SECOND),
        answered=round(answered_s * SECOND),
        status=201,
    )


def a_round(**changes: Any) -> Round:
    plain = Round(
        killed=10 * SECOND,
        ready=12 * SECOND,
        back=(13 * SECOND, 17 * SECOND),
        posted=(a_press(9, 9.01), a_press(11, 12.5), a_press(13, 13.1), a_press(18, 18.01)),
        retried=1,
        losses=Counter({"connection lost": 2}),
        faults=Faults(),
    )
    return replace(plain, **changes)


def figures(*rounds: Round) -> dict[str, Any]:
    found: dict[str, Any] = report(rounds, RECONNECT.plan).as_json()["figures"]
    return found


def test_presses_from_the_kill_to_the_last_console_count_and_only_from_ready_on() -> None:
    found = figures(a_round())
    assert found["presses_meanwhile"]["value"] == 2
    assert abs(found["receipt_max_ms"]["value"] - 1500) < 2
    assert abs(found["receipt_since_ready_max_ms"]["value"] - 500) < 1


def test_the_last_console_of_the_worst_round_is_held_against_the_target() -> None:
    found = figures(a_round(), a_round(back=(13 * SECOND, 21 * SECOND)))
    assert abs(found["caught_up_all_s"]["value"] - 11) < 0.02
    assert found["caught_up_all_s"]["met"] is False
    assert abs(found["ready_to_all_s"]["value"] - 9) < 0.02
    assert found["down_s"]["value"] == 2


def test_a_round_in_which_nobody_came_back_has_no_figure_rather_than_a_good_one() -> None:
    found = figures(a_round(back=(), posted=()))
    assert found["caught_up_all_s"]["value"] is None
    assert found["receipt_p99_ms"]["value"] is None


def test_a_console_that_does_not_come_back_is_a_broken_guarantee() -> None:
    kept = [
        Kept(Desk("http://gateway", "", "BE-VOV"), Feed(), Cursor(epoch="a", sequence=0)) for _ in range(3)
    ]
    screens = Screens(kept, Feed())
    for one in kept:
        one.attached_at = 20
    assert _judged(screens, (), 10) == Faults()
    kept[1].attached_at = 0
    assert _judged(screens, (), 10) == Faults(broken=("1 consoles did not come back",))


def test_a_fault_of_any_round_is_a_fault_of_the_whole() -> None:
    assert report([a_round(), a_round(faults=Faults(doubled=1))], RECONNECT.plan).faults == Faults(doubled=1)
