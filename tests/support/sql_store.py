"""PostgreSQL behind the port of the alarm's machine, compared after each commit with ``memory_store``.

What is compared: every centre's copy of the alarm, the streams, the deadlines, the units. Instants that
the database's clock sets are taken from it.
"""

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from dispatch.ports import Logged
from gateway.clock import SystemClock
from gateway.domain.alarm import Change, DeadlineKind
from gateway.domain.errors import NotAllowedNow
from gateway.ports import Claimed, Fate, Proposal, RequestKey
from gateway.store.alarms import PostgresAlarms
from gateway.store.changes import PostgresChanges
from gateway.store.connect import Pool, create_pool
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring, make_key_file
from gateway.store.units import PostgresUnits
from gateway.store.view import Viewer
from gateway.store.writer import COMMIT as COMMIT_PRESSES
from gateway.store.writer import as_json as press_as_json
from gateway.telemetry import Metrics
from schemas.alarm import NOTES_APART, NOTES_SHOWN, AlarmView
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import UnitView
from tests.support.build import a_registration
from tests.support.memory_store import MemoryStore
from tests.support.records import ENROL, NOW, OPERATE, a_record

EPOCH: Final = "SELECT stream_epoch()"
HEADS: Final = "SELECT centre_id, last_sequence FROM centre_stream"
COPIES: Final = """
SELECT array_agg(centre_id) AS centres, count(DISTINCT to_jsonb(a) - 'centre_id') AS kinds
  FROM alarm a WHERE alarm_id = $1"""
OWED: Final = """
SELECT deadline_id, alarm_id, kind, level, due_at, due_at - made_at AS after
  FROM deadline WHERE alarm_id = $1"""
ADD_UNIT: Final = "INSERT INTO unit (centre_id, unit_id, name, on_duty, since) VALUES ($1, $2, $3, true, $4)"
UNITS: Final = "SELECT unit_image(u) AS image FROM unit u WHERE unit_id = ANY ($1)"
BY_THE_DATABASE: Final = {"raised_at", "last_pressed_at", "tracking_until", "escalates_at", "trail"}
"""Instants of a press."""

T = TypeVar("T")


class Bench:
    """The store's adapters on one database, called from tests that are not coroutines."""

    def __init__(self, runner: asyncio.Runner, pool: Pool, keyring: Keyring) -> None:
        self._runner = runner
        self.pool = pool
        self.viewer = Viewer(keyring, lambda _: None)
        self.published: list[Logged] = []
        self.heads = {row["centre_id"]: row["last_sequence"] for row in self.run(pool.fetch(HEADS))}
        self.epoch: str = self.run(pool.fetchval(EPOCH))
        self.alarms = PostgresAlarms(pool, self.viewer)
        self.changes = PostgresChanges(pool, self.viewer, keyring, self.publish, Metrics())
        self.units = PostgresUnits(pool, self.viewer, self.publish)
        self.registrations = Registrations(pool, keyring, SystemClock())

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        """Wait for a call."""
        return self._runner.run(call)

    def publish(self, events: Sequence[Logged]) -> None:
        """Hear what was committed: each centre's next event, and no other."""
        for event in events:
            assert event.sequence == self.heads.get(event.centre, 0) + 1
            self.heads[event.centre] = event.sequence
        self.published += events


@contextmanager
def bench(database: str) -> Iterator[Bench]:
    """Open the adapters for a ``with`` block."""
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as directory:
        key_file = Path(directory) / "kek"
        make_key_file(key_file)
        stack = AsyncExitStack()
        pool = runner.run(stack.enter_async_context(create_pool(database, application_name="test")))
        try:
            yield Bench(runner, pool, Keyring.read(key_file))
        finally:
            runner.run(stack.aclose())


