import io

from rich.console import Console

from loadtests.gateway_process import Target
from loadtests.measured import Faults, Measured, median_of
from loadtests.profiles.alarms_plot import draw
from loadtests.profiles.alarms_report import Outcome, as_json, print_table
from loadtests.search import Highest
from loadtests.usage import Watched
from tests.unit.loadtests.test_measured import a_round

TARGET = Target("http://gateway:1", {}, Watched(), ready_s=1.5)


def an_outcome(*rounds: Measured, highest: Highest | None = None) -> Outcome:
    return Outcome(rounds=rounds, medians=median_of(rounds), highest=highest)


def printed(*outcomes: Outcome) -> str:
    text = io.StringIO()
    print_table(outcomes, TARGET, Console(file=text, width=100))
    return text.getvalue()


def test_a_clean_run_says_so_and_shows_the_medians() -> None:
    text = printed(an_outcome(a_round(), a_round(), a_round()))
    assert "nothing lost, doubled or gapped" in text
    assert "2.5/4.5" in text
    assert "1.5 s" in text


def test_a_fault_in_one_step_of_the_search_spoils_the_verdict() -> None:
    step = a_round(faults=Faults(lost=3))
    outcome = an_outcome(a_round(), highest=Highest(0.0, None, (step,)))
    assert "not as it must be: lost 3" in printed(outcome)
    assert as_json([outcome], TARGET)["ok"] is False


def test_what_qualifies_a_number_stands_beside_it() -> None:
    text = printed(an_outcome(a_round(raised=5, strangers=1.4, late_ms=30.0)))
    assert "15 of 20 presses were further presses on open alarms" in text
    assert "others kept 1.4 cores busy" in text
    assert "bound by the generator" in text


def test_json_holds_every_round() -> None:
    found = as_json([an_outcome(a_round(), a_round(late_ms=30.0))], TARGET)
    (outcome,) = found["outcomes"]
    assert found["ok"] is True
    assert [one["generator_bound"] for one in outcome["rounds"]] == [False, True]
    assert outcome["medians"]["last"] == {"p50": 2.5, "p99": 4.5, "max": 5.0}


def test_the_picture_is_a_png(tmp_path) -> None:
    file = tmp_path / "latency.png"
    draw([an_outcome(a_round()), an_outcome(a_round(consoles=100))], file)
    assert file.read_bytes().startswith(b"\x89PNG")
