"""Another system follows a centre's alarms, loses its place, and rebuilds: over HTTP, on a running node."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from gateway.clock import SystemClock
from gateway.domain.integrators import Integrator
from gateway.domain.receivers import NewReceiver
from gateway.store.connect import Connection, Pool
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.sealing import Keyring
from schemas.alarm import AlarmView
from schemas.integrators import IntegratorScope
from schemas.receivers import ReceiverFormat, StreamReset
from tests.support.contract import as_told
from tests.support.eido_schema import problems
from tests.support.gateway import DEADLINE_S, Running, a_press, running
from tests.support.integrators import Client, a_client
from tests.support.receiver import Call, Receiver, a_receiver

URL = "/v1/streams/BE-VOV"

OF_A_LATER_VERSION = """
UPDATE stream_event SET image = jsonb_set(image, '{source,kind}', '"of_a_later_version"')"""


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(
        database, tmp_path, receiver_loopback=True, public_urls=("https://msa.example",)
    ) as node:
        yield node


class Reader:
    """A dispatch system: a token, and its place in a stream."""

    def __init__(self, node: Running, client: Client, token: str) -> None:
        self.node, self.client = node, client
        self.headers = {"authorization": f"Bearer {token}"}
        self.cursor: str | None = None

    async def ask(self, path: str = URL, **query: Any) -> httpx.Response:
        headers = self.headers | query.pop("headers", {})
        return await self.node.http.get(
            f"{self.node.url}{path}", params=query, headers=headers, timeout=DEADLINE_S
        )

    async def read(self, **query: Any) -> list[dict[str, Any]]:
        """Read on from where it is."""
        answer = await self.ask(**({"after": self.cursor} if self.cursor else {}), **query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/cloudevents-batch+json")
        assert answer.headers["etag"] == f'"{answer.headers["msa-cursor"]}"'
        assert answer.headers["msa-cursor"] in answer.headers["link"]
        self.cursor = answer.headers["msa-cursor"]
        return [as_told(event) for event in answer.json()]


async def a_reader(node: Running, pool: Pool, *scopes: IntegratorScope, **changes: Any) -> Reader:
    client = await a_client(pool, SystemClock(), *scopes, **changes)
    return Reader(node, client, await client.token(node.http, node.url))


async def received(node: Running, pool: Pool, outside: Receiver, of: Integrator, **changes: Any) -> str:
    """Have a receiver told; return its secret."""
    new: dict[str, Any] = {
        "integrator_id": of.integrator_id,
        "name": str(changes.get("format", "outside")),
        "url": outside.url,
        "format": ReceiverFormat.CLOUDEVENTS,
        "centres": (),
        "purposes": (),
        "with_person": True,
        **changes,
    }
    receivers = PostgresReceivers(pool, Keyring.read(node.settings.kek_file))
    _, secret = await receivers.add(NewReceiver(**new), of)
    return secret.given


def cap_of(call: Call) -> Any:
    return etree.fromstring(call.body)


async def test_a_stream_read_on_says_what_receivers_were_told(gateway: Running, pool: Pool) -> None:
    reader = await a_reader(gateway, pool, centres=("BE-VOV",))
    async with a_receiver() as outside, a_receiver() as eido, a_receiver() as cap:
        of = reader.client.integrator
        secret = await received(gateway, pool, outside, of)
        await received(gateway, pool, eido, of, format=ReceiverFormat.EIDO)
        await received(gateway, pool, cap, of, format=ReceiverFormat.CAP)
        (nothing,) = await reader.read()
        assert StreamReset.model_validate(nothing["data"]).reason == "first_attach"

        companion = await gateway.a_companion(victim="Mira Voorbeeld")
        waiting = asyncio.create_task(reader.read(wait=20))
        await asyncio.sleep(0)
        await gateway.press(companion)
        (raised,) = await waiting
        for _ in range(3):
            await gateway.press(companion)
        await gateway.press(await gateway.a_companion(), a_press(purpose="test"))
        told = [call.verified(secret) for call in await outside.got(4)]
        read = [raised]
        while len(read) < 4:
            read += await reader.read(limit=2)
        assert read == told
        assert AlarmView.model_validate(read[0]["data"]).person is not None
        assert read[0]["data"]["person"]["victim"]["name"] == "Mira Voorbeeld"

        for call in await eido.got(4):
            assert problems(call.event) == []
        last = etree.fromstring((await cap.got(4))[-1].body)
        assert last.findtext("{*}identifier") == f"{raised['subject']}.4"
        sent = {one.findtext("{*}identifier"): one.findtext("{*}sent") for one in map(cap_of, cap.calls)}
        before = [f"{raised['subject']}.{version}" for version in (1, 2, 3)]
        named = " ".join(f"msa.example,{one},{sent[one]}" for one in before)
        assert last.findtext("{*}references") == named, (
            "CAP 1.2, 3.2.1: every earlier message that it updates"
        )
        asked = await reader.ask(after=f"{raised['id'].partition(':')[0]}:3", format="cap")
        (followed,) = asked.json()
        assert etree.fromstring(followed["data"].encode()).findtext("{*}references") == named
        _, opened = (await reader.ask(format="cap")).json()
        assert etree.fromstring(opened["data"].encode()).findtext("{*}references") == named
        assert (await reader.read()) == []


async def test_a_reader_that_lost_its_place_is_told_why_and_rebuilds_from_the_open_alarms(
    gateway: Running, pool: Pool, connection: Connection
) -> None:
    reader = await a_reader(gateway, pool, IntegratorScope.STREAMS)
    receipt = (await gateway.press(await gateway.a_companion())).json()
    reset, alarm = await reader.read()
    assert (reset["type"], reset["data"]["alarms"]) == ("be.msa.stream.reset", 1)
    assert alarm["type"] == "be.msa.alarm.snapshot"
    assert (alarm["subject"], alarm["data"]["person"]) == (receipt["alarm_id"], None)
    assert (alarm["data"]["reference"], alarm["data"]["circumstances"]) == (None, [])
    assert reader.cursor is not None
    epoch, _, sequence = reader.cursor.partition(":")
    for asked, why in [
        (f"0{epoch[1:]}0:1", "epoch_changed"),
        (f"{epoch}:{int(sequence) + 9}", "ahead_of_log"),
    ]:
        reader.cursor = asked
        reset, again = await reader.read()
        assert reset["data"]["reason"] == why
        assert again["data"] == alarm["data"]
    await connection.execute("UPDATE centre_stream SET first_kept = 2 WHERE centre_id = 'BE-VOV'")
    reader.cursor = f"{epoch}:0"
    reset, _ = await reader.read()
    assert reset["data"]["reason"] == "expired"
    assert reset["data"]["lost"] == {"first": 1, "last": int(sequence)}
    unchanged = await reader.ask(after=reader.cursor, headers={"if-none-match": f'"{reader.cursor}"'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    lines = await reader.ask(headers={"accept": "application/x-ndjson"})
    assert [json.loads(line)["type"] for line in lines.text.splitlines()] == [
        "be.msa.stream.reset",
        "be.msa.alarm.snapshot",
    ]
    disclosed = await connection.fetch("SELECT facts, centre_id FROM journal WHERE kind = 'alarm.disclosed'")
    assert len(disclosed) == 5
    assert disclosed[0]["facts"] == {"what": "stream", "person": False}

    for format_ in ("eido", "cap"):
        _, formatted = (await reader.ask(format=format_)).json()
        if format_ == "eido":
            assert problems(formatted["data"]) == []
        else:
            assert etree.fromstring(formatted["data"].encode()).findtext("{*}status") == "Actual"


async def test_an_incident_is_told_anew_to_whom_it_is_open_to_by_the_id_that_its_eido_has(
    gateway: Running, pool: Pool, connection: Connection
) -> None:
    companion = await gateway.a_companion()
    await gateway.press(companion)
    reader = await a_reader(gateway, pool, IntegratorScope.STREAMS, centres=("BE-VOV",))
    _, first = (await reader.ask(format="eido")).json()
    await gateway.press(companion)
    looked = await reader.ask(f"/EIDO/{first['data']['$id']}")
    assert (looked.status_code, looked.headers["content-type"]) == (200, "application/json")
    now = looked.json()
    assert problems(now) == []
    assert now["$id"] == first["data"]["$id"]
    assert now["incidentComponent"]["incidentStatusInternalText"] == ["raised", "alarm.pressed_again"]
    facts = await connection.fetchval(
        "SELECT facts FROM journal WHERE kind = 'alarm.disclosed' ORDER BY entry DESC LIMIT 1"
    )
    assert facts == {"what": "eido", "person": False}
    elsewhere = await a_reader(gateway, pool, IntegratorScope.STREAMS, centres=("BE-VAN",))
    sandbox = await a_reader(gateway, pool, sandbox=True)
    blind = await a_reader(gateway, pool, IntegratorScope.ALARMS)
    for who, named, status in [
        (elsewhere, now["$id"], 404),
        (sandbox, now["$id"], 404),
        (blind, now["$id"], 403),
        (reader, "urn:emergency:uid:incidentid:0:msa.example", 404),
    ]:
        assert (await who.ask(f"/EIDO/{named}")).status_code == status

    await connection.execute(f"SET session_replication_role = replica; {OF_A_LATER_VERSION}")
    refused = await reader.ask(f"/EIDO/{now['$id']}")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:msa:problem:not-allowed-now")


async def test_a_stream_is_read_by_whom_it_is_open_to(gateway: Running, pool: Pool) -> None:
    await gateway.press(await gateway.a_companion())
    sandbox = await a_reader(gateway, pool, sandbox=True)
    assert [event["type"] for event in await sandbox.read()] == ["be.msa.stream.reset"]
    blind = await a_reader(gateway, pool, IntegratorScope.ALARMS)
    for reader, path, query, status in [
        (blind, URL, {}, 403),
        (sandbox, "/v1/streams/BE-VAN", {}, 403),
        (sandbox, URL, {"purpose": "real"}, 422),
        (sandbox, URL, {"purpose": "canary"}, 422),
        (sandbox, URL, {"after": "yesterday"}, 422),
        (sandbox, URL, {"wait": "60"}, 422),
    ]:
        answer = await reader.ask(path, **query)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    anybody = await gateway.http.get(f"{gateway.url}{URL}")
    assert anybody.status_code == 401
