"""The dashboards are what their code says, and what a person can read at night."""

import re

import pytest
from prometheus_client.metrics import MetricWrapperBase

from deploy.dashboards import BOARDS, DIRECTORY, rendered
from deploy.dashboards_panels import Board, Shape
from deploy.dashboards_reading import bare, choices, document, filled, grouped, matchers, metrics, panels
from gateway.canary.metrics import CanaryMetrics
from gateway.door_metrics import DoorMetrics
from gateway.outbound.instruments import SendingInstruments
from gateway.telemetry import Metrics

ROOT = DIRECTORY.parents[2]
RUNBOOK = ROOT / "docs" / "runbook"
OF_TARGETS = {"job", "instance", "le"}
"""Labels that no instrument has: a target's, and the bound of a bucket."""


def labels_of_instruments() -> dict[str, set[str]]:
    """Return the labels of every metric of a node and of the canary."""
    node = Metrics().registry
    DoorMetrics(node)
    SendingInstruments(node)
    found: dict[str, set[str]] = {}
    for instrument in (*node._collector_to_names, *CanaryMetrics(()).registry._collector_to_names):
        labels = set(instrument._labelnames) if isinstance(instrument, MetricWrapperBase) else set()
        found |= {bare(family.name): labels for family in instrument.collect()}
    return found | {"up": set()}


def test_the_files_are_what_the_code_says() -> None:
    assert {file.name for file in DIRECTORY.glob("*.json")} == set(rendered())
    for name, text in rendered().items():
        assert (DIRECTORY / name).read_text(encoding="utf-8") == text, "python deploy/dashboards.py"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_each_row_asks_a_question_and_each_panel_says_what_it_shows(board: Board) -> None:
    for row in board.rows:
        assert row.question.endswith("?")
        for panel in row.panels:
            assert panel.says.endswith((".", ")"))
            assert len({query.legend for query in panel.queries}) == len(panel.queries)
            assert all(query.legend for query in panel.queries) or panel.shape in {Shape.NUMBER, Shape.TABLE}
            assert [value for value, _ in panel.limits] == sorted(value for value, _ in panel.limits)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_no_two_panels_lie_on_each_other(board: Board) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(document(DIRECTORY / f"{board.name}.json")):
        x, y, width, height = panel.place
        cells = {(x + right, y + down) for right in range(width) for down in range(height)}
        assert not cells & taken, panel.title
        assert x + width <= 24
        taken |= cells


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_every_variable_of_a_query_is_one_of_its_dashboard(board: Board) -> None:
    read = document(DIRECTORY / f"{board.name}.json")
    for panel in panels(read):
        for target in panel.targets:
            assert "$" not in filled(target.expr, choices(read), 20, 3600)


def test_every_panel_that_names_a_page_of_the_runbook_names_one_that_is_there() -> None:
    named = {panel.runbook for board in BOARDS for row in board.rows for panel in row.panels} - {""}
    assert sorted(named - {page.stem for page in RUNBOOK.glob("*.md")}) == []


def test_where_the_runbook_is_read_can_be_said() -> None:
    text = rendered("https://elsewhere.example/pages")["node.json"]
    (address,) = set(re.findall(r'"value": "(https://[^"]+)"', text))
    assert address == "https://elsewhere.example/pages"
    assert "${runbooks}/NodeDown.md" in text


def test_every_query_names_metrics_labels_and_values_that_there_are() -> None:
    """A zero for what has not happened yet would hide a word that never will."""
    own = labels_of_instruments()
    written = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("gateway", "schemas")
        for file in ROOT.glob(f"{folder}/**/*.py")
    )
    for board in BOARDS:
        for query in (query.expr for row in board.rows for panel in row.panels for query in panel.queries):
            assert set(metrics(query)) <= set(own), query
            kept = set().union(*(own[name] for name in metrics(query)))
            assert grouped(query) <= kept | OF_TARGETS, query
            for name, label, value in matchers(query):
                assert label in own[name] | OF_TARGETS, query
                words = set() if label in OF_TARGETS or value.startswith("$") else set(value.split("|"))
                assert all(re.search(f"[\"']{word}[\"']", written) for word in words), query
