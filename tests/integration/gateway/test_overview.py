"""What a supervisor sees of her centres: consoles of every node, what waits, how soon is answered."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import timing
from gateway.store.connect import Connection, Role, connected
from schemas.session import Role as OperatorRole
from tests.integration.gateway.test_attendance import consoles
from tests.support.answering import time_passes
from tests.support.changing import pressed
from tests.support.desk import a_desk, an_acknowledged_alarm, supervisor
from tests.support.gateway import RawConsole, Running, a_press, running
from tests.support.records import NOW, a_companion
from tests.support.wait import until

Overview = dict[str, Any]

DIES = "UPDATE node SET heard_at = heard_at - interval '3 s' WHERE name = $1"
SOUNDS = "SELECT sound, silenced_until, node, centres, console_id FROM console_sound ORDER BY sound_id"
UNTIL = "2026-11-02T08:16:20Z"


class Supervisor:
    """Somebody who looks again and again."""

    def __init__(self, node: Running, cookie: dict[str, str]) -> None:
        self._node = node
        self._cookie = cookie

    async def look(self) -> Overview:
        answer = await self._node.http.get(f"{self._node.url}/v1/overview", headers=self._cookie)
        assert answer.status_code == 200, answer.text
        found: Overview = answer.json()
        return found

    async def centre(self, name: str = "BE-VOV") -> dict[str, Any]:
        found: dict[str, Any]
        (found,) = [one for one in (await self.look())["centres"] if one["centre"] == name]
        return found

    async def sees(self, what: str, true: Callable[[dict[str, Any]], bool], name: str = "BE-VOV") -> None:
        async def seen() -> bool:
            return true(await self.centre(name))

        await until(what, seen)

    async def sees_console(self, console: RawConsole, true: Callable[[dict[str, Any]], bool]) -> None:
        def found(centre: dict[str, Any]) -> bool:
            return any(one["console"] == str(console.id) and true(one) for one in centre["consoles"])

        await self.sees("the console, so", found)


async def a_supervisor(node: Running, *centres: str) -> Supervisor:
    return Supervisor(node, await supervisor(node, *(centres or ("BE-VOV",))))


async def says(console: RawConsole, sound: str, **changes: Any) -> None:
    """Say how a console is, and wait until that is noted."""
    await console.send("condition", **{"sound": sound, "visible": True, "awake": True, **changes})
    await console.next("noted")


# --- who may see it ---------------------------------------------------------------------------


async def test_a_supervisor_sees_her_own_centres_and_nobody_else_sees_any(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session("BE-VOV", "BE-WHT")) as console:
        await console.attached("BE-VOV", "BE-WHT")
        mine = await a_supervisor(gateway, "BE-VOV")
        await mine.sees_console(console, lambda one: one["centres"] == ["BE-VOV"])
        assert [centre["centre"] for centre in (await mine.look())["centres"]] == ["BE-VOV"]
        await gateway.press(await gateway.a_companion())
        await mine.sees("the alarm", lambda centre: centre["unanswered_count"] == 1)
        other = await (await a_supervisor(gateway, "BE-VAN")).look()
        (theirs,) = other["centres"]
        assert (theirs["centre"], theirs["consoles"], theirs["unanswered"]) == ("BE-VAN", [], [])
        for role in (OperatorRole.OPERATOR, OperatorRole.CASE_OFFICER, OperatorRole.CANARY):
            cookie = await supervisor(gateway, "BE-VOV", role=role)
            answer = await gateway.http.get(f"{gateway.url}/v1/overview", headers=cookie)
            assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (403, "not-yours")
        assert (await gateway.http.get(f"{gateway.url}/v1/overview")).status_code == 401


# --- consoles ---------------------------------------------------------------------------------


async def test_what_a_console_says_of_itself_is_seen_with_what_is_wrong_with_it(gateway: Running) -> None:
    watching = await a_supervisor(gateway)
    async with gateway.console(await gateway.a_session(name="Anna")) as console:
        await console.attached()
        await watching.sees_console(console, lambda one: one["sound"] is None and one["faults"] == [])
        await says(console, "ready", lag_ms=12.5)
        await watching.sees_console(console, lambda one: one["sound"] == "ready" and one["faults"] == [])
        await says(console, "blocked", lag_ms=1500)
        await watching.sees_console(console, lambda one: one["faults"] == ["sound_blocked", "slow"])
        await says(console, "ready", visible=False, awake=False)
        await watching.sees_console(console, lambda one: one["faults"] == ["hidden"])
        await says(console, "silenced", silenced_until=UNTIL)
        await watching.sees_console(console, lambda one: one["silenced_until"] == UNTIL)
        (found,) = (await watching.centre())["consoles"]
        assert (found["operator"]["name"], found["node"], found["faults"]) == ("Anna", "test-node", [])
        assert datetime.fromisoformat(found["since"]) <= datetime.fromisoformat(found["sound_since"])
    await watching.sees("it has gone", lambda centre: centre["consoles"] == [])


async def test_every_silence_and_every_block_is_recorded_once(gateway: Running) -> None:
    watching = await a_supervisor(gateway)
    async with gateway.console(await gateway.a_session(name="Anna")) as console:
        await console.send("condition", sound="unchecked", visible=True)  # before anybody knows which console
        await console.next("noted")
        await console.attached()
        for sound in ("ready", "ready", "silenced", "silenced", "blocked", "ready"):
            await says(console, sound, silenced_until=UNTIL if sound == "silenced" else None)
        await watching.sees("both", lambda centre: len(centre["sound_missing"]) == 2)
    (blocked, silenced) = (await watching.centre())["sound_missing"]
    assert (blocked["sound"], blocked["silenced_until"]) == ("blocked", None)
    assert (silenced["sound"], silenced["silenced_until"]) == ("silenced", UNTIL)
    assert silenced["operator"]["name"] == "Anna"
    async with connected(gateway.database, application_name="test") as connection:

        async def all_written() -> bool:
            return len(await connection.fetch(SOUNDS)) >= 5

        await until("the last is written", all_written)
        rows = await connection.fetch(SOUNDS)
    assert [row["sound"] for row in rows] == ["unchecked", "ready", "silenced", "blocked", "ready"]
    assert {row["console_id"] for row in rows} == {console.id}
    assert {(row["node"], *row["centres"]) for row in rows} == {("test-node", "BE-VOV")}
    assert rows[2]["silenced_until"] == datetime.fromisoformat(UNTIL)


async def test_a_console_that_never_settles_cannot_fill_the_record(gateway: Running) -> None:
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        for _ in range(60):
            await console.send("condition", sound="blocked", visible=True)
            await console.send("condition", sound="ready", visible=True)
        await says(console, "sounding")

        async def last() -> bool:
            async with connected(gateway.database, application_name="test") as connection:
                rows = await connection.fetch(SOUNDS)
            assert len(rows) <= timing.SOUNDS_AT_ONCE + 4
            return bool(rows) and rows[-1]["sound"] == "sounding"

        await until("the last is there", last)


async def test_nor_can_it_under_a_new_name_each_time(gateway: Running) -> None:
    watching, token = await a_supervisor(gateway), await gateway.a_session()
    for _ in range(timing.SOUNDS_AT_ONCE + 10):
        async with gateway.console(token) as console:
            await console.attached()
            await says(console, "blocked")
    async with gateway.console(await gateway.a_session()) as other:
        await other.attached()
        await says(other, "sounding")
        await watching.sees_console(other, lambda one: one["sound"] == "sounding")
        await says(other, "ready")  # seen once what was noted before is written
        await watching.sees_console(other, lambda one: one["sound"] == "ready")
        async with connected(gateway.database, application_name="test") as connection:
            rows = await connection.fetch(SOUNDS)
    assert timing.SOUNDS_AT_ONCE < len(rows) <= timing.SOUNDS_AT_ONCE + 6


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_silence_until_no_time_there_is_blinds_no_supervisor(gateway: Running, when: str) -> None:
    watching = await a_supervisor(gateway)
    async with (
        gateway.console(await gateway.a_session()) as console,
        gateway.console(await gateway.a_session()) as other,
    ):
        await console.attached()
        await other.attached()
        await console.send("condition", sound="silenced", visible=True, silenced_until=when)
        await says(other, "blocked")
        await watching.sees("the other", lambda centre: bool(centre["sound_missing"]))


async def test_consoles_of_another_node_are_seen_until_that_node_is_dead(
    database: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        a = await stack.enter_async_context(running(database, tmp_path, node="a"))
        b = await stack.enter_async_context(running(database, tmp_path, node="b"))
        watching = await a_supervisor(a)
        token = await b.a_session()
        console = await stack.enter_async_context(b.console(token))
        await console.attached()
        await says(console, "blocked")
        await watching.sees_console(console, lambda one: one["node"] == "b" and one["sound"] == "blocked")
        again = await stack.enter_async_context(a.console(token))
        again.id = console.id  # it came back here; there nobody has noticed yet
        await again.attached()
        await says(again, "ready")
        await watching.sees_console(again, lambda one: one["node"] == "a" and one["sound"] == "ready")
        assert len((await watching.centre())["consoles"]) == 1
        third = await stack.enter_async_context(b.console(await b.a_session()))
        await third.attached()
        await watching.sees_console(third, lambda one: one["node"] == "b")
        b.node.cancel()  # killed: nothing is said any more
        async with connected(database, application_name="test") as connection:
            await connection.execute(DIES, "b")
        await watching.sees(
            "it has gone", lambda centre: [one["node"] for one in centre["consoles"]] == ["a"]
        )


async def test_consoles_that_were_forgotten_are_told_again_within_seconds(gateway: Running) -> None:
    watching = await a_supervisor(gateway)
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        await says(console, "ready")
        await watching.sees_console(console, lambda one: one["sound"] == "ready")
        async with connected(gateway.database, application_name="test", role=Role.TOOL) as connection:
            await connection.execute("DELETE FROM attached_console")
        await watching.sees_console(console, lambda one: one["sound"] == "ready")


# --- alarms -----------------------------------------------------------------------------------


async def test_what_waits_is_shown_with_its_age_and_the_ladder(gateway: Running) -> None:
    async def attended() -> bool:
        return (await consoles(gateway.database))["BE-VOV"] == 1

    watching = await a_supervisor(gateway)
    async with a_desk(gateway, "BE-VOV") as desk:
        await until("it is attended", attended)  # else, ten seconds on, it is passed over
        taken = await an_acknowledged_alarm(gateway, desk)
        waits = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
        await gateway.press(await gateway.a_companion(), a_press(purpose="test"))
        await time_passes(gateway.database, 10)
        await watching.sees("the first level", lambda centre: centre["unanswered"][0]["level"] == 1)
        centre = await watching.centre()
        (unanswered,) = centre["unanswered"]
        assert (unanswered["alarm_id"], unanswered["step"]) == (waits, "remind")
        assert (unanswered["owner"], unanswered["press_count"]) == ("BE-VOV", 1)
        assert unanswered["next_at"] > (await watching.look())["as_of"]
        (idle,) = centre["without_unit"]
        assert (idle["alarm_id"], idle["acknowledged_by"]["name"]) == (taken, "Op")
        assert idle["lapses_at"] is not None
        counts = (centre["open_alarms"], centre["open_apart"], centre["unanswered_count"])
        assert counts == (2, 1, 1)


async def test_a_flood_is_told_beside_the_alarms_and_hides_none(gateway: Running) -> None:
    watching = await a_supervisor(gateway)
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        for _ in range(11):
            assert (await gateway.press(await gateway.a_companion())).status_code == 201
        await watching.sees("the flood", lambda centre: [n["kind"] for n in centre["notices"]] == ["flood"])
        centre = await watching.centre()
        assert centre["notices"][0]["detail"]["alarms"] == 11
        assert len(centre["unanswered"]) == centre["unanswered_count"] == 11


async def test_answer_times_tell_the_share_within_each_limit_and_the_percentiles(
    gateway: Running, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.overview.FIGURES_S", 0.0)
    watching = await a_supervisor(gateway)
    empty = (await watching.centre())["day"]
    assert (empty["alarms"], empty["p50_s"]) == (0, None)
    for answered_after_s, hours_ago in ((10, 1), (16, 1), (25, 1), (45, 1), (200, 1), (5, 48), (None, 48)):
        await answered(connection, answered_after_s, hours_ago)
    await answered(connection, None, 0)  # a moment ago: it tells nothing yet
    await answered(connection, 3, 31 * 24)
    await answered(connection, 3, 1, purpose="test")
    centre = await watching.centre()
    day, month = centre["day"], centre["month"]
    assert [(one["seconds"], one["alarms"]) for one in day["within"]] == [(15, 1), (20, 2), (30, 3), (60, 4)]
    assert (day["alarms"], day["unanswered"], day["p50_s"], day["escalated"]) == (5, 0, 25.0, 1)
    assert day["p90_s"] == pytest.approx(138.0)
    assert (month["alarms"], month["unanswered"]) == (7, 1)
    assert [one["alarms"] for one in month["within"]] == [2, 3, 4, 5]
    assert month["p90_s"] > 48 * 3600 * 0.3, "what nobody answered counts with its age"


RAISE = """
UPDATE alarm SET raised_at = clock_timestamp() - make_interval(hours => $2) WHERE alarm_id = $1"""
TOLD = """
INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image)
SELECT a.centre_id, $4, $2, a.raised_at + make_interval(secs => $3), a.alarm_id,
       jsonb_build_object('escalation', jsonb_build_object('step', $5::text))
  FROM alarm a WHERE a.alarm_id = $1"""


async def answered(
    connection: Connection, after_s: float | None, hours_ago: int, purpose: str = "real"
) -> None:
    """An alarm of then that was answered so much later, twice: the second time after a lapse."""
    companion = await a_companion(connection)
    alarm = await pressed(connection, companion, purpose=purpose)
    await connection.execute(RAISE, alarm.alarm_id, hours_ago)
    sequence = 1_000_000 + (await connection.fetchval("SELECT count(*) FROM stream_event")) * 10
    told: list[tuple[str, float, str | None]] = [("alarm.escalated", 12.0, "remind")]
    if after_s is not None:
        told += [("alarm.acknowledged", after_s, None), ("alarm.acknowledged", after_s + 500, None)]
        if after_s > 60:
            told.append(("alarm.escalated", 61.0, "neighbour"))
    for number, (kind, at_s, step) in enumerate(told):
        await connection.execute(TOLD, alarm.alarm_id, kind, float(at_s), sequence + number, step)


async def test_protections_and_their_faults_are_counted(
    gateway: Running, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.overview.FIGURES_S", 0.0)
    for state, faults in (
        ("protected", []),
        ("unprotected", ["companion_silent"]),
        ("degraded", ["phone_battery_low", "clock_wrong"]),
        ("degraded", ["phone_battery_low"]),
    ):
        registration_id, _ = await a_companion(connection)
        await connection.execute(
            "INSERT INTO protection VALUES ($1, 'BE-VOV', 'r', $2, now(), $3)",
            registration_id,
            state,
            [{"kind": kind, "since": NOW.isoformat()} for kind in faults],
        )
    supervisor = await a_supervisor(gateway)
    counted = {"protected": 1, "degraded": 2, "unprotected": 1}
    await supervisor.sees("figures of now", lambda centre: centre["protections"] == counted)
    assert (await supervisor.centre())["faults"] == {
        "companion_silent": 1,
        "phone_battery_low": 2,
        "clock_wrong": 1,
    }


async def test_figures_are_counted_once_for_all_who_look_within_ten_seconds(
    gateway: Running, connection: Connection
) -> None:
    first = await (await a_supervisor(gateway)).look()
    second = await (await a_supervisor(gateway, "BE-WHT")).look()
    assert first["counted_at"] == second["counted_at"] < second["as_of"]


async def test_who_waits_is_told_although_figures_cannot_be_counted(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.store.overview.FIGURES_S", 0.0)
    watching = await a_supervisor(gateway)
    before = await watching.look()
    async with (
        connected(gateway.database, application_name="holder", role=Role.TOOL) as holder,
        holder.transaction(),
    ):
        await holder.execute("LOCK TABLE protection IN ACCESS EXCLUSIVE MODE")
        await gateway.press(await gateway.a_companion())
        held = await watching.look()
    assert held["counted_at"] == before["counted_at"]
    assert held["centres"][0]["unanswered_count"] == 1
    assert (await watching.look())["counted_at"] > before["counted_at"]


async def test_the_last_canary_is_told_by_node(gateway: Running) -> None:
    watching = await a_supervisor(gateway)
    assert (await watching.centre())["canaries"] == []
    companion = await gateway.a_companion()
    async with connected(gateway.database, application_name="test") as connection:
        await connection.execute(
            "UPDATE registration SET population = 'canary' WHERE registration_id = $1",
            companion.registration_id,
        )
    token = await gateway.a_session(role=OperatorRole.CANARY)
    async with gateway.console(token) as canary:
        await canary.attached()
        await gateway.press(companion)
        event = await canary.next("event")
        await canary.send(
            "delivered",
            alarm_id=event["alarm"]["alarm_id"],
            centre="BE-VOV",
            sequence=event["cursor"]["sequence"],
            painted_at=event["at"],
        )
        await watching.sees("it", lambda centre: [one["node"] for one in centre["canaries"]] == ["test-node"])
        centre = await watching.centre()
        assert (centre["consoles"], centre["unanswered"]) == ([], []), "it is no console, and no alarm"


async def test_only_a_hundred_of_many_are_listed_and_all_are_counted(
    gateway: Running, connection: Connection
) -> None:
    for _ in range(103):
        await pressed(connection, await a_companion(connection))
    centre = await (await a_supervisor(gateway)).centre()
    assert (len(centre["unanswered"]), centre["unanswered_count"]) == (100, 103)
