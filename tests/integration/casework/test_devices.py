"""Devices through a real gateway: a consignment, a scan, an enrolment, presses, a loss; whose they are."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.clock import SystemClock
from gateway.http.security import COOKIE
from gateway.store.casework.device_acts import PostgresDeviceActs
from gateway.store.casework.device_watch import DeviceWatch
from gateway.store.connect import Connection, Pool
from schemas.devices import DeviceHistory, DevicePage, DeviceState, DeviceView, FileDevices, IdleReport
from schemas.session import Role
from tests.support.gateway import Companion, Running, a_press, running

ZONES = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement)
VALUES ('BE-5415', 'Gent', 'BE-VOV', 'Oost-Vlaanderen'), ('BE-5404', 'Elders', 'BE-VOV', 'Oost-Vlaanderen')"""
PLACE = "UPDATE registration SET zone_id = $2 WHERE registration_id = $1"
OF_ZONE = "UPDATE operator SET zones = ARRAY[$2] WHERE name = $1"
JOURNAL = "SELECT kind, registration_id, facts FROM journal WHERE kind NOT LIKE '%looked' ORDER BY entry"
HEARD = """
INSERT INTO companion_state VALUES ($1, $2, now() + interval '1 minute', now(), 0, $3, '', now())"""
LIVELY = {
    "phone_battery_pct": 77,
    "companion_version": "1.2.3",
    "button_battery_pct": 55,
    "button_link": "up",
}
AGE = "UPDATE device SET state_since = now() - interval '200 days', last_seen_at = NULL"

HEADING = "kind;maker;model;serial;button_id\r\n"
CONSIGNMENT = (
    HEADING + "button;VSN Mobil;V.ALRT;00:1A:7D:DA:71:13;\r\nphone;Generic;Android;P-1;\r\n"
    "button;Generic;iTAG;T-1;FF:01\r\n"
)


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(database, tmp_path) as node:
        yield node


@dataclass(frozen=True)
class Somebody:
    """A person who asks."""

    gateway: Running
    token: str

    async def asks(self, path: str, given: Any = None, *, text: str | None = None) -> httpx.Response:
        body = {} if given is None else {"json": given}
        body = body if text is None else {"content": text.encode(), "headers": {"Content-Type": "text/csv"}}
        headers = {"Cookie": f"{COOKIE}={self.token}", **body.pop("headers", {})}
        method = "POST" if body else "GET"
        return await self.gateway.http.request(
            method, f"{self.gateway.url}/v1/{path}", headers=headers, **body
        )

    async def does(self, device: DeviceView, act: str, **given: Any) -> httpx.Response:
        wanted = {"act": act, "version": device.version, **given}
        return await self.asks(f"devices/{device.device_id}/acts", wanted)

    async def device(self, typed: str) -> DeviceView:
        page = DevicePage.model_validate_json((await self.asks(f"devices?scanned={typed}")).content)
        (found,) = page.devices
        return found


@dataclass(frozen=True)
class Station:
    """Who is there: an officer of one zone, one of another, the keeper of the stock, a supervisor."""

    officer: Somebody
    stranger: Somebody
    admin: Somebody
    supervisor: Somebody

    @classmethod
    async def of(cls, gateway: Running, connection: Connection) -> "Station":
        await connection.execute(ZONES)
        roles = (Role.CASE_OFFICER, Role.CASE_OFFICER, Role.ADMIN, Role.SUPERVISOR)
        names = ("Zorg", "Elders", "Beheer", "Toezicht")
        tokens = [
            await gateway.a_session("BE-VOV", name=name, role=role)
            for name, role in zip(names, roles, strict=True)
        ]
        for name, zone in (("Zorg", "BE-5415"), ("Elders", "BE-5404")):
            await connection.execute(OF_ZONE, name, zone)
        return cls(*(Somebody(gateway, token) for token in tokens))


async def a_file(gateway: Running, connection: Connection, zone: str = "BE-5415") -> UUID:
    registration_id = (await gateway.a_companion()).registration_id
    await connection.execute("UPDATE companion SET revoked_at = now()")  # it is about the next one
    await connection.execute(PLACE, registration_id, zone)
    return registration_id


