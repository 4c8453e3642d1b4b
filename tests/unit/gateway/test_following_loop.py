"""The loop that says what follows: on what is stored, again when something slips in, past what fails."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest

from gateway import following as use_case
from gateway.domain.alarm import Change, EventKind
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.response import Response
from gateway.domain.track import Moved, ShownFix
from gateway.following import Following
from gateway.ports import Fate, Proposal, RequestKey, Verdict
from schemas.alarm import AlarmView, TrackingState
from schemas.position import Position
from tests.support.clock import VirtualClock
from tests.support.dispatch import an_alarm
from tests.support.geodata import squares
from tests.support.wait import until


class Store:
    """Alarms, fixes and changes in memory. ``trouble`` is what the next commits do first."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.alarms: dict[UUID, AlarmView] = {}
        self.said: list[Change] = []
        self.trouble: list[Exception | Fate] = []
        self.poison: set[UUID] = set()

    def lost(self) -> AlarmView:
        """An alarm whose position is lost, and just came back."""
        now = self.clock.now()
        alarm = an_alarm(tracking=TrackingState.LOST, raised_at=now, last_pressed_at=now)
        self.alarms[alarm.alarm_id] = alarm
        return alarm

    async def bare(self, alarm_ids: Sequence[UUID]) -> dict[UUID, AlarmView | None]:
        return {one: self.alarms[one] for one in alarm_ids}

    async def newest(self, alarm_ids: Sequence[UUID]) -> dict[UUID, tuple[ShownFix, ...]]:
        return dict.fromkeys(alarm_ids, (self.fix(),))

    async def silent(self, for_s: float, limit: int) -> Sequence[UUID]:
        return list(self.alarms)

    def fix(self) -> ShownFix:
        return ShownFix(Position(latitude=51.1, longitude=3.7, fixed_at=self.clock.now()))

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        trouble = self.trouble.pop(0) if self.trouble else Fate.COMMITTED
        if isinstance(trouble, Exception):
            raise trouble
        changes = [proposal.change for proposal in proposals]
        if any(change.alarm.alarm_id in self.poison for change in changes):
            raise ValueError("poison")
        if trouble is Fate.COMMITTED:
            for change in changes:
                self.alarms[change.alarm.alarm_id] = change.alarm
                self.said.append(change)
        return [Verdict(trouble) for _ in changes]

    async def answer(self, request: RequestKey) -> Verdict | None:
        raise NotImplementedError

    def following(self) -> Following:
        return Following(
            alarms=self,
            fixes=self,
            changes=self,
            areas=squares(),
            respond=lambda _: Response(),
            clock=self.clock,
        )


@pytest.fixture
def store(clock: VirtualClock) -> Store:
    return Store(clock)


def moved(store: Store, alarm: AlarmView) -> Moved:
    return Moved(
        alarm_id=alarm.alarm_id,
        owner=alarm.centre,
        centres=(alarm.centre,),
        state=alarm.state,
        life=alarm,
        newest=(store.fix(),),
    )


async def until_said(store: Store, following: Following, count: int) -> list[EventKind]:
    """Let it run until so much was said."""
    running = asyncio.create_task(following.run())
    await until(f"{count} things said", lambda: len(store.said) >= count, 10)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return [change.kind for change in store.said]


async def test_what_slips_in_between_is_decided_on_anew(store: Store) -> None:
    alarm = store.lost()
    store.trouble = [Fate.CHANGED, Fate.CHANGED]
    await store.following().look([alarm.alarm_id])
    assert [change.kind for change in store.said] == [EventKind.POSITION_RESTORED]


async def test_while_the_database_is_away_nothing_is_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "AWAY_S", 0.0)
    following, alarm = store.following(), store.lost()
    store.trouble = [DatabaseUnavailable(), DatabaseUnavailable()]
    following.heard([moved(store, alarm)])
    assert await until_said(store, following, 1) == [EventKind.POSITION_RESTORED]


async def test_one_that_cannot_be_committed_stops_no_other(store: Store) -> None:
    following, alarms = store.following(), [store.lost() for _ in range(3)]
    store.poison = {alarms[1].alarm_id}
    following.heard([moved(store, alarm) for alarm in alarms])
    assert await until_said(store, following, 2) == [EventKind.POSITION_RESTORED] * 2
    assert store.alarms[alarms[1].alarm_id].tracking is TrackingState.LOST


async def test_silence_is_looked_for_and_said_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_case, "SILENT_SWEEP_S", 0.0)
    following, alarm = store.following(), store.lost()
    store.alarms[alarm.alarm_id] = alarm.model_copy(update={"tracking": TrackingState.LIVE})
    store.fix = lambda: ShownFix(  # type: ignore[method-assign] # an old one
        Position(latitude=51.1, longitude=3.7, fixed_at=alarm.raised_at)
    )
    store.clock.advance(timedelta(minutes=1).total_seconds())
    watching = asyncio.create_task(following.watch())
    assert await until_said(store, following, 1) == [EventKind.POSITION_LOST]
    watching.cancel()
