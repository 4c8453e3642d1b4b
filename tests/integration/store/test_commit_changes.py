"""The one statement that changes alarms, on real PostgreSQL."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gateway.domain import acts, happenings, ladder
from gateway.domain.acts import Actor
from gateway.domain.ladder import Ladder, Surroundings
from gateway.domain.response import Response
from gateway.store.connect import Connection
from gateway.store.deliveries import RECORD
from schemas.alarm import AlarmState, AlarmView
from schemas.commands import Close
from schemas.outcome import Outcome
from schemas.session import OperatorName
from tests.support.changing import changed, claimed, pressed, proposed, to
from tests.support.records import NOW, a_companion, an_operator, press_facts

NOBODY: frozenset[str] = frozenset()
AROUND = Surroundings(neighbours=("BE-VAN",), national="BE-BRU", attended=frozenset())


@pytest.fixture
async def actor(connection: Connection) -> Actor:
    name = OperatorName(operator_id=await an_operator(connection), name="Op", centre="BE-VOV")
    return Actor(name)


@pytest.fixture
async def alarm(connection: Connection) -> AlarmView:
    return await pressed(connection, await a_companion(connection))


async def rows(connection: Connection) -> set[tuple[str, str, int, str]]:
    found = await connection.fetch("SELECT centre_id, owner, version, state FROM alarm")
    return {(row["centre_id"], row["owner"], row["version"], row["state"]) for row in found}


async def test_an_alarm_goes_to_and_fro_between_centres(
    connection: Connection, alarm: AlarmView, actor: Actor
) -> None:
    for centre in ("BE-VAN", "BE-VOV", "BE-VAN", "BE-VOV", "BE-BRU", "BE-VOV"):
        change = acts.transfer(alarm, to(centre, alarm), actor, NOBODY, NOW, Response())
        alarm = await changed(connection, change)
        assert alarm.centre == centre
    assert await rows(connection) == {
        (centre, "BE-VOV", 7, "raised") for centre in ("BE-VOV", "BE-VAN", "BE-BRU")
    }


async def test_a_centre_that_is_told_takes_over(
    connection: Connection, alarm: AlarmView, actor: Actor
) -> None:
    told = await changed(connection, ladder.escalate(alarm, 3, Ladder(), AROUND, NOW))
    again = await changed(connection, acts.acknowledge(told, actor, NOW, Response()))
    change = acts.transfer(again, to("BE-VAN", again), actor, frozenset({"BE-VAN"}), NOW, Response())
    taken = await changed(connection, change)
    assert (taken.centre, taken.state) == ("BE-VAN", AlarmState.ACKNOWLEDGED)
    assert taken.acknowledged_by is not None
    assert taken.acknowledged_by.centre == "BE-VAN"
    assert await rows(connection) == {
        (centre, "BE-VAN", 4, "acknowledged") for centre in ("BE-VOV", "BE-VAN")
    }


async def test_an_alarm_is_never_handed_to_nobody(
    connection: Connection, alarm: AlarmView, actor: Actor
) -> None:
    change = acts.transfer(alarm, to("BE-XXX", alarm), actor, NOBODY, NOW, Response())
    assert (await proposed(connection, change))["outcome"] == "no_centre"
    assert await rows(connection) == {("BE-VOV", "BE-VOV", 1, "raised")}


async def test_a_deadline_that_was_set_anew_is_not_carried_out_for_who_claimed_it_before(
    connection: Connection, actor: Actor
) -> None:
    companion = await a_companion(connection)
    alarm = await pressed(connection, companion)
    stale = await claimed(connection, alarm, "tracking_end")
    again = await pressed(connection, companion)  # from now on she is followed for as long again
    change = happenings.end_tracking(again)
    assert (await proposed(connection, change, deadline=stale))["outcome"] == "gone"
    fresh = await claimed(connection, again, "tracking_end")
    assert (await proposed(connection, change, deadline=fresh))["outcome"] == "committed"


async def test_the_ladder_of_the_centre_before_is_not_carried_on(
    connection: Connection, alarm: AlarmView, actor: Actor
) -> None:
    stale = await claimed(connection, alarm, "escalate")
    there = await changed(
        connection, acts.transfer(alarm, to("BE-VAN", alarm), actor, NOBODY, NOW, Response())
    )
    change = ladder.escalate(there, 1, Ladder(), AROUND, NOW)
    assert (await proposed(connection, change, deadline=stale))["outcome"] == "gone"


async def test_a_deadline_is_carried_out_once(connection: Connection, alarm: AlarmView) -> None:
    due = await claimed(connection, alarm, "escalate")
    told = await proposed(connection, ladder.escalate(alarm, 1, Ladder(), AROUND, NOW), deadline=due)
    assert told["outcome"] == "committed"
    view = AlarmView.model_validate_json(told["image"])
    again = await proposed(connection, ladder.escalate(view, 2, Ladder(), AROUND, NOW), deadline=due)
    assert again["outcome"] == "gone"


async def test_the_first_screen_of_all_is_what_the_budget_is_judged_by(
    connection: Connection, alarm: AlarmView, actor: Actor
) -> None:
    """An alarm that is handed on is not seen for the first time once more."""
    operator = actor.name.operator_id

    async def painted(centre: str, sequence: int, after_s: float) -> list[str]:
        at = NOW + timedelta(seconds=after_s)
        one = [centre], [alarm.alarm_id], [sequence], [uuid4()], [operator], [None], [at], [at]
        return [row["centre_id"] for row in await connection.fetch(RECORD, *one)]

    assert await painted("BE-VOV", 1, 0.2) == ["BE-VOV"]
    await changed(connection, acts.transfer(alarm, to("BE-VAN", alarm), actor, NOBODY, NOW, Response()))
    assert await painted("BE-VAN", 1, 60) == []
    assert await painted("BE-VOV", 2, 61) == []


async def test_presses_that_slip_in_keep_nobody_from_answering_her(
    connection: Connection, actor: Actor
) -> None:
    companion = await a_companion(connection)
    alarm = await pressed(connection, companion)
    decided = acts.acknowledge(alarm, actor, NOW, Response())
    fix = {"latitude": 51.05, "longitude": 3.72, "fixed_at": "2026-03-02T09:00:00Z"}
    await pressed(connection, companion)
    last = await pressed(connection, companion, facts=press_facts(positions=[fix], phone_battery_pct=3))
    taken = await changed(connection, decided)
    assert (taken.version, taken.state, taken.press_count) == (4, AlarmState.ACKNOWLEDGED, 3)
    assert taken.news_version == 3, "who closes must have seen her last press"
    assert (taken.tracking_until, taken.positions) == (last.tracking_until, last.positions)
    assert taken.phone_battery_pct == 3
    assert taken.lapses_at == decided.alarm.lapses_at


async def test_presses_that_slip_in_make_a_closing_stale(connection: Connection, actor: Actor) -> None:
    companion = await a_companion(connection)
    alarm = await changed(
        connection, acts.acknowledge(await pressed(connection, companion), actor, NOW, Response())
    )
    naming = to("BE-VAN", alarm).model_dump(include={"request_id", "alarm_id", "expected_version"})
    closing = acts.close(alarm, Close(**naming, outcome=Outcome.PREVENTED, note="over"), actor, NOW)
    ending = happenings.end_tracking(alarm)
    await pressed(connection, companion)
    for change in (closing, ending):
        assert (await proposed(connection, change))["outcome"] == "changed"


async def test_whatever_else_slips_in_has_it_decided_anew(connection: Connection, actor: Actor) -> None:
    companion = await a_companion(connection)
    alarm = await pressed(connection, companion)
    decided = acts.acknowledge(alarm, actor, NOW, Response())
    await changed(connection, ladder.escalate(alarm, 1, Ladder(), AROUND, NOW))
    await pressed(connection, companion)
    assert (await proposed(connection, decided))["outcome"] == "changed"


async def test_presses_at_the_centre_it_was_handed_to_slip_in_too(
    connection: Connection, actor: Actor
) -> None:
    companion = await a_companion(connection)
    alarm = await pressed(connection, companion)
    there = await changed(
        connection, acts.transfer(alarm, to("BE-VAN", alarm), actor, NOBODY, NOW, Response())
    )
    before, after = (acts.acknowledge(each, actor, NOW, Response()) for each in (alarm, there))
    await pressed(connection, companion, "BE-VAN")
    assert (await proposed(connection, before))["outcome"] == "changed"
    assert (await changed(connection, after)).version == 4