async def enrol(gateway: Running, url: str, registration_id: UUID) -> Companion:
    """Be the phone that scans the code."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    answer = await gateway.http.post(url, json={"public_key": pem, "label": "telefoon"})
    answer.raise_for_status()
    return Companion(
        companion_id=UUID(answer.json()["companion_id"]), registration_id=registration_id, key=key
    )


async def test_a_consignment_is_received_whole_or_not_at_all_and_each_wrong_line_is_said(
    gateway: Running, connection: Connection
) -> None:
    here = await Station.of(gateway, connection)
    bad = CONSIGNMENT + "button;Nobody;None;T-2;\r\nbutton;Generic;iTAG;t1;\r\n"
    tried = (await here.officer.asks("devices/imports?dry_run=true", text=bad)).json()
    assert [(one["line"], one["fault"]) for one in tried["errors"]] == [(5, "model"), (6, "twice")]
    refused = await here.officer.asks("devices/imports", text=bad)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["line 5, model", "line 6, serial"]
    assert await connection.fetchval("SELECT count(*) FROM device") == 0

    received = (await here.officer.asks("devices/imports", text="\ufeff" + CONSIGNMENT)).json()
    assert (received["received"], received["errors"]) == (3, [])
    again = await here.stranger.asks("devices/imports?dry_run=true", text=CONSIGNMENT)
    assert {one["fault"] for one in again.json()["errors"]} == {"known"}  # also what another team has
    for nobody in ((await here.supervisor.asks("devices/imports", text=CONSIGNMENT)),):
        assert nobody.status_code == 403
    too_large = await here.officer.asks("devices/imports", text=HEADING + "x" * 600_000)
    assert too_large.status_code == 413
    table = (await here.officer.asks("devices/export")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert rows[0][:4] == ["kind", "maker", "model", "serial"]
    assert {row[3] for row in rows[1:]} == {"00:1A:7D:DA:71:13", "P-1", "T-1"}
    entries = await connection.fetch(JOURNAL)
    assert [(one["kind"], one["facts"]["devices"]) for one in entries] == [
        ("devices.imported", 3),
        ("devices.exported", 3),
    ]
    first = DevicePage.model_validate_json((await here.officer.asks("devices?limit=2")).content)
    rest = DevicePage.model_validate_json(
        (await here.officer.asks(f"devices?limit=2&after={first.next}")).content
    )
    assert [one.serial for one in (*first.devices, *rest.devices)] == ["00:1A:7D:DA:71:13", "P-1", "T-1"]
    assert rest.next is None


async def is_kept_from_others(here: Station, phone: DeviceView) -> None:
    """Another zone's devices are not there; whose file it is, is not the stock keeper's business."""
    path = f"devices/{phone.device_id}"
    assert (await here.stranger.asks(path)).status_code == 404
    assert (await here.stranger.does(phone, "report_lost", reason="stolen")).status_code == 404
    assert (await here.stranger.asks("devices")).json()["devices"] == []
    assert (await here.supervisor.asks("devices")).status_code == 403
    seen = DeviceHistory.model_validate_json((await here.admin.asks(path)).content)
    assert (seen.device.state, seen.device.registration_id) == (DeviceState.ISSUED, None)
    assert {move.reference for move in seen.moves} == {None}


async def is_enrolled_anew(
    here: Station, phone: DeviceView, companion: Companion, watch: DeviceWatch
) -> tuple[DeviceView, Companion]:
    """Enrol a phone once more: it is to be tested again, and what it was before is refused."""
    path = f"registrations/{companion.registration_id}/enrolment-codes"
    made = await here.officer.asks(path, {"device_id": str(phone.device_id)})
    newer = await enrol(here.officer.gateway, made.json()["url"], companion.registration_id)
    for _ in range(2):  # and it stays so
        await watch.look()
    phone = await here.officer.device(phone.serial)
    assert (phone.state, phone.companion_id) == (DeviceState.PAIRED, newer.companion_id)
    row = await (await here.officer.asks(f"registrations/{companion.registration_id}/devices")).aread()
    revoked = {one.companion_id: one.revoked_at for one in FileDevices.model_validate_json(row).companions}
    assert revoked[companion.companion_id] is not None
    assert revoked[newer.companion_id] is None
    return phone, newer


async def test_a_phone_goes_from_the_scan_to_the_loss_and_its_companion_with_it(
    gateway: Running, connection: Connection, pool: Pool
) -> None:
    here = await Station.of(gateway, connection)
    file, elsewhere = await a_file(gateway, connection), await a_file(gateway, connection, "BE-5404")
    await here.officer.asks("devices/imports", text=CONSIGNMENT)
    watch = DeviceWatch(pool, PostgresDeviceActs(pool, SystemClock()), SystemClock())
    phone, button = await here.officer.device("p1"), await here.officer.device("001a7dda7113")

    # two officers at once: one of them is told to look again, and nothing is done twice
    issue = {"registration_id": str(file)}
    both = await asyncio.gather(*(here.officer.does(phone, "issue", **issue) for _ in range(2)))
    assert {one.json().get("type") for one in both} == {None, "urn:msa:problem:stale-version"}
    assert (await here.officer.does(button, "issue", registration_id=str(elsewhere))).status_code == 404
    assert (await here.admin.does(button, "issue", **issue)).status_code == 403
    button = DeviceView.model_validate_json((await here.officer.does(button, "issue", **issue)).content)

    await is_kept_from_others(here, phone)

    # a code on paper becomes a companion; a press of the button proves both
    path = f"devices/{phone.device_id}"
    codes = f"registrations/{file}/enrolment-codes"
    assert (await here.stranger.asks(codes, {})).status_code == 404
    made = await here.officer.asks(codes, {"device_id": str(phone.device_id)})
    assert made.status_code == 201
    assert made.json()["qr"]["path"].startswith("M4 4h7v1h-7z")
    companion = await enrol(gateway, made.json()["url"], file)
    reading = {"button_id": "00:1a:7d:da:71:13", "driver": "valrt", "battery_pct": 61}
    pressed = await gateway.press(companion, a_press(purpose="test", button=reading))
    assert pressed.status_code == 201
    await watch.look()
    both_now = FileDevices.model_validate_json(
        (await here.officer.asks(f"registrations/{file}/devices")).content
    )
    assert [(one.kind, one.state, one.battery_pct) for one in both_now.devices] == [
        ("button", "tested", 61),
        ("phone", "tested", None),
    ]
    assert all(one.last_seen_at is not None for one in both_now.devices[:1])
    phone = both_now.devices[1]
    assert phone.companion_id == companion.companion_id
    history = DeviceHistory.model_validate_json((await here.officer.asks(path)).content)
    assert [(move.act, move.by is None) for move in history.moves] == [
        ("test", True),
        ("pair", True),
        ("issue", False),
        ("receive", False),
    ]

    # a heartbeat tells of the phone, and of the one button that is known to be hers
    await connection.execute(HEARD, companion.companion_id, file, LIVELY)
    await watch.look()
    phone, button = await here.officer.device("P-1"), await here.officer.device(button.serial)
    assert (phone.battery_pct, phone.firmware, button.battery_pct) == (77, "1.2.3", 55)
    assert phone.version == both_now.devices[1].version  # nobody loses her view of it to a heartbeat

    phone, companion = await is_enrolled_anew(here, phone, companion, watch)

    # lost: its companion is refused from this moment on, also by the stock keeper, who sees no file
    lost = await here.admin.does(phone, "report_lost", reason="stolen")
    assert (lost.json()["state"], lost.json()["registration_id"]) == ("lost", None)
    assert (await gateway.press(companion)).status_code == 403
    entry = (await connection.fetch(JOURNAL))[-1]
    assert (entry["kind"], entry["registration_id"], entry["facts"]["revoked"]) == (
        "device.moved",
        file,
        str(companion.companion_id),
    )

    # the file moves to another zone: what she has follows it, and says so
    await connection.execute(PLACE, file, "BE-5404")
    assert (await here.officer.asks(f"devices/{button.device_id}")).status_code == 404
    moved = DeviceHistory.model_validate_json(
        (await here.stranger.asks(f"devices/{button.device_id}")).content
    )
    assert (moved.device.team, moved.moves[0].act) == ("BE-5404", "transfer")
    returned = await here.stranger.does(moved.device, "return")
    assert (returned.json()["state"], returned.json()["registration_id"]) == ("returned", None)


async def test_what_lies_unused_is_told_and_a_companion_is_revoked_by_her_own_officer_only(
    gateway: Running, connection: Connection
) -> None:
    here = await Station.of(gateway, connection)
    file = await a_file(gateway, connection)
    await here.officer.asks("devices/imports", text=CONSIGNMENT)
    for serial, acts in (("T-1", ("issue",)), ("P-1", ("issue", "return"))):
        for act in acts:
            device = await here.officer.device(serial)
            given = {"registration_id": str(file)} if act == "issue" else {}
            assert (await here.officer.does(device, act, **given)).status_code == 200
    assert (await here.officer.asks("devices/idle")).json()["devices"] == []
    await connection.execute(AGE)
    report = IdleReport.model_validate_json((await here.officer.asks("devices/idle")).content)
    assert {(one.kind, one.device.serial) for one in report.devices} == {
        ("silent", "T-1"),
        ("in_stock", "00:1A:7D:DA:71:13"),
        ("unwiped", "P-1"),
    }
    longer = IdleReport.model_validate_json(
        (await here.officer.asks("devices/idle?silent_days=201&stock_days=201")).content
    )
    assert [one.kind for one in longer.devices] == ["unwiped"]
    await connection.execute("UPDATE device SET battery_pct = 19 WHERE serial = 'T-1'")
    low = (await here.officer.asks("devices?battery_below=20")).json()["devices"]
    assert [one["serial"] for one in low] == ["T-1"]
    counts = (await here.admin.asks("devices/summary")).json()["counts"]
    assert {(one["kind"], one["state"], one["count"]) for one in counts} == {
        ("button", "issued", 1),
        ("button", "stock", 1),
        ("phone", "returned", 1),
    }

    made = await here.officer.asks(f"registrations/{file}/enrolment-codes", {})
    companion = await enrol(gateway, made.json()["url"], file)
    path = f"companions/{companion.companion_id}/revocation"
    assert (await here.stranger.asks(path, {})).status_code == 404
    assert (await gateway.press(companion)).status_code == 201
    assert (await here.officer.asks(path, {})).json()["revoked_at"] is not None
    assert (await gateway.press(companion)).status_code == 403
    kinds = [one["kind"] for one in await connection.fetch(JOURNAL)]
    assert kinds[-2:] == ["enrolment.code_made", "companion.revoked"]
