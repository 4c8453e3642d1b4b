"""Two victims, three operators, three units and time, doing whatever they can in any order.

Each act is asked of the model, which says whether it is allowed, and of the domain, which decides;
then it is committed to a store. In memory the machine judges the domain; over PostgreSQL
(``tests/integration/store``) it judges the SQL as well.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from gateway.domain import acts, happenings
from gateway.domain.alarm import Change, DeadlineKind
from schemas.alarm import Breach, DeviceReport, Note
from schemas.commands import AddNote, Assign, Close, ReportUnit, Transfer
from schemas.events import ConditionKind
from schemas.outcome import Outcome
from schemas.position import Position
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import UnitStatus
from tests.support.alarm_model import Model
from tests.support.alarm_stage import RESPONSE, Case, Stage
from tests.support.memory_store import CENTRES

WHICH: Final = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
"""An alarm, counted from the newest."""
PERIMETER: Final = uuid4()
INTEGRATOR: Final = OperatorName(operator_id=uuid4(), name="112 app")
WHO: Final = st.integers(0, 2)
UNIT: Final = st.integers(0, 2)
CENTRE: Final = st.sampled_from(CENTRES)
SECONDS: Final = st.sampled_from([0.5, 5.0, 30.0, 120.0, 7200.0])


class AlarmMachine(Stage):
    """The life of alarms."""

    @initialize(purpose=st.sampled_from(Purpose))
    def begin(self, purpose: Purpose) -> None:
        self.purposes[1] = purpose
        self.press(0)

    # --- the victim and her phone -------------------------------------------------------------

    @rule(victim=st.integers(0, 1))
    def press(self, victim: int) -> None:
        registration_id, purpose = self.victims[victim], self.purposes[victim]
        before = self.store.open_alarm(registration_id, purpose)
        alarm = self.store.press(registration_id, purpose, CENTRES[victim])
        if before is None:
            assert alarm.alarm_id not in {case.alarm_id for case in self.cases}
            self.cases.append(Case(alarm.alarm_id, Model(purpose, CENTRES[victim])))
        else:
            assert alarm.alarm_id == before.alarm_id
            assert self._case(alarm.alarm_id).model.press()

    @rule(which=WHICH, word=st.sampled_from(["none", "safe", "duress", "unknown"]))
    def cancel(self, which: int, word: Any) -> None:
        case, alarm = self._pick(which)
        before = case.model.owed(), case.model.state, case.model.level
        self._do(case, case.model.cancel(word), lambda: happenings.request_cancel(alarm, word, self.now))
        assert before == (case.model.owed(), case.model.state, case.model.level)

    @rule(which=WHICH, centre=CENTRE)
    def cross(self, which: int, centre: str) -> None:
        case, alarm = self._pick(which)
        self._do(case, case.model.cross(centre), lambda: happenings.cross(alarm, centre, self.now))

    @rule(which=WHICH, what=st.sampled_from(["back", "lost", "restored", "moved", "enriched"]))
    def happen(self, which: int, what: str) -> None:
        case, alarm = self._pick(which)
        model = case.model
        match what:
            case "back":
                self._do(case, model.come_back(), lambda: happenings.return_home(alarm))
            case "lost":
                self._do(case, model.lose_position(), lambda: happenings.lose_position(alarm))
            case "restored":
                self._do(case, model.restore_position(), lambda: happenings.restore_position(alarm))
            case "moved":
                self._do(case, model.happen(model.open), lambda: happenings.move(alarm, 250.0))
            case "enriched":
                self._do(case, model.happen(model.open), lambda: happenings.enrich(alarm))

    @rule(which=WHICH, about=st.sampled_from(sorted(happenings.COUNTED_AS)))
    def receive(self, which: int, about: str) -> None:
        """Another system says something."""
        case, alarm = self._pick(which)
        note = Note(at=self.now, by=INTEGRATOR, text=f"said {alarm.version}", about=about)
        before = case.model.owed(), case.model.state, case.model.news
        self._do(case, case.model.happen(case.model.open), lambda: happenings.receive(alarm, note))
        assert before == (case.model.owed(), case.model.state, case.model.news)

    @rule(which=WHICH, condition=st.sampled_from(ConditionKind))
    def report_device(self, which: int, condition: ConditionKind) -> None:
        """Another system says how her device is; what is no news is not committed."""
        case, alarm = self._pick(which)
        known = alarm.device is not None and alarm.device.condition is condition
        if known:
            return
        report = DeviceReport(condition=condition, at=self.now if alarm.device is None else alarm.device.at)

        def decide() -> Change:
            change = happenings.report_device(alarm, report, INTEGRATOR)
            assert change is not None
            return change

        self._do(case, case.model.happen(case.model.open), decide)

    @rule(which=WHICH, inside=st.booleans(), certain=st.booleans())
    def judge(self, which: int, inside: bool, certain: bool) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        """The offender comes into a perimeter, or leaves it."""
        case, alarm = self._pick(which)
        breach = Breach(
            perimeter_id=PERIMETER,
            name="Home",
            certain=certain,
            probability=0.99 if certain else 0.4,
            offender=Position(latitude=51.05, longitude=3.72, radius_m=20, fixed_at=self.now),
            judged_at=self.now,
            inside=inside,
        )
        allowed = case.model.judge(inside=inside, certain=certain)
        self._do(case, allowed, lambda: happenings.judge_breach(alarm, breach))

    # --- time -----------------------------------------------------------------------------------

    @rule(seconds=SECONDS, steps=st.booleans(), back=st.booleans())
    def pass_time(self, seconds: float, steps: bool, back: bool) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        if steps:
            self.clock.step(-seconds if back else seconds)
        else:
            self.clock.advance(seconds)

    @rule(which=WHICH, level=st.integers(1, 7))
    def divert(self, which: int, level: int) -> None:
        """Tell a level that is not due: nobody sits at the centre."""
        case, _ = self._pick(which)
        self._escalate(case, level, None)

    @rule(which=WHICH, kind=st.sampled_from(DeadlineKind), later=st.booleans())
    def fall_due(self, which: int, kind: DeadlineKind, later: bool) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        """Claim a deadline, and carry it out now or some time later."""
        case, _ = self._pick(which)
        claim = self.store.owed(case.alarm_id).get(kind)
        if claim is None:
            return
        self.claims.append(claim)
        if not later:
            version = case.model.version
            self.carry_out(-1)
            assert case.model.version == version + 1, "what is owed can be carried out"

    @rule(index=st.integers(0, 5))
    def carry_out(self, index: int) -> None:
        """Carry out a claimed deadline: only the one that is still owed does anything."""
        if not self.claims:
            return
        claim = self.claims.pop(-1 if index < 0 else index % len(self.claims))
        case = self._case(claim.alarm_id)
        alarm, model = self.store.find(claim.alarm_id), case.model
        if self.store.owed(case.alarm_id).get(claim.kind) != claim:
            self._gone(claim, alarm)
            return
        match claim.kind:
            case DeadlineKind.ESCALATE:
                self._escalate(case, claim.level, claim)
            case DeadlineKind.LAPSE:
                allowed = model.lapse()
                self._do(case, allowed, lambda: happenings.lapse(alarm, self.now, RESPONSE), claim)
            case DeadlineKind.TRACKING_ENDING:
                self._do(case, model.say_tracking_ends(), lambda: happenings.tracking_ending(alarm), claim)
            case DeadlineKind.TRACKING_END:
                self._do(case, model.end_tracking(), lambda: happenings.end_tracking(alarm), claim)
            case DeadlineKind.EXPIRE:
                self._do(case, model.expire(), lambda: happenings.expire(alarm, self.now), claim)

    @rule(which=WHICH)
    def lapse(self, which: int) -> None:
        """Let it lapse though nobody claimed that: the domain alone says whether it may."""
        case, alarm = self._pick(which)
        self._do(case, case.model.lapse(), lambda: happenings.lapse(alarm, self.now, RESPONSE))

    @rule(which=WHICH, what=st.sampled_from(["ending", "ended", "expire"]))
    def too_early(self, which: int, what: str) -> None:
        case, alarm = self._pick(which)
        model = case.model
        match what:
            case "ending":
                self._do(case, model.say_tracking_ends(), lambda: happenings.tracking_ending(alarm))
            case "ended":
                self._do(case, model.end_tracking(), lambda: happenings.end_tracking(alarm))
            case "expire":
                self._do(case, model.expire(), lambda: happenings.expire(alarm, self.now))

    # --- operators ------------------------------------------------------------------------------

    @rule(which=WHICH, who=WHO)
    def acknowledge(self, which: int, who: int) -> None:
        case, alarm = self._pick(which)
        actor = self._actor(who)
        allowed = case.model.acknowledge(actor.name.operator_id)
        self._do(case, allowed, lambda: acts.acknowledge(alarm, actor, self.now, RESPONSE))

    @rule(which=WHICH, unit=UNIT, force=st.booleans())
    def assign(self, which: int, unit: int, force: bool) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        case, alarm = self._pick(which)
        stands = self.store.units[self.units[unit]]
        elsewhere = stands.alarm_id if stands.alarm_id != case.alarm_id else None
        free = stands.on_duty and (force or elsewhere is None)
        allowed = free and case.model.assign(stands.unit_id, stands.centre)
        command = Assign(**self._naming(alarm), unit_id=stands.unit_id, force=force)
        told = self._taking_away(elsewhere, stands.unit_id, allowed) if elsewhere and force else None
        actor = self._actor(0)
        self._do(case, allowed, lambda: acts.assign(alarm, command, stands, actor, self.now), told=told)

    def _taking_away(self, alarm_id: UUID, unit_id: UUID, allowed: bool) -> Callable[[], Change]:  # noqa: FBT001 (what the model has just answered)
        """Return what tells the alarm that a unit is taken from by force, in the same commit."""
        if allowed:
            assert self._case(alarm_id).model.report(unit_id, UnitStatus.CLEARED)
        other = self.store.find(alarm_id)
        return lambda: acts.take_away(other, unit_id, self._actor(0), self.now, RESPONSE)

    @rule(which=WHICH, unit=UNIT, status=st.sampled_from(UnitStatus))
    def report(self, which: int, unit: int, status: UnitStatus) -> None:
        case, alarm = self._pick(which)
        allowed = case.model.report(self.units[unit], status)
        command = ReportUnit(**self._naming(alarm), unit_id=self.units[unit], status=status)
        actor = self._actor(0)
        self._do(case, allowed, lambda: acts.report_unit(alarm, command, actor, self.now, RESPONSE))

    @rule(unit=UNIT, on_duty=st.booleans())
    def change_duty(self, unit: int, on_duty: bool) -> None:  # noqa: FBT001 (drawn by Hypothesis)
        serves = self.store.units[self.units[unit]].alarm_id is not None
        assert self.store.set_duty(self.units[unit], on_duty=on_duty) is (on_duty or not serves)

    @rule(which=WHICH, who=WHO)
    def note(self, which: int, who: int) -> None:
        case, alarm = self._pick(which)
        command = AddNote(**self._naming(alarm), text=f"note {alarm.version}")
        allowed = case.model.note()
        self._do(case, allowed, lambda: acts.add_note(alarm, command, self._actor(who), self.now))

    @rule(which=WHICH, who=WHO, centre=CENTRE)
    def transfer(self, which: int, who: int, centre: str) -> None:
        case, alarm = self._pick(which)
        actor, own = self._actor(who), self.own[who]
        command = Transfer(**self._naming(alarm), to=centre, note="over to you")
        allowed = case.model.transfer(actor.name.operator_id, centre, own=centre in own)
        self._do(case, allowed, lambda: acts.transfer(alarm, command, actor, own, self.now, RESPONSE))

    @rule(which=WHICH, who=WHO, outcome=st.sampled_from(Outcome), unseen=st.integers(0, 2))
    def close(self, which: int, who: int, outcome: Outcome, unseen: int) -> None:
        case, alarm = self._pick(which)
        actor, saw = self._actor(who), max(1, alarm.version - unseen)
        naming = {**self._naming(alarm), "expected_version": saw}
        command = Close(**naming, outcome=outcome, note="that is how it ended")
        allowed = case.model.close(actor.name.operator_id, outcome, saw)
        self._do(case, allowed, lambda: acts.close(alarm, command, actor, self.now))

    @rule(which=WHICH, who=WHO)
    def review(self, which: int, who: int) -> None:
        case, alarm = self._pick(which)
        actor = self._actor(who)
        allowed = case.model.review(actor.name.operator_id, supervisor=actor.supervisor)
        self._do(case, allowed, lambda: acts.review(alarm, "so it was", actor, self.now))

    @rule(which=WHICH, who=WHO)
    def reopen(self, which: int, who: int) -> None:
        case, alarm = self._pick(which)
        another = self.store.open_alarm(alarm.registration_id, alarm.purpose) is not None
        allowed = case.model.reopen(another_is_open=another)
        actor = self._actor(who)
        self._do(case, allowed, lambda: acts.reopen(alarm, "not over", actor, self.now, RESPONSE))
