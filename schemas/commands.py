"""What an operator may do from a console; each is answered by ``result`` or ``refused``.

A command names the alarm and the version the operator saw. Repeating a ``request_id`` repeats its
answer. Where doing it on a newer version could hide something (closing over a press not seen yet)
a stale version is refused; else only the alarm's state decides.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.alarm import NoteText
from schemas.base import CentreId, Wire
from schemas.outcome import Outcome
from schemas.protection import ShelvingReason
from schemas.unit import EtaSeconds, UnitStatus

Version = Annotated[int, Field(ge=1, lt=2**31)]


class AlarmCommand(Wire):
    """The part that every command on an alarm has."""

    request_id: UUID
    alarm_id: UUID
    expected_version: Version


class Acknowledge(AlarmCommand):
    """An operator has it."""

    type: Literal["acknowledge"] = "acknowledge"


class Assign(AlarmCommand):
    """Send a unit; one that has another open alarm only with ``force``."""

    type: Literal["assign"] = "assign"
    unit_id: UUID
    eta_s: EtaSeconds | None = None
    force: bool = False


class ReportUnit(AlarmCommand):
    """Where an assigned unit stands now."""

    type: Literal["unit_status"] = "unit_status"
    unit_id: UUID
    status: UnitStatus
    eta_s: EtaSeconds | None = None


class AddNote(AlarmCommand):
    """Write something down with the alarm; also after it was closed."""

    type: Literal["note"] = "note"
    text: NoteText


class Transfer(AlarmCommand):
    """Hand the alarm to another centre.

    An operator of ``to`` takes it over and has it; one of another centre hands it over, and
    somebody at ``to`` has to acknowledge it.
    """

    type: Literal["transfer"] = "transfer"
    to: CentreId
    note: NoteText | None = None


class Close(AlarmCommand):
    """End it, saying how; a stale version is refused."""

    type: Literal["close"] = "close"
    outcome: Outcome
    note: NoteText


class Reopen(AlarmCommand):
    """Raise a closed alarm again."""

    type: Literal["reopen"] = "reopen"
    note: NoteText


class Review(AlarmCommand):
    """A supervisor's second look: agree with the outcome. Who does not agree reopens."""

    type: Literal["review"] = "review"
    note: NoteText | None = None


class SetDuty(Wire):
    """Put a unit on or off duty; one with an open alarm stays on duty."""

    type: Literal["unit_duty"] = "unit_duty"
    request_id: UUID
    unit_id: UUID
    on_duty: bool


class ClearNotice(Wire):
    """A notice is dealt with."""

    type: Literal["clear_notice"] = "clear_notice"
    request_id: UUID
    centre: CentreId
    notice_id: UUID


class ShelveNotice(Wire):
    """Put a notice aside for a while, at most 8 h; again moves its end. Alarms cannot be shelved."""

    type: Literal["shelve_notice"] = "shelve_notice"
    request_id: UUID
    centre: CentreId
    notice_id: UUID
    for_s: Annotated[int, Field(ge=1, lt=2**31, description="Seconds from when it is committed")]
    reason: ShelvingReason


class UnshelveNotice(Wire):
    """Take a notice off the shelf."""

    type: Literal["unshelve_notice"] = "unshelve_notice"
    request_id: UUID
    centre: CentreId
    notice_id: UUID


NoticeCommand = ClearNotice | ShelveNotice | UnshelveNotice

Command = (
    Acknowledge
    | Assign
    | ReportUnit
    | AddNote
    | Transfer
    | Close
    | Reopen
    | Review
    | SetDuty
    | ClearNotice
    | ShelveNotice
    | UnshelveNotice
)
