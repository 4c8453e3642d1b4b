"""What Prometheus is told of a node."""

from uuid import uuid4

from prometheus_client.parser import text_string_to_metric_families

from tests.support.gateway import Running


async def counted(gateway: Running, name: str) -> dict[str, float]:
    """Return the samples of one metric, by centre."""
    text = (await gateway.http.get(f"{gateway.url}/metrics")).text
    return {
        sample.labels["centre"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


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
