"""What operators do: the port that dispatch calls. Each command is decided on the alarm as it is now.

Read, decide, commit if still so, else read again: of several who try, exactly one gets it, and the
others are told what is so by then. A refusal is an answer, and changes nothing.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from gateway.domain import acts
from gateway.domain.acts import Actor
from gateway.domain.alarm import Change, seen_by
from gateway.domain.errors import AlreadyTaken, GatewayError, NotAllowedNow, NotFound, UnitTaken
from gateway.domain.people import ATTENDS_ALARMS
from gateway.domain.response import Response
from gateway.notice_commands import NoticeCommands
from gateway.ports import Alarms, Changes, Clock, Fate, Notices, Proposal, RequestKey, Units, Verdict
from schemas.alarm import AlarmView
from schemas.commands import (
    Acknowledge,
    AddNote,
    AlarmCommand,
    Assign,
    ClearNotice,
    Close,
    Command,
    Reopen,
    ReportUnit,
    Review,
    SetDuty,
    ShelveNotice,
    Transfer,
    UnshelveNotice,
)
from schemas.frames import Refused, Result
from schemas.press import Purpose
from schemas.problems import Problem, ProblemKind
from schemas.session import OperatorName, OperatorView, Role
from schemas.unit import UnitView

TRIES: Final = 8
"""How often a change that slips in between is tolerated; each try sees it and decides anew. Presses
that slip in count only where they matter: a change that is right despite them is committed over them."""


class AlarmCommands:
    """Commands of operators. ``respond`` gives a centre's policy."""

    def __init__(
        self,
        alarms: Alarms,
        changes: Changes,
        units: Units,
        notices: Notices,
        respond: Callable[[str], Response],
        clock: Clock,
    ) -> None:
        self._alarms = alarms
        self._changes = changes
        self._units = units
        self._notices = NoticeCommands(notices)
        self._respond = respond
        self._clock = clock

    async def registration_of(self, alarm_id: UUID) -> UUID | None:
        """Return whose alarm it is. Raises ``DatabaseUnavailable``."""
        alarm = await self._alarms.find(alarm_id)
        return None if alarm is None else alarm.registration_id

    async def carry_out(self, operator: OperatorView, command: Command) -> Result | Refused:
        """Do it for ``operator``, once whatever is repeated."""
        request = RequestKey(operator.operator_id, command.request_id)
        try:
            match command:
                case SetDuty():
                    return await self._set_duty(operator, command, request)
                case ClearNotice() | ShelveNotice() | UnshelveNotice():
                    return await self._notices.carry_out(operator, command)
                case _:
                    return await self._on_alarm(operator, command, request)
        except GatewayError as error:
            if isinstance(error, NotAllowedNow) and (before := await self._before(request)):
                return _result(command, before)
            taken_by = error.detail if isinstance(error, AlreadyTaken) else None
            detail = None if taken_by else error.detail
            problem = Problem.of(error.kind, detail)
            return Refused(request_id=command.request_id, problem=problem, taken_by=taken_by)
        except Exception as error:  # noqa: BLE001 (the edge: a fault of ours must not cost anybody her console)
            structlog.get_logger().error("command_failed", command=command.type, error=type(error).__name__)
            return Refused(request_id=command.request_id, problem=Problem.of(ProblemKind.FAILED))

    async def _on_alarm(
        self, operator: OperatorView, command: AlarmCommand, request: RequestKey
    ) -> Result | Refused:
        for _ in range(TRIES):
            alarm, actor = await self._reachable(operator, command)
            change = await self._decide(alarm, command, actor, operator)
            before = await self._taken_away(change, actor)
            if before is None:
                continue
            proposals = [*before, Proposal(change, request, with_previous=bool(before))]
            verdict = (await self._changes.commit(proposals))[-1]
            match verdict.fate:
                case Fate.COMMITTED | Fate.REPEATED:
                    return _result(command, verdict)
                case Fate.UNIT_TAKEN:
                    raise UnitTaken
                case Fate.NO_CENTRE:
                    raise NotFound
        return Refused(request_id=command.request_id, problem=Problem.of(ProblemKind.STALE_VERSION))

    async def _reachable(self, operator: OperatorView, command: AlarmCommand) -> tuple[AlarmView, Actor]:
        """Return the alarm if it is this operator's to answer; else it does not exist for them."""
        alarm = await self._alarms.find(command.alarm_id)
        if alarm is None or not _may_answer(operator, alarm):
            raise NotFound
        theirs = [centre for centre in seen_by(alarm) if centre in operator.centres]
        if not theirs:
            raise NotFound
        return alarm, _actor(operator, theirs[0])

    async def _decide(
        self, alarm: AlarmView, command: AlarmCommand, actor: Actor, operator: OperatorView
    ) -> Change:
        at, response = self._clock.now(), self._respond(alarm.centre)
        match command:
            case Acknowledge():
                return acts.acknowledge(alarm, actor, at, response)
            case Assign():
                unit = await self._own_unit(operator, command.unit_id)
                return acts.assign(alarm, command, unit, actor, at)
            case ReportUnit():
                return acts.report_unit(alarm, command, actor, at, response)
            case AddNote():
                return acts.add_note(alarm, command, actor, at)
            case _:
                return self._hand_on_or_end(alarm, command, actor, operator)

    def _hand_on_or_end(
        self, alarm: AlarmView, command: AlarmCommand, actor: Actor, operator: OperatorView
    ) -> Change:
        at, response = self._clock.now(), self._respond(alarm.centre)
        match command:
            case Transfer():
                there = self._respond(command.to)
                return acts.transfer(alarm, command, actor, frozenset(operator.centres), at, there)
            case Close():
                return acts.close(alarm, command, actor, at)
            case Review():
                return acts.review(alarm, command.note, actor, at)
            case Reopen():
                return acts.reopen(alarm, command.note, actor, at, response)
        raise NotAllowedNow

    async def _own_unit(self, operator: OperatorView, unit_id: UUID) -> UnitView:
        """Return a unit of the operator's centres: nobody sends, or stands down, the units of others."""
        unit = await self._units.find(unit_id)
        if unit is None or unit.centre not in operator.centres or ATTENDS_ALARMS.isdisjoint(operator.roles):
            raise NotFound
        return unit

    async def _taken_away(self, change: Change, actor: Actor) -> list[Proposal] | None:
        """Return what tells the open alarms from which this change takes a unit by force.

        None: by now one has not got it any more, so the unit does not stand as it was read.
        """
        told = []
        for move in change.units:
            if move.force and move.taken_from is not None:
                alarm = await self._alarms.find(move.taken_from)
                if alarm is not None:
                    at, response = self._clock.now(), self._respond(alarm.centre)
                    try:
                        told.append(Proposal(acts.take_away(alarm, move.unit_id, actor, at, response)))
                    except NotAllowedNow:
                        return None
        return told

    async def _set_duty(self, operator: OperatorView, command: SetDuty, request: RequestKey) -> Result:
        unit = await self._own_unit(operator, command.unit_id)
        await self._units.set_duty(unit, command.on_duty, _actor(operator, unit.centre).name, request)
        return Result(request_id=command.request_id)

    async def _before(self, request: RequestKey) -> Verdict | None:
        """Return what the request was answered before: its repetition finds a changed alarm."""
        try:
            return await self._changes.answer(request)
        except GatewayError:
            return None


def _may_answer(operator: OperatorView, alarm: AlarmView) -> bool:
    if Role.CANARY in operator.roles:
        return alarm.purpose is Purpose.CANARY
    return not ATTENDS_ALARMS.isdisjoint(operator.roles)


def _actor(operator: OperatorView, centre: str) -> Actor:
    name = OperatorName(operator_id=operator.operator_id, name=operator.name, centre=centre)
    return Actor(name, supervisor=Role.SUPERVISOR in operator.roles)


def _result(command: Command | AlarmCommand, verdict: Verdict) -> Result:
    return Result(request_id=command.request_id, alarm_id=verdict.alarm_id, version=verdict.version)
