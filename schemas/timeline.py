"""Looking back on an alarm: everything that happened to it, and everything written with it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from schemas.alarm import AlarmState, Note
from schemas.base import CentreId, Instant, Line, Wire
from schemas.session import OperatorName


class StreamPlace(Wire):
    """Where an event stands in a centre's stream."""

    centre: CentreId
    sequence: Annotated[int, Field(ge=1)]


class TimelineEntry(Wire):
    """One event of an alarm, told once whatever number of centres it was told to."""

    version: Annotated[int, Field(ge=1)] = Field(description="The alarm's version after it")
    kind: Line
    at: Instant = Field(description="When it was committed")
    by: OperatorName | None = Field(default=None, description="Who did it; None: nobody at a console")
    centre: CentreId = Field(description="Who owned the alarm after it")
    state: AlarmState
    streams: tuple[StreamPlace, ...] = Field(description="The streams that tell it, by centre")
    changed: dict[str, JsonValue] = Field(
        description="Fields of the alarm that differ from the entry before, as they are after it"
    )


class Timeline(Wire):
    """Every event of an alarm in the order of commit (``GET /v1/alarms/{id}/timeline``)."""

    alarm_id: UUID
    entries: tuple[TimelineEntry, ...]


class AlarmNotes(Wire):
    """All notes of an alarm, newest first (``GET /v1/alarms/{id}/notes``)."""

    alarm_id: UUID
    readable: bool = Field(description="False: her file was erased, and the notes with it")
    notes: tuple[Note, ...]
