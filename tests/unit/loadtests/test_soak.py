"""A shift takes, answers and closes every alarm; what must not be is found."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from loadtests import shift
from loadtests.acts import Acts
from loadtests.beating import Beat
from loadtests.console import LEFT, Console
from loadtests.door import Sent
from loadtests.gateway_process import Gateway, Target
from loadtests.growth import Reading
from loadtests.judge import Delivered
from loadtests.measured import Faults, Spread
from loadtests.metrics import Metrics
from loadtests.people import People
from loadtests.profiles.base import Stage
from loadtests.profiles.soak import SOAK, Soak
from loadtests.profiles.soak_report import Soaked, report
from loadtests.shift import Shift
from loadtests.tracker import Batch, Tally
from loadtests.usage import Watched
from schemas.commands import Acknowledge, AlarmCommand

ALARM, UNIT = UUID(int=3), UUID(int=4)
TAKEN = {"type": "refused", "problem": {"type": "urn:msa:problem:already-taken"}}


class Desk:
    """A console whose gateway decides by ``takes`` whether an acknowledgement gets the alarm."""

    def __init__(self, takes: Callable[[], bool]) -> None:
        self._takes = takes
        self.asked: list[AlarmCommand] = []

    def carry_out(self, command: AlarmCommand) -> asyncio.Future[dict[str, Any]]:
        self.asked.append(command)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        got = not isinstance(command, Acknowledge) or self._takes()
        result = {"type": "result", "alarm_id": str(ALARM), "version": len(self.asked) + 1}
        future.set_result(result if got else TAKEN)
        return future


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shift, "TAKEN_AFTER_S", 0)
    monkeypatch.setattr(shift, "STEP_S", 0)


async def through(*takes: bool, units: tuple[UUID, ...] = (UNIT,)) -> tuple[Shift, list[Desk]]:
    """Let two operators live through one alarm; the answers to their acknowledgements are given."""
    answers = list(takes)
    desks = [Desk(lambda: answers.pop(0)) for _ in range(2)]
    worked = Shift(Acts(), units)
    worked.consoles = [cast("Console", desk) for desk in desks]
    worked.hear({"kind": "alarm.raised", "alarm": {"alarm_id": str(ALARM), "version": 1}})
    worked.hear({"kind": "unit.duty_changed", "unit": {}})
    async with asyncio.timeout(5):
        while worked.busy:  # noqa: ASYNC110 # a set that empties, not an event
            await asyncio.sleep(0)
    return worked, desks


async def test_the_one_who_gets_the_alarm_lives_through_it_and_its_unit_is_free_again() -> None:
    worked, (first, second) = await through(False, True)
    assert [type(one).__name__ for one in first.asked] == ["Acknowledge"]
    assert [type(one).__name__ for one in second.asked] == [
        *("Acknowledge", "AddNote", "AddNote", "Assign", "ReportUnit", "ReportUnit", "Close")
    ]
    assert second.asked[1] == second.asked[2], "the very same note once more"
    assert (worked.ended, +worked.wrong) == (1, Counter())
    assert list(worked._units) == [UNIT]


async def test_without_a_unit_an_alarm_is_closed_all_the_same() -> None:
    worked, _ = await through(True, False, units=())
    assert worked.ended == 1


async def test_an_alarm_that_both_or_neither_got_is_found() -> None:
    both, _ = await through(True, True)
    assert +both.wrong == Counter({"alarms that both of two operators got": 1})
    neither, _ = await through(False, False)
    assert +neither.wrong == Counter({"alarms that neither of two operators got": 1})
    assert neither.ended == 0


def readings(*megabytes: float, descriptors: int = 30) -> tuple[Reading, ...]:
    return tuple(Reading(float(at), one, descriptors, 4) for at, one in enumerate(megabytes))


def a_run(**changes: Any) -> Soaked:
    plain = {
        "plan": SOAK.asked({"seconds": 60.0}),
        "readings": readings(*[50.0 + at for at in range(20)], *[70.0] * 40),
        "metrics_before": Metrics({}),
        "metrics_after": Metrics({}),
        "before": None,
        "after": None,
        "presses": Delivered(receipt=None, last=Spread(1, 2, 3), commit=None),
        "acts": (),
        "ended": 5,
        "tally": Tally(stored=9),
        "heartbeats": 12,
        "visitors": 3,
        "logged": Counter(),
        "faults": Faults(),
    }
    return Soaked(**{**plain, **changes})


def test_growth_counts_only_after_the_warm_up() -> None:
    found = report(a_run())
    figures = {one.key: one for one in found.figures}
    assert (figures["rss_growth_mb_per_min"].value, figures["rss_growth_mb_per_min"].met) == (0.0, True)
    assert figures["rss_warm_mb"].value == figures["rss_end_mb"].value == 70.0
    assert any("did not grow" in remark for remark in found.remarks)


def test_a_leak_is_said_and_is_no_fault() -> None:
    found = report(a_run(readings=readings(*[70.0 + 0.05 * at for at in range(60)])))
    figures = {one.key: one for one in found.figures}
    assert figures["rss_growth_mb_per_min"].met is False
    assert abs((figures["rss_growth_mb_per_min"].value or 0) - 3.0) < 0.01
    assert any("memory grew" in remark for remark in found.remarks)
    assert found.faults.none


def test_errors_in_the_log_are_named() -> None:
    found = report(a_run(logged=Counter({"deadline_put_off": 2})))
    assert found.as_json()["figures"]["errors_logged"]["met"] is False
    assert "logged as an error: deadline_put_off (2)" in found.remarks


def test_without_readings_there_is_no_word_on_memory() -> None:
    found = report(a_run(readings=()))
    assert "rss_end_mb" not in found.as_json()["figures"]
    assert not any("memory" in remark for remark in found.remarks)


def a_soak(log: Path | None = None) -> Soak:
    people = People(companions={"BE-VOV": ()}, cookies=("", ""))
    gateway = None if log is None else cast("Gateway", SimpleNamespace(log=log))
    target = Target("http://gateway:1", {}, Watched())
    return Soak(Stage(target=target, people=people, gateway=gateway), SOAK.plan)


async def test_every_fault_of_a_soak_is_found() -> None:
    soak = a_soak()
    assert soak._faults(()) == Faults()
    beats = [Sent(Beat(b""), 0, answered=1, status=status) for status in (200, 401)]
    soak._heart.sent += beats
    batches = [Sent(Batch(b"", 2), 0, answered=1, status=status) for status in (202, 503, 404)]
    soak._tally.sent += batches
    soak._shift.wrong["alarms that both of two operators got"] += 1
    gone = soak_console(soak)
    gone.sequences.take(5, 6)
    gone.sequences.take(5, 6)
    soak._left.append(gone)
    assert soak._faults(()) == Faults(
        lost=4,
        doubled=1,
        gaps=1,
        broken=(
            "1 alarms that both of two operators got",
            "1 batches of positions answered 404",
            "1 heartbeats were refused",
        ),
    )


def soak_console(soak: Soak) -> Console:
    console = Console(soak._room.desk, soak._feed, None)
    console.sequences.next = 1
    console.closed = LEFT
    return console


def test_errors_in_the_log_of_the_gateway_are_counted_by_their_event(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    lines = [{"event": "press", "level": "info"}, {"event": "stuck", "level": "error"}]
    log.write_text("plain words\n" + "".join(json.dumps(one) + "\n" for one in lines))
    assert a_soak(log)._logged() == Counter(stuck=1)
    assert a_soak()._logged() == Counter()
