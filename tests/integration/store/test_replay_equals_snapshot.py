"""Any history of alarms, units, notices and protection, over four centres and two nodes' hubs.

A console that heard everything live, one of the node that only reads the log, one whose link comes and
goes, and one that begins with a snapshot at the end: all hold the same, and heard the same in one order.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from dispatch.hub import Hub
from dispatch.ports import Logged
from gateway.clock import SystemClock
from gateway.domain.alarm import DeadlineKind, EventKind
from gateway.domain.happenings import COUNTED_AS
from gateway.ports import RequestKey, Shelf
from gateway.store.notices import Notice, PostgresNotices
from gateway.store.stream import PostgresLog
from schemas.events import ConditionKind
from schemas.frames import Event
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.protection import NoticeKind, ShelvingReason
from schemas.session import OperatorName
from schemas.unit import UnitStatus
from tests.support.dispatch import Counts
from tests.support.memory_store import CENTRES
from tests.support.screens import Screen
from tests.support.sql_machine import SqlMachine
from tests.support.sql_store import Bench, bench

AN_OPEN_NOTICE: Final = """
SELECT notice_id FROM notice WHERE centre_id = $1 AND cleared_at IS NULL ORDER BY raised_at LIMIT 1"""

PROTECT: Final = """
WITH locked AS (SELECT lock_streams(ARRAY[$2]) AS done),
now_so AS (
    INSERT INTO protection AS p (registration_id, centre_id, reference, state, since)
    SELECT $1, $2, 'ref', $3, clock_timestamp() FROM locked
        ON CONFLICT (registration_id) DO UPDATE SET state = EXCLUDED.state
    RETURNING p)
SELECT append_event($2, 'protection.changed', clock_timestamp(), 'protection', NULL, protection_image(p),
                    NULL) AS sequence
  FROM now_so"""

KINDS: Final = {
    *EventKind,
    "unit.changed",
    *("notice.raised", "notice.cleared", "notice.shelved", "notice.unshelved"),
    "protection.changed",
}


class WatchedMachine(SqlMachine):
    """The machine of an alarm's life with consoles that watch it."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.log = PostgresLog(bench.pool, bench.viewer)
        self.nodes = [Hub(self.log, SystemClock(), Counts()) for _ in range(2)]
        for hub in self.nodes:
            bench.run(hub.start())
        self.notices = PostgresNotices(bench.pool, bench.viewer, bench.publish)
        self.seen = len(bench.published)
        self.screens = [
            Screen("live", self.nodes[0], self.log, CENTRES),
            Screen("by the log", self.nodes[1], self.log, CENTRES),
            Screen("comes and goes", self.nodes[0], self.log, CENTRES),
            Screen("comes and goes by the log", self.nodes[1], self.log, CENTRES),
            Screen("one centre", self.nodes[1], self.log, CENTRES[1:2]),
        ]
        for screen in self.screens:
            bench.run(screen.attach())

    @rule(
        centre=st.sampled_from(CENTRES),
        kind=st.sampled_from([NoticeKind.UNATTENDED, NoticeKind.SECOND_LOOK]),
        opens=st.booleans(),
        value=st.integers(0, 2),
    )
    def notice(self, centre: str, kind: NoticeKind, opens: bool, value: int) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        told = Notice(kind=kind, subject="what it is about", open=opens, detail={"count": value})
        self.bench.run(self.notices.tell(centre, [told]))

    @rule(centre=st.sampled_from(CENTRES), aside=st.booleans(), twice=st.booleans())
    def shelve(self, centre: str, aside: bool, twice: bool) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        notice_id = self.bench.run(self.bench.pool.fetchval(AN_OPEN_NOTICE, centre))
        if notice_id is not None:
            operator_id = self.operators[0]
            by = OperatorName(operator_id=operator_id, name="Op", centre=centre)
            shelf = Shelf(3600, ShelvingReason.PLANNED) if aside else None
            request = RequestKey(operator_id, uuid4())
            for _ in range(1 + twice):
                self.bench.run(self.notices.shelve(centre, notice_id, by, shelf, request))

    @rule(victim=st.integers(0, 1), state=st.sampled_from(["protected", "degraded", "unprotected"]))
    def protect(self, victim: int, state: str) -> None:
        registration_id: UUID = self.victims[victim]
        row = (registration_id, CENTRES[victim], state)
        sequence = self.bench.run(self.bench.pool.fetchval(PROTECT, *row))
        self.bench.publish(self._read_back(CENTRES[victim], sequence))

    @rule(which=st.integers(0, 1))
    def come_and_go(self, which: int) -> None:
        screen = self.screens[2 + which]
        self.publish()
        if screen.attached:
            screen.drop()
        else:
            self.bench.run(screen.attach())

    @rule()
    def poll(self) -> None:
        self.bench.run(self.nodes[1].start())

    @rule()
    def publish(self) -> None:
        """Have the committing node's hub hear of what was committed."""
        fresh, self.seen = self.bench.published[self.seen :], len(self.bench.published)
        for centre in dict.fromkeys(event.centre for event in fresh):
            self.nodes[0].publish([event for event in fresh if event.centre == centre])

    def teardown(self) -> None:
        self.publish()
        self.poll()
        for screen in self.screens:
            if not screen.attached:
                self.bench.run(screen.attach())
            screen.look()
        fresh = Screen("fresh", self.nodes[0], self.log, CENTRES)
        self.bench.run(fresh.attach())
        for screen in self.screens[:4]:
            assert screen.picture() == fresh.picture(), screen.name
        one = self.screens[4].picture()["centres"][CENTRES[1]]
        assert one == fresh.picture()["centres"][CENTRES[1]]
        live = _told(self.screens[0])
        for screen in self.screens[1:]:
            told = _told(screen)
            assert told == {centre: live[centre] for centre in told}, screen.name
        for screen in [*self.screens, fresh]:
            screen.drop()

    def _read_back(self, centre: str, sequence: int) -> Sequence[Logged]:
        return self.bench.run(self.log.read(centre, after=sequence - 1, up_to=sequence, limit=1))


