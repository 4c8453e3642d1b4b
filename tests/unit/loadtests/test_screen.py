"""What the screen profile makes of what a browser told it."""

import json
from pathlib import Path

import pytest

from loadtests.browser import Held, Motion, longest_task
from loadtests.measured import Faults
from loadtests.profiles.screen import SCREEN
from loadtests.profiles.screen_report import Watched, report


def watched(**changes: object) -> Watched:
    given = {
        "plan": SCREEN.plan,
        "usable_ms": [400.0, 900.0],
        "painted_ms": [float(n) for n in range(1, 101)],
        "unpainted": 0,
        "reloaded_ms": [300.0],
        "motion": Motion([n * 20.0 for n in range(101)], [55.0, 120.0]),
        "longest_traced_ms": 80.0,
        "held": [(n, Held(10.0 + n / 1000, 700, 90)) for n in range(0, 2001, 250)],
        "faults": Faults(),
    }
    return Watched(**{**given, **changes})  # type: ignore[arg-type] # values by field, as they are


def test_frames_are_counted_by_the_browsers_own_clock() -> None:
    motion = Motion([n * 20.0 for n in range(101)], [])
    assert motion.rate == pytest.approx(50.0)
    assert motion.longest_ms == 0.0
    assert motion.by_second() == [(0.0, 50.0), (1.0, 50.0)]


def test_no_frames_are_no_rate() -> None:
    assert Motion([5.0], []).rate is None


def test_the_slowest_visit_and_the_99th_of_a_hundred_alarms_are_judged() -> None:
    figures = {one.key: one for one in report(watched()).figures}
    assert figures["usable_ms"].value == 900.0
    assert figures["painted_p99_ms"].value == pytest.approx(99.0, rel=0.01)
    assert figures["task_ms"].value == 120.0
    assert all(one.met is not False for one in figures.values())


def test_memory_that_grows_is_missed() -> None:
    growing = [(n, Held(10.0 + n / 250, 700, 90)) for n in range(0, 2001, 250)]
    figures = {one.key: one for one in report(watched(held=growing)).figures}
    assert figures["heap_growth_mb"].value == pytest.approx(4.0)
    assert figures["heap_growth_mb"].met is False


def test_an_alarm_that_was_never_painted_is_missed() -> None:
    figures = {one.key: one for one in report(watched(unpainted=1)).figures}
    assert figures["unpainted"].met is False


def test_of_a_trace_only_the_main_threads_of_pages_count(tmp_path: Path) -> None:
    def task(tid: int, dur: int, name: str = "ThreadControllerImpl::RunTask") -> dict[str, object]:
        return {"name": name, "ph": "X", "pid": 1, "tid": tid, "dur": dur}

    thread = {"name": "thread_name", "pid": 1, "tid": 2, "args": {"name": "CrRendererMain"}}
    file = tmp_path / "trace.json"
    events = [thread, task(2, 31_000), task(2, 8_000), task(3, 900_000), task(2, 99_000, "Layout")]
    file.write_text(json.dumps({"traceEvents": events}))
    assert longest_task(file) == 31.0
