"""Commands decided on what was read before others changed it: the far sides of the ports in memory."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from gateway.commands import AlarmCommands
from gateway.domain.response import Response
from gateway.ports import Fate, Proposal, RequestKey, Verdict
from schemas.alarm import AlarmState, AlarmView
from schemas.commands import Acknowledge, Assign
from schemas.frames import Refused, Result
from schemas.problems import ProblemKind
from schemas.session import OperatorName, OperatorView, Role
from schemas.unit import AssignedUnit, UnitStatus, UnitView
from tests.support.clock import VirtualClock
from tests.support.dispatch import AT, an_alarm

CENTRE = "BE-VOV"
OPERATOR = OperatorView(operator_id=uuid4(), name="Op", roles=(Role.OPERATOR,), centres=(CENTRE,))
SOMEBODY = OperatorName(operator_id=OPERATOR.operator_id, name="Op", centre=CENTRE)


class Alarms:
    """``gateway.ports.Alarms``."""

    def __init__(self, *alarms: AlarmView) -> None:
        self.stored = {alarm.alarm_id: alarm for alarm in alarms}

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        return self.stored.get(alarm_id)


class Changes:
    """``gateway.ports.Changes`` that commits everything."""

    def __init__(self) -> None:
        self.committed: list[Proposal] = []

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        self.committed += proposals
        return [
            Verdict(Fate.COMMITTED, one.change.alarm.alarm_id, one.change.alarm.version) for one in proposals
        ]

    async def answer(self, request: RequestKey) -> Verdict | None:
        return None


class Units:
    """``gateway.ports.Units`` that answers each question with the next of what it was given."""

    def __init__(self, *answers: UnitView) -> None:
        self._answers = list(answers)

    async def find(self, unit_id: UUID) -> UnitView | None:
        return self._answers.pop(0)


def commands(alarms: Alarms, changes: Changes, units: Units) -> AlarmCommands:
    return AlarmCommands(
        alarms,
        changes,
        units,  # type: ignore[arg-type] # only what these tests ask
        None,  # type: ignore[arg-type] # there are no notices in them
        lambda _centre: Response(),
        VirtualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
    )


async def test_a_unit_whose_alarm_was_closed_between_two_looks_is_sent_all_the_same() -> None:
    unit = UnitView(unit_id=uuid4(), centre=CENTRE, name="Gent 12", on_duty=True, since=AT)
    home = AssignedUnit(
        unit_id=unit.unit_id,
        centre=CENTRE,
        name=unit.name,
        status=UnitStatus.CLEARED,
        assigned_at=AT,
        assigned_by=SOMEBODY,
        status_at=AT,
    )
    over = an_alarm(state=AlarmState.CLOSED, units=(home,))
    mine = an_alarm(state=AlarmState.ACKNOWLEDGED, acknowledged_by=SOMEBODY, acknowledged_at=AT)
    busy = unit.model_copy(update={"alarm_id": over.alarm_id, "status": UnitStatus.ON_SCENE})
    changes = Changes()
    command = Assign(
        request_id=uuid4(),
        alarm_id=mine.alarm_id,
        expected_version=mine.version,
        unit_id=unit.unit_id,
        force=True,
    )
    answer = await commands(Alarms(over, mine), changes, Units(busy, unit)).carry_out(OPERATOR, command)
    assert isinstance(answer, Result)
    (sent,) = changes.committed
    assert (sent.change.alarm.alarm_id, sent.change.units[0].taken_from) == (mine.alarm_id, None)


class Broken(Changes):
    """A store with a fault that nobody has thought of."""

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        raise ZeroDivisionError


async def test_a_fault_of_ours_is_an_answer_and_costs_nobody_the_console() -> None:
    alarm = an_alarm()
    command = Acknowledge(request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=1)
    answer = await commands(Alarms(alarm), Broken(), Units()).carry_out(OPERATOR, command)
    assert isinstance(answer, Refused)
    assert answer.problem.type.endswith(ProblemKind.FAILED.slug)
