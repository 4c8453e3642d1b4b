import io

import pytest
from rich.console import Console

from loadtests.figures import Figure, Line, Panel, Report, spread_figures, strangers_remark
from loadtests.measured import Faults, Spread
from loadtests.profiles import PROFILES


def a_report(**changes) -> Report:
    plain = {
        "title": "something",
        "figures": (
            Figure("age_p99_ms", "age, p99", 12.34, "ms", 20.0),
            Figure("slow_ms", "slow", 30.0, "ms", 20.0),
            Figure("unknown_mb", "unknown", None, "MB", 5.0),
        ),
        "faults": Faults(),
    }
    return Report(**{**plain, **changes})


def shown(report: Report) -> str:
    text = io.StringIO()
    report.show(Console(file=text, width=120))
    return text.getvalue()


def test_each_target_is_said_to_be_met_or_missed_and_an_unknown_number_is_neither() -> None:
    lines = {line.split()[0]: line for line in shown(a_report()).splitlines() if line.strip()}
    assert "12.3 ms" in lines["age,"]
    assert "met" in lines["age,"]
    assert "missed" in lines["slow"]
    assert not {"met", "missed"} & set(lines["unknown"].split())
    found = a_report().as_json()["figures"]
    assert [one["met"] for one in found.values()] == [True, False, None]


def test_a_missed_target_is_no_fault_and_a_fault_is() -> None:
    assert a_report().as_json()["ok"] is True
    broken = a_report(faults=Faults(lost=2, closed=("4408: [slow]",), broken=("told twice",)))
    assert broken.as_json()["ok"] is False
    said = " ".join(shown(broken).split())
    assert "not as it must be: lost 2; 4408: [slow]; told twice" in said


def test_a_spread_becomes_three_figures_whose_targets_go_by_name() -> None:
    p50, p99, most = spread_figures("age", "age", Spread(1, 2, 3), p99=1.5)
    assert (p50.value, p99.value, most.value) == (1, 2, 3)
    assert (p50.met, p99.met, most.met) == (None, False, None)


def test_others_on_the_machine_are_mentioned_only_when_they_weigh() -> None:
    assert strangers_remark(None) == strangers_remark(0.1) == []
    assert "1.4 cores" in strangers_remark(1.4)[0]


def test_the_picture_is_a_png(tmp_path) -> None:
    panel = Panel(
        title="age", across="s", up="ms", lines=(Line("p99", ((0, 1), (1, 2))),), levels={"wanted": 3}
    )
    file = tmp_path / "found.png"
    a_report(panels=(panel, panel)).draw(file)
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_takes_what_it_names_and_refuses_the_rest(name: str) -> None:
    profile = PROFILES[name]
    assert profile.asked({}) == profile.plan
    assert profile.asked({"seconds": 7.0}).seconds == 7.0
    with pytest.raises(ValueError, match="nonsense"):
        profile.asked({"nonsense": 1})
