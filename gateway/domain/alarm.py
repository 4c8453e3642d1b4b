"""The life of an alarm. Whatever changes an alarm's state stands in this file, as a table.

A press opens an alarm (``raised``); an operator takes it (``acknowledged``); it ends with an outcome
(``closed``). A further press by the same victim is an event on her open alarm, never a second alarm
and never swallowed. What the events carry is decided in ``acts`` (what operators do) and
``happenings`` (what time, the phone and the victim do); both come to a ``Change``.

The press's part of the table runs in the database, inside the one statement that commits it
(``commit_presses``), because whether an alarm is open is only certain there; everything else is
decided here and committed only if the alarm still has the version it was decided on
(``commit_changes``). ``tests/integration/store/test_machine_in_sql.py`` holds both to this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from gateway.domain.errors import NotAllowedNow
from schemas.alarm import AlarmState, AlarmView, Note
from schemas.session import OperatorName
from schemas.unit import UnitStatus


class EventKind(StrEnum):
    """What can happen to an alarm, in the past tense, as the stream names it."""

    RAISED = "alarm.raised"
    PRESSED_AGAIN = "alarm.pressed_again"
    ACKNOWLEDGED = "alarm.acknowledged"
    ACKNOWLEDGEMENT_LAPSED = "alarm.acknowledgement_lapsed"
    ESCALATED = "alarm.escalated"
    UNIT_ASSIGNED = "alarm.unit_assigned"
    UNIT_STATUS = "alarm.unit_status"
    NOTED = "alarm.noted"
    TRANSFERRED = "alarm.transferred"
    TAKEN_OVER = "alarm.taken_over"
    CROSSED = "alarm.crossed"
    ENRICHED = "alarm.enriched"
    VICTIM_MOVED = "alarm.victim_moved"
    POSITION_LOST = "alarm.position_lost"
    POSITION_RESTORED = "alarm.position_restored"
    TRACKING_ENDING = "alarm.tracking_ending"
    TRACKING_ENDED = "alarm.tracking_ended"
    CANCEL_REQUESTED = "alarm.cancel_requested"
    BREACHED = "alarm.breached"
    RETREATED = "alarm.retreated"
    CALL_RECEIVED = "alarm.call_received"
    MESSAGE_RECEIVED = "alarm.message_received"
    MEDICAL_RECEIVED = "alarm.medical_received"
    DEVICE_REPORTED = "alarm.device_reported"
    CLOSED = "alarm.closed"
    REVIEWED = "alarm.reviewed"
    REOPENED = "alarm.reopened"
    EXPIRED = "alarm.expired"


_HAPPENS_WHILE_OPEN: Final = (
    EventKind.PRESSED_AGAIN,
    EventKind.UNIT_STATUS,
    EventKind.NOTED,
    EventKind.CROSSED,
    EventKind.ENRICHED,
    EventKind.VICTIM_MOVED,
    EventKind.POSITION_LOST,
    EventKind.POSITION_RESTORED,
    EventKind.TRACKING_ENDING,
    EventKind.TRACKING_ENDED,
    EventKind.CANCEL_REQUESTED,
    EventKind.BREACHED,
    EventKind.RETREATED,
    EventKind.CALL_RECEIVED,
    EventKind.MESSAGE_RECEIVED,
    EventKind.MEDICAL_RECEIVED,
    EventKind.DEVICE_REPORTED,
)
"""These leave an open alarm in its state."""

AFTER: Final[Mapping[AlarmState | None, Mapping[EventKind, AlarmState]]] = MappingProxyType(
    {
        None: {EventKind.RAISED: AlarmState.RAISED},
        AlarmState.RAISED: {
            **dict.fromkeys(_HAPPENS_WHILE_OPEN, AlarmState.RAISED),
            EventKind.ESCALATED: AlarmState.RAISED,
            EventKind.ACKNOWLEDGED: AlarmState.ACKNOWLEDGED,
            EventKind.TRANSFERRED: AlarmState.RAISED,
            EventKind.TAKEN_OVER: AlarmState.ACKNOWLEDGED,
            EventKind.EXPIRED: AlarmState.CLOSED,
        },
        AlarmState.ACKNOWLEDGED: {
            **dict.fromkeys(_HAPPENS_WHILE_OPEN, AlarmState.ACKNOWLEDGED),
            EventKind.ACKNOWLEDGEMENT_LAPSED: AlarmState.RAISED,
            EventKind.UNIT_ASSIGNED: AlarmState.ACKNOWLEDGED,
            EventKind.TRANSFERRED: AlarmState.RAISED,
            EventKind.TAKEN_OVER: AlarmState.ACKNOWLEDGED,
            EventKind.CLOSED: AlarmState.CLOSED,
            EventKind.EXPIRED: AlarmState.CLOSED,
        },
        AlarmState.CLOSED: {
            EventKind.NOTED: AlarmState.CLOSED,
            EventKind.REVIEWED: AlarmState.CLOSED,
            EventKind.REOPENED: AlarmState.RAISED,
        },
    }
)
"""State before (None: no alarm), what happens, state after. What is not here is refused."""


DECIDED_WITHOUT_PRESSES: Final = frozenset(
    {
        EventKind.ACKNOWLEDGED,
        EventKind.ACKNOWLEDGEMENT_LAPSED,
        EventKind.ESCALATED,
        EventKind.UNIT_ASSIGNED,
        EventKind.UNIT_STATUS,
        EventKind.NOTED,
        EventKind.TRANSFERRED,
        EventKind.TAKEN_OVER,
        EventKind.CALL_RECEIVED,
        EventKind.MESSAGE_RECEIVED,
        EventKind.MEDICAL_RECEIVED,
        EventKind.DEVICE_REPORTED,
    }
)
"""What answers an alarm, or other systems say to it, and does not look at what a further press changes: how
often she pressed, with what facts, which version is news, until when she is followed. However fast she
presses, these come through.
Closing is not among them, nor what ends her being followed."""


class DeadlineKind(StrEnum):
    """What falls due on an alarm; an alarm has at most one deadline of a kind."""

    ESCALATE = "escalate"
    LAPSE = "lapse"
    TRACKING_ENDING = "tracking_ending"
    TRACKING_END = "tracking_end"
    EXPIRE = "expire"


ALL_DEADLINES: Final = frozenset(DeadlineKind)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that a change sets: so many seconds after its commit, by the database's clock."""

    kind: DeadlineKind
    after_s: float
    level: int = 0


