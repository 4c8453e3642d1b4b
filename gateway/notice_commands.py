"""What operators do with notices: deal with them, put them aside for a while, take them back.

A notice is for those whom its audience names. Whoever is not among them sees it in no list and can neither
clear nor shelve it, so that nothing a supervisor has to know is put aside by somebody else.
"""

from typing import assert_never

from gateway.domain.errors import FieldInvalid, NotFound, NotYours
from gateway.domain.people import ATTENDS_ALARMS
from gateway.ports import Notices, RequestKey, Shelf
from gateway.timing import SHELVED_MAX_S
from schemas.commands import ClearNotice, NoticeCommand, ShelveNotice, UnshelveNotice
from schemas.frames import Result
from schemas.protection import Audience, NoticeView
from schemas.session import OperatorName, OperatorView, Role


class NoticeCommands:
    """The commands about notices."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    async def carry_out(self, operator: OperatorView, command: NoticeCommand) -> Result:
        """Do it; what is so already is done.

        Raises:
            NotFound: no such open notice of a centre of theirs (to clear one that is cleared is no fault).
            NotYours: it is for somebody else.
            FieldInvalid: put aside for longer than ``SHELVED_MAX_S``.
        """
        if command.centre not in operator.centres or ATTENDS_ALARMS.isdisjoint(operator.roles):
            raise NotFound
        notice = await self._notices.find(command.centre, command.notice_id)
        if notice is not None and not is_for(notice, operator):
            raise NotYours
        by = OperatorName(operator_id=operator.operator_id, name=operator.name, centre=command.centre)
        request = RequestKey(operator.operator_id, command.request_id)
        match command:
            case ClearNotice():
                await self._notices.clear(command.centre, command.notice_id, by)
            case ShelveNotice():
                shelf = _shelf(command)
                await self._notices.shelve(command.centre, command.notice_id, by, shelf, request)
            case UnshelveNotice():
                await self._notices.shelve(command.centre, command.notice_id, by, None, request)
            case _:
                assert_never(command)
        return Result(request_id=command.request_id)


def is_for(notice: NoticeView, operator: OperatorView) -> bool:
    """Whether an operator is among those whom a notice is for."""
    return Audience.EVERYBODY in notice.audience or Role.SUPERVISOR in operator.roles


def _shelf(command: ShelveNotice) -> Shelf:
    if command.for_s > SHELVED_MAX_S:
        raise FieldInvalid("for_s", f"a notice is put aside for {SHELVED_MAX_S} s at most")
    return Shelf(command.for_s, command.reason)
