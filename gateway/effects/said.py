"""Lines of chat and medical fields: notes on her open alarm, by the integrator that brought them."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.alarm import Change, EventKind
from gateway.domain.errors import NoOpenAlarm
from gateway.domain.happenings import receive
from gateway.domain.integrators import Inbound, Linked
from gateway.effects.keys import name_of, said_at
from gateway.effects.late import Late
from gateway.effects.reach import Reach
from schemas.alarm import AlarmView, Note
from schemas.events import ChatSaid, MedicalUpdated


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is shown as it was said, sealed with her file."""

    reach: Reach
    late: Late

    async def message(self, event: Inbound, data: ChatSaid, linked: Linked, received_at: datetime) -> None:
        """Write a line of chat down. Raises ``NoOpenAlarm`` and what ``receive`` raises."""
        note = Note(
            at=received_at,
            by=name_of(event),
            text=data.text,
            about=EventKind.MESSAGE_RECEIVED,
            said_at=said_at(event, received_at),
            said_by="centre" if data.by_centre else "victim",
            lang=data.lang,
        )
        await self._write(event, note, linked, received_at)

    async def medical(
        self, event: Inbound, data: MedicalUpdated, linked: Linked, received_at: datetime
    ) -> None:
        """Write down what the 112 app holds for the ambulance. Raises as ``message`` does."""
        note = Note(
            at=received_at,
            by=name_of(event),
            text=data.text,
            about=EventKind.MEDICAL_RECEIVED,
            said_at=said_at(event, received_at),
            lang=data.lang,
        )
        await self._write(event, note, linked, received_at)

    async def _write(self, event: Inbound, note: Note, linked: Linked, received_at: datetime) -> None:
        try:
            alarm_id = await self.reach.one_of(event, await self.reach.whom(event, linked))
        except NoOpenAlarm:
            await self.late.said(event, note, linked, received_at)
            return
        if alarm_id is not None:
            await self.reach.change(event, alarm_id, lambda alarm, now: _received(alarm, note, now))


def _received(alarm: AlarmView, note: Note, now: datetime) -> Change:
    """Date the note by its commit, as every note is: by that it stands with its step."""
    return receive(alarm, note.model_copy(update={"at": now}))