@dataclass(frozen=True, slots=True)
class UnitMove:
    """A unit is sent to this alarm (``status``), or away from it (None).

    With ``force`` it may be taken from the open alarm ``taken_from``, which is told of it in the same commit.
    """

    unit_id: UUID
    status: UnitStatus | None
    force: bool = False
    taken_from: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event on an alarm, decided and not yet committed: ``alarm`` is the alarm after it.

    It is committed only while the stored alarm still has version ``alarm.version - 1``, or has since
    then only been pressed again and the change is right ``despite_presses``.
    """

    kind: EventKind
    alarm: AlarmView
    by: OperatorName | None = None
    note: Note | None = None
    due: tuple[Due, ...] = ()
    settled: frozenset[DeadlineKind] = field(default_factory=frozenset)
    units: tuple[UnitMove, ...] = ()

    @property
    def centres(self) -> tuple[str, ...]:
        """Every centre whose stream tells of it, the owner first."""
        return seen_by(self.alarm)

    @property
    def despite_presses(self) -> bool:
        """Whether it would have been decided the same had she pressed again meanwhile."""
        return self.kind in DECIDED_WITHOUT_PRESSES


def seen_by(alarm: AlarmView) -> tuple[str, ...]:
    """Return the centres that see an alarm, its owner first."""
    return tuple(dict.fromkeys((alarm.centre, *(share.centre for share in alarm.shared))))


def after(state: AlarmState | None, kind: EventKind) -> AlarmState:
    """Return the state after ``kind``.

    Raises:
        NotAllowedNow: the table has no such step; nothing changes.
    """
    try:
        return AFTER[state][kind]
    except KeyError:
        raise NotAllowedNow from None


def step(alarm: AlarmView, kind: EventKind, **changes: Any) -> AlarmView:
    """Return ``alarm`` after ``kind``, one version on, with ``changes`` to its other fields.

    An alarm that falls back to raised is nobody's; a closed one still says who had it.

    Raises:
        NotAllowedNow: the table has no such step.
    """
    state = after(alarm.state, kind)
    if state is AlarmState.RAISED:
        changes |= {"acknowledged_by": None, "acknowledged_at": None}
    return alarm.model_copy(update={"state": state, "version": alarm.version + 1, **changes})
