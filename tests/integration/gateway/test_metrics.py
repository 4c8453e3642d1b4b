"""What Prometheus is told of a node."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from gateway.store.connect import connected
from gateway.telemetry import Metrics
from schemas.press import Purpose
from schemas.registration import Population
from tests.support.desk import a_desk
from tests.support.gateway import Running, running
from tests.support.wait import until


async def counted(gateway: Running, name: str, by: str = "centre") -> Mapping[str, float]:
    """Return the samples of one metric, added up by one of its labels."""
    text = (await gateway.http.get(f"{gateway.url}/metrics")).text
    found: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name:
                found[sample.labels[by]] += sample.value
    return found


async def test_an_acknowledgement_is_timed_once_however_often_it_is_asked_for(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
        await console.next("event")
        assert await counted(gateway, "msa_alarm_acknowledgement_seconds_count") == {}
        command = {"request_id": str(uuid4()), "alarm_id": alarm_id, "expected_version": 1}
        await console.send("acknowledge", **command)
        await console.next("event")
        await console.next("result")
        await console.send("acknowledge", **command)
        await console.next("result")
    assert await counted(gateway, "msa_alarm_acknowledgement_seconds_count") == {"BE-VOV": 1}
    took = await counted(gateway, "msa_alarm_acknowledgement_seconds_sum")
    assert 0 < took["BE-VOV"] < 10


async def _some(ask: Callable[[], Awaitable[Mapping[str, float]]]) -> bool:
    return bool(await ask())


COUNTED_APART = {
    "msa_press_total",
    "msa_press_commit_seconds_count",
    "msa_alarm_flagged_total",
    "msa_alarm_fanout_seconds_count",
    "msa_alarm_acknowledgement_seconds_count",
    "msa_alarm_delivery_seconds_count",
    "msa_stream_events_total",
    "msa_latency_budget_breaches_total",
}


@pytest.mark.parametrize("population", [Population.EXERCISE, Population.CANARY])
async def test_what_is_not_real_stands_in_no_real_figure(
    database: str, tmp_path: Path, population: Population
) -> None:
    """The press says that it is real, as every phone's does: the file decides."""
    async with running(database, tmp_path, latency_budget_ms=1) as node:
        companion = await node.a_companion()
        async with connected(database, application_name="test") as connection:
            await connection.execute("UPDATE registration SET population = $1", population)
        async with a_desk(node, "BE-VOV") as desk:
            alarm_id = (await node.press(companion)).json()["alarm_id"]
            (raised,) = await desk.told("alarm.raised")
            told = {"alarm_id": alarm_id, "centre": "BE-VOV", "painted_at": raised["at"]}
            await desk.console.send("delivered", sequence=1, **told)
            await desk.ask("acknowledge", alarm_id)
        delivered = partial(counted, node, "msa_alarm_delivery_seconds_count", "purpose")
        await until("the delivery is written", lambda: _some(delivered))
        for name in COUNTED_APART:
            by_purpose = await counted(node, name, "purpose")
            assert {purpose for purpose, number in by_purpose.items() if number} == {population}, name


async def test_every_metric_of_presses_and_alarms_tells_purposes_apart_or_is_of_real_ones_only() -> None:
    apart = {
        name
        for name, instrument in vars(Metrics()).items()
        if isinstance(instrument, MetricWrapperBase) and "purpose" in instrument._labelnames
    }
    mixed = {
        name
        for name, instrument in vars(Metrics()).items()
        if isinstance(instrument, MetricWrapperBase)
        and instrument._name.startswith(("msa_press", "msa_alarm", "msa_latency"))
    } - apart
    assert mixed == {"batch", "escalations"}, (
        "statements, whatever they hold; and only a real alarm escalates"
    )


def test_what_alerts_divide_by_is_there_before_its_first_event() -> None:
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in Metrics().registry.collect()
        for sample in family.samples
    }
    for outcome in ("committed", "seen_before", "provisional"):
        for purpose in Purpose:
            assert samples["msa_press_total", outcome, purpose] == 0
            assert samples["msa_latency_budget_breaches_total", purpose] == 0
    for outcome in ("refused", "failed"):
        assert samples["msa_press_total", outcome, "unknown"] == 0
