"""Eight connections do whatever they can to alarms that several centres share: no two wait in a circle."""

import asyncio
import random
from collections import Counter
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from gateway.domain import acts, happenings
from gateway.domain.acts import Actor
from gateway.domain.alarm import Change
from gateway.domain.errors import NotAllowedNow
from gateway.domain.ladder import Ladder, Surroundings, escalate
from gateway.domain.response import Response
from gateway.drill.lives import lives, streams
from gateway.drill.store_reading import read_store
from gateway.ports import Proposal
from gateway.store.changes import COMMIT as COMMIT_CHANGES
from gateway.store.changes import as_json as change_as_json
from gateway.store.connect import Connection, connected
from gateway.store.writer import COMMIT as COMMIT_PRESSES
from gateway.store.writer import as_json as press_as_json
from schemas.alarm import AlarmView, Share, ShareReason
from schemas.commands import Assign, Close
from schemas.outcome import Outcome
from schemas.session import OperatorName
from schemas.unit import UnitView
from tests.support.changing import to
from tests.support.memory_store import CENTRES
from tests.support.records import NOW, a_companion, a_record
from tests.support.sql_store import ADD_UNIT

CONNECTIONS: Final = 8
OPERATIONS: Final = 250
VICTIMS: Final = 10
SEED: Final = 20260302
AROUND: Final = Surroundings(neighbours=CENTRES[1:3], national=CENTRES[3], attended=frozenset())
ACTOR: Final = Actor(OperatorName(operator_id=uuid4(), name="Op", centre=CENTRES[0]))

SOME_ALARM: Final = """
SELECT alarm_image(a)::text AS image FROM alarm a
 WHERE a.owner = a.centre_id AND a.registration_id = $1 ORDER BY a.raised_at DESC LIMIT 1"""
UNIT: Final = "SELECT unit_image(u) AS image FROM unit u WHERE unit_id = $1"
ALARM: Final = "SELECT alarm_image(a)::text AS image FROM alarm a WHERE alarm_id = $1 AND owner = centre_id"
UNEQUAL: Final = """
SELECT count(*) FROM (SELECT alarm_id FROM alarm a
                       GROUP BY 1 HAVING count(DISTINCT to_jsonb(a) - 'centre_id') > 1) AS found"""
UNOWED: Final = """
SELECT count(*) FROM alarm a WHERE a.owner = a.centre_id AND a.purpose = 'real' AND a.state <> 'closed'
   AND NOT EXISTS (SELECT FROM deadline d WHERE d.alarm_id = a.alarm_id AND d.kind IN ('escalate', 'lapse'))
   AND NOT EXISTS (SELECT FROM unit u WHERE u.alarm_id = a.alarm_id)"""


