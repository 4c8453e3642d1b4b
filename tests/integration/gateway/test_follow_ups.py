"""What follows from events is done by whichever node, and is not lost with one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from gateway import follow_ups
from gateway.store.connect import Connection
from schemas.alarm import AlarmView
from schemas.commands import Acknowledge, Close, Reopen, Review
from schemas.outcome import Outcome
from schemas.session import OperatorView, Role
from tests.support.answering import (
    Station,
    a_sealed_companion,
    a_station,
    an_attended_station,
    an_operator_view,
    details_of,
    notices_of,
    time_passes,
)
from tests.support.changing import pressed
from tests.support.gateway import running
from tests.support.records import a_companion, an_operator
from tests.support.wait import until

LONG_AGO = "UPDATE alarm SET raised_at = raised_at - interval '10 min' WHERE alarm_id = ANY ($1)"
WATCHED = """
INSERT INTO protection (registration_id, centre_id, reference, state, since)
SELECT gen_random_uuid(), $1, 'file ' || n, 'protected', statement_timestamp()
  FROM generate_series(1, $2) AS n"""
FALL_SILENT = """
UPDATE protection SET state = 'unprotected', faults = jsonb_build_array(
       jsonb_build_object('kind', 'button_battery_low', 'since', statement_timestamp() - interval '2 h'),
       jsonb_build_object('kind', 'companion_silent', 'since', statement_timestamp() - $3 * interval '1 s'))
 WHERE registration_id IN (SELECT registration_id FROM protection
        WHERE centre_id = $1 AND state = 'protected' LIMIT $2)"""
COME_BACK = """
UPDATE protection SET state = 'protected', faults = '[]' WHERE registration_id IN (
       SELECT registration_id FROM protection WHERE centre_id = $1 AND state <> 'protected' LIMIT $2)"""
CALLS = "SELECT count(*) FROM webhook_call"


@pytest.fixture
async def station(database: str) -> AsyncIterator[Station]:
    async with an_attended_station(database, {"BE-VOV": 1, "BE-VAN": 1}) as node:
        yield node


@pytest.fixture
async def operator(connection: Connection) -> OperatorView:
    return an_operator_view(await an_operator(connection))


@pytest.fixture
async def supervisor(connection: Connection) -> OperatorView:
    view = an_operator_view(await an_operator(connection, "Hoofd"))
    return view.model_copy(update={"roles": (Role.SUPERVISOR,)})


async def an_alarm(connection: Connection, centre: str = "BE-VOV") -> AlarmView:
    return await pressed(connection, await a_companion(connection, centre), centre)


def on(alarm: AlarmView) -> dict[str, object]:
    return {"request_id": uuid4(), "alarm_id": alarm.alarm_id, "expected_version": 99}


async def test_the_supervisor_is_told_and_untold(
    station: Station, connection: Connection, operator: OperatorView
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, 10)
    await station.answer()
    assert await notices_of(connection) == []
    await time_passes(connection, 20)
    await station.answer()
    assert await notices_of(connection) == [("BE-VOV", "escalated", str(alarm.alarm_id))]
    await station.commands.carry_out(operator, Acknowledge(**on(alarm)))
    await station.answer()
    assert await notices_of(connection) == []


async def test_what_needs_a_second_look_is_a_notice_until_somebody_looked_or_reopened(
    station: Station, connection: Connection, operator: OperatorView, supervisor: OperatorView
) -> None:
    looked, reopened = [await pressed(connection, await a_sealed_companion(station)) for _ in range(2)]
    for alarm in (looked, reopened):
        await station.commands.carry_out(operator, Acknowledge(**on(alarm)))
        await station.commands.carry_out(
            operator, Close(**on(alarm), outcome=Outcome.SLIP, note="by mistake")
        )
    await station.answer()
    assert {subject for _, _, subject in await notices_of(connection)} == {
        str(looked.alarm_id),
        str(reopened.alarm_id),
    }
    await station.commands.carry_out(supervisor, Review(**on(looked)))
    await station.commands.carry_out(supervisor, Reopen(**on(reopened), note="she called"))
    await station.answer()
    assert await notices_of(connection) == []


async def test_two_nodes_do_it_once(database: str, station: Station, connection: Connection) -> None:
    alarms = [await an_alarm(connection) for _ in range(5)]
    await time_passes(connection, 120)
    await station.timers.sweep()
    async with a_station(database) as other:
        await asyncio.gather(*(node.follow_ups.look() for node in (station, other) for _ in range(3)))
    assert len(await notices_of(connection, only_open=False)) == len(alarms)
    assert await connection.fetchval(CALLS) == len(alarms)


async def test_what_a_node_died_over_is_done_by_another(
    database: str, station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, 30)
    await station.timers.sweep()
    assert await station.follow_ups.follow_ups.claim()  # and then it dies
    async with a_station(database) as other:
        await other.follow_ups.look()
        assert await notices_of(connection) == []
        await time_passes(connection, 5)
        await other.follow_ups.look()
    assert await notices_of(connection) == [("BE-VOV", "escalated", str(alarm.alarm_id))]


async def test_an_event_that_cannot_be_read_stops_nothing(station: Station, connection: Connection) -> None:
    _, alarm = [await an_alarm(connection) for _ in range(2)]
    await time_passes(connection, 30)
    await station.timers.sweep()
    async with connection.transaction():
        await connection.execute("SET LOCAL msa.disposal = 'spoilt'")
        await connection.execute(
            """UPDATE stream_event SET image = image || '{"escalation": {"level": "x"}}'
                WHERE kind = 'alarm.escalated' AND alarm_id <> $1""",
            alarm.alarm_id,
        )
    await station.answer()
    assert await notices_of(connection) == [("BE-VOV", "escalated", str(alarm.alarm_id))]


async def test_one_centre_in_trouble_keeps_no_other_from_being_told(
    station: Station, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = await an_alarm(connection, "BE-VAN")
    await an_alarm(connection, "BE-VOV")
    await time_passes(connection, 30)
    await station.timers.sweep()
    tell = station.follow_ups.notices.tell

    async def troubled(centre, notices):
        if centre == "BE-VOV":
            raise ConnectionError
        return await tell(centre, notices)

    monkeypatch.setattr(station.follow_ups.notices, "tell", troubled)
    await station.follow_ups.look()
    assert await notices_of(connection) == [("BE-VAN", "escalated", str(alarm.alarm_id))]
    monkeypatch.undo()
    await time_passes(connection, 5)
    await station.follow_ups.look()
    assert {centre for centre, _, _ in await notices_of(connection)} == {"BE-VAN", "BE-VOV"}


async def test_a_flood_is_told_to_the_supervisor_and_hides_nothing(
    station: Station, connection: Connection
) -> None:
    alarms = [await an_alarm(connection) for _ in range(10)]
    await station.follow_ups.watch_floods()
    assert await notices_of(connection) == []
    alarms.append(await an_alarm(connection))
    for _ in range(2):
        await station.follow_ups.watch_floods()
    assert await notices_of(connection, only_open=False) == [("BE-VOV", "flood", "BE-VOV")]
    assert await details_of(connection, "flood") == [{"alarms": 11, "within_s": 600, "consoles": 1}]
    await connection.execute(LONG_AGO, [alarm.alarm_id for alarm in alarms[:6]])
    await station.follow_ups.watch_floods()
    assert len(await notices_of(connection)) == 1
    await connection.execute(LONG_AGO, [alarms[6].alarm_id])
    await station.follow_ups.watch_floods()
    assert await notices_of(connection) == []


async def test_more_operators_can_answer_more(station: Station, connection: Connection) -> None:
    await station.attendance.beat({"BE-VOV": 2})
    for _ in range(11):
        await an_alarm(connection)
    await station.follow_ups.watch_floods()
    assert await notices_of(connection) == []


async def test_many_silences_at_once_are_told_as_one_until_most_are_back(
    station: Station, connection: Connection
) -> None:
    for centre, watched in (("BE-VOV", 80), ("BE-VAN", 20)):
        await connection.execute(WATCHED, centre, watched)
    await connection.execute(FALL_SILENT, "BE-VOV", 5, 3600)  # one by one, long ago
    await connection.execute(FALL_SILENT, "BE-VOV", 7, 60)
    await connection.execute(FALL_SILENT, "BE-VAN", 4, 60)
    await station.follow_ups.watch_silence()
    assert await notices_of(connection) == []
    await connection.execute(FALL_SILENT, "BE-VOV", 1, 60)
    for _ in range(2):
        await station.follow_ups.watch_silence()
    assert await notices_of(connection, only_open=False) == [("BE-VOV", "many_silent", "BE-VOV")]
    told = {"silent": 13, "watched": 80, "within_s": 600}
    assert await details_of(connection, "many_silent") == [told]
    await connection.execute(COME_BACK, "BE-VOV", 9)
    await station.follow_ups.watch_silence()
    assert len(await notices_of(connection)) == 1
    await connection.execute(COME_BACK, "BE-VOV", 1)
    await station.follow_ups.watch_silence()
    assert await notices_of(connection) == []


async def test_a_node_that_runs_watches_for_all_of_it(
    database: str, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("FOLLOW_UP_S", "FLOOD_WATCH_S", "SILENCE_WATCH_S"):
        monkeypatch.setattr(follow_ups, pause, 0.05)
    async with running(database, tmp_path) as node, node.console(await node.a_session("BE-VOV")) as console:
        await console.attached()
        for _ in range(11):
            await an_alarm(connection)
        await connection.execute(WATCHED, "BE-VOV", 5)
        await connection.execute(FALL_SILENT, "BE-VOV", 5, 60)
        await time_passes(connection, 30)

        async def told() -> bool:
            kinds = {kind for _, kind, _ in await notices_of(connection)}
            return {"flood", "many_silent", "escalated"} <= kinds

        await until("flood, silence and escalation are told", told)
