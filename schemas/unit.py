"""Intervention teams: on or off duty, where they stand, what they are sent to."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Wire
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
