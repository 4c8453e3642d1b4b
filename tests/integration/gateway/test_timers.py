"""Deadlines are carried out once, whoever claims them, and never after what settled them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from gateway.domain import happenings
from gateway.store import changes as changes_store
from gateway.store.connect import Connection, Role, connected
from gateway.store.deadlines import PostgresDeadlines
from schemas.alarm import AlarmView
from schemas.commands import Acknowledge, Assign, Close
from schemas.frames import Result
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.session import OperatorView
from tests.support.answering import (
    Station,
    a_sealed_companion,
    a_station,
    an_attended_station,
    an_operator_view,
    kinds_of,
    life_of,
    time_passes,
)
from tests.support.changing import changed, pressed
from tests.support.records import NOW, a_companion, an_operator
from tests.support.two_nodes import held
from tests.support.wait import until

MANY = 40
LEVELS = "SELECT level FROM deadline WHERE alarm_id = $1 AND kind = 'escalate'"
OPEN = "SELECT kind FROM deadline WHERE alarm_id = $1"
LEFT_OVER = """
INSERT INTO deadline (alarm_id, kind, level, made_at, due_at) VALUES ($1, 'escalate', 1, now(), now())"""
ADD_UNIT = "INSERT INTO unit (centre_id, unit_id, name, on_duty, since) VALUES ('BE-VOV', $1, $2, true, $3)"
ATTENDED = {"BE-VOV": 1, "BE-VAN": 1}
SHARING = ("BE-BRU", "BE-VBR", "BE-VLI", "BE-VOV", "BE-VWV", "BE-WBR", "BE-WHT", "BE-WLG", "BE-WNA")
WITHIN_S = 1.0
"""How long anybody else may be held up (G6)."""


@pytest.fixture
async def station(database: str) -> AsyncIterator[Station]:
    async with an_attended_station(database, ATTENDED) as node:
        yield node


@pytest.fixture
async def operator(connection: Connection) -> OperatorView:
    return an_operator_view(await an_operator(connection))


async def an_alarm(connection: Connection, centre: str = "BE-VOV", **changes: object) -> AlarmView:
    return await pressed(connection, await a_companion(connection, centre), centre, **changes)


def acknowledging(alarm: AlarmView) -> Acknowledge:
    return Acknowledge(request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=alarm.version)


async def test_an_alarm_that_nobody_answers_climbs_its_ladder_level_by_level(
    station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised"]
    steps = []
    for passed_s in (10, 20, 30, 30, 30, 60, 60):
        await time_passes(connection, passed_s)
        await station.timers.sweep()
        await station.timers.sweep()
        _, image = (await life_of(connection, alarm.alarm_id))[-1]
        steps.append((image["escalation"]["level"], image["escalation"]["step"]))
    assert steps == [
        (1, "remind"),
        (2, "supervisor"),
        (3, "neighbour"),
        (4, "national"),
        (5, "webhook"),
        (6, "remind"),
        (7, "remind"),
    ]
    assert await kinds_of(connection, alarm.alarm_id, "BE-VAN") == ["escalated"] * 5  # the attended neighbour
    assert await kinds_of(connection, alarm.alarm_id, "BE-BRU") == ["escalated"] * 4


async def test_two_nodes_that_sweep_at_once_tell_each_level_once(
    database: str, station: Station, connection: Connection
) -> None:
    alarms = [await an_alarm(connection) for _ in range(MANY)]
    async with a_station(database) as other:
        for _ in range(3):
            await time_passes(connection, 30)
            await asyncio.gather(*(node.timers.sweep() for node in (station, other) for _ in range(2)))
    for alarm in alarms:
        life = await life_of(connection, alarm.alarm_id)
        levels = [image["escalation"]["level"] for kind, image in life if kind == "alarm.escalated"]
        assert levels == [2, 3, 4]


async def test_after_an_hour_without_a_node_one_event_tells_everybody_once(
    station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, 3600)
    for _ in range(3):
        await station.timers.sweep()
    (_, (_, image)) = await life_of(connection, alarm.alarm_id)
    escalation = image["escalation"]
    assert (escalation["level"], escalation["step"]) == (5, "webhook")
    assert escalation["steps"] == ["remind", "supervisor", "neighbour", "national", "webhook"]
    assert escalation["to"] == ["BE-VOV", "BE-VAN", "BE-BRU"]
    assert await connection.fetchval(LEVELS, alarm.alarm_id) == 6
    await time_passes(connection, 59)
    await station.timers.sweep()
    assert len(await life_of(connection, alarm.alarm_id)) == 2


async def test_the_deadlines_of_a_node_that_died_are_another_nodes_after_its_lease(
    database: str, station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, 10)
    (dead_nodes,) = await station.deadlines.due(10)
    async with a_station(database) as other:
        await other.timers.sweep()
        assert await kinds_of(connection, alarm.alarm_id) == ["raised"]
        await time_passes(connection, 5)
        await other.timers.sweep()
        assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]
    assert dead_nodes.alarm_id == alarm.alarm_id


async def test_a_node_that_was_frozen_does_not_tell_a_level_again(
    database: str, station: Station, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, 10)
    decided, thawed = asyncio.Event(), asyncio.Event()
    commit = station.changes.commit

    async def frozen(proposals):
        decided.set()
        await thawed.wait()
        return await commit(proposals)

    monkeypatch.setattr(station.changes, "commit", frozen)
    sweeping = asyncio.create_task(station.timers.sweep())
    await decided.wait()
    await time_passes(connection, 5)
    async with a_station(database) as other:
        await other.timers.sweep()
    thawed.set()
    await sweeping
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


async def test_nobody_is_told_once_somebody_has_the_alarm(
    station: Station, connection: Connection, operator: OperatorView
) -> None:
    alarms = [await an_alarm(connection) for _ in range(MANY)]
    await time_passes(connection, 10)
    await asyncio.gather(
        station.timers.sweep(),
        *(station.commands.carry_out(operator, acknowledging(alarm)) for alarm in alarms),
        station.timers.sweep(),
    )
    await time_passes(connection, 60)
    await station.timers.sweep()
    for alarm in alarms:
        kinds = await kinds_of(connection, alarm.alarm_id)
        assert kinds[-1] == "acknowledged"
        assert kinds.count("escalated") <= 1


async def test_an_acknowledgement_in_between_wins_over_an_escalation_already_decided(
    station: Station, connection: Connection, operator: OperatorView, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, 10)
    commit = station.changes.commit

    async def late(proposals):
        monkeypatch.undo()
        await station.commands.carry_out(operator, acknowledging(alarm))
        return await commit(proposals)

    monkeypatch.setattr(station.changes, "commit", late)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "acknowledged"]


async def test_a_press_in_between_does_not_stop_an_escalation(
    station: Station, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    companion = await a_companion(connection)
    alarm = await pressed(connection, companion)
    await time_passes(connection, 10)
    commit = station.changes.commit

    async def late(proposals):
        monkeypatch.undo()
        await pressed(connection, companion)
        return await commit(proposals)

    monkeypatch.setattr(station.changes, "commit", late)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "pressed_again", "escalated"]


async def taken(connection: Connection, station: Station, operator: OperatorView) -> AlarmView:
    alarm = await pressed(connection, await a_sealed_companion(station))
    await station.commands.carry_out(operator, acknowledging(alarm))
    return alarm


async def test_an_acknowledgement_without_a_unit_falls_back_and_the_ladder_starts_anew(
    station: Station, connection: Connection, operator: OperatorView
) -> None:
    alarm = await taken(connection, station, operator)
    await time_passes(connection, 120)
    await station.timers.sweep()
    kind, image = (await life_of(connection, alarm.alarm_id))[-1]
    assert (kind, image["state"], image["lapses"]) == ("alarm.acknowledgement_lapsed", "raised", 1)
    await time_passes(connection, 10)
    await station.timers.sweep()
    assert (await life_of(connection, alarm.alarm_id))[-1][1]["escalation"]["level"] == 1


async def test_a_lapse_that_meets_an_assignment_or_a_close_never_comes_after_it(
    station: Station, connection: Connection, operator: OperatorView
) -> None:
    alarms = [await taken(connection, station, operator) for _ in range(MANY)]
    units = [uuid4() for _ in alarms]
    for number, unit in enumerate(units):
        await connection.execute(ADD_UNIT, unit, f"Unit {number}", NOW)
    await time_passes(connection, 120)

    def meeting(number: int, alarm: AlarmView) -> Assign | Close:
        known = {"request_id": uuid4(), "alarm_id": alarm.alarm_id, "expected_version": 2}
        if number % 2:
            return Close(**known, outcome=Outcome.DUPLICATE, note="twice")
        return Assign(**known, unit_id=units[number])

    await asyncio.gather(
        *(station.commands.carry_out(operator, meeting(*one)) for one in enumerate(alarms[: MANY // 2])),
        station.timers.sweep(),
        *(station.commands.carry_out(operator, meeting(*one)) for one in enumerate(alarms[MANY // 2 :])),
    )
    await station.timers.sweep()
    ends = {(await kinds_of(connection, alarm.alarm_id))[-1] for alarm in alarms}
    assert ends <= {"acknowledgement_lapsed", "unit_assigned", "closed"}
    assert len(ends) > 1
    for alarm in alarms:
        kinds = await kinds_of(connection, alarm.alarm_id)
        assert len(kinds) == 3, kinds
        assert ("escalate" in await open_deadlines(connection, alarm.alarm_id)) == (
            kinds[-1] == "acknowledgement_lapsed"
        )


async def open_deadlines(connection: Connection, alarm_id: UUID) -> set[str]:
    return {row["kind"] for row in await connection.fetch(OPEN, alarm_id)}


async def test_what_is_not_real_climbs_no_ladder_and_closes_by_itself(
    station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection, purpose=Purpose.TEST)
    await time_passes(connection, 899)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised"]
    await time_passes(connection, 1)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "expired"]
    assert await open_deadlines(connection, alarm.alarm_id) == set()


async def test_the_end_of_tracking_is_announced_and_comes(
    station: Station, connection: Connection, operator: OperatorView
) -> None:
    alarm = await taken(connection, station, operator)
    await connection.execute("DELETE FROM deadline WHERE kind = 'lapse'")
    for passed_s in (6900, 300):
        await time_passes(connection, passed_s)
        await station.timers.sweep()
    assert (await kinds_of(connection, alarm.alarm_id))[-2:] == ["tracking_ending", "tracking_ended"]


async def test_a_deadline_whose_act_is_not_allowed_any_more_is_forgotten(
    station: Station, connection: Connection, operator: OperatorView
) -> None:
    alarm = await taken(connection, station, operator)
    await connection.execute(LEFT_OVER, alarm.alarm_id)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "acknowledged"]
    assert "escalate" not in await open_deadlines(connection, alarm.alarm_id)


async def test_an_alarm_that_cannot_be_read_is_put_off_and_delays_no_other(
    station: Station, connection: Connection
) -> None:
    poison = await an_alarm(connection)
    others = [await an_alarm(connection) for _ in range(3)]
    await connection.execute(
        """UPDATE alarm SET life = life || '{"lapses": "x"}' WHERE alarm_id = $1""", poison.alarm_id
    )
    for tries in (1, 2, 3):
        await time_passes(connection, 30)
        await station.timers.sweep()
        assert await connection.fetchval(
            "SELECT tries FROM deadline WHERE alarm_id = $1 AND kind = 'escalate'", poison.alarm_id
        ) == (tries)
    for other in others:
        assert (await kinds_of(connection, other.alarm_id)).count("escalated") == 3
    await connection.execute(
        """UPDATE alarm SET life = life || '{"lapses": 0}' WHERE alarm_id = $1""", poison.alarm_id
    )
    await time_passes(connection, 30)
    await station.timers.sweep()
    assert await kinds_of(connection, poison.alarm_id) == ["raised", "escalated"]


async def test_facts_that_cannot_be_read_do_not_keep_an_alarm_from_climbing(
    station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection)
    await connection.execute(
        """UPDATE alarm SET facts = facts || '{"positions": 3}' WHERE alarm_id = $1""", alarm.alarm_id
    )
    await time_passes(connection, 10)
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


async def test_a_change_that_the_database_refuses_is_put_off_and_delays_no_other(
    station: Station, connection: Connection
) -> None:
    alarms = [await an_alarm(connection) for _ in range(3)]
    await connection.execute(
        f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON alarm FOR EACH ROW
              WHEN (OLD.alarm_id = '{alarms[1].alarm_id}') EXECUTE FUNCTION refuse()"""
    )
    await time_passes(connection, 10)
    await station.timers.sweep()
    told = [(await kinds_of(connection, alarm.alarm_id)).count("escalated") for alarm in alarms]
    assert told == [1, 0, 1]


