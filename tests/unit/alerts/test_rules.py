"""Every alert fires when it should and not before, by Prometheus' own tools on the deployed files."""

import re
import subprocess
from typing import Any, Final

import pytest
import yaml

from tests.support.alert_rules import OBSERVABILITY, alerts, rules, unknown_metrics
from tests.support.tools import path_of

TESTED: Final = re.compile(
    r'count\(ALERTS\{alertname="(\w+)", alertstate="firing", severity="(\w+)"(?:, case="(\w+)")?\}\)'
)
RECEIVERS: Final = {
    "severity=page": "people",
    "severity=page audience=security": "security",
    "severity=ticket": "desk",
    "severity=watchdog": "outside",
}


def told_by(*command: Any) -> str:
    """Run a tool of Prometheus; return what it prints, which must be no complaint."""
    finished = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "FAILED" not in finished.stderr
    return finished.stdout


def test_each_alert_fires_when_it_should_and_not_before() -> None:
    told_by(path_of("promtool"), "test", "rules", *sorted((OBSERVABILITY / "rules-tests").glob("*.yml")))


def test_each_alert_is_seen_firing_and_seen_quiet() -> None:
    seen: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
    for file in (OBSERVABILITY / "rules-tests").glob("*.yml"):
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            for one in case["promql_expr_test"]:
                asked = TESTED.fullmatch(one["expr"])
                assert asked, one["expr"]
                seen[bool(one["exp_samples"])].add(asked.groups(default=""))
    rules_seen = {alert.selector for alert in alerts()}
    assert seen[True] == rules_seen
    assert rules_seen - seen[False] == {("Watchdog", "watchdog", "")}


def test_prometheus_takes_the_configuration_and_the_rules() -> None:
    checked = told_by(path_of("promtool"), "check", "config", OBSERVABILITY / "prometheus.yml")
    assert f"{len(list((OBSERVABILITY / 'rules').glob('*.yml')))} rule files found" in checked


@pytest.mark.parametrize(("labels", "receiver"), RECEIVERS.items())
def test_who_is_told(labels: str, receiver: str) -> None:
    asked = ("config", "routes", "test", "--config.file", OBSERVABILITY / "alertmanager.yml")
    assert told_by(path_of("amtool"), *asked, *labels.split()).strip() == receiver


def test_alertmanager_takes_the_configuration() -> None:
    told_by(path_of("amtool"), "check-config", OBSERVABILITY / "alertmanager.yml")


def test_what_is_held_back_and_by_what_are_alerts() -> None:
    configuration = yaml.safe_load((OBSERVABILITY / "alertmanager.yml").read_text(encoding="utf-8"))
    names = {alert.name for alert in alerts()}
    for rule in configuration["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            if matcher.startswith("alertname"):
                assert set(re.findall(r"[A-Z]\w+", matcher)) <= names


def test_each_alert_says_how_bad_it_is_in_a_sentence_and_where_to_read_on() -> None:
    for alert in alerts():
        assert alert.labels["severity"] in {"page", "ticket", "watchdog"}, alert.name
        assert alert.annotations["summary"].endswith("."), alert.name
        assert alert.annotations["runbook_url"] == f"{{{{ $externalLabels.runbooks }}}}/{alert.name}.md"
        assert alert.annotations["dashboard"].startswith("{{ $externalLabels.dashboards }}/d/msa-")


def test_what_is_only_rehearsed_wakes_nobody() -> None:
    for alert in alerts():
        if "msa_alarm_flagged_total" in alert.expr or "msa_latency_budget_breaches_total" in alert.expr:
            assert 'purpose="real"' in alert.expr


def test_the_rules_ask_for_metrics_that_there_are() -> None:
    assert unknown_metrics("\n".join(rule["expr"] for rule in rules())) == set()
