"""What operators do to alarms: the port that dispatch calls."""

from typing import Final

from gateway.domain.alarm import check_acknowledge
from gateway.domain.errors import AlreadyTaken, GatewayError
from gateway.domain.people import ATTENDS_ALARMS
from gateway.ports import Alarms
from schemas.alarm import AlarmView
from schemas.commands import Acknowledge, Command
from schemas.frames import Refused, Result
from schemas.problems import Problem, ProblemKind
from schemas.session import OperatorView

TRIES: Final = 5
"""How often a press that slips in between is tolerated; each try sees it and starts over."""


class AlarmCommands:
    """Commands on alarms. A refusal is an answer, and changes nothing."""

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms

    async def carry_out(self, operator: OperatorView, command: Command) -> Result | Refused:
        """Carry out a command; those that are not there yet are refused."""
        if isinstance(command, Acknowledge):
            return await self.acknowledge(operator, command)
        return Refused(request_id=command.request_id, problem=Problem.of(ProblemKind.NOT_ALLOWED_NOW))

    async def acknowledge(self, operator: OperatorView, command: Acknowledge) -> Result | Refused:
        """Take the alarm for ``operator``: exactly one of several who try gets it."""
        try:
            for _ in range(TRIES):
                alarm = await self._reachable(operator, command)
                if alarm is None:
                    return _refused(command, ProblemKind.NOT_FOUND)
                if (answer := await self._take(operator, command, alarm)) is not None:
                    return answer
        except AlreadyTaken as error:
            return _refused(command, error.kind, taken_by=error.detail)
        except GatewayError as error:
            return _refused(command, error.kind)
        return _refused(command, ProblemKind.STALE_VERSION)

    async def _reachable(self, operator: OperatorView, command: Acknowledge) -> AlarmView | None:
        """Return the alarm if it is this operator's to answer; else it does not exist for them."""
        alarm = await self._alarms.find(command.alarm_id)
        if alarm is None or alarm.centre not in operator.centres or ATTENDS_ALARMS.isdisjoint(operator.roles):
            return None
        return alarm

    async def _take(self, operator: OperatorView, command: Acknowledge, alarm: AlarmView) -> Result | None:
        taken = await self._alarms.acknowledge(alarm, operator, command.request_id)
        if taken is not None:
            return Result(request_id=command.request_id, alarm_id=taken.alarm_id, version=taken.version)
        current = await self._alarms.find(command.alarm_id)
        if current is not None:
            check_acknowledge(current)
        return None


def _refused(command: Acknowledge, kind: ProblemKind, taken_by: str | None = None) -> Refused:
    return Refused(request_id=command.request_id, problem=Problem.of(kind), taken_by=taken_by)
