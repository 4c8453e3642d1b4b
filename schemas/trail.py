"""How long each leg of an alarm took, against the budget (``GET /v1/alarms/{id}/trail``)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.alarm import Trail
from schemas.base import Wire

Milliseconds = Annotated[float, Field(description="ms; None while the later instant is not known")]


class Durations(Wire):
    """The legs of the way from the finger to the eye, and to the answer."""

    button_to_bridge: Milliseconds | None = None
    bridge_to_commit: Milliseconds | None = None
    commit_to_delivered: Milliseconds | None = None
    pressed_to_delivered: Milliseconds | None = None
    pressed_to_acknowledged: Milliseconds | None = None


class AlarmTrail(Wire):
    """The instants of an alarm and what lies between them."""

    alarm_id: UUID
    trail: Trail
    durations_ms: Durations
    budget_ms: int = Field(description="Received to delivered")
    within_budget: bool | None = Field(description="None while nobody has been shown the alarm")