async def test_a_centre_whose_row_is_locked_delays_no_other(
    database: str, station: Station, connection: Connection
) -> None:
    stuck = [await an_alarm(connection) for _ in range(3)]
    free = await an_alarm(connection, "BE-VAN")
    await time_passes(connection, 10)
    async with connected(database, application_name="stuck", role=Role.TOOL) as holder:
        async with holder.transaction():
            await holder.execute("SELECT FROM centre_stream WHERE centre_id = 'BE-VOV' FOR UPDATE")
            await station.timers.sweep()
            assert await kinds_of(connection, free.alarm_id, "BE-VAN") == ["raised", "escalated"]
            assert await kinds_of(connection, stuck[0].alarm_id) == ["raised"]
        await time_passes(connection, 1)
        await station.timers.sweep()
    for alarm in stuck:
        assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


@pytest.mark.alone
async def test_a_locked_centre_that_many_share_alarms_with_delays_no_other(
    database: str, station: Station, connection: Connection
) -> None:
    await station.attendance.beat(dict.fromkeys((*SHARING, "BE-VAN"), 1))
    for centre in SHARING:
        await changed(connection, happenings.cross(await an_alarm(connection, centre), "BE-WLX", NOW))
    await time_passes(connection, 1)
    free = await an_alarm(connection, "BE-VAN")
    await time_passes(connection, 10)
    now = asyncio.get_running_loop().time
    async with held(database, "BE-WLX"):
        began = now()
        sweeping = asyncio.create_task(station.timers.sweep())

        async def told() -> bool:
            return await kinds_of(connection, free.alarm_id, "BE-VAN") == ["raised", "escalated"]

        await until("it is told", told)
        took_s = now() - began
        await sweeping
    assert took_s < WITHIN_S


