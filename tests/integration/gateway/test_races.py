"""Two nodes, one database: whatever happens at once comes out in one order, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from gateway import commands
from gateway.domain import happenings, ladder
from gateway.domain.alarm import DeadlineKind
from gateway.domain.ladder import Ladder, Surroundings
from gateway.domain.response import Response
from gateway.drill.watching import Watcher
from gateway.store.connect import Connection
from schemas.alarm import AlarmState, AlarmView
from schemas.commands import Acknowledge, AddNote, Assign, Close, Command, Reopen, Transfer
from schemas.frames import Refused, Result
from schemas.outcome import Outcome
from schemas.problems import ProblemKind
from tests.support.changing import claimed, proposed
from tests.support.pressing import Presser
from tests.support.records import NOW
from tests.support.two_nodes import Pair, held, in_order, naming, shown, two_nodes

OWNER, NEIGHBOUR = "BE-VOV", "BE-VAN"
AROUND = Surroundings(neighbours=(NEIGHBOUR,), national="BE-BRU", attended=frozenset({OWNER, NEIGHBOUR}))


@pytest.fixture
async def pair(database: str, tmp_path: Path) -> AsyncIterator[Pair]:
    async with two_nodes(database, tmp_path) as nodes:
        yield nodes


@pytest.fixture
async def first(pair: Pair) -> Watcher:
    return await pair.console("Eerste", pair.a, OWNER)


@pytest.fixture
async def second(pair: Pair) -> Watcher:
    return await pair.console("Tweede", pair.b, OWNER)


@pytest.fixture
async def presser(pair: Pair) -> Presser:
    return await pair.presser(pair.a)


@pytest.fixture
async def alarm(presser: Presser, first: Watcher, second: Watcher) -> AlarmView:
    receipt = await presser.press()
    await shown(second, receipt.alarm_id)
    return await shown(first, receipt.alarm_id)


async def taken(watcher: Watcher, alarm: AlarmView) -> AlarmView:
    answer = await watcher.ask(Acknowledge(**naming(alarm)))
    assert isinstance(answer, Result)
    return await shown(watcher, alarm.alarm_id, alarm.version + 1)


def closing(alarm: AlarmView) -> Close:
    return Close(**naming(alarm), outcome=Outcome.PREVENTED, note="afgelopen")


def refused(answer: Result | Refused) -> ProblemKind:
    assert isinstance(answer, Refused)
    return next(kind for kind in ProblemKind if answer.problem.type.endswith(f":{kind.slug}"))


async def kinds(connection: Connection, alarm_id: UUID, centre: str = OWNER) -> list[str]:
    rows = await connection.fetch(
        "SELECT kind FROM stream_event WHERE alarm_id = $1 AND centre_id = $2 ORDER BY sequence",
        alarm_id,
        centre,
    )
    return [row["kind"].removeprefix("alarm.") for row in rows]


async def test_of_two_operators_on_two_nodes_exactly_one_gets_it(
    pair: Pair, database: str, connection: Connection, first: Watcher, second: Watcher, alarm: AlarmView
) -> None:
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue, first.ask(Acknowledge(**naming(alarm))), second.ask(Acknowledge(**naming(alarm)))
        )
    won, lost = await asyncio.gather(*asked)
    assert isinstance(won, Result)
    assert refused(lost) is ProblemKind.ALREADY_TAKEN
    assert isinstance(lost, Refused)
    assert lost.taken_by == "Eerste"
    assert await kinds(connection, alarm.alarm_id) == ["raised", "acknowledged"]
    assert (await pair.verdict()).holds


async def test_an_alarm_that_is_pressed_again_is_not_closed_over_that_press(
    pair: Pair, database: str, connection: Connection, first: Watcher, alarm: AlarmView, presser: Presser
) -> None:
    mine = await taken(first, alarm)
    async with held(database, OWNER) as queue:
        asked = await in_order(queue, pair.also(presser, pair.b).press(), first.ask(closing(mine)))
    receipt, answer = await asyncio.gather(*asked)
    assert receipt.alarm_id == alarm.alarm_id
    assert refused(answer) is ProblemKind.STALE_VERSION
    assert await kinds(connection, alarm.alarm_id) == ["raised", "acknowledged", "pressed_again"]
    assert (await pair.verdict()).holds


async def test_a_press_after_the_close_opens_an_alarm(
    pair: Pair, database: str, connection: Connection, first: Watcher, alarm: AlarmView, presser: Presser
) -> None:
    mine = await taken(first, alarm)
    async with held(database, OWNER) as queue:
        asked = await in_order(queue, first.ask(closing(mine)), pair.also(presser, pair.b).press())
    answer, receipt = await asyncio.gather(*asked)
    assert isinstance(answer, Result)
    assert receipt.alarm_id != alarm.alarm_id
    assert await kinds(connection, alarm.alarm_id) == ["raised", "acknowledged", "closed"]
    assert await kinds(connection, receipt.alarm_id) == ["raised"]
    assert (await pair.verdict()).holds


async def ended(watcher: Watcher, alarm: AlarmView) -> AlarmView:
    mine = await taken(watcher, alarm)
    answer = await watcher.ask(closing(mine))
    assert isinstance(answer, Result)
    return mine.model_copy(update={"version": mine.version + 1})


async def test_a_press_after_the_reopening_joins_the_alarm(
    pair: Pair, database: str, connection: Connection, first: Watcher, alarm: AlarmView, presser: Presser
) -> None:
    over = await ended(first, alarm)
    async with held(database, OWNER) as queue:
        reopening = Reopen(**naming(over), note="toch niet")
        asked = await in_order(queue, first.ask(reopening), pair.also(presser, pair.b).press())
    answer, receipt = await asyncio.gather(*asked)
    assert isinstance(answer, Result)
    assert receipt.alarm_id == alarm.alarm_id
    assert (await kinds(connection, alarm.alarm_id))[-2:] == ["reopened", "pressed_again"]
    assert (await pair.verdict()).holds


async def test_an_alarm_is_not_reopened_beside_a_newer_one(
    pair: Pair, database: str, connection: Connection, first: Watcher, alarm: AlarmView, presser: Presser
) -> None:
    over = await ended(first, alarm)
    async with held(database, OWNER) as queue:
        reopening = Reopen(**naming(over), note="toch niet")
        asked = await in_order(queue, pair.also(presser, pair.b).press(), first.ask(reopening))
    receipt, answer = await asyncio.gather(*asked)
    assert refused(answer) is ProblemKind.NOT_ALLOWED_NOW
    assert receipt.alarm_id != alarm.alarm_id
    assert (await kinds(connection, alarm.alarm_id))[-1] == "closed"
    assert (await pair.verdict()).holds


@pytest.mark.parametrize("own", [False, True], ids=["handed over", "taken over"])
@pytest.mark.parametrize("press_first", [False, True], ids=["then pressed", "pressed before"])
async def test_a_press_follows_its_alarm_to_another_centre(
    pair: Pair,
    database: str,
    connection: Connection,
    alarm: AlarmView,
    presser: Presser,
    own: bool,  # noqa: FBT001 (a parameter of the test)
    press_first: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    there = await pair.console("Derde", pair.b, OWNER, *([NEIGHBOUR] if own else []))
    async with held(database, OWNER) as queue:
        acts = [there.ask(Transfer(**naming(alarm), to=NEIGHBOUR)), pair.also(presser, pair.b).press()]
        asked = await in_order(queue, *(reversed(acts) if press_first else acts))
    answers = await asyncio.gather(*asked)
    answer, receipt = reversed(answers) if press_first else answers
    assert isinstance(answer, Result)
    assert receipt.alarm_id == alarm.alarm_id
    assert receipt.centre == (OWNER if press_first else NEIGHBOUR)
    moved = "taken_over" if own else "transferred"
    told = ["pressed_again", moved] if press_first else [moved, "pressed_again"]
    assert await kinds(connection, alarm.alarm_id) == ["raised", *told]
    assert await kinds(connection, alarm.alarm_id, NEIGHBOUR) == told[1 if press_first else 0 :]
    assert (await pair.verdict()).holds


async def test_a_press_reaches_the_centre_that_was_told_of_the_alarm_meanwhile(
    pair: Pair, database: str, connection: Connection, alarm: AlarmView, presser: Presser
) -> None:
    """It had locked the streams that saw the alarm before: it is tried again, with those that do now."""
    due = await claimed(connection, alarm, DeadlineKind.ESCALATE)
    change = ladder.escalate(alarm, 3, Ladder(), AROUND, NOW)
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue, proposed(connection, change, deadline=due), pair.also(presser, pair.b).press()
        )
    told, receipt = await asyncio.gather(*asked)
    assert told["outcome"] == "committed"
    assert receipt.alarm_id == alarm.alarm_id
    assert await kinds(connection, alarm.alarm_id, NEIGHBOUR) == ["escalated", "pressed_again"]
    assert (await pair.verdict()).holds


async def test_what_is_acknowledged_is_told_to_nobody_else(
    pair: Pair, database: str, connection: Connection, second: Watcher, alarm: AlarmView
) -> None:
    due = await claimed(connection, alarm, DeadlineKind.ESCALATE)
    change = ladder.escalate(alarm, 1, Ladder(), AROUND, NOW)
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue, second.ask(Acknowledge(**naming(alarm))), proposed(connection, change, deadline=due)
        )
    answer, told = await asyncio.gather(*asked)
    assert isinstance(answer, Result)
    assert told["outcome"] == "gone"
    assert await kinds(connection, alarm.alarm_id) == ["raised", "acknowledged"]
    assert (await pair.verdict()).holds


async def test_the_key_works_though_the_alarm_was_told_meanwhile(
    pair: Pair, database: str, connection: Connection, second: Watcher, alarm: AlarmView
) -> None:
    due = await claimed(connection, alarm, DeadlineKind.ESCALATE)
    change = ladder.escalate(alarm, 1, Ladder(), AROUND, NOW)
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue, proposed(connection, change, deadline=due), second.ask(Acknowledge(**naming(alarm)))
        )
    told, answer = await asyncio.gather(*asked)
    assert told["outcome"] == "committed"
    assert isinstance(answer, Result)
    assert answer.version == 3
    assert await kinds(connection, alarm.alarm_id) == ["raised", "escalated", "acknowledged"]


async def test_what_has_a_unit_does_not_lapse(
    pair: Pair, database: str, connection: Connection, second: Watcher, first: Watcher, alarm: AlarmView
) -> None:
    unit_id = await a_unit(connection)
    mine = await taken(first, alarm)
    due = await claimed(connection, mine, DeadlineKind.LAPSE)
    change = happenings.lapse(mine, NOW, Response())
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue,
            second.ask(Assign(**naming(mine), unit_id=unit_id)),
            proposed(connection, change, deadline=due),
        )
    answer, lapsed = await asyncio.gather(*asked)
    assert isinstance(answer, Result)
    assert lapsed["outcome"] == "gone"
    assert await kinds(connection, alarm.alarm_id) == ["raised", "acknowledged", "unit_assigned"]
    assert (await pair.verdict()).holds


async def test_no_unit_is_sent_for_who_has_it_no_more(
    pair: Pair, database: str, connection: Connection, second: Watcher, first: Watcher, alarm: AlarmView
) -> None:
    unit_id = await a_unit(connection)
    mine = await taken(first, alarm)
    due = await claimed(connection, mine, DeadlineKind.LAPSE)
    change = happenings.lapse(mine, NOW, Response())
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue,
            proposed(connection, change, deadline=due),
            second.ask(Assign(**naming(mine), unit_id=unit_id)),
        )
    lapsed, answer = await asyncio.gather(*asked)
    assert lapsed["outcome"] == "committed"
    assert refused(answer) is ProblemKind.NOT_ALLOWED_NOW
    assert (await kinds(connection, alarm.alarm_id))[-1] == "acknowledgement_lapsed"
    assert await connection.fetchval("SELECT alarm_id FROM unit WHERE unit_id = $1", unit_id) is None


async def a_unit(connection: Connection, centre: str = OWNER) -> UUID:
    unit_id = uuid4()
    await connection.execute(
        "INSERT INTO unit (centre_id, unit_id, name, on_duty, since) VALUES ($1, $2, $3, true, now())",
        centre,
        unit_id,
        str(unit_id)[:8],
    )
    return unit_id


async def test_of_two_alarms_exactly_one_gets_the_unit(
    pair: Pair, database: str, connection: Connection, second: Watcher, first: Watcher, alarm: AlarmView
) -> None:
    unit_id = await a_unit(connection)
    other = await (await pair.presser(pair.b)).press()
    one = await taken(first, alarm)
    two = await taken(second, await shown(second, other.alarm_id))
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue,
            first.ask(Assign(**naming(one), unit_id=unit_id)),
            second.ask(Assign(**naming(two), unit_id=unit_id)),
        )
    won, lost = await asyncio.gather(*asked)
    assert isinstance(won, Result)
    assert refused(lost) is ProblemKind.UNIT_TAKEN
    assert (await pair.verdict()).holds


async def test_a_unit_that_is_forced_away_while_its_alarm_is_closed_is_sent_all_the_same(
    pair: Pair, database: str, connection: Connection, second: Watcher, first: Watcher, alarm: AlarmView
) -> None:
    unit_id = await a_unit(connection)
    other = await (await pair.presser(pair.b)).press()
    one = await taken(first, alarm)
    two = await taken(second, await shown(second, other.alarm_id))
    assert isinstance(await first.ask(Assign(**naming(one), unit_id=unit_id)), Result)
    one = await shown(first, alarm.alarm_id, one.version + 1)
    async with held(database, OWNER) as queue:
        asked = await in_order(
            queue,
            first.ask(closing(one)),
            second.ask(Assign(**naming(two), unit_id=unit_id, force=True)),
        )
    closed, sent = await asyncio.gather(*asked)
    assert isinstance(closed, Result)
    assert isinstance(sent, Result)
    assert (await kinds(connection, alarm.alarm_id))[-1] == "closed"
    assert await connection.fetchval("SELECT alarm_id FROM unit WHERE unit_id = $1", unit_id) == two.alarm_id
    assert (await pair.verdict()).holds


async def test_a_request_repeated_at_another_node_gets_its_first_answer_wherever_the_alarm_is_by_now(
    pair: Pair, connection: Connection, alarm: AlarmView
) -> None:
    session = await pair.a.a_session(OWNER, NEIGHBOUR, name="Vierde")
    here = await pair.console("here", pair.a, OWNER, NEIGHBOUR, token=session)
    there = await pair.console("there", pair.b, OWNER, NEIGHBOUR, token=session)
    command = Acknowledge(**naming(alarm))
    answer = await here.ask(command)
    assert isinstance(answer, Result)
    mine = await shown(there, alarm.alarm_id, 2)
    assert await there.ask(command) == answer
    handed = await pair.console("Vijfde", pair.b, OWNER)
    assert isinstance(await handed.ask(Transfer(**naming(mine), to="BE-BRU")), Result)
    raised = await shown(there, alarm.alarm_id, 3)
    assert raised.state is AlarmState.RAISED
    again = await pair.console("again", pair.b, OWNER, NEIGHBOUR, token=session)
    assert await again.ask(command) == answer
    assert (await kinds(connection, alarm.alarm_id))[-1] == "transferred"


async def test_the_same_request_at_two_nodes_at_once_is_carried_out_once(
    pair: Pair, database: str, connection: Connection, alarm: AlarmView
) -> None:
    session = await pair.a.a_session(OWNER, name="Vierde")
    here = await pair.console("here", pair.a, OWNER, token=session)
    there = await pair.console("there", pair.b, OWNER, token=session)
    command = AddNote(**naming(alarm), text="eenmaal")
    async with held(database, OWNER) as queue:
        asked = await in_order(queue, here.ask(command), there.ask(command))
    one, two = await asyncio.gather(*asked)
    assert isinstance(one, Result)
    assert one == two
    assert await kinds(connection, alarm.alarm_id) == ["raised", "noted"]


@pytest.mark.parametrize("kind", ["acknowledge", "note", "transfer"])
async def test_a_victim_who_presses_meanwhile_makes_no_answer_fail_nor_wait(
    pair: Pair,
    database: str,
    connection: Connection,
    alarm: AlarmView,
    second: Watcher,
    presser: Presser,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However fast she presses: it is not decided anew, so there is nothing to give up."""
    monkeypatch.setattr(commands, "TRIES", 1)
    command: Command = {
        "acknowledge": Acknowledge(**naming(alarm)),
        "note": AddNote(**naming(alarm), text="blijft staan"),
        "transfer": Transfer(**naming(alarm), to=NEIGHBOUR),
    }[kind]  # type: ignore[assignment] # each of these is one
    async with held(database, OWNER) as queue:
        asked = await in_order(queue, presser.press(), second.ask(command))
    _, answer = await asyncio.gather(*asked)
    assert isinstance(answer, Result)
    assert answer.version == 3
    after = await shown(second, alarm.alarm_id, 3)
    assert after.press_count == 2
    assert [note.text for note in after.notes] == (["blijft staan"] if kind == "note" else [])
    assert (await pair.verdict()).holds
