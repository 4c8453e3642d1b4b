"""The life of an alarm. Whatever changes an alarm's state stands in this file, as a table.

A press opens an alarm (``raised``); an operator takes it (``acknowledged``). A further press by the
same victim is an event on her open alarm, never a second alarm and never swallowed.

The press's half of the table runs in the database, inside the one statement that commits it
(``commit_presses``), because whether an alarm is open is only certain there;
``tests/integration/store/test_machine_in_sql.py`` holds both to this table.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.domain.errors import AlreadyTaken, NotAllowedNow
from schemas.alarm import AlarmState, AlarmView


class EventKind(StrEnum):
    """What can happen to an alarm, in the past tense, as the stream names it."""

    RAISED = "alarm.raised"
    PRESSED_AGAIN = "alarm.pressed_again"
    ACKNOWLEDGED = "alarm.acknowledged"


AFTER: Final[Mapping[AlarmState | None, Mapping[EventKind, AlarmState]]] = MappingProxyType(
    {
        None: {EventKind.RAISED: AlarmState.RAISED},
        AlarmState.RAISED: {
            EventKind.PRESSED_AGAIN: AlarmState.RAISED,
            EventKind.ACKNOWLEDGED: AlarmState.ACKNOWLEDGED,
        },
        AlarmState.ACKNOWLEDGED: {EventKind.PRESSED_AGAIN: AlarmState.ACKNOWLEDGED},
        AlarmState.CLOSED: {},
    }
)
"""State before (None: no open alarm), what happens, state after. What is not here is refused."""


def after(state: AlarmState | None, kind: EventKind) -> AlarmState:
    """Return the state after ``kind``.

    Raises:
        NotAllowedNow: the table has no such step; nothing changes.
    """
    try:
        return AFTER[state][kind]
    except KeyError:
        raise NotAllowedNow from None


def check_acknowledge(alarm: AlarmView) -> None:
    """Raise unless the alarm can be taken now.

    The version an operator saw does not matter here, only the state: a victim who presses again
    must not make the operator's key fail.

    Raises:
        AlreadyTaken: somebody has it; the error says who.
        NotAllowedNow: the alarm is closed.
    """
    if alarm.acknowledged_by is not None and alarm.state is AlarmState.ACKNOWLEDGED:
        raise AlreadyTaken(alarm.acknowledged_by.name)
    after(alarm.state, EventKind.ACKNOWLEDGED)