@pytest.mark.alone
async def test_an_operator_waits_for_a_centre_that_is_held_up_without_holding_up_her_own(
    database: str,
    station: Station,
    connection: Connection,
    operator: OperatorView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes_store, "HELD_UP_TRIES", 1000)  # as often as it takes to look between two
    alarm = await changed(connection, happenings.cross(await an_alarm(connection), "BE-WLX", NOW))
    async with held(database, "BE-WLX") as queue:
        asked = asyncio.create_task(station.commands.carry_out(operator, acknowledging(alarm)))
        await queue.of(1)

        async def let_go() -> bool:
            free = await connection.fetch(
                "SELECT FROM centre_stream WHERE centre_id = 'BE-VOV' FOR UPDATE SKIP LOCKED"
            )
            return bool(free)

        await until("between two tries the operator's own centre is free", let_go)
        assert not asked.done()
    assert isinstance(await asked, Result)


async def test_an_alarm_without_a_next_level_gets_one(station: Station, connection: Connection) -> None:
    alarm = await an_alarm(connection)
    await connection.execute("DELETE FROM deadline")
    await station.timers.mend()
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]
    await station.timers.mend()
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


# --- the database's clock is set ----------------------------------------------------------------


async def test_a_clock_set_back_before_this_node_began_delays_nobody(
    station: Station, connection: Connection
) -> None:
    alarm = await an_alarm(connection)
    await time_passes(connection, -3600)  # what was made is in the future now
    await station.timers.sweep()
    assert await kinds_of(connection, alarm.alarm_id) == ["raised", "escalated"]


