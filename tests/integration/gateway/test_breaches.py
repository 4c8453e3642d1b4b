"""A perimeter's story on a running gateway: approach, pre-alert, breach, retreat; faults; two nodes."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.clock import SystemClock
from gateway.store.connect import Connection, Pool, connected
from gateway.store.connect import Role as DatabaseRole
from gateway.store.doors.breach_tellings import PostgresBreachTellings
from gateway.store.sealing import Keyring
from schemas.session import Role
from tests.support.desk import a_desk, supervisor
from tests.support.gateway import Running, running
from tests.support.perimeters import HOME, Court, TagCentre
from tests.support.wait import until

STATE = "SELECT state FROM perimeter_watch"

CLOSED = """
UPDATE alarm SET state = 'closed',
       life = life || jsonb_build_object('closure', jsonb_build_object('at', now() - $2::interval))
 WHERE alarm_id = $1"""


async def a_perimeter(node: Running, pool: Pool, **changes: Any) -> tuple[Any, Court, TagCentre, str]:
    """Have a perimeter in force that the node judges by; return companion, court, tag centre and tracker."""
    companion = await node.a_companion()
    tags = await TagCentre.of(node, pool)
    court = await Court.of(node, companion.registration_id)
    tracker = await court.tracker(**changes.pop("tracker", {}))
    await court.in_force(tracker, **changes)
    await until("the perimeter is known", tags.is_watching)
    return companion, court, tags, tracker


async def test_approach_pre_alert_breach_and_retreat_on_the_console_and_on_one_timeline(
    gateway, pool, connection: Connection
) -> None:
    companion, court, tags, _ = await a_perimeter(gateway, pool)
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(900)
        notice = (await desk.last_told("notice.raised"))["notice"]
        assert (notice["kind"], notice["audience"]) == ("perimeter", ["everybody"])
        assert notice["detail"]["distance_m"] == 900
        assert "alarm.raised" not in {event["kind"] for event in desk.events}, "no alarm yet"

        await tags.moved(505, radius_m=40)
        alarm = (await desk.last_told("alarm.raised"))["alarm"]
        assert alarm["source"] == {"kind": "perimeter", "name": "Tagcentrale"}
        assert (alarm["purpose"], alarm["pattern"], alarm["enriched"]) == ("real", None, True)
        breach = alarm["breach"]
        assert (breach["name"], breach["certain"], breach["inside"]) == ("Thuis", False, True)
        assert 0.2 < breach["probability"] < 0.8
        assert (round(breach["distance_m"]), breach["approaching"], breach["from_place"]) == (505, True, True)
        (place,) = alarm["positions"]
        assert (place["method"], place["radius_m"], place["latitude"]) == ("recorded", 500, HOME[0])

        await tags.moved(300)
        alarm = (await desk.last_told("alarm.breached"))["alarm"]
        assert (alarm["breach"]["certain"], alarm["press_count"], alarm["version"]) == (True, 1, 2)
        shown = await desk.shown(alarm["alarm_id"], alarm["breach"]["offender"]["latitude"])
        assert (shown["who"], shown["position"]["radius_m"]) == ("offender", 10)

        await gateway.press(companion)
        alarm = (await desk.last_told("alarm.pressed_again"))["alarm"]
        assert alarm["breach"]["certain"], "her press and his breach are on one alarm"
        for off_m in (700, 800, 1500):
            await tags.moved(off_m)
        alarm = (await desk.last_told("alarm.retreated"))["alarm"]
        assert (alarm["breach"]["inside"], alarm["breach"]["certain"]) == (False, True)
        await desk.told("notice.cleared")
    operator = await supervisor(gateway, "BE-VOV", role=Role.OPERATOR)
    _, track = await court.ask("GET", f"alarms/{alarm['alarm_id']}/track?who=offender", operator)
    assert len(track["fixes"]) == 6, "with what is left of his approach"
    _, timeline = await court.ask("GET", f"alarms/{alarm['alarm_id']}/timeline", operator)
    kinds = [entry["kind"] for entry in timeline["entries"]]
    assert kinds == ["alarm.raised", "alarm.breached", "alarm.pressed_again", "alarm.retreated"]
    assert await connection.fetchval("SELECT count(*) FROM alarm WHERE owner = centre_id") == 1


async def test_two_offenders_of_one_victim_are_told_apart_by_number(gateway, pool) -> None:
    _, court, tags, first = await a_perimeter(gateway, pool)
    second = await court.tracker("TAG-2")
    await until("the other tag is known", lambda: tags.is_known("TAG-2"))
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(100)
        alarm = (await desk.last_told("alarm.raised"))["alarm"]
        assert (alarm["breach"]["number"], alarm["breach"]["of"]) == (1, 2)
        await tags.moved(4000, "TAG-2")
        shown = await desk.shown(alarm["alarm_id"], tags.place(4000)[0])
        assert (shown["who"], shown["number"], shown["of"]) == ("offender", 2, 2)
    operator = await supervisor(gateway, "BE-VOV", role=Role.OPERATOR)
    _, track = await court.ask("GET", f"alarms/{alarm['alarm_id']}/track?who=offender", operator)
    assert [(fix["number"], fix["flags"]) for fix in track["fixes"]] == [(1, []), (2, [])], "nobody jumps"
    await court.ask("POST", f"trackers/{first}/end")
    _, listed = await court.ask("GET", f"registrations/{court.file}/trackers")
    numbers = {one["tracker_id"]: one["number"] for one in listed["trackers"]}
    assert (numbers[first], numbers[second]) == (1, 2)
    third = await court.tracker("TAG-3")
    _, listed = await court.ask("GET", f"registrations/{court.file}/trackers")
    numbers = {one["tracker_id"]: one["number"] for one in listed["trackers"]}
    assert numbers[third] == 1, "a tag that takes the place of another takes its number"


async def test_a_breach_with_her_alarm_open_is_news_on_it_and_keeps_what_her_button_said(
    gateway, pool
) -> None:
    companion, _, tags, _ = await a_perimeter(gateway, pool)
    async with a_desk(gateway, "BE-VOV") as desk:
        await gateway.press(companion)
        raised = (await desk.last_told("alarm.raised"))["alarm"]
        await tags.moved(100)
        alarm = (await desk.last_told("alarm.breached"))["alarm"]
        assert alarm["alarm_id"] == raised["alarm_id"]
        for fact in ("button", "pattern", "source", "positions", "press_count"):
            assert alarm[fact] == raised[fact]
        assert alarm["news_version"] == alarm["version"], "whoever closes must have seen it"


async def test_late_doubled_and_doubtful_fixes_raise_nothing_twice_and_end_nothing(
    gateway, pool, connection: Connection
) -> None:
    _, _, tags, _ = await a_perimeter(gateway, pool)
    at = SystemClock().now() - timedelta(seconds=60)
    for _ in range(2):
        assert (await tags.moved(100, at=at))["fate"] == "accepted"
    await tags.moved(5000, at=at - timedelta(seconds=30))
    for second in range(4):
        await tags.moved(800, at=at + timedelta(seconds=10 + second), mock=True)
    assert await connection.fetchval(STATE) == "breach"
    counts = "SELECT count(*), sum(press_count) FROM alarm WHERE owner = centre_id"
    assert tuple(await connection.fetchrow(counts)) == (1, 1)  # type: ignore[arg-type] # there is a row


async def test_faults_of_a_tracker_are_notices_and_silence_is_told_and_taken_back(
    gateway, pool, connection: Connection
) -> None:
    _, _, tags, tracker = await a_perimeter(gateway, pool, tampered_near="alarm")
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.says("condition", "TAG-1", {"condition": "battery_low", "battery_pct": 8})
        notice = (await desk.last_told("notice.raised"))["notice"]
        assert (notice["kind"], notice["detail"]["condition"]) == ("tracker_fault", "battery_low")
        await tags.says("condition", "TAG-1", {"condition": "tampered"})
        await tags.says("condition", "TAG-1", {"condition": "ok"})
        await desk.told("notice.cleared")
        silent = "UPDATE tracker_state SET heard_at = now() - interval '1 day'"
        await connection.execute(silent)
        raised = [
            event["notice"]["detail"] for event in await desk.told("notice.raised", 3) if event["notice"]
        ]
        assert raised[-1]["condition"] == "silent"
        noted = "SELECT silent_at IS NOT NULL FROM tracker_state"
        await until("the silence is noted", lambda: connection.fetchval(noted))
        assert "alarm.raised" not in {event["kind"] for event in desk.events}
        await connection.execute("UPDATE tracker_state SET silent_at = now()")
        await tags.moved(950)
        await tags.says("condition", "TAG-1", {"condition": "tampered"})
        alarm = (await desk.last_told("alarm.raised"))["alarm"]
        assert "tracker_tampered" in alarm["flags"], "in the ring that is an alarm, where a judge said so"
        assert tracker


async def test_two_nodes_that_get_the_same_fixes_raise_one_alarm(
    database: str, tmp_path: Path, pool: Pool, connection: Connection
) -> None:
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        _, _, tags, _ = await a_perimeter(a, pool)
        others = TagCentre(b, tags.client, await tags.client.token(b.http, b.url))
        await until("the other node knows it", others.is_watching)
        async with a_desk(b, "BE-VOV") as desk:
            at = SystemClock().now() - timedelta(seconds=60)
            same = [(off_m, at - timedelta(seconds=off_m / 10)) for off_m in (400, 300, 200)]
            fixes = [one.moved(off_m, at=then) for off_m, then in same for one in (tags, others)]
            assert {said["fate"] for said in await asyncio.gather(*fixes)} == {"accepted"}
            await tags.moved(100, at=at)
            alarm = (await desk.last_told("alarm.raised"))["alarm"]
            frame = await desk.shown(alarm["alarm_id"], tags.place(100)[0])
            assert frame["who"] == "offender", "the other node's consoles are told where he is"
            for late_s in (15, 12, 8):
                await others.moved(600, at=at - timedelta(seconds=late_s))
            assert await connection.fetchval(STATE) == "breach", "a newer fix shows that he is inside"
            assert "alarm.retreated" not in {event["kind"] for event in desk.events}
            for later_s in (10, 14):
                await others.moved(600, at=at + timedelta(seconds=later_s))
            await tags.moved(600, at=at + timedelta(seconds=18))
            await desk.last_told("alarm.retreated")
        counts = "SELECT count(*), sum(press_count) FROM alarm WHERE owner = centre_id"
        assert tuple(await connection.fetchrow(counts)) == (1, 1)  # type: ignore[arg-type] # there is a row
        assert await connection.fetchval(STATE) == "pre_alert", "three that lead away, by whatever nodes"


async def test_around_the_victim_the_zone_moves_with_her_own_tracker(
    gateway, pool, connection: Connection
) -> None:
    area = {"shape": "victim", "radius_m": 500}
    _, court, tags, _ = await a_perimeter(gateway, pool, area=area)

    async def notices() -> list[tuple[str, str | None]]:
        told = "SELECT kind, detail ->> 'why' FROM notice WHERE cleared_at IS NULL ORDER BY raised_at, kind"
        return [tuple(row) for row in await connection.fetch(told)]

    async def says(*kinds: tuple[str, str | None]) -> bool:
        return await notices() == list(kinds)

    async def blind() -> bool:
        _, listed = await court.ask("GET", f"registrations/{court.file}/perimeters")
        return listed["perimeters"][0]["blind"] is not None

    async def sees() -> bool:
        return not await blind()

    await until("nobody is judged, and that is told", lambda: says(("perimeter_blind", "no_tracker")))
    await until("and shown", blind)
    await court.tracker("UNIT-1", "victim")
    await until("her unit is known", lambda: tags.is_known("UNIT-1"))
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(3000)
        await tags.moved(2900, "UNIT-1")
        alarm = (await desk.last_told("alarm.raised"))["alarm"]
        assert round(alarm["breach"]["distance_m"]) == 100
        assert not alarm["breach"]["from_place"]
        assert alarm["positions"][0]["method"] == "gnss", "she is where her tracker was"
        await until("that it sees again is told", lambda: says(("perimeter_sees", None)))
        await until("and then shown", sees)
    assert await connection.fetchval(STATE) == "breach"
    await connection.execute("UPDATE perimeter_sight SET again_at = again_at - interval '1 hour'")
    await until("and is told no more", says)
    _, listed = await court.ask("GET", f"registrations/{court.file}/perimeters")
    (one,) = listed["perimeters"]
    assert (one["tally"]["approaches"], one["tally"]["breaches"], one["tally"]["possible_breaches"]) == (
        0,
        1,
        0,
    )
    over = {"expected_version": one["version"], "ground": "opgeheven"}
    await court.ask("POST", f"perimeters/{one['perimeter_id']}/end", court.magistrate, over)
    sights = "SELECT count(*) = 0 FROM perimeter_sight"
    await until("what is over is not looked after", lambda: connection.fetchval(sights))


async def test_where_a_tracker_was_outside_of_zones_is_gone_within_minutes(
    gateway, pool, connection: Connection
) -> None:
    _, _, tags, _ = await a_perimeter(gateway, pool)
    await tags.moved(9000)
    await tags.moved(9000, at=SystemClock().now() - timedelta(minutes=20))
    old = "SELECT count(*) FROM tracker_fix WHERE fixed_at < now() - interval '6 minutes'"
    assert await connection.fetchval(old) == 0, "what is older is not kept at all"
    assert await connection.fetchval("SELECT count(*) FROM tracker_fix") > 0
    assert await connection.fetchval("SELECT count(*) FROM offender_fix") == 0


async def test_she_is_told_only_where_the_perimeter_says_so_and_once(
    gateway, pool, connection: Connection
) -> None:
    _, _, tags, _ = await a_perimeter(gateway, pool, victim_told="on_breach")
    tellings = PostgresBreachTellings(pool=pool, keyring=Keyring.of(gateway.settings))
    await tags.moved(900)
    assert await tellings.claim(5, 60) == [], "not of a pre-alert"
    await tags.moved(505, radius_m=40)
    await tags.moved(300)
    (telling,) = await tellings.claim(5, 60)
    assert (telling.message, telling.phone, telling.language) == ("somebody_here", "+32 470 00 00 00", "nl")
    assert await tellings.claim(5, 60) == [], "another node has it"
    for _ in range(2):
        await tellings.ended(telling, "told")
    told = "SELECT facts ->> 'outcome' FROM journal WHERE kind = 'perimeter.told'"
    assert [row[0] for row in await connection.fetch(told)] == ["told"]


async def test_what_the_database_could_not_take_is_raised_once_it_can(gateway, pool) -> None:
    _, _, tags, _ = await a_perimeter(gateway, pool)
    holder = connected(gateway.database, application_name="test", role=DatabaseRole.TOOL)
    async with a_desk(gateway, "BE-VOV") as desk, holder as one:
        held = one.transaction()
        await held.start()
        await one.execute("LOCK TABLE perimeter_watch, press IN ACCESS EXCLUSIVE MODE")
        answer = await tags.moved(100)
        assert answer.get("fate") != "accepted", "nobody is told that it is done"
        await held.rollback()
        alarm = (await desk.last_told("alarm.raised"))["alarm"]
        assert (alarm["source"]["kind"], alarm["press_count"]) == ("perimeter", 1)


async def test_a_tracker_that_is_taken_off_leaves_no_pre_alert_behind(
    gateway, pool, connection: Connection
) -> None:
    _, court, tags, tracker = await a_perimeter(gateway, pool)
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(900)
        assert (await desk.last_told("notice.raised"))["notice"]["kind"] == "perimeter"
        assert (await court.ask("POST", f"trackers/{tracker}/end"))[0] == 200
        await desk.told("notice.cleared")
    await until("it begins from far", lambda: connection.fetchval(f"SELECT ({STATE}) = 'far'"))


async def test_what_is_over_leaves_no_notice_and_no_watch_behind(
    gateway, pool, connection: Connection
) -> None:
    _, court, tags, tracker = await a_perimeter(gateway, pool)
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(900)
        await tags.says("condition", "TAG-1", {"condition": "failed"})
        await desk.told("notice.raised", 2)
        _, listed = await court.ask("GET", f"registrations/{court.file}/perimeters")
        (one,) = listed["perimeters"]
        assert [watch["state"] for watch in one["watches"]] == ["pre_alert"]
        over = {"expected_version": one["version"], "ground": "opgeheven"}
        assert (await court.ask("POST", f"perimeters/{one['perimeter_id']}/end", court.magistrate, over))[
            0
        ] == 200
        await desk.told("notice.cleared")
        assert (await court.ask("POST", f"trackers/{tracker}/end"))[0] == 200
        await desk.told("notice.cleared", 2)
    await until("it begins from far", lambda: connection.fetchval(f"SELECT ({STATE}) = 'far'"))
    assert (await tags.moved(100)).get("fate") != "accepted", "nothing of it is kept"


async def test_he_has_not_left_while_another_perimeter_of_hers_holds_him(gateway, pool) -> None:
    _, court, tags, tracker = await a_perimeter(gateway, pool)
    wider = {"shape": "circle", "latitude": HOME[0], "longitude": HOME[1], "radius_m": 800}
    await court.in_force(tracker, name="Wijk", area=wider)
    await until("both are known", lambda: tags.is_watching(2))
    async with a_desk(gateway, "BE-VOV") as desk:
        for off_m in (1500, 700, 400, 600, 610, 620):
            await tags.moved(off_m)
        events = await desk.told("alarm.breached", 2)
        told = [event["alarm"]["breach"] for event in events if event["kind"] == "alarm.breached"]
        assert [(one["name"], one["inside"]) for one in told] == [("Thuis", True), ("Wijk", True)]
        assert "alarm.retreated" not in {event["kind"] for event in desk.events}
        for off_m in (900, 910, 920):
            await tags.moved(off_m)
        alarm = (await desk.last_told("alarm.retreated"))["alarm"]
        assert (alarm["breach"]["name"], alarm["breach"]["inside"]) == ("Wijk", False)


async def test_a_watch_that_was_over_raises_the_next_breach_though_the_first_alarm_is_closed(
    gateway, pool, connection: Connection
) -> None:
    _, court, tags, tracker = await a_perimeter(gateway, pool)
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(100)
        first = (await desk.last_told("alarm.raised"))["alarm"]["alarm_id"]
        await connection.execute(CLOSED, first, timedelta())
        for trackers in ([], [tracker]):
            _, listed = await court.ask("GET", f"registrations/{court.file}/perimeters")
            (one,) = listed["perimeters"]
            swap = {"expected_version": one["version"], "trackers": trackers}
            assert (await court.ask("PATCH", f"perimeters/{one['perimeter_id']}", body=swap))[0] == 200
            await until("it is over", lambda: connection.fetchval(f"SELECT ({STATE}) = 'far'"))
        alarms = "SELECT count(*) FROM alarm WHERE owner = centre_id"

        async def is_raised() -> bool:
            await tags.moved(90)
            return bool(await connection.fetchval(alarms) == 2)

        await until("the second breach has an alarm of its own", is_raised)


async def test_who_is_still_inside_minutes_after_the_alarm_was_closed_raises_another(
    gateway, pool, connection: Connection
) -> None:
    _, _, tags, _ = await a_perimeter(gateway, pool)
    async with a_desk(gateway, "BE-VOV") as desk:
        await tags.moved(100)
        first = (await desk.last_told("alarm.raised"))["alarm"]["alarm_id"]
        await connection.execute(CLOSED, first, timedelta(minutes=10))
        await until("it is armed anew", lambda: connection.fetchval(f"SELECT ({STATE}) = 'pre_alert'"))

        async def is_raised() -> bool:
            await tags.moved(90)
            return bool(await connection.fetchval("SELECT count(*) FROM alarm WHERE owner = centre_id") == 2)

        await until("he has an alarm again", is_raised)


async def test_a_breach_in_her_test_window_is_real_and_a_sign_that_is_no_press_keeps_the_buttons_facts(
    gateway, pool, connection: Connection
) -> None:
    companion, _, tags, _ = await a_perimeter(gateway, pool)
    window = "UPDATE registration SET test_from = now(), test_until = now() + interval '1 hour'"
    await connection.execute(f"{window} WHERE registration_id = $1", companion.registration_id)
    assert (await gateway.press(companion)).json()["purpose"] == "test"
    await tags.moved(900)
    assert await connection.fetchval("SELECT count(*) FROM offender_fix") == 0, "a test keeps none of him"
    await tags.moved(100)
    purposes = "SELECT array_agg(purpose ORDER BY purpose) FROM alarm WHERE owner = centre_id"
    assert await connection.fetchval(purposes) == ["real", "test"]

    fix = {"method": "gnss"}
    base = {"trail": {}, "verified": True, "flags": []}
    was = {**base, "button": {"button_id": "b", "boot": None}, "pattern": "hold", "positions": [fix]}
    now = {**base, "button": None, "pattern": None, "positions": [{"method": "recorded"}], "breach": {}}
    facts = await connection.fetchval("SELECT press_again($1, $2)", was, now)
    assert (facts["button"], facts["pattern"], facts["positions"]) == (was["button"], "hold", [fix])
    assert "breach" in facts


async def test_an_erased_file_leaves_no_tracker_no_fix_and_no_watch(
    gateway, pool, connection: Connection
) -> None:
    companion, _, tags, _ = await a_perimeter(gateway, pool)
    await tags.moved(900)
    await until("the watch stands", lambda: connection.fetchval("SELECT count(*) > 0 FROM perimeter_watch"))
    erased = "UPDATE registration SET wrapped_key = NULL WHERE registration_id = $1"
    await connection.execute(erased, companion.registration_id)
    for table in ("tracker", "tracker_state", "tracker_fix", "perimeter_watch", "perimeter_move"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    assert await connection.fetchval("SELECT state FROM perimeter") == "ended"
