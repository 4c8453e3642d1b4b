"""Intervention teams: on or off duty, where they stand, what they are sent to."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import CentreId, Instant, Line, Printable, Wire
from schemas.session import OperatorName

EtaSeconds = Annotated[int, Field(ge=0, le=86_400, description="Seconds until it is expected there")]


class UnitStatus(StrEnum):
    """Where a unit stands with the alarm it is assigned to (EIDO: Dispatched, EnRoute, OnScene, Cleared)."""

    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"


class AssignedUnit(Wire):
    """A unit as an alarm shows it."""

    unit_id: UUID
    centre: CentreId
    name: Line = Field(description="Its call sign")
    status: UnitStatus
    assigned_at: Instant
    assigned_by: OperatorName
    status_at: Instant
    eta_s: EtaSeconds | None = None
    taken_away: bool = Field(default=False, description="Cleared because it was sent elsewhere by force")


CallSign = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    Printable,
    Field(description="How a unit is called on the radio; no two units of a centre share one"),
]


class NewUnit(Wire):
    """A unit to be made (``POST /v1/units``)."""

    centre: CentreId
    name: CallSign
    on_duty: bool = True


class UnitChange(Wire):
    """What is to change of a unit (``PATCH /v1/units/{id}``); one that serves an alarm stays as it is."""

    name: CallSign | None = None
    on_duty: bool | None = None


class UnitView(Wire):
    """A unit of a centre; ``alarm_id`` is the open alarm it is assigned to."""

    unit_id: UUID
    centre: CentreId
    name: Line
    on_duty: bool
    alarm_id: UUID | None = None
    status: UnitStatus | None = None
    since: Instant = Field(description="Since when it stands like this")
    last_assigned_at: Instant | None = None
