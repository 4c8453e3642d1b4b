from datetime import UTC, datetime, timedelta
from typing import Any

from loadtests import background
from loadtests.acts import Act
from loadtests.figures import Report
from loadtests.judge import Delivered
from loadtests.ladder import Level
from loadtests.measured import Faults, Spread
from loadtests.profiles.storm import STORM, crowds
from loadtests.profiles.storm_report import Phase, Told, report
from tests.unit.loadtests.test_acts import a_command

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def told(committed_s: float, told_s: float, level: int = 1) -> Told:
    due, second = NOW + timedelta(seconds=10), timedelta(seconds=1)
    return Told(Level(1, level, due, due + committed_s * second), due + told_s * second)


def a_phase(**changes: Any) -> Phase:
    delivered = Delivered(receipt=None, last=Spread(5, 9, 12), commit=None)
    plain = {
        "name": "storm",
        "words": "storm",
        "began_at": NOW,
        "deadlines": 3.0,
        "spread_out": delivered,
        "at_once": delivered,
        "told": (told(0.2, 0.25), told(0.5, 1.5, level=2)),
        "acts": (Act("acknowledge", a_command(), 1_000_000, answered=5_000_000),),
        "raised": 120,
        "others": 7,
        "strangers": 0.0,
        "faults": Faults(),
    }
    return Phase(**{**plain, **changes})


def figures(found: Report) -> dict[str, Any]:
    return {one.key: one for one in found.figures}


def test_lateness_at_the_last_console_is_held_against_the_target_and_that_of_the_commit_is_said() -> None:
    found = figures(report([a_phase()], "storm", Faults()))
    assert abs((found["storm_told_late_max_s"].value or 0) - 1.5) < 0.01
    assert found["storm_told_late_max_s"].met is False
    assert abs((found["storm_committed_late_max_s"].value or 0) - 0.5) < 0.01
    assert found["storm_levels"].value == 2
    assert abs((found["storm_command_p50_ms"].value or 0) - 4) < 0.1


def test_faults_of_either_storm_and_of_what_lies_between_count() -> None:
    among = a_phase(name="among", faults=Faults(broken=("1 levels told again",)))
    found = report([a_phase(), among], "storm", Faults(lost=1))
    assert found.faults == Faults(lost=1, broken=("1 levels told again",))
    assert {"storm_levels", "among_levels"} <= figures(found).keys()


def test_a_storm_in_which_no_level_was_told_has_no_lateness() -> None:
    found = figures(report([a_phase(told=())], "storm", Faults()))
    assert (found["storm_told_late_p99_s"].value, found["storm_told_late_p99_s"].met) == (None, None)


def test_there_are_as_many_people_as_alarms_and_open_deadlines_need() -> None:
    own, behind = crowds(STORM.plan)
    assert own.companions == 120
    assert behind.companions * 2 * background.DEADLINES_AN_ALARM >= STORM.plan.deadlines
    assert len(crowds(STORM.asked({"deadlines": 0}))) == 1
