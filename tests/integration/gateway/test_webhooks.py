"""The outside is told that nobody answers: signed, at least once, until somebody does."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gateway.clock import SystemClock
from gateway.domain.errors import WebhookRefused
from gateway.settings import Settings
from gateway.store.connect import Connection
from gateway.telemetry import Metrics
from gateway.webhooks import Outside, Webhooks
from schemas.alarm import AlarmView
from schemas.commands import Acknowledge
from tests.integration.gateway.test_follow_ups import on
from tests.support.answering import (
    Station,
    a_station,
    an_attended_station,
    an_operator_view,
    notices_of,
    time_passes,
)
from tests.support.changing import pressed
from tests.support.gateway import DEADLINE_S, running
from tests.support.records import a_companion, an_operator

SECRET = bytes(range(32))
URL = "https://outside.example/called"
OUTCOMES = "SELECT outcome FROM webhook_call"
NOW = "SELECT clock_timestamp()"
DUE = "SELECT due_at FROM webhook_call"


@dataclass
class Receiver:
    """The far side of the call: what it answers, and what it got."""

    status: int = 204
    got: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        if self.status == 0:
            raise httpx.ConnectError("refused")
        return httpx.Response(self.status, headers={"location": "https://elsewhere.example"})

    @property
    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.got]


@pytest.fixture
async def station(database: str) -> AsyncIterator[Station]:
    async with an_attended_station(database, {"BE-VOV": 1}) as node:
        yield node


@pytest.fixture
async def alarm(station: Station, connection: Connection) -> AlarmView:
    """An alarm that has reached the webhook's level."""
    alarm = await pressed(connection, await a_companion(connection))
    await time_passes(connection, 120)
    await station.answer()
    return alarm


def webhooks(station: Station) -> Webhooks:
    assert station.follow_ups.calls is not None
    return Webhooks(
        outside=Outside(URL, SECRET),
        calls=station.follow_ups.calls,
        notices=station.follow_ups.notices,
        clock=SystemClock(),
        metrics=Metrics(),
    )


async def look(station: Station, receiver: Receiver) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(receiver)) as http:
        await webhooks(station).look(http)


async def test_a_call_is_signed_as_standard_webhooks_and_says_nothing_personal(
    station: Station, alarm: AlarmView
) -> None:
    receiver = Receiver()
    await look(station, receiver)
    await look(station, receiver)
    (request,) = receiver.got
    headers, body = request.headers, request.content.decode()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    wanted = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert abs(int(headers["webhook-timestamp"]) - SystemClock().now().timestamp()) < 60
    told = json.loads(body)
    assert told["data"] == {
        "alarm_id": str(alarm.alarm_id),
        "centre": "BE-VOV",
        "level": 5,
        "reason": "unanswered",
        "raised_at": told["data"]["raised_at"],
    }


