"""Where the machine of an alarm's life stands: its people, its store, what always holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID, uuid4

from hypothesis.stateful import RuleBasedStateMachine, invariant

from gateway.domain import happenings
from gateway.domain.acts import Actor
from gateway.domain.alarm import Change, DeadlineKind, seen_by
from gateway.domain.errors import NotAllowedNow
from gateway.domain.ladder import Ladder, Surroundings, escalate
from gateway.domain.response import Response
from gateway.ports import Claimed, Fate
from schemas.alarm import AlarmView
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import UnitView
from tests.support.alarm_model import Model, Owed, compare
from tests.support.clock import START, VirtualClock
from tests.support.memory_store import CENTRES, MemoryStore

NATIONAL: Final = CENTRES[3]
AROUND: Final = Surroundings(neighbours=CENTRES[1:3], national=NATIONAL, attended=frozenset())
LADDER: Final = Ladder()
RESPONSE: Final = Response(ladder=LADDER)


class Stored(Protocol):
    """Where the machine commits."""

    @property
    def units(self) -> Mapping[UUID, UnitView]:
        """The three units as they stand."""

    def find(self, alarm_id: UUID) -> AlarmView:
        """Return the alarm as it is."""

    def open_alarm(self, registration_id: UUID, purpose: Purpose) -> AlarmView | None:
        """Return the open alarm of a registration and purpose."""

    def press(self, registration_id: UUID, purpose: Purpose, centre: str) -> AlarmView:
        """Commit a press."""

    def commit(self, change: Change, claim: Claimed | None = None, told: Change | None = None) -> Fate:
        """Commit a change, with ``told`` before it or neither.

        Raises ``NotAllowedNow`` for a reopening beside an open alarm.
        """

    def set_duty(self, unit_id: UUID, *, on_duty: bool) -> bool:
        """Put a unit on or off duty; False while it serves."""

    def owed(self, alarm_id: UUID) -> dict[DeadlineKind, Claimed]:
        """Return the deadlines of an alarm."""


@dataclass
class Case:
    """One alarm, its model, and what it was told since it was last raised."""

    alarm_id: UUID
    model: Model
    told: list[int] = field(default_factory=list)


class Stage(RuleBasedStateMachine):
    """Everything but the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(START)
        self.cases: list[Case] = []
        self.claims: list[Claimed] = []
        self.victims = [uuid4(), uuid4()]
        self.purposes = [Purpose.REAL, Purpose.REAL]
        self.operators = [uuid4(), uuid4(), uuid4()]
        self.own = [frozenset(CENTRES[:1]), frozenset(CENTRES[1:2]), frozenset(CENTRES[:2])]
        self.units = [uuid4(), uuid4(), uuid4()]
        self.store: Stored = self.make_store()

    def make_store(self) -> Stored:
        """Return an empty store with the three units on duty."""
        store = MemoryStore(self.clock)
        store.units = {unit.unit_id: unit for unit in self.some_units()}
        return store

    def some_units(self) -> list[UnitView]:
        centres = (CENTRES[0], CENTRES[1], CENTRES[0])
        return [
            UnitView(unit_id=unit_id, centre=centre, name=str(unit_id)[:8], on_duty=True, since=START)
            for unit_id, centre in zip(self.units, centres, strict=True)
        ]

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def every_alarm_is_as_the_model_says(self) -> None:
        for case in self.cases:
            compare(case.model, self.store.find(case.alarm_id))
            assert {Owed(kind) for kind in self.store.owed(case.alarm_id)} == case.model.owed()

    @invariant()
    def a_victim_has_at_most_one_open_alarm_of_a_purpose(self) -> None:
        alarms = [self.store.find(case.alarm_id) for case in self.cases if case.model.open]
        assert len({(alarm.registration_id, alarm.purpose) for alarm in alarms}) == len(alarms)

    @invariant()
    def a_unit_serves_the_one_open_alarm_that_it_is_with(self) -> None:
        serving = [(unit, case.alarm_id) for case in self.cases for unit in case.model.serving]
        stands = [(unit.unit_id, unit.alarm_id) for unit in self.store.units.values() if unit.alarm_id]
        assert sorted(serving) == sorted(stands)

    # --- how --------------------------------------------------------------------------------------

    @property
    def now(self) -> Any:
        return self.clock.now()

    def _pick(self, which: int) -> tuple[Case, AlarmView]:
        case = self.cases[-1 - which % len(self.cases)]
        return case, self.store.find(case.alarm_id)

    def _case(self, alarm_id: UUID) -> Case:
        return next(case for case in self.cases if case.alarm_id == alarm_id)

    def _actor(self, who: int) -> Actor:
        centre = min(self.own[who])
        name = OperatorName(operator_id=self.operators[who], name=f"Op {who}", centre=centre)
        return Actor(name, supervisor=who > 0)

    def _naming(self, alarm: AlarmView) -> dict[str, Any]:
        return {"request_id": uuid4(), "alarm_id": alarm.alarm_id, "expected_version": alarm.version}

    def _escalate(self, case: Case, level: int, claim: Claimed | None) -> None:
        alarm = self.store.find(case.alarm_id)
        elsewhere = [centre for centre in AROUND.neighbours if centre not in case.model.seen][:1]
        told = {3: elsewhere or [NATIONAL], 4: [NATIONAL]}.get(level, [])
        before = case.model.level
        if case.model.escalate(level, told):
            case.told = [*(case.told if before else []), level]
            assert case.told == sorted(set(case.told)), "a level is told once between two raisings"
        self._do(
            case, case.model.level > before, lambda: escalate(alarm, level, LADDER, AROUND, self.now), claim
        )

    def _gone(self, claim: Claimed, alarm: AlarmView) -> None:
        """Try with an old claim what would be allowed, were it not for the claim."""
        change = happenings.enrich(alarm) if self._case(alarm.alarm_id).model.open else None
        if change is not None:
            assert self.store.commit(change, claim) is Fate.GONE

    def _do(
        self,
        case: Case,
        allowed: bool,  # noqa: FBT001 (what the model has just answered)
        decide: Callable[[], Change],
        claim: Claimed | None = None,
        told: Callable[[], Change] | None = None,
    ) -> None:
        """Have it decided and committed; it must come true exactly if it is allowed."""
        before = self.store.find(case.alarm_id)
        fate: Fate | None = None
        try:
            change = decide()
            assert change.alarm.version == before.version + 1
            assert set(seen_by(before)) <= set(change.centres), "whoever saw it hears of it"
            fate = self.store.commit(change, claim, None if told is None else told())
        except NotAllowedNow:
            pass
        assert (fate is Fate.COMMITTED) is allowed, fate
        if not allowed:
            assert self.store.find(case.alarm_id) == before
