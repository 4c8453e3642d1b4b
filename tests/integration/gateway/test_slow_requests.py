"""A request that does not arrive costs its own connection and nobody else's."""

import asyncio

import pytest

from gateway.http.prompt import PromptProtocol
from tests.support.gateway import DEADLINE_S, Running


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /v1/presses HTTP/1.1\r\nHost: x\r\nContent-Le",
        b"POST /v1/presses HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    ],
)
async def test_a_request_that_never_ends_is_dropped(
    gateway: Running, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(PromptProtocol, "DEADLINE_S", 0.05)
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(begun)
    async with asyncio.timeout(DEADLINE_S):
        assert await reader.read() == b""
    writer.close()
    monkeypatch.undo()
    assert (await gateway.press(await gateway.a_companion())).status_code == 201


async def test_a_slow_answer_is_not_a_slow_request(gateway: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    companion = await gateway.a_companion()
    alarm_id = (await gateway.press(companion)).json()["alarm_id"]
    monkeypatch.setattr(PromptProtocol, "DEADLINE_S", 0.05)
    url = f"{gateway.url}/v1/alarms/{alarm_id}/signals?after=1"
    asking = asyncio.create_task(gateway.http.get(url, headers=companion.signed("GET", url)))
    done, _ = await asyncio.wait([asking], timeout=0.2)
    assert not done
    asking.cancel()
