"""What is said after her alarm was closed: her own words raise it again, anything else is kept with it.

Nobody who closed it has seen them, and they may say that he is back: that is for an operator to judge at
once, and not for whoever looks after a quarantine. Who only says thanks rings once too often.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.acts import Actor, reopen
from gateway.domain.alarm import Change
from gateway.domain.errors import NoOpenAlarm
from gateway.domain.happenings import note_late, receive
from gateway.domain.integrators import Inbound, Linked
from gateway.domain.response import Response
from gateway.door_timing import SAID_AFTER_CLOSING_S, SAID_UNSEEN_S, SAID_WAITS_S
from gateway.effects.keys import name_of
from gateway.effects.reach import Reach
from schemas.alarm import AlarmView, Note

REOPENING: Final = "reopening"
"""The part of what an event does that is committed ahead of the line itself."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """Finds the alarm of hers that was closed last. ``respond``: how a centre answers."""

    reach: Reach
    respond: Callable[[str], Response]

    async def said(self, event: Inbound, note: Note, linked: Linked, received_at: datetime) -> None:
        """Write it down with that alarm; raise it again first where she says it, and nobody can have seen it.

        Raises:
            NoOpenAlarm: none was closed within a day; or one of hers may be on its way still.
        """
        now = self.reach.clock.now()
        if now - received_at < timedelta(seconds=SAID_WAITS_S):
            raise NoOpenAlarm
        closed = await self.reach.closed_of(event, linked, now - timedelta(seconds=SAID_AFTER_CLOSING_S))
        if closed is None:
            raise NoOpenAlarm
        said_at = note.said_at or received_at
        if note.said_by != "victim" or said_at < closed.at - timedelta(seconds=SAID_UNSEEN_S):
            await self.reach.change(
                event, closed.alarm_id, lambda alarm, at: note_late(alarm, _dated(note, at))
            )
            return
        await self.reach.change(
            event,
            closed.alarm_id,
            lambda alarm, at: self._raised_again(alarm, note, event, at),
            part=REOPENING,
        )
        await self.reach.change(event, closed.alarm_id, lambda alarm, at: receive(alarm, _dated(note, at)))

    def _raised_again(self, alarm: AlarmView, note: Note, event: Inbound, at: datetime) -> Change:
        return reopen(alarm, note.text, Actor(name_of(event)), at, self.respond(alarm.centre))


def _dated(note: Note, at: datetime) -> Note:
    """Date a note by its commit, as every note is: by that it stands with its step."""
    return note.model_copy(update={"at": at})
