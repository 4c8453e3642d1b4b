"""Who loses a session, an account, a role or a centre sees nothing more, however long attached."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dispatch import timing as dispatch_timing
from dispatch.client import CommandRefused, ConsoleClient, ConsoleClosedError
from gateway import revoking
from gateway.clock import SystemClock
from gateway.drill.proxy import postgres_proxy
from gateway.http.security import COOKIE
from gateway.store.attendance import PostgresAttendance
from gateway.store.connect import connected, create_pool
from gateway.store.operators import Operators
from schemas.session import Role
from tests.support.gateway import DEADLINE_S, People, RawConsole, Running, running
from tests.support.wait import until

SIGN_IN = (4401, "sign in first")
OTHER_RIGHTS = (1012, "your rights or your session have changed: connect again")

SET_ROLES = "UPDATE operator SET roles = $2 WHERE name = $1"
SET_CENTRES = "UPDATE operator SET centres = $2 WHERE name = $1"
WATCH_OVER = """
UPDATE operator_session SET watch_until = now()
 WHERE operator_id = (SELECT operator_id FROM operator WHERE name = $1)"""
END = """
UPDATE operator_session SET ended_at = now()
 WHERE operator_id = (SELECT operator_id FROM operator WHERE name = $1)"""
STATE = "SELECT state, version FROM alarm WHERE alarm_id = $1"


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoking, "REVOKED_LOOK_S", 0.05)


async def run(people: People, statement: str, *arguments: object) -> None:
    async with connected(people.database, application_name="test") as connection:
        await connection.execute(statement, *arguments)


async def disable(people: People, name: str) -> None:
    """Do what ``msa operator disable`` does."""
    async with create_pool(people.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), people.settings.session_hours)
        (username,) = [one.username for one in await operators.every() if one.name == name]
        assert await operators.disable(username)


async def a_link(people: People, name: str) -> str:
    """Make this operator a one-time link."""
    async with create_pool(people.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), people.settings.session_hours)
        (operator,) = [one for one in await operators.every() if one.name == name]
        token, _ = await operators.new_link(operator.operator_id)
    return token


async def hears_a_press(gateway: Running, console: RawConsole) -> None:
    alarm_id = (await gateway.press(await gateway.a_companion())).json()["alarm_id"]
    assert (await console.next("event"))["alarm"]["alarm_id"] == alarm_id


async def test_a_disabled_operator_is_told_to_sign_in_and_a_colleague_is_not_disturbed(
    gateway: Running,
) -> None:
    gone, stays = await gateway.a_session(name="Gone"), await gateway.a_session(name="Stays")
    async with gateway.console(gone) as first, gateway.console(stays) as second:
        await first.attached()
        await second.attached()
        await disable(gateway, "Gone")
        assert await first.closed() == SIGN_IN
        await hears_a_press(gateway, second)


async def test_signing_out_in_one_tab_closes_all_tabs_of_this_session_and_no_other_session(
    gateway: Running,
) -> None:
    here, elsewhere = await gateway.a_session(), await gateway.a_session()
    async with (
        gateway.console(here) as tab,
        gateway.console(here) as not_attached_yet,
        gateway.console(elsewhere) as other,
    ):
        await tab.attached()
        await not_attached_yet.next("welcome")
        await other.attached()
        headers = {"Cookie": f"{COOKIE}={here}", "Origin": gateway.url}
        assert (await gateway.http.delete(f"{gateway.url}/v1/session", headers=headers)).status_code == 200
        assert await tab.closed() == await not_attached_yet.closed() == SIGN_IN
        await hears_a_press(gateway, other)


async def test_a_session_that_has_run_out_is_shown_everything_on_every_connection_and_commands_nothing(
    gateway: Running,
) -> None:
    token = await gateway.a_session(name="Tired", hours=-1)
    async with gateway.console(await gateway.a_session(name="Gone")) as gone:
        await gone.attached()
        for version in (1, 2):  # and once more, as after a lost link or a reload
            async with gateway.console(token) as console:
                welcome = await console.next("welcome")
                assert welcome["commands_until"] < welcome["server_time"]
                await console.attached()
                companion = await gateway.a_companion()
                alarm_id = (await gateway.press(companion)).json()["alarm_id"]
                assert (await console.next("event"))["alarm"]["alarm_id"] == alarm_id
                about = {"alarm_id": alarm_id, "expected_version": 1}
                await console.send("acknowledge", request_id=str(uuid4()), **about)
                assert (await console.next("refused"))["problem"]["type"].endswith(":not-signed-in")
                if version == 2:
                    await run(gateway, END, "Gone")
                    assert await gone.closed() == SIGN_IN  # so they were looked at, and this one stays
                    await hears_a_press(gateway, console)
    async with connected(gateway.database, application_name="test") as connection:
        assert await connection.fetchval("SELECT count(*) FROM alarm WHERE state <> 'raised'") == 0


async def test_a_session_whose_watch_is_over_is_closed_and_lets_nobody_back(gateway: Running) -> None:
    token = await gateway.a_session(name="Tired", hours=-1)
    async with gateway.console(token) as console:
        await console.attached()
        await run(gateway, WATCH_OVER, "Tired")
        assert await console.closed() == SIGN_IN
    async with gateway.console(token) as again:
        assert await again.closed() == SIGN_IN


@pytest.mark.parametrize("end", [END, "UPDATE operator SET disabled_at = now() WHERE name = $1"])
async def test_who_only_watches_is_closed_at_once_when_signed_out_or_disabled(
    gateway: Running, end: str
) -> None:
    async with gateway.console(await gateway.a_session(name="Tired", hours=-1)) as console:
        await console.attached()
        await run(gateway, end, "Tired")
        assert await console.closed() == SIGN_IN


async def test_who_signs_in_again_in_one_tab_commands_in_all_tabs_on_every_node(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        token = await a.a_session(name="Tired", hours=-1)
        link = await a_link(a, "Tired")
        async with a.console(token) as here, b.console(token) as there:
            await here.attached()
            await there.attached()
            answer = await a.http.post(
                f"{a.url}/v1/session/link", json={"token": link}, headers={"Cookie": f"{COOKIE}={token}"}
            )
            assert answer.status_code == 201
            assert await here.closed() == await there.closed() == OTHER_RIGHTS
        async with b.console(answer.cookies[COOKIE]) as again:
            await again.attached()
            alarm_id = (await b.press(await b.a_companion())).json()["alarm_id"]
            await again.next("event")
            about = {"alarm_id": alarm_id, "expected_version": 1}
            await again.send("acknowledge", request_id=str(uuid4()), **about)
            assert (await again.next("event"))["kind"] == "alarm.acknowledged"
        async with a.console(token) as old:
            assert await old.closed() == SIGN_IN


async def test_a_console_that_only_watches_attends_no_centre(gateway: Running) -> None:
    watching = await gateway.a_session("BE-VAN", hours=-1)
    attending = await gateway.a_session("BE-VOV")
    async with gateway.console(watching) as watches, gateway.console(attending) as attends:
        await watches.attached("BE-VAN")
        await attends.attached("BE-VOV")

        async def only_where_somebody_can_answer() -> bool:
            async with create_pool(gateway.database, application_name="test") as pool:
                return (await PostgresAttendance(pool, "test").presence()).attended == {"BE-VOV"}

        await until("the centre that can answer is attended", only_where_somebody_can_answer)


async def test_a_wall_display_attends_no_centre_and_does_again_once_it_is_a_desk(gateway: Running) -> None:
    token = await gateway.a_session("BE-VAN", "BE-VOV")
    how = {"sound": "ready", "visible": True, "awake": True}

    async with gateway.console(token) as console, create_pool(gateway.database, application_name="t") as pool:

        async def attended() -> frozenset[str]:
            return frozenset((await PostgresAttendance(pool, "test").presence()).attended)

        async def both() -> bool:
            return await attended() == {"BE-VAN", "BE-VOV"}

        async def none() -> bool:
            return not await attended()

        await console.attach("BE-VAN", "BE-VOV")
        await until("both centres are attended", both)
        await console.send("condition", **how, wall=True)
        await until("nobody sits at the wall", none)
        await console.send("condition", **how, wall=False)
        await until("somebody sits there again", both)


@pytest.mark.parametrize(
    ("statement", "left", "words"),
    [
        (SET_ROLES, ["auditor"], "your role does not attend alarms"),
        (SET_CENTRES, [], "no centre is yours"),
    ],
)
async def test_without_a_role_or_a_centre_it_is_closed_for_good_in_words(
    gateway: Running, statement: str, left: list[str], words: str
) -> None:
    token = await gateway.a_session(name="Moved")
    async with gateway.console(token) as console:
        await console.attached()
        await run(gateway, statement, "Moved", left)
        assert await console.closed() == (4403, words)
    async with gateway.console(token) as again:
        assert await again.closed() == (4403, words)


async def test_a_supervisor_who_is_an_operator_now_comes_back_as_one(gateway: Running) -> None:
    token = await gateway.a_session(name="Chief", role=Role.SUPERVISOR)
    async with gateway.console(token) as console:
        await console.attached()
        await run(gateway, SET_ROLES, "Chief", ["operator"])
        assert await console.closed() == OTHER_RIGHTS
    async with gateway.console(token) as again:
        assert (await again.next("welcome"))["operator"]["roles"] == ["operator"]


async def presses(gateway: Running, *centres: str) -> list[UUID]:
    companions = [await gateway.a_companion(centre) for centre in centres]
    return [UUID((await gateway.press(companion)).json()["alarm_id"]) for companion in companions]


async def test_who_loses_one_of_two_centres_is_back_at_once_with_the_other_alone(gateway: Running) -> None:
    lost, kept = await presses(gateway, "BE-VAN", "BE-VOV")
    token = await gateway.a_session("BE-VAN", "BE-VOV", name="Half")
    async with asyncio.timeout(DEADLINE_S), ConsoleClient(gateway.url, token) as console:
        while not (console.board.find(lost) and console.board.find(kept)):
            await anext(console)
        await run(gateway, SET_CENTRES, "Half", ["BE-VOV"])
        await until("what is not hers is gone", lambda: console.board.find(lost) is None)
        (later,) = await presses(gateway, "BE-VOV")
        while console.board.find(later) is None:
            await anext(console)
        assert console.board.find(kept) is not None
        assert (console.board.foreign, list(console.board.centres)) == (("BE-VAN",), ["BE-VOV"])


async def test_who_is_given_a_centre_sees_it_without_signing_in_anew(gateway: Running) -> None:
    (there,) = await presses(gateway, "BE-VAN")
    token = await gateway.a_session("BE-VOV", name="More")
    async with asyncio.timeout(DEADLINE_S), ConsoleClient(gateway.url, token) as console:
        await anext(console)
        await run(gateway, SET_CENTRES, "More", ["BE-VOV", "BE-VAN"])
        while console.board.find(there) is None:
            await anext(console)


async def test_a_canary_console_is_closed_like_any(gateway: Running) -> None:
    tokens = [await gateway.a_session(name=name, role=Role.CANARY) for name in ("First", "Second")]
    async with gateway.console(tokens[0]) as first, gateway.console(tokens[1]) as second:
        await first.attached()
        await second.attached()
        await disable(gateway, "First")
        assert await first.closed() == SIGN_IN
        await run(gateway, SET_ROLES, "Second", ["auditor"])
        assert (await second.closed())[0] == 4403


async def test_it_is_closed_on_every_node(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        token = await a.a_session(name="Gone")
        async with a.console(token) as here, b.console(token) as there:
            await here.attached()
            await there.attached()
            await disable(a, "Gone")
            assert await here.closed() == await there.closed() == SIGN_IN


async def test_a_database_that_is_away_closes_nobody(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch_timing, "HEARTBEAT_S", 0.5)
    people = tmp_path / "people"
    people.mkdir()
    async with (
        postgres_proxy(database, tmp_path) as link,
        running(link.url, people) as gateway,
        gateway.console(await gateway.a_session()) as stays,
        gateway.console(await gateway.a_session(name="Gone")) as goes,
    ):
        await stays.attached()
        await goes.attached()
        link.cut()
        async with connected(database, application_name="test") as connection:
            await connection.execute(END, "Gone")
        for _ in range(3):
            for console in (stays, goes):
                assert await console.next("heartbeat")
        link.heal()
        assert await goes.closed() == SIGN_IN
        await hears_a_press(gateway, stays)


async def test_while_the_database_is_away_a_lost_link_is_made_again_by_who_was_here_and_nobody_else(
    database: str, tmp_path: Path
) -> None:
    people = tmp_path / "people"
    people.mkdir()
    async with postgres_proxy(database, tmp_path) as link, running(link.url, people) as gateway:
        here, gone, never = [await gateway.a_session(name=name) for name in ("Here", "Gone", "Never")]
        async with gateway.console(here) as stays, gateway.console(gone) as goes:
            await stays.attached()
            await goes.attached()
            async with connected(database, application_name="test") as connection:
                await connection.execute(END, "Gone")
            assert await goes.closed() == SIGN_IN
            link.cut()
        async with gateway.console(here) as again:
            assert (await again.next("welcome"))["operator"]["name"] == "Here"
            await again.attach()
            reloaded = await gateway.http.get(
                f"{gateway.url}/v1/session", headers={"Cookie": f"{COOKIE}={here}"}
            )
            assert reloaded.status_code == 200
            for token in (gone, never):
                async with gateway.console(token) as refused:
                    assert await refused.closed() == (1012, "the gateway cannot check who you are now")
            async with create_pool(database, application_name="test") as pool:
                await pool.execute(END, "Here")
            assert await again.next("heartbeat"), "what cannot be looked up is believed"
            link.heal()
            assert await again.closed() == SIGN_IN
        async with gateway.console(here) as refused:
            assert await refused.closed() == SIGN_IN


async def test_nothing_is_commanded_between_the_revocation_and_the_close(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoking, "REVOKED_LOOK_S", 3600.0)
    async with gateway.console(await gateway.a_session(name="Gone")) as console:
        await console.attached()
        (alarm_id,) = await presses(gateway, "BE-VOV")
        await disable(gateway, "Gone")
        about = {"alarm_id": str(alarm_id), "expected_version": 1}
        await console.send("acknowledge", request_id=str(uuid4()), **about)
        assert await console.closed() == SIGN_IN
    async with connected(gateway.database, application_name="test") as connection:
        assert tuple(await connection.fetchrow(STATE, alarm_id) or ()) == ("raised", 1)


async def test_a_command_about_a_lost_centre_is_refused_after_coming_back_and_others_are_carried_out(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoking, "REVOKED_LOOK_S", 3600.0)
    lost, kept = await presses(gateway, "BE-VAN", "BE-VOV")
    token = await gateway.a_session("BE-VAN", "BE-VOV", name="Half")
    async with asyncio.timeout(DEADLINE_S), ConsoleClient(gateway.url, token) as console:
        while not (console.board.find(lost) and console.board.find(kept)):
            await anext(console)
        await run(gateway, SET_CENTRES, "Half", ["BE-VOV"])
        assert (await console.acknowledge(kept)).version == 2
        with pytest.raises(CommandRefused) as refused:
            await console.note(lost, "Still hers?", version=1)
        assert refused.value.slug == "not-found"


async def test_a_console_for_programs_ends_when_its_operator_is_disabled(gateway: Running) -> None:
    async with (
        asyncio.timeout(DEADLINE_S),
        ConsoleClient(gateway.url, await gateway.a_session(name="Gone")) as console,
    ):
        await anext(console)
        await disable(gateway, "Gone")
        with pytest.raises(ConsoleClosedError, match="4401: sign in first"):
            await anext(console)