def _told(screen: Screen) -> dict[str, list[Event]]:
    """What a console heard of each centre, in its order; notes are read with the alarm as it is now."""
    found: dict[str, list[Event]] = {centre: [] for centre in screen.board.centres}
    for event in screen.events:
        alarm = None if event.alarm is None else event.alarm.model_copy(update={"notes": ()})
        found[event.centre].append(event.model_copy(update={"alarm": alarm}))
    return found


def test_replay_equals_snapshot_on_every_console(database: str) -> None:
    with bench(database) as adapters:
        run_state_machine_as_test(
            partial(WatchedMachine, adapters),  # type: ignore[arg-type] # any callable that makes one
            settings=settings(max_examples=25, stateful_step_count=60, deadline=None),
        )


def test_every_kind_of_event_replays_as_it_was_told(database: str) -> None:
    with bench(database) as adapters:
        machine = WatchedMachine(adapters)
        machine.begin(Purpose.TEST)
        everything_once(machine)
        machine.teardown()
        assert {event.kind for event in machine.screens[0].events} == KINDS


def everything_once(machine: WatchedMachine) -> None:
    """A life in which everything happens; consoles come and go meanwhile."""
    machine.press(0)
    machine.fall_due(0, DeadlineKind.ESCALATE, later=False)
    machine.divert(0, 3)
    machine.acknowledge(0, 0)
    machine.come_and_go(0)
    machine.fall_due(0, DeadlineKind.LAPSE, later=False)
    machine.acknowledge(0, 1)
    machine.assign(0, 0, force=False)
    for what in ("moved", "lost", "restored", "enriched"):
        machine.happen(0, what)
    for about in sorted(COUNTED_AS):
        machine.receive(0, about)
    machine.report_device(0, ConditionKind.TAMPERED)
    for inside in (True, False):
        machine.judge(0, inside=inside, certain=True)
    machine.come_and_go(0)
    machine.come_and_go(1)
    machine.cross(0, CENTRES[2])
    machine.report(0, 0, UnitStatus.ON_SCENE)
    machine.transfer(0, 0, CENTRES[2])
    machine.transfer(0, 2, CENTRES[1])
    machine.cancel(0, "duress")
    machine.note(0, 0)
    machine.fall_due(0, DeadlineKind.TRACKING_ENDING, later=False)
    machine.fall_due(0, DeadlineKind.TRACKING_END, later=False)
    machine.change_duty(1, on_duty=False)
    machine.close(0, 0, Outcome.SLIP, 0)
    machine.come_and_go(1)
    machine.review(0, 1)
    machine.reopen(0, 0)
    machine.press(1)
    machine.fall_due(0, DeadlineKind.EXPIRE, later=False)
    machine.notice(CENTRES[0], NoticeKind.UNATTENDED, opens=True, value=0)
    machine.shelve(CENTRES[0], aside=True, twice=True)
    machine.shelve(CENTRES[0], aside=False, twice=False)
    for opens in (True, False, True):
        machine.notice(CENTRES[0], NoticeKind.UNATTENDED, opens, 1)
        machine.protect(0, "degraded" if opens else "protected")
