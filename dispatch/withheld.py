"""What a console is told whose operator must not know of some files: all but what is about those.

Nearly no console is such a one. It stands apart on its lane, as canary consoles do: the others are written
the same bytes for all, as ever. Sequences stay gapless: what is withheld is an event about nothing.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from dispatch.ports import Logged, Shown
from schemas.frames import Event

KIND: Final = "stream.withheld"


class Withheld:
    """The files kept from one console's operator, and what it has been told since it attached.

    Whatever names such a file, or an alarm of one, is withheld: alarms, positions, notices, protections,
    and the units that were sent.
    """

    def __init__(self, registrations: Iterable[UUID]) -> None:
        self._names = {str(registration_id).encode() for registration_id in registrations}
        self._told: set[UUID] = set()

    def told(self, event: Logged) -> bytes:
        """Return the frame of an event as this console is told it."""
        if self.hides(event.payload):
            if event.alarm_id is not None:
                self._names.add(str(event.alarm_id).encode())
            hidden = Event(centre=event.centre, cursor=event.cursor, kind=KIND, at=event.at)
            return hidden.model_dump_json().encode()
        if event.alarm_id is not None:
            self._told.add(event.alarm_id)
        return event.payload

    def shown(self, things: Sequence[Shown]) -> list[Shown]:
        """Return what of a snapshot this console is shown."""
        for one in things:
            if one.field == "alarms":
                alarm_id = UUID(json.loads(one.payload)["alarm_id"])
                if self.hides(one.payload):
                    self._names.add(str(alarm_id).encode())
                else:
                    self._told.add(alarm_id)
        return [one for one in things if not self.hides(one.payload)]

    def knows(self, alarm_id: UUID) -> bool:
        """Whether it was told of an alarm, so that it may be told where she is."""
        return alarm_id in self._told

    def hides(self, payload: bytes) -> bool:
        """Whether a frame names such a file, or an alarm of one."""
        return any(name in payload for name in self._names)