def test_the_signature_is_that_of_the_published_example() -> None:
    """The example of the specification's own libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = Outside(URL, secret).headers("msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', 1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_what_fails_is_tried_again_under_the_same_id_until_it_gets_through(
    station: Station, alarm: AlarmView, connection: Connection
) -> None:
    receiver = Receiver(status=503)
    waits_s = [1, 2, 5, 10, 30, 60, 60]
    for tries, wait_s in enumerate(waits_s, 1):
        receiver.status = (503, 302, 0, 500)[tries % 4]
        began = await connection.fetchval(NOW)
        await look(station, receiver)
        assert len(receiver.got) == tries
        ended, due = await connection.fetchval(NOW), await connection.fetchval(DUE)
        assert began <= due - timedelta(seconds=wait_s) <= ended
        await time_passes(connection, wait_s - max(waits_s))  # due in a minute, however slow this is
        await look(station, receiver)
        assert len(receiver.got) == tries
        failed = ("BE-VOV", "webhook_failed", str(alarm.alarm_id)) in await notices_of(connection)
        assert failed == (tries >= 4)
        await time_passes(connection, max(waits_s))
    receiver.status = 200
    await look(station, receiver)
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == len(waits_s) + 1
    assert await connection.fetchval(OUTCOMES) == "delivered"
    assert ("BE-VOV", "webhook_failed", str(alarm.alarm_id)) not in await notices_of(connection)


async def test_once_somebody_has_the_alarm_the_outside_is_not_called_any_more(
    station: Station, alarm: AlarmView, connection: Connection
) -> None:
    receiver = Receiver(status=500)
    await look(station, receiver)
    operator = an_operator_view(await an_operator(connection))
    await station.commands.carry_out(operator, Acknowledge(**on(alarm)))
    await time_passes(connection, 60)
    await look(station, receiver)
    assert len(receiver.got) == 1
    assert await connection.fetchval(OUTCOMES) == "answered"


async def test_what_a_node_died_over_is_called_by_another(
    database: str, station: Station, alarm: AlarmView, connection: Connection
) -> None:
    receiver = Receiver()
    assert station.follow_ups.calls is not None
    assert await station.follow_ups.calls.claim(9)
    async with a_station(database) as other:
        await look(other, receiver)
        assert receiver.got == []
        await time_passes(connection, 8)
        await look(other, receiver)
    assert len(receiver.got) == 1


async def test_a_clock_set_back_does_not_keep_a_call_waiting(
    station: Station, alarm: AlarmView, connection: Connection
) -> None:
    receiver = Receiver(status=500)
    await look(station, receiver)
    await time_passes(connection, -3600)
    await look(station, receiver)
    assert len(receiver.got) == 2


async def test_a_running_node_calls_the_outside(database: str, tmp_path: Path) -> None:
    called = asyncio.get_running_loop().create_future()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()
        if not called.done():
            called.set_result(head)

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/nobody"
    secret = a_file(tmp_path, f"whsec_{base64.b64encode(SECRET).decode()}")
    async with (
        server,
        running(database, tmp_path, escalation_webhook=url, escalation_webhook_secret_file=secret) as node,
    ):
        await node.press(await node.a_companion())
        await time_passes(database, 120)
        async with asyncio.timeout(DEADLINE_S):
            head = await called
    assert head.startswith("POST /nobody ")
    assert "webhook-signature: v1," in head


# --- the settings -------------------------------------------------------------------------------


def a_file(directory: Path, written: str, mode: int = 0o600) -> Path:
    path = directory / "secret"
    path.write_text(written)
    path.chmod(mode)
    return path


def test_without_an_outside_nobody_is_called() -> None:
    assert Outside.of(Settings()) is None


def test_the_secret_is_read_and_never_shown(tmp_path: Path) -> None:
    path = a_file(tmp_path, f"whsec_{base64.b64encode(SECRET).decode()}\n")
    outside = Outside.of(Settings(escalation_webhook=URL, escalation_webhook_secret_file=path))
    assert outside == Outside(URL, SECRET)
    assert "secret" not in repr(outside)


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("whsec_c2hvcnQ=", 0o600),
        ("whsec_!!", 0o600),
        (base64.b64encode(SECRET).decode(), 0o600),
        (f"whsec_{base64.b64encode(SECRET).decode()}", 0o644),
    ],
)
def test_a_secret_that_cannot_be_used_is_refused(tmp_path: Path, written: str, mode: int) -> None:
    path = a_file(tmp_path, written, mode)
    with pytest.raises(WebhookRefused) as refused:
        Outside.of(Settings(escalation_webhook=URL, escalation_webhook_secret_file=path))
    assert str(path) in str(refused.value)


def test_a_url_without_a_secret_is_refused(tmp_path: Path) -> None:
    for missing in (None, tmp_path / "not there"):
        with pytest.raises(WebhookRefused):
            Outside.of(Settings(escalation_webhook=URL, escalation_webhook_secret_file=missing))
