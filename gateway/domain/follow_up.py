"""What follows from the events of a centre's stream: notices to people, calls to the outside.

Decided from the stream alone, in its order, so that it is the same whichever node does it, and
whenever; done again it does nothing new.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.alarm import EventKind
from gateway.domain.notice import Detail, Notice
from schemas.alarm import AlarmState, Escalation, LadderStep
from schemas.protection import NoticeKind

FOLLOWED: Final = (
    EventKind.ESCALATED,
    EventKind.ACKNOWLEDGED,
    EventKind.ACKNOWLEDGEMENT_LAPSED,
    EventKind.TRANSFERRED,
    EventKind.TAKEN_OVER,
    EventKind.CLOSED,
    EventKind.EXPIRED,
    EventKind.REVIEWED,
    EventKind.REOPENED,
)
"""Only from these does anything follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event of an alarm, and what the alarm was after it, as far as it matters here."""

    kind: str
    at: datetime
    alarm_id: UUID
    owner: str
    state: AlarmState
    version: int
    raised_at: datetime
    reference: str | None = None
    escalation: Escalation | None = None
    needs_second_look: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to the outside. ``call_id`` is the same whenever it is made for the same level of a climb."""

    call_id: str
    centre: str
    alarm_id: UUID
    body: str


@dataclass(slots=True)
class FollowUp:
    """What is to be done, each notice once, as the last event about it wants it."""

    notices: dict[tuple[NoticeKind, str], Notice] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def want(self, notice: Notice) -> None:
        """Raise or clear it; what was wanted before is overtaken."""
        self.notices[notice.kind, notice.subject] = notice


def follow(centre: str, events: Iterable[Happened]) -> FollowUp:
    """Return what follows in ``centre`` from events of its stream, given in order."""
    found = FollowUp()
    for event in events:
        if event.owner == centre:
            _own(event, found)
        else:
            _another_centres(centre, event, found)
    return found


def _own(event: Happened, found: FollowUp) -> None:
    """Follow what happened to an alarm that the centre owns."""
    climb = event.escalation if event.state is AlarmState.RAISED else None
    told = climb if event.kind == EventKind.ESCALATED else None
    if climb is None:
        _clear(event, NoticeKind.ESCALATED, found)
    elif told is not None and LadderStep.SUPERVISOR in told.steps:
        detail: Detail = {"level": told.level, "raised_at": event.raised_at.isoformat()}
        _raise(event, NoticeKind.ESCALATED, detail, found)
    if told is not None and LadderStep.WEBHOOK in told.steps:
        found.calls.append(_call(event, told))
    if event.kind == EventKind.CLOSED and event.needs_second_look:
        _raise(event, NoticeKind.SECOND_LOOK, {"closed_at": event.at.isoformat()}, found)
    elif not event.needs_second_look:
        _clear(event, NoticeKind.SECOND_LOOK, found)


def _another_centres(centre: str, event: Happened, found: FollowUp) -> None:
    """Follow what happened to an alarm that the centre sees, or owned before."""
    _clear(event, NoticeKind.ESCALATED, found)
    _clear(event, NoticeKind.SECOND_LOOK, found)
    told = event.escalation if event.kind == EventKind.ESCALATED else None
    if told is not None and told.reason == "no_console" and centre in told.to:
        found.want(Notice(kind=NoticeKind.UNATTENDED, subject=event.owner))


def _raise(event: Happened, kind: NoticeKind, detail: Detail, found: FollowUp) -> None:
    subject = str(event.alarm_id)
    found.want(Notice(kind=kind, subject=subject, reference=event.reference, detail=detail))


def _clear(event: Happened, kind: NoticeKind, found: FollowUp) -> None:
    found.want(Notice(kind=kind, subject=str(event.alarm_id), open=False))


def _call(event: Happened, told: Escalation) -> Call:
    """Return the call of one level of one climb: nothing personal, and no position, is in it."""
    data = {
        "alarm_id": str(event.alarm_id),
        "centre": event.owner,
        "level": told.level,
        "reason": told.reason,
        "raised_at": event.raised_at.isoformat(),
    }
    body = {"type": EventKind.ESCALATED, "timestamp": event.at.isoformat(), "data": data}
    return Call(
        call_id=f"{event.alarm_id}-{told.level}-{event.version}",
        centre=event.owner,
        alarm_id=event.alarm_id,
        body=json.dumps(body, separators=(",", ":")),
    )
