"""What events of other systems do to alarms, on a running gateway: once, and sealed."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.clock import SystemClock
from gateway.domain.errors import NoOpenAlarm
from gateway.effects.table import AlarmEffects
from gateway.store.casework.device_watch import ENROLLED, HEARD_BUTTONS
from gateway.store.casework.hotspot_flags import PostgresHotspotFlags
from gateway.store.casework.hotspot_seal import Blinds
from gateway.store.connect import connected, create_pool
from gateway.store.sealing import Keyring
from schemas.events import (
    CallReceived,
    CancelRequested,
    ChatSaid,
    ConditionKind,
    DeviceCondition,
    EventData,
    MedicalUpdated,
    PositionUpdated,
)
from schemas.position import Position
from tests.support.desk import Desk, a_desk, supervisor
from tests.support.events import APP, an_event, kept_effects, linked
from tests.support.gateway import Companion, Running, a_press, running

NUMBER, ELSEWHERE = "0470 12 34 56", "0470 65 43 21"

INTEGRATOR = "INSERT INTO integrator VALUES ($1, $2, '{}', '{}', false, 1, now())"

DEVICES = """
WITH model AS (INSERT INTO device_model VALUES ('phone', 'M', 'P'), ('button', 'M', 'B'))
INSERT INTO device (device_id, kind, maker, model, serial, team, state, registration_id, received_on,
                    state_since, version)
SELECT gen_random_uuid(), t.kind, 'M', t.model, t.serial, r.team, t.state, r.registration_id, '2026-01-01',
       now() - interval '1 hour', 1
  FROM registration r, (VALUES ('phone', 'P', 'P1', 'issued'), ('button', 'B', 'B1', 'paired'))
       AS t (kind, model, serial, state)
 WHERE r.registration_id = $1"""

TEXTS = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


@pytest.fixture
def made() -> Iterator[list[AlarmEffects]]:
    """What the gateway made of its effects."""
    with kept_effects() as kept:
        yield kept


@pytest.fixture
async def node(made: list[AlarmEffects], database: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A running node; ``made`` holds its effects."""
    async with running(database, tmp_path) as one:
        assert made
        yield one


async def twice(effects: AlarmEffects, data: EventData, victim: UUID, **given: Any) -> None:
    """Apply an event, and again."""
    now = given.pop("received_at", None) or SystemClock().now()
    event = an_event(data, **given)
    for _ in range(2):
        await effects.apply(event, linked(victim), now)


async def notes_of(node: Running, alarm_id: str) -> list[dict[str, Any]]:
    url = f"{node.url}/v1/alarms/{alarm_id}/notes"
    answer = await node.http.get(url, headers=await supervisor(node, "BE-VOV"))
    found: list[dict[str, Any]] = answer.json()["notes"]
    return found


async def an_alarm(node: Running) -> tuple[Companion, str]:
    companion = await node.a_companion(words=("Zonnebloem", "Regenboog"))
    return companion, str((await node.press(companion)).json()["alarm_id"])


async def test_what_is_said_stands_on_her_alarm_once_sealed_and_in_no_frame(node: Running, made: Any) -> None:
    (effects,) = made
    companion, alarm_id = await an_alarm(node)
    victim = companion.registration_id
    async with a_desk(node, "BE-VOV") as desk:
        await twice(effects, ChatSaid(text="Ik zit in de kelder"), victim)
        await twice(effects, ChatSaid(text="Blijf daar", by_centre=True), victim)
        await twice(effects, MedicalUpdated(text="Diabetes type 1", lang="nl"), victim)
        await twice(effects, CallReceived(caller_number=NUMBER), victim)
        await twice(effects, CancelRequested(word="regenboog"), victim)
        alarm = (await desk.last_told("alarm.cancel_requested"))["alarm"]
        assert (alarm["messages"], alarm["medical"], alarm["calls"]) == (2, 1, 1)
        assert (alarm["cancel"]["coerced"], alarm["cancel"]["count"], alarm["state"]) == (True, 1, "raised")
        assert alarm["notes"] == []
        assert {
            event["by"]["name"] for event in desk.events if event["kind"] == "alarm.message_received"
        } == {"112 BE"}
        notes = await notes_of(node, alarm_id)
        assert [(note["about"], note["said_by"], note["text"]) for note in reversed(notes)] == [
            ("alarm.message_received", "victim", "Ik zit in de kelder"),
            ("alarm.message_received", "centre", "Blijf daar"),
            ("alarm.medical_received", None, "Diabetes type 1"),
            ("alarm.call_received", None, NUMBER),
        ]
        assert (await desk.ask("note", alarm_id, alarm["version"], text="gelezen"))["type"] == "result"
        assert [note["text"] for note in (await desk.last_told("alarm.noted"))["alarm"]["notes"]] == [
            "gelezen"
        ]
        await closing(desk, alarm_id)
    for text in ("kelder", "Diabetes", NUMBER, "egenboog"):
        assert await tables_with(node, text) == []


