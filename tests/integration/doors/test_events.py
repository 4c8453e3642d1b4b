"""Other systems' events at a running gateway; the client is the CloudEvents SDK."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from gateway.clock import SystemClock
from gateway.store.casework.keeping import erase_by_system
from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.subjects import PostgresSubjects
from gateway.store.protections import Protections
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from schemas.events import EventResult
from schemas.integrators import IntegratorScope
from schemas.keeping import ErasureGround
from tests.support.gateway import Running, running
from tests.support.geodata import belgium
from tests.support.integrators import Client, SigningKey, a_client

GHENT = {"latitude": 51.0543, "longitude": 3.7174, "radius_m": 12.0}
BATCH = "application/cloudevents-batch+json"


Data = Mapping[str, Any]


def an_event(kind: str, subject: str | None = "acc-1", data: Data | None = None, **more: Any) -> CloudEvent:
    attributes = {"specversion": "1.0", "type": kind, "source": "//app/1", "id": str(uuid4()), **more}
    if subject is not None:
        attributes["subject"] = subject
    return CloudEvent({"datacontenttype": "application/json", **attributes}, dict(data or {}))


def an_alarm(subject: str = "acc-1", data: Data | None = None, **more: Any) -> CloudEvent:
    here = {**GHENT, "fixed_at": SystemClock().now().isoformat()}
    return an_event("be.msa.alarm.raised", subject, {"positions": [here], **(data or {})}, **more)


@dataclass(frozen=True)
class Sender:
    """Another system with its token at a gateway."""

    gateway: Running
    client: Client
    token: str

    async def post(self, message: HTTPMessage, url: str | None = None) -> httpx.Response:
        headers = {**message.headers, "authorization": f"Bearer {self.token}"}
        url = f"{url or self.gateway.url}/v1/events"
        return await self.gateway.http.post(url, content=message.body, headers=headers)

    async def send(self, event: CloudEvent, url: str | None = None) -> httpx.Response:
        return await self.post(to_structured_event(event), url)

    async def batch(self, *events: CloudEvent) -> httpx.Response:
        body = b"[" + b",".join(to_structured_event(event).body for event in events) + b"]"
        return await self.post(HTTPMessage({"content-type": BATCH}, body))


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    belgium()
    async with running(database, tmp_path) as gateway:
        yield gateway


async def a_sender(gateway: Running, pool: Pool, *scopes: IntegratorScope, **changes: Any) -> Sender:
    client = await a_client(pool, SystemClock(), *scopes, **changes)
    return Sender(gateway, client, await client.token(gateway.http, gateway.url))


async def link(gateway: Running, pool: Pool, sender: Sender, subject: str, registration_id: UUID) -> None:
    subjects = PostgresSubjects(pool, Keyring.of(gateway.settings), SystemClock())
    await subjects.link(sender.client.integrator, [(subject, registration_id)])


def result_of(answer: httpx.Response) -> EventResult:
    return EventResult.model_validate(answer.json())


async def test_an_alarm_of_another_system_is_on_the_console_with_its_source(gateway, pool) -> None:
    sender = await a_sender(gateway, pool, name="Voorbeeld 112")
    her = await gateway.a_companion()
    await link(gateway, pool, sender, "acc-1", her.registration_id)
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        event = an_alarm(data={"cause": "app", "battery_pct": 41})
        answer = await sender.send(event)
        assert answer.status_code == 201, answer.text
        told = result_of(answer)
        shown = (await console.next("event"))["alarm"]
        assert shown["alarm_id"] == str(told.alarm_id)
        assert shown["registration_id"] == str(her.registration_id)
        assert shown["source"] == {"kind": "app_112", "name": "Voorbeeld 112"}
        assert shown["phone_battery_pct"] == 41
        assert shown["flags"] == []

        binary = await sender.post(to_binary_event(event))
        assert binary.status_code == 200
        again = result_of(binary)
        assert again.seen_before
        assert (again.alarm_id, again.sequence) == (told.alarm_id, told.sequence)

        other = an_alarm(id=event.get_id(), data={"text": "other"})
        assert result_of(await sender.send(other)).flags == ("content_differs",)


async def test_one_whom_nobody_knows_gets_a_file_that_stands_for_her(gateway, pool) -> None:
    sender, sandbox = await a_sender(gateway, pool), await a_sender(gateway, pool, sandbox=True)
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        first = an_alarm("tel-0475", {"person": {"name": "Ann Onbekend", "phone": "0475"}})
        told = result_of(await sender.send(first))
        assert "no_file" in told.flags
        shown = (await console.next("event"))["alarm"]
        assert shown["person"]["victim"]["name"] == "Ann Onbekend"
        assert shown["purpose"] == "real"

        again = result_of(await sender.send(an_alarm("tel-0475")))
        assert again.alarm_id == told.alarm_id
        assert (await console.next("event"))["alarm"]["press_count"] == 2

        tried = result_of(await sandbox.send(an_alarm("tel-0475")))
        assert tried.alarm_id != told.alarm_id
        assert (await console.next("event"))["alarm"]["purpose"] == "exercise"

    # Linked meanwhile, what was told before is told again: no second alarm of the same event.
    her = await gateway.a_companion()
    await link(gateway, pool, sender, "tel-0475", her.registration_id)
    late = result_of(await sender.send(first))
    assert (late.seen_before, late.alarm_id) == (True, told.alarm_id)
    assert await pool.fetchval("SELECT count(*) FROM registration WHERE population = 'stand_in'") == 1


async def test_a_batch_is_told_of_each_event_in_its_order(gateway, pool) -> None:
    sender = await a_sender(gateway, pool, IntegratorScope.ALARMS, IntegratorScope.CHAT)
    said = an_event("be.msa.chat.said", data={"text": "hallo"})
    answer = await sender.batch(
        said,
        an_event("be.msa.unheard.of"),
        an_alarm(),
        an_event("be.msa.medical.updated", data={"text": "diabetes"}),
        an_event("be.msa.chat.said", subject=None, data={"text": "hallo"}),
        said,
    )
    assert answer.status_code == 200
    results = [EventResult.model_validate(one) for one in answer.json()["results"]]
    assert [(one.fate, one.seen_before) for one in results] == [
        ("accepted", False),
        ("refused", False),
        ("committed", False),
        ("refused", False),
        ("refused", False),
        ("accepted", True),
    ]
    assert [one.problem.type.rpartition(":")[2] for one in results if one.problem] == [
        "invalid",
        "scope-missing",
        "invalid",
    ]
    assert "be.msa.alarm.raised:1" in answer.json()["results"][1]["problem"]["detail"]
    assert (await sender.send(said)).status_code == 200
    nobody = Sender(gateway, sender.client, "x" * 43)
    assert (await nobody.send(an_alarm())).status_code == 401
    assert (await sender.post(HTTPMessage({"content-type": "text/plain"}, b"hello"))).status_code == 400
    assert (await sender.post(HTTPMessage({"content-type": BATCH}, b"{}"))).status_code == 400
    assert (await sender.post(HTTPMessage({"content-type": BATCH}, b"[" + b" " * 300_000))).status_code == 413
    assert (await sender.send(an_event("be.msa.tracker.moved", data={}))).status_code == 422


async def test_a_stand_in_is_counted_by_nobody_ends_with_its_alarms_and_is_made_anew(gateway, pool) -> None:
    sender = await a_sender(gateway, pool)
    told = result_of(await sender.send(an_alarm("tel", {"person": {"name": "Ann"}})))
    assert told.alarm_id is not None
    stands = await pool.fetchrow("SELECT * FROM registration WHERE population = 'stand_in'")
    file = stands["registration_id"]
    assert not await pool.fetch("SELECT FROM registration r WHERE to_be_protected(r)")
    assert not await Protections(pool).of_all()
    assert not await pool.fetch("SELECT * FROM registration_step WHERE registration_id = $1", file)
    due = "SELECT count(*) FROM files_due(now() + interval '1 minute')"
    assert await pool.fetchval(due) == 0, "its alarm is open"
    await pool.execute("UPDATE alarm SET state = 'closed'")
    assert await pool.fetchval("SELECT count(*) FROM files_due(now() - interval '1 minute')") == 0
    assert await pool.fetchval(due) == 1
    await erase_by_system(pool, file, ErasureGround.RETENTION)
    again = result_of(await sender.send(an_alarm("tel", {"person": {"name": "Bea"}})))
    assert (again.seen_before, again.alarm_id == told.alarm_id) == (False, False)
    opened = await Registrations(pool, Keyring.of(gateway.settings), SystemClock()).get(file)
    assert opened is not None
    assert opened.person.victim.name == "Bea"


async def test_a_signature_is_not_believed_for_what_it_does_not_cover(gateway, pool) -> None:
    clock, url = SystemClock(), f"{gateway.url}/v1/events"
    client = await a_client(pool, clock)
    key = await SigningKey().kept(PostgresAccounts(pool, clock), client.integrator)

    async def answer(message: HTTPMessage) -> httpx.Response:
        headers = {**message.headers, **key.sign("POST", url, created=clock.now(), body=message.body)}
        answered: httpx.Response = await gateway.http.post(url, content=message.body, headers=headers)
        return answered

    refused = await answer(to_binary_event(an_alarm()))
    assert (refused.status_code, refused.json()["type"]) == (401, "urn:msa:problem:signature-invalid")
    assert (await answer(to_structured_event(an_alarm()))).status_code == 201
