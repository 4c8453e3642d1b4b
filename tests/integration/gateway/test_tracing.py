"""One trace a press: in the collector, in the log, beside the figures, with the alarm."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from pydantic import SecretStr

from ble_bridge.trace_context import traceparent
from gateway.settings import Settings
from gateway.store.sealing import make_key_file
from tests.support.collector import a_collector
from tests.support.desk import a_desk
from tests.support.gateway import Companion, Running, a_press
from tests.support.processes import PATIENT, Node
from tests.support.wait import until

OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
OURS = {"receive", "judge", "commit", "fan_out", "delivered"}


def at(node: Node, directory: Path, http: httpx.AsyncClient) -> Running:
    """Return a gateway that is a process as those are that run here."""
    database = SecretStr(node.database)
    settings = Settings(database_url=database, data_dir=directory, key_file=directory / "kek")
    process = asyncio.get_running_loop().create_future()
    return Running(database=node.database, settings=settings, url=node.url, http=http, node=process)  # type: ignore[arg-type] # nobody stops it by this


async def post(gateway: Running, companion: Companion, headers: dict[str, str]) -> dict[str, Any]:
    url, body = f"{gateway.url}/v1/presses", json.dumps(a_press()).encode()
    signed = companion.signed("POST", url, body)
    answer = await gateway.http.post(url, content=body, headers={**signed, **headers})
    taken: dict[str, Any] = answer.raise_for_status().json()
    return taken


async def exemplars(gateway: Running) -> dict[str, set[str]]:
    """Return the trace ids that stand beside the figures, by instrument."""
    answer = await gateway.http.get(f"{gateway.url}/metrics", headers=OPENMETRICS)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            if sample.exemplar is not None:
                assert sample.exemplar.labels.keys() == {"trace_id"}, "nothing else stands beside a figure"
                found.setdefault(family.name, set()).add(sample.exemplar.labels["trace_id"])
    return found


async def answered(gateway: Running, headers: dict[str, str]) -> dict[str, Any]:
    """Press, have it drawn at a console and taken there; return the alarm as it was raised."""
    async with a_desk(gateway, "BE-VOV") as desk:
        alarm_id = (await post(gateway, await gateway.a_companion(), headers))["alarm_id"]
        (raised,) = await desk.told("alarm.raised")
        told = {"alarm_id": alarm_id, "centre": "BE-VOV", "painted_at": raised["at"]}
        await desk.console.send("delivered", sequence=1, **told)
        await desk.ask("acknowledge", alarm_id)
    alarm: dict[str, Any] = raised["alarm"]
    return alarm


async def all_figures(gateway: Running, trace_id: str) -> None:
    figures = {"press_commit", "alarm_fanout", "alarm_delivery", "alarm_acknowledgement"}
    wanted = {f"msa_{name}_seconds": {trace_id} for name in figures}

    async def there() -> bool:
        return await exemplars(gateway) == wanted

    await until("all four figures have it", there)


async def test_without_an_sdk_a_press_has_the_trace_that_its_companion_began(gateway: Running) -> None:
    sent = traceparent(uuid4())
    alarm = await answered(gateway, {"traceparent": sent})
    assert alarm["trail"]["trace_id"] == sent.split("-")[1]
    await all_figures(gateway, alarm["trail"]["trace_id"])


async def test_who_asks_for_text_gets_text_without_exemplars(gateway: Running) -> None:
    await post(gateway, await gateway.a_companion(), {})
    answer = await gateway.http.get(f"{gateway.url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "trace_id" not in answer.text


async def test_a_press_with_no_trace_or_a_broken_one_gets_one_of_our_own(gateway: Running) -> None:
    async with a_desk(gateway, "BE-VOV") as desk:
        broken: tuple[dict[str, str], ...] = ({}, {"traceparent": "00-zz-zz-01"})
        for number, headers in enumerate(broken, 1):
            await post(gateway, await gateway.a_companion(), headers)
            told = await desk.told("alarm.raised", number)
        ids = {event["alarm"]["trail"]["trace_id"] for event in told}
    assert len(ids) == 2
    assert all(len(one) == 32 and int(one, 16) for one in ids)


async def test_a_real_press_is_one_trace_at_a_collector_in_the_log_and_beside_the_figures(
    database: str, tmp_path: Path
) -> None:
    make_key_file(tmp_path / "kek")
    (tmp_path / "responses.toml").write_text(PATIENT, encoding="utf-8")
    node = Node("a", database, tmp_path)
    with a_collector() as collector:
        node.settings |= {
            "MSA_LOG_LEVEL": "info",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }
        try:
            await node.start()
            async with httpx.AsyncClient() as http:
                gateway = at(node, tmp_path, http)
                sent = traceparent(uuid4()).replace("-01", "-00")
                trace_id, companions_span = sent.split("-")[1:3]
                alarm = await answered(gateway, {"traceparent": sent})
                await all_figures(gateway, trace_id)
            await until("the spans are there", lambda: collector.of(trace_id).keys() >= OURS)
        finally:
            node.kill()
    spans = collector.of(trace_id)
    root = spans["receive"].span_id
    assert spans["receive"].parent_span_id.hex() == companions_span
    assert {spans[name].parent_span_id for name in OURS - {"receive"}} == {root}
    assert alarm["trail"]["trace_id"] == trace_id
    assert alarm["trail"]["span_id"] == root.hex()
    lines = [json.loads(line) for line in node.log_file.read_text().splitlines() if line.startswith("{")]
    assert [line["trace_id"] for line in lines if line["event"] == "press"] == [trace_id]
    assert collector.resources["service.name"] == "msa-gateway"
    said = {one.key for span in spans.values() for one in span.attributes}
    assert said == {"centre", "purpose"}, "nothing about anybody leaves"
    assert not any(span.events for span in spans.values())
