"""Alarm gear at a running gateway: a DC-09 sender and a SCAIP unit that know the standards alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from gateway.clock import SystemClock
from gateway.store.connect import Pool
from gateway.store.doors.gear_accounts import PostgresGearAccounts
from gateway.store.doors.subjects import PostgresSubjects
from gateway.store.sealing import Keyring
from tests.support.dc09_sender import Connection, Gear
from tests.support.gateway import Running, running
from tests.support.gear import connected
from tests.support.geodata import belgium
from tests.support.integrators import Client, a_client
from tests.support.processes import free_port
from tests.support.scaip_unit import MEDIA_TYPE, Answer, alarm, mrq, read
from tests.support.wait import until

KEY = bytes(range(32))


@pytest.fixture
async def gateway(database: str, tmp_path: Path) -> AsyncIterator[Running]:
    belgium()
    async with running(database, tmp_path, dc09_port=free_port()) as gateway:
        yield gateway


@pytest.fixture
async def arc(pool: Pool) -> Client:
    return await a_client(pool, SystemClock(), name="Voorbeeld meldkamer")


async def link(gateway: Running, pool: Pool, arc: Client, subject: str, registration_id: UUID) -> None:
    subjects = PostgresSubjects(pool, Keyring.of(gateway.settings), SystemClock())
    await subjects.link(arc.integrator, [(subject, registration_id)])


async def a_panel(gateway: Running, pool: Pool, arc: Client, account: str, key: bytes | None) -> Gear:
    accounts = PostgresGearAccounts(pool, Keyring.of(gateway.settings), SystemClock())
    await accounts.add(arc.integrator.name, account, "", key)
    return Gear(account, SystemClock().now, key=key)


@asynccontextmanager
async def a_line(gateway: Running) -> AsyncIterator[Connection]:
    port = gateway.settings.dc09_port
    assert port is not None
    peer = await connected(port)
    try:
        yield peer
    finally:
        await peer.close()


async def test_a_panel_s_alarms_are_on_the_console_once_however_often_they_are_sent(
    gateway: Running, pool: Pool, arc: Client
) -> None:
    panel = await a_panel(gateway, pool, arc, "1234", KEY)
    her = await gateway.a_companion()
    await link(gateway, pool, arc, "dc09:1234", her.registration_id)
    async with gateway.console(await gateway.a_session()) as console, a_line(gateway) as peer:
        await console.attached()
        for _ in range(2):  # the ACK was lost, and the panel sends it again with the time of then
            raw = panel.event("Nri1/PA01", sequence="0007", extended="[X003E43.0][Y51N03.2]")
            assert panel.read(await peer.say(raw)).word == "ACK"
        shown = (await console.next("event"))["alarm"]
        assert shown["registration_id"] == str(her.registration_id)
        assert shown["source"] == {"kind": "device", "name": "Voorbeeld meldkamer"}
        assert shown["purpose"] == "real"
        assert shown["flags"] == []
        assert round(shown["positions"][0]["latitude"], 4) == 51.0533
        # a wrong clock: committed, and told the time
        panel.skew_s = 3600
        reply = panel.read(await peer.say(panel.event("1121 01 002", token="ADM-CID")))
        assert (reply.word, reply.encrypted) == ("NAK", False)
        while (told := await console.next("event"))["kind"] == "alarm.message_received":
            pass  # what came with the first, in words
        assert told["kind"] == "alarm.pressed_again"
    assert await pool.fetchval("SELECT count(*) FROM alarm") == 1
    assert await pool.fetchval("SELECT count(*) FROM press") == 2


async def test_what_nobody_linked_is_raised_on_a_stand_in_and_a_life_sign_is_kept(
    gateway: Running, pool: Pool, arc: Client
) -> None:
    panel = await a_panel(gateway, pool, arc, "C1EA", None)
    async with a_line(gateway) as peer:
        assert panel.read(await peer.say(panel.null())).word == "ACK"
        assert panel.read(await peer.say(panel.event("Nri1/PA01"))).word == "ACK"
        stranger = Gear("FFFF", SystemClock().now)
        assert stranger.read(await peer.say(stranger.event("Nri1/PA01"))).word == "DUH"
    row = await pool.fetchrow("SELECT r.population FROM alarm JOIN registration r USING (registration_id)")
    assert row is not None
    assert row["population"] == "stand_in"
    assert await pool.fetchval("SELECT count(*) FROM alarm") == 1
    metrics = (await gateway.http.get(f"{gateway.url}/metrics")).text
    assert 'msa_gear_messages_total{answer="ack",door="dc09"} 2.0' in metrics
    assert 'msa_gear_messages_total{answer="duh",door="dc09"} 1.0' in metrics


async def test_a_social_alarm_unit_is_handled_with_its_position_and_its_test_is_a_test(
    gateway: Running, pool: Pool, arc: Client
) -> None:
    token = await arc.token(gateway.http, gateway.url)
    her = await gateway.a_companion()
    await link(gateway, pool, arc, "scaip:26317", her.registration_id)

    async def say(raw: bytes) -> Answer:
        answer = await gateway.http.post(
            f"{gateway.url}/v1/scaip",
            content=raw,
            headers={"authorization": f"Bearer {token}", "content-type": MEDIA_TYPE},
        )
        return read(answer.status_code, answer.content)

    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        raw = alarm(lge={"gga": "GPGGA,085900,5103.258,N,00343.044,E,1,08,0.9,10.0,M,46.9,M,,"})
        for _ in range(2):
            answer = await say(raw)
            assert (answer.status, answer.tags["ref"], answer.snu) == (200, "00001883", "0")
        shown = (await console.next("event"))["alarm"]
        assert shown["registration_id"] == str(her.registration_id)
        assert (shown["positions"][0]["radius_m"], shown["positions"][0]["method"]) == (9.0, "gnss")
        assert (await say(mrq(ref="2", mty="PI", cid="26317", dty="0003", hbo="1"))).tags["hbi"] == "3"
        assert (await say(mrq(ref="3", cid="26317", dty="0006", stc="0019"))).snu == "0"
        assert (await say(mrq(ref="4", cid="999", dty="0006", stc="0102"))).snu == "0"
    assert (await say(mrq(ref="5", cid="1"))).snu == "7"
    purposes = await pool.fetch("SELECT purpose FROM alarm ORDER BY raised_at")
    assert [row["purpose"] for row in purposes] == ["real", "test", "real"]
    states = await pool.fetch("SELECT state FROM alarm WHERE registration_id = $1", her.registration_id)
    assert [row["state"] for row in states] == ["raised"]  # a cancel is a wish

    async def worked_off() -> bool:
        return not await pool.fetchval("SELECT count(*) FROM inbox_event")

    await until("the wish and the life-sign are worked off", worked_off)
    assert await pool.fetchval("SELECT count(*) FROM event_quarantine") == 0