class SqlStore:
    """``tests.support.alarm_stage.Stored`` on PostgreSQL."""

    def __init__(
        self, bench: Bench, memory: MemoryStore, victims: Sequence[UUID], operators: Sequence[UUID]
    ) -> None:
        self._bench = bench
        self._memory = memory
        self._companions = {victim: uuid4() for victim in victims}
        self._twins: dict[int, Claimed] = {}
        self._owed: dict[UUID, dict[DeadlineKind, Claimed]] = {}
        self._after: dict[str, timedelta] = {}
        self._operators = operators

    @property
    def units(self) -> dict[UUID, UnitView]:
        return self._memory.units

    def begin(self, centres: Sequence[str]) -> None:
        """Register the victims, one a centre; add operators and units."""
        homes = dict(zip(self._companions, centres, strict=False))
        files = [a_registration(registration_id=key, centre=centre) for key, centre in homes.items()]
        self._bench.run(self._bench.registrations.save(files))
        for registration_id, companion_id in self._companions.items():
            self._bench.run(self._bench.pool.execute(ENROL, companion_id, registration_id, NOW))
        for operator in self._operators:
            self._bench.run(
                self._bench.pool.execute(OPERATE, operator, str(operator), "Op", ["operator"], [])
            )
        for unit in self.units.values():
            row = (unit.centre, unit.unit_id, unit.name, NOW)
            self._bench.run(self._bench.pool.execute(ADD_UNIT, *row))

    def find(self, alarm_id: UUID) -> AlarmView:
        return self._memory.find(alarm_id)

    def open_alarm(self, registration_id: UUID, purpose: Purpose) -> AlarmView | None:
        return self._memory.open_alarm(registration_id, purpose)

    def owed(self, alarm_id: UUID) -> dict[DeadlineKind, Claimed]:
        return self._owed[alarm_id]

    def press(self, registration_id: UUID, purpose: Purpose, centre: str) -> AlarmView:
        before = self._memory.open_alarm(registration_id, purpose)
        owner = centre if before is None else before.centre
        record = a_record((registration_id, self._companions[registration_id]), owner, purpose=purpose)
        for _ in range(2):  # the second time it is told its first answer
            (row,) = self._bench.run(
                self._bench.pool.fetch(COMMIT_PRESSES, owner, [press_as_json(record)], [record.raw])
            )
            if row["image"] is not None:
                self._bench.publish(self._bench.viewer.told(row, self._bench.epoch))
        assert row["seen_before"]
        alarm = self._memory.press(registration_id, purpose, centre, alarm_id=record.alarm_id)
        assert row["alarm_id"] == alarm.alarm_id
        stored = self._read(alarm.alarm_id)
        same = {name: getattr(stored, name) for name in alarm.model_fields_set - BY_THE_DATABASE}
        assert same == {name: getattr(alarm, name) for name in same}
        return self._agree(stored)

    def commit(self, change: Change, claim: Claimed | None = None, told: Change | None = None) -> Fate:
        twin = None if claim is None else self._twins[claim.deadline_id]
        changes = [one for one in (told, change) if one is not None]
        before = {one.alarm.alarm_id: self.find(one.alarm.alarm_id) for one in changes}
        request = None if change.by is None else RequestKey(change.by.operator_id, uuid4())
        proposals = [Proposal(change, request, claim, with_previous=told is not None)]
        if told is not None:
            proposals.insert(0, Proposal(told))
        try:
            wanted: Fate | None = self._memory.commit(change, twin, told)
        except NotAllowedNow:
            wanted = None
        since = len(self._bench.published)
        try:
            verdicts = self._bench.run(self._bench.changes.commit(proposals))
        except NotAllowedNow:
            assert wanted is None
            raise
        assert verdicts[-1].fate is wanted
        events = self._bench.published[since:]
        if wanted is not Fate.COMMITTED:
            assert not events
            return verdicts[-1].fate
        if request is not None:
            self._repeat(Proposal(change, request))
        for one in changes:
            heard = [event.centre for event in events if event.alarm_id == one.alarm.alarm_id]
            assert sorted(heard) == sorted(one.centres)
            stored = self._read(one.alarm.alarm_id)
            assert stored == _as_stored(one, before[stored.alarm_id], stored)
            for due in one.due:
                assert self._after[due.kind] == timedelta(seconds=due.after_s)
            self._agree(stored)
        return verdicts[-1].fate

    def _repeat(self, proposal: Proposal) -> None:
        """Ask the same once more: it is told the first answer, and nothing happens."""
        (again,) = self._bench.run(self._bench.changes.commit([proposal]))
        assert (again.fate, again.version) == (Fate.REPEATED, proposal.change.alarm.version)

    def set_duty(self, unit_id: UUID, *, on_duty: bool) -> bool:
        unit, operator = self.units[unit_id], self._operators[0]
        by = OperatorName(operator_id=operator, name="Op 0", centre=unit.centre)
        allowed = self._memory.set_duty(unit_id, on_duty=on_duty)
        try:
            request = RequestKey(operator, uuid4())
            self._bench.run(self._bench.units.set_duty(unit, on_duty, by, request))
        except NotAllowedNow:
            return False
        assert allowed
        return True

    def _read(self, alarm_id: UUID) -> AlarmView:
        """Return the alarm as stored; its copies are alike, its deadlines are the ones in memory."""
        bench = self._bench
        copies = bench.run(bench.pool.fetchrow(COPIES, alarm_id))
        assert copies is not None
        assert copies["kinds"] == 1
        rows = bench.run(bench.pool.fetch(OWED, alarm_id))
        self._after = {row["kind"]: row["after"] for row in rows}
        owed = self._owed[alarm_id] = {
            DeadlineKind(row["kind"]): Claimed(
                row["deadline_id"], row["alarm_id"], DeadlineKind(row["kind"]), row["level"], row["due_at"]
            )
            for row in rows
        }
        twins = self._memory.owed(alarm_id)
        assert {kind: due.level for kind, due in owed.items()} == {
            kind: due.level for kind, due in twins.items()
        }
        self._twins |= {due.deadline_id: twins[kind] for kind, due in owed.items()}
        found = bench.run(bench.alarms.find(alarm_id))
        assert found is not None
        assert set(copies["centres"]) == {found.centre, *(share.centre for share in found.shared)}
        return found

    def _agree(self, stored: AlarmView) -> AlarmView:
        """Go on from what is stored, now that it was found to be right."""
        self._memory.alarms[stored.alarm_id] = stored
        rows = self._bench.run(self._bench.pool.fetch(UNITS, list(self.units)))
        for row in rows:
            unit = UnitView.model_validate(row["image"])
            wanted = self.units[unit.unit_id]
            assert (unit.alarm_id, unit.status, unit.on_duty) == (
                wanted.alarm_id,
                wanted.status,
                wanted.on_duty,
            )
        return stored


def _as_stored(change: Change, before: AlarmView, stored: AlarmView) -> AlarmView:
    """Return what the store must hold after ``change``: the instant of an answer is the database's."""
    alarm = change.alarm
    answered_at = None if alarm.acknowledged_at is None else stored.acknowledged_at
    shown = change.note is not None and change.note.about not in NOTES_APART
    notes = (change.note, *before.notes)[:NOTES_SHOWN] if change.note and shown else before.notes
    return alarm.model_copy(
        update={
            "acknowledged_at": answered_at,
            "trail": alarm.trail.model_copy(update={"acknowledged_at": answered_at}),
            "notes": notes,
        }
    )