async def closing(desk: Desk, alarm_id: str) -> None:
    await desk.ask("acknowledge", alarm_id)
    assert (await desk.ask("close", alarm_id, 99, outcome="offender_gone", note="x"))["type"] == "result"


async def tables_with(node: Running, text: str) -> list[str]:
    found = []
    async with connected(node.database, application_name="test") as connection:
        for row in await connection.fetch(TEXTS):
            name, hexed = row["table_name"], text.encode().hex()
            rows = await connection.fetch(f'SELECT t::text AS row FROM "{name}" t')
            if any(text in one["row"] or hexed in one["row"] for one in rows):
                found.append(name)
    return found


async def test_without_an_open_alarm_what_is_said_waits_and_what_was_done_is_done(
    node: Running, made: Any
) -> None:
    (effects,) = made
    companion = await node.a_companion()
    early, now = an_event(ChatSaid(text="hallo")), SystemClock().now()
    whom = linked(companion.registration_id)
    for data in (ChatSaid(text="x"), MedicalUpdated(text="x"), CancelRequested()):
        with pytest.raises(NoOpenAlarm):
            await effects.apply(an_event(data), whom, now)
    with pytest.raises(NoOpenAlarm):
        await effects.apply(early, whom, now)
    fix = Position(latitude=51.05, longitude=3.72, fixed_at=now)
    await effects.apply(an_event(PositionUpdated(positions=(fix,))), whom, now)
    async with connected(node.database, application_name="test") as connection:
        for table in ("stream_event", "track_fix", "command", "companion_nonce"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
    alarm_id = (await node.press(companion)).json()["alarm_id"]
    await effects.apply(early, whom, now)
    async with a_desk(node, "BE-VOV") as desk:
        await closing(desk, alarm_id)
        await effects.apply(early, whom, now)  # it was done: no reason to try it for minutes
        await effects.apply(an_event(CancelRequested(), time=now), whom, now)  # of the alarm that is closed
        assert [note["text"] for note in await notes_of(node, alarm_id)] == ["x", "hallo"]
        earlier = now - timedelta(seconds=60)
        await twice(effects, MedicalUpdated(text="Diabetes"), companion.registration_id, received_at=earlier)
        assert (await desk.last_told("alarm.noted"))["alarm"]["state"] == "closed"
        await twice(effects, ChatSaid(text="hij is terug"), companion.registration_id, received_at=earlier)
        told = await desk.last_told("alarm.message_received")
        assert (told["alarm"]["state"], told["alarm"]["reopened"]) == ("raised", 1)
        await closing(desk, alarm_id)
        tried = (await node.press(companion, a_press(purpose="test"))).json()["alarm_id"]
        await closing(desk, tried)
        await twice(effects, ChatSaid(text="alweer"), companion.registration_id, received_at=earlier)
        again = (await desk.told("alarm.message_received", 2))[-1]["alarm"]
        assert (again["alarm_id"], again["reopened"]) == (alarm_id, 2), "a test rings nowhere"


async def test_positions_of_other_systems_are_fixes_of_her_alarm_each_once(node: Running, made: Any) -> None:
    (effects,) = made
    companion, alarm_id = await an_alarm(node)
    now = SystemClock().now()
    fixes = tuple(
        Position(
            latitude=51.05 + step / 10_000,
            longitude=3.72,
            radius_m=20,
            confidence=0.68,
            fixed_at=now - timedelta(seconds=3 - step),
        )
        for step in range(3)
    )
    async with a_desk(node, "BE-VOV") as desk:
        await twice(effects, PositionUpdated(positions=fixes), companion.registration_id, time=now)
        shown = await desk.shown(alarm_id, fixes[-1].latitude)
        assert shown["position"]["radius_m"] == pytest.approx(32.4, abs=0.1)
    async with connected(node.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT count(*) FROM track_fix") == 3


async def test_a_call_from_a_flagged_number_is_told_without_it_and_any_other_leaves_nothing(
    node: Running, made: Any
) -> None:
    (effects,) = made
    companion = await node.a_companion()  # whose number her file flags
    keyring = Keyring.of(node.settings)
    async with create_pool(node.database, application_name="test") as pool:
        flags = PostgresHotspotFlags(pool=pool, keyring=keyring, clock=SystemClock(), blinds=Blinds(keyring))
        while await flags.reconcile():
            pass
    nobody = linked(known=False)
    async with a_desk(node, "BE-VOV") as desk:
        await effects.apply(an_event(CallReceived(caller_number=ELSEWHERE)), nobody, SystemClock().now())
        call = an_event(CallReceived(caller_number="+32 470 00 00 00", address="Nergens 1"))
        for _ in range(2):
            await effects.apply(call, nobody, datetime(2026, 3, 2, 9, tzinfo=UTC))
        events = await desk.told("notice.raised", 2)
    told = [event["notice"] for event in events if event["kind"] == "notice.raised"]
    assert [(one["kind"], one["audience"], one["reference"] is None) for one in told] == [
        ("call_flagged", ["everybody"], True),
        ("call_flagged", ["case_team"], False),
    ]
    assert told[0]["detail"] == {"files": 1, "by_hand": 0, "called_at": "2026-03-02T09:00:00+00:00"}
    assert told[1]["subject"] == str(companion.registration_id)
    for text in ("470 00", "65 43"):
        assert await tables_with(node, text) == []


async def test_a_device_without_a_phone_is_supervised_and_its_battery_stands_beside_her_alarm(
    node: Running, made: Any
) -> None:
    (effects,) = made
    companion, _ = await an_alarm(node)
    low = DeviceCondition(condition=ConditionKind.BATTERY_LOW, battery_pct=12)
    async with connected(node.database, application_name="test") as connection:
        await connection.execute(INTEGRATOR, APP.integrator_id, APP.name)
    async with a_desk(node, "BE-VOV") as desk:
        await twice(effects, low, companion.registration_id)
        device = (await desk.last_told("alarm.device_reported"))["alarm"]["device"]
        assert (device["condition"], device["battery_pct"]) == ("battery_low", 12)
        protection = (await desk.last_told("protection.changed"))["protection"]
        while [fault["kind"] for fault in protection["faults"]] != ["button_battery_low"]:
            seen = sum(event["kind"] == "protection.changed" for event in desk.events)
            protection = (await desk.told("protection.changed", seen + 1))[-1]["protection"]
        assert protection["state"] == "degraded"
        assert [event["kind"] for event in desk.events].count("alarm.device_reported") == 1
    async with connected(node.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT count(*) FROM companion_state") == 1


async def test_a_device_of_another_system_is_taken_for_none_that_the_team_handed_out(
    node: Running, made: Any
) -> None:
    (effects,) = made
    whom = (await node.a_companion()).registration_id
    async with connected(node.database, application_name="test") as connection:
        await connection.execute("UPDATE companion SET revoked_at = now()")
        await connection.execute(INTEGRATOR, APP.integrator_id, APP.name)
        await connection.execute(DEVICES, whom)
        alive = DeviceCondition(condition=ConditionKind.OK, battery_pct=12)
        await effects.apply(an_event(alive), linked(whom), SystemClock().now())
        low = DeviceCondition(condition=ConditionKind.TAMPERED, battery_pct=12)
        await effects.apply(an_event(low), linked(whom), SystemClock().now())
        await effects.apply(an_event(alive), linked(whom), SystemClock().now())
        assert await connection.fetchval("SELECT count(*) FROM companion_state") == 1
        assert await connection.fetch(ENROLLED) == []
        await connection.execute('UPDATE companion_state SET facts = facts || \'{"button_link": "up"}\'')
        await connection.execute(HEARD_BUTTONS, 0.0)
        assert await connection.fetch("SELECT FROM device WHERE last_seen_at IS NOT NULL") == []