class SetClock(PostgresDeadlines):
    """The database's clock as it was before somebody set it: ``ahead_s`` before that, then 0."""

    ahead_s = 0.0

    async def clock(self) -> tuple[datetime, int]:
        now, newest = await super().clock()
        return now + timedelta(seconds=self.ahead_s), newest


async def test_a_clock_set_back_by_less_than_a_level_delays_nobody(
    database: str, connection: Connection
) -> None:
    async with a_station(database, deadlines=SetClock) as station:
        clock = station.timers.deadlines
        assert isinstance(clock, SetClock)
        await station.attendance.beat(ATTENDED)
        alarm = await an_alarm(connection)
        await time_passes(connection, 10)
        await station.timers.sweep()
        after = await an_alarm(connection)
        await time_passes(connection, 3)
        clock.ahead_s = 15.0
        await station.timers.sweep()
        clock.ahead_s = 0.0
        await time_passes(connection, 17)  # the next level is due by the clock before; by this one in 15 s
        await connection.execute("UPDATE deadline SET due_at = due_at + interval '15 s'")
        await station.timers.sweep()
        assert (await kinds_of(connection, alarm.alarm_id)).count("escalated") == 2
        assert (await kinds_of(connection, after.alarm_id)).count("escalated") == 1
        made_after = await an_alarm(connection)
        await station.timers.sweep()
        assert await kinds_of(connection, made_after.alarm_id) == ["raised"]


async def test_a_clock_set_forward_tells_the_next_level_and_not_all_of_them(
    database: str, connection: Connection
) -> None:
    async with a_station(database, deadlines=SetClock) as station:
        clock = station.timers.deadlines
        assert isinstance(clock, SetClock)
        await station.attendance.beat(ATTENDED)
        alarm = await an_alarm(connection)
        clock.ahead_s = -3600.0
        await station.timers.sweep()
        clock.ahead_s = 0.0
        await time_passes(connection, 3600)
        await station.timers.sweep()
        await station.timers.sweep()
        (_, (_, image)) = await life_of(connection, alarm.alarm_id)
        assert image["escalation"]["level"] == 1
