"""A centre that nobody attends is passed over at once; whoever comes back is told."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from dispatch import timing as dispatch_timing
from gateway.ports import Presence
from gateway.store.attendance import PostgresAttendance
from gateway.store.connect import Connection, Role, connected, create_pool
from schemas.alarm import AlarmView
from tests.support.answering import (
    Station,
    a_station,
    details_of,
    kinds_of,
    life_of,
    notices_of,
    time_passes,
)
from tests.support.changing import pressed
from tests.support.gateway import Running, running
from tests.support.records import a_companion
from tests.support.two_nodes import held
from tests.support.wait import until

DIES = "UPDATE node SET heard_at = heard_at - interval '3 s'"
VAN: Mapping[str, int] = {"BE-VAN": 1}
FAILED_OVER = (
    "CREATE OR REPLACE FUNCTION stream_epoch() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'b2' $$"
)


@pytest.fixture
async def station(database: str) -> AsyncIterator[Station]:
    async with a_station(database) as node:
        yield node


async def an_alarm(connection: Connection, centre: str = "BE-VOV") -> AlarmView:
    return await pressed(connection, await a_companion(connection, centre), centre)


async def nobody_for(station: Station, connection: Connection, seconds: float, **others: int) -> None:
    """Let centres be without a console for so long; ``others`` (BE_VAN=1) have some."""
    consoles = {name.replace("_", "-"): number for name, number in others.items()}
    await station.attendance.beat(consoles)
    await time_passes(connection, seconds)
    await station.attendance.beat(consoles)


async def unattended(station: Station) -> frozenset[str]:
    presence: Presence = await station.attendance.presence()
    return presence.unattended


async def test_an_alarm_of_a_centre_that_nobody_attends_goes_to_an_attended_neighbour_at_once(
    station: Station, connection: Connection
) -> None:
    await nobody_for(station, connection, 10, BE_VAN=1)
    alarm = await an_alarm(connection)
    await station.timers.sweep()
    (_, (_, image)) = await life_of(connection, alarm.alarm_id)
    escalation = image["escalation"]
    assert (escalation["reason"], escalation["step"], escalation["to"]) == (
        "no_console",
        "neighbour",
        ["BE-VAN"],
    )
    assert [share["reason"] for share in image["shared"]] == ["no_console"]
    assert await kinds_of(connection, alarm.alarm_id, "BE-VAN") == ["escalated"]
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]
    await time_passes(connection, 30)
    await station.timers.sweep()
    assert (await life_of(connection, alarm.alarm_id))[-1][1]["escalation"]["step"] == "national"


async def test_when_nobody_sits_anywhere_the_ladder_is_climbed_to_the_outside_at_once(
    station: Station, connection: Connection
) -> None:
    await nobody_for(station, connection, 10)
    alarm = await an_alarm(connection)
    await station.timers.sweep()
    (_, (_, image)) = await life_of(connection, alarm.alarm_id)
    assert image["escalation"]["step"] == "webhook"
    assert image["escalation"]["to"] == ["BE-VWV", "BE-BRU"]


async def test_a_console_on_another_node_counts(
    database: str, station: Station, connection: Connection
) -> None:
    async with a_station(database) as other:
        await other.attendance.beat({"BE-VOV": 1})
        await nobody_for(station, connection, 60)
        assert "BE-VOV" not in await unattended(station)
        alarm = await an_alarm(connection)
        await station.timers.sweep()
        assert await kinds_of(connection, alarm.alarm_id) == ["raised"]


async def test_alarms_that_wait_when_the_last_console_goes_are_told_elsewhere(
    station: Station, connection: Connection
) -> None:
    await station.attendance.beat({"BE-VOV": 2, "BE-VBR": 1})
    alarm = await an_alarm(connection)
    await station.timers.sweep()
    await nobody_for(station, connection, 9, BE_VBR=1)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised"]
    await nobody_for(station, connection, 1, BE_VBR=1)
    await station.timers.sweep()
    (_, image) = (await life_of(connection, alarm.alarm_id))[-1]
    assert (image["escalation"]["reason"], image["escalation"]["to"]) == ("no_console", ["BE-VBR"])


async def test_consoles_of_a_node_that_died_do_not_count_and_are_waited_for(
    database: str, station: Station, connection: Connection
) -> None:
    async with a_station(database) as dead:
        await dead.attendance.beat({"BE-VOV": 200})
        await station.attendance.beat(VAN)
        await connection.execute(DIES)
        await station.attendance.beat(VAN)
        presence = await station.attendance.presence()
        assert (presence.consoles["BE-VOV"], presence.consoles["BE-VAN"]) == (0, 1)
        assert "BE-VOV" not in presence.unattended
        await time_passes(connection, 9)
        await station.attendance.beat({**VAN, "BE-VOV": 3})  # they have found the other node
        await time_passes(connection, 60)
        await station.attendance.beat({**VAN, "BE-VOV": 3})
        assert "BE-VOV" not in await unattended(station)


async def test_after_a_time_without_any_node_consoles_get_the_grace_to_come_back(
    database: str, connection: Connection
) -> None:
    async with a_station(database) as before:
        await before.attendance.beat({"BE-VOV": 1})
        await before.attendance.beat({})  # its consoles were told to go, then it ended
        assert "BE-VOV" not in await unattended(before)
    await connection.execute(DIES)
    await time_passes(connection, 3600)
    async with a_station(database) as after:
        await after.attendance.beat({})
        alarm = await an_alarm(connection)
        await after.timers.sweep()
        assert await kinds_of(connection, alarm.alarm_id) == ["raised"]
        await nobody_for(after, connection, 10)
        await after.timers.sweep()
        assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


async def test_a_centre_that_was_unattended_before_a_restart_gets_no_grace(
    database: str, station: Station, connection: Connection
) -> None:
    await nobody_for(station, connection, 10)
    await connection.execute(DIES)
    async with a_station(database) as after:
        await after.attendance.beat(VAN)
        alarm = await an_alarm(connection)
        await after.timers.sweep()
        assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


async def test_a_clock_set_back_neither_keeps_a_dead_node_alive_nor_a_centre_attended(
    database: str, station: Station, connection: Connection
) -> None:
    async with a_station(database) as dead:
        await dead.attendance.beat({"BE-VOV": 1})
    await station.attendance.beat({})
    for table, column in (("node", "heard_at"), ("attendance", "vacant_since")):
        await connection.execute(f"UPDATE {table} SET {column} = {column} + interval '1 hour'")
    await nobody_for(station, connection, 10)
    assert {"BE-VOV", "BE-VAN"} <= await unattended(station)  # one had a console, one never did


async def test_a_centre_that_was_added_is_judged_like_the_others(
    station: Station, connection: Connection
) -> None:
    await station.attendance.beat({})
    await connection.execute("INSERT INTO centre VALUES ('BE-XXX', 'New')")
    await nobody_for(station, connection, 10)
    await nobody_for(station, connection, 10)
    assert "BE-XXX" in await unattended(station)


# --- who is told --------------------------------------------------------------------------------


async def test_the_neighbours_supervisors_know_and_who_comes_back_hears_what_went_elsewhere(
    station: Station, connection: Connection
) -> None:
    await nobody_for(station, connection, 10, BE_VAN=1)
    alarms = [await an_alarm(connection) for _ in range(3)]
    await station.answer()
    assert ("BE-VAN", "unattended", "BE-VOV") in await notices_of(connection)
    await station.attendance.beat({**VAN, "BE-VOV": 1})
    await station.answer()
    held = await notices_of(connection)
    assert ("BE-VAN", "unattended", "BE-VOV") not in held
    assert ("BE-VOV", "attended_again", "BE-VOV") in held
    (detail,) = await details_of(connection, "attended_again")
    assert detail["diverted"] == len(alarms)
    assert "BE-VOV" not in await unattended(station)
    await nobody_for(station, connection, 9, BE_VAN=1)
    assert "BE-VOV" not in await unattended(station)  # the grace is there again


@pytest.mark.parametrize(("stuck", "other"), [("BE-VLI", "BE-VOV"), ("BE-VOV", "BE-VLI")])
async def test_a_centre_that_is_stuck_keeps_no_other_from_being_welcomed(
    database: str, station: Station, connection: Connection, stuck: str, other: str
) -> None:
    await nobody_for(station, connection, 10, BE_VAN=1)
    for centre in (stuck, other):
        await an_alarm(connection, centre)
    await station.answer()
    await station.attendance.beat({**VAN, stuck: 1, other: 1})
    async with held(database, stuck):
        await station.follow_ups.look()
    held_open = await notices_of(connection)
    assert (other, "attended_again", other) in held_open
    assert ("BE-VAN", "unattended", other) not in held_open
    await station.follow_ups.look()
    assert (stuck, "attended_again", stuck) in await notices_of(connection)


async def test_who_comes_back_to_nothing_is_told_nothing(station: Station, connection: Connection) -> None:
    await nobody_for(station, connection, 10, BE_VAN=1)
    await station.attendance.beat({**VAN, "BE-VOV": 1})
    await station.answer()
    assert await notices_of(connection, only_open=False) == []
    assert "BE-VOV" not in await unattended(station)


# --- at real consoles ---------------------------------------------------------------------------


async def consoles(database: str) -> Mapping[str, int]:
    async with create_pool(database, application_name="test") as pool:
        return (await PostgresAttendance(pool, "test").presence()).consoles


async def test_a_console_attends_while_it_is_live_and_answers(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def attending(number: int) -> bool:
        return (await consoles(gateway.database))["BE-VOV"] == number

    token = await gateway.a_session()
    async with gateway.console(token) as console:
        await console.next("welcome")
        assert await attending(0)  # not attached yet
        await console.attached()
        await until("it attends", lambda: attending(1))
        monkeypatch.setattr(dispatch_timing, "ATTENDS_S", 0.0)
        await until("gone quiet, it attends no more", lambda: attending(0))
        monkeypatch.setattr(dispatch_timing, "ATTENDS_S", 30.0)
        await console.send("pong")
        await until("it answers again", lambda: attending(1))
    await until("it has gone", lambda: attending(0))


async def test_a_console_whose_picture_is_read_anew_attends_for_a_while(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def attending(number: int) -> bool:
        return (await consoles(gateway.database))["BE-VOV"] == number

    async with (
        gateway.console(await gateway.a_session()) as console,
        connected(gateway.database, application_name="test", role=Role.TOOL) as database,
        connected(gateway.database, application_name="holder", role=Role.TOOL) as holder,
    ):
        await console.attached()
        await until("it attends", lambda: attending(1))
        async with holder.transaction():
            await holder.execute("LOCK TABLE notice IN ACCESS EXCLUSIVE MODE")  # no snapshot can be read
            await database.execute(FAILED_OVER)
            await console.next("reset")
            began = await database.fetchval("SELECT clock_timestamp()")

            async def said_again() -> bool:
                return bool(await database.fetchval("SELECT bool_and(heard_at > $1) FROM node", began))

            await until("the node has said who attends", said_again)
            assert await attending(1)
            monkeypatch.setattr(dispatch_timing, "READ_ANEW_S", 0.0)
            await until("it takes too long", lambda: attending(0))
        await console.next("caught_up")
        await console.send("pong")  # as it does at each heartbeat
        await until("it is live again", lambda: attending(1))


async def test_two_nodes_divert_only_what_neither_can_show(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        companion = await a.a_companion()
        async with b.console(await b.a_session("BE-VBR")) as beside:
            await beside.attached("BE-VBR")
            async with b.console(await b.a_session()) as console:
                await console.attached()

                async def attended() -> bool:
                    return (await consoles(database))["BE-VOV"] == 1

                await until("the console counts", attended)
                await time_passes(database, 3600)
                await a.press(companion)
                raised = await console.next("event")
                assert raised["kind"] == "alarm.raised"

            async def gone() -> bool:
                return (await consoles(database))["BE-VOV"] == 0

            await until("the console has gone", gone)
            await beside.send("pong")  # as it does at each heartbeat
            await time_passes(database, 9.5)  # less than the first level, as much as the grace, nearly
            told = await beside.next("event")
            assert told["alarm"]["alarm_id"] == raised["alarm"]["alarm_id"]
            assert told["alarm"]["escalation"]["reason"] == "no_console"
            assert told["alarm"]["escalation"]["to"] == ["BE-VBR"]
        async with a.console(await a.a_session()) as back:
            await back.attached()
            while (event := await back.next("event"))["kind"] != "notice.raised" or (
                event["notice"]["kind"] != "attended_again"
            ):
                pass  # the supervisor's level was passed on the way up: that is told too
            assert event["notice"]["detail"]["diverted"] == 1