class Hand:
    """One connection that does one thing after another."""

    def __init__(
        self,
        connection: Connection,
        number: int,
        companions: list[tuple[UUID, UUID]],
        units: list[UUID],
        fates: Counter[str],
    ) -> None:
        self._connection = connection
        self._random = random.Random(SEED + number)
        self._companions = companions
        self._units = units
        self._fates = fates

    async def work(self) -> None:
        for _ in range(OPERATIONS):
            try:
                await (self._press() if self._random.random() < 0.4 else self._change())
            except (asyncpg.SerializationError, asyncpg.UniqueViolationError) as error:
                self._fates[type(error).__name__] += 1  # to be tried again by whoever asked
            except NotAllowedNow:
                self._fates["refused"] += 1

    async def _press(self) -> None:
        """Commit a batch at a centre; what belongs elsewhere is handed to that centre."""
        centre = self._random.choice(CENTRES)
        waiting = [self._record(centre) for _ in range(self._random.randint(1, 6))]
        for _ in range(3):
            presses = [press_as_json(record) for record in waiting]
            rows = await self._connection.fetch(COMMIT_PRESSES, centre, presses, [b""] * len(presses))
            self._fates.update("moved" if row["moved_to"] else str(row["kind"]) for row in rows)
            moved = [record for record, row in zip(waiting, rows, strict=True) if row["moved_to"]]
            if not moved:
                return
            centre, waiting = next(row["moved_to"] for row in rows if row["moved_to"]), moved[:1]

    def _record(self, centre: str) -> Any:
        also = [one for one in CENTRES if one != centre and self._random.random() < 0.2]
        shared = tuple(Share(centre=one, reason=ShareReason.NEAR_BORDER, since=NOW) for one in also)
        return a_record(self._random.choice(self._companions), centre, shared=shared)

    async def _change(self) -> None:
        registration_id, _ = self._random.choice(self._companions)
        row = await self._connection.fetchrow(SOME_ALARM, registration_id)
        if row is None:
            return
        changes = await self._decided(_view(row))
        proposals = [Proposal(change, with_previous=index > 0) for index, change in enumerate(changes)]
        rows = await self._connection.fetch(
            COMMIT_CHANGES, [change_as_json(one) for one in proposals], [None] * len(proposals)
        )
        self._fates[rows[-1]["outcome"]] += 1

    async def _decided(self, alarm: AlarmView) -> list[Change]:
        centre, response = self._random.choice(CENTRES), Response()
        naming = to(centre, alarm).model_dump(include={"request_id", "alarm_id", "expected_version"})
        closing = Close(**naming, outcome=Outcome.PREVENTED, note="x")
        own, level = frozenset(CENTRES[:2]), self._random.randint(1, 5)
        acknowledge = partial(acts.acknowledge, alarm, ACTOR, NOW, response)
        decide = self._random.choice(
            [
                acknowledge,
                acknowledge,
                partial(acts.transfer, alarm, to(centre, alarm), ACTOR, own, NOW, response),
                partial(happenings.cross, alarm, centre, NOW),
                partial(escalate, alarm, level, Ladder(), AROUND, NOW),
                partial(acts.close, alarm, closing, ACTOR, NOW),
                partial(acts.reopen, alarm, "not over", ACTOR, NOW, response),
                None,
            ]
        )
        return [decide()] if decide is not None else await self._assign(alarm)

    async def _assign(self, alarm: AlarmView) -> list[Change]:
        row = await self._connection.fetchrow(UNIT, self._random.choice(self._units))
        assert row is not None
        unit = UnitView.model_validate(row["image"])
        naming = to("BE-VOV", alarm).model_dump(include={"request_id", "alarm_id", "expected_version"})
        command = Assign(**naming, unit_id=unit.unit_id, force=True)
        change = acts.assign(alarm, command, unit, ACTOR, NOW)
        if unit.alarm_id is None:
            return [change]
        other = await self._connection.fetchrow(ALARM, unit.alarm_id)
        assert other is not None
        return [acts.take_away(_view(other), unit.unit_id, ACTOR, NOW, Response()), change]


def _view(row: asyncpg.Record) -> AlarmView:
    return AlarmView.model_validate_json(row["image"])


async def test_whatever_is_done_at_once_ends_and_leaves_every_stream_whole(
    connection: Connection, database: str
) -> None:
    companions = [await a_companion(connection, CENTRES[n % 4]) for n in range(VICTIMS)]
    units = [uuid4() for _ in range(6)]
    for number, unit_id in enumerate(units):
        await connection.execute(ADD_UNIT, CENTRES[number % 3], unit_id, f"unit {number}", NOW)
    fates: Counter[str] = Counter()

    async def work(number: int) -> None:
        async with connected(database, application_name="test") as own:
            await own.execute("SET deadlock_timeout = '50ms'")  # below lock_timeout: called by its name
            await Hand(own, number, companions, units, fates).work()

    async with asyncio.TaskGroup() as tasks:
        for number in range(CONNECTIONS):
            tasks.create_task(work(number))
    store = await read_store(database)
    assert [*streams(store), *lives(store)] == []
    assert await connection.fetchval(UNEQUAL) == 0
    assert await connection.fetchval(UNOWED) == 0
    assert fates["committed"] > 200
    assert fates["alarm.pressed_again"] > 200
    assert fates["moved"] > 50
