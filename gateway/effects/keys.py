"""The ids of what an event leaves: the same event leaves the same, however often it is applied."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from gateway.domain.event_keys import key_of
from gateway.domain.integrators import Inbound
from gateway.ports import RequestKey
from schemas.session import OperatorName

EVENTS: Final = UUID("6f0a1c52-3d0e-5a47-9b55-0c7e2d9a41f3")
"""Namespace of what several events leave together."""


def request_of(event: Inbound, part: str = "") -> RequestKey:
    """Return the key under which a change is committed once; each ``part`` of what an event does has one."""
    key = key_of(event)
    return RequestKey(event.integrator.integrator_id, uuid5(key, part) if part else key)


def name_of(event: Inbound) -> OperatorName:
    """Return who says it, as a timeline names it: an integrator is of no centre."""
    return OperatorName(operator_id=event.integrator.integrator_id, name=event.integrator.name)


def said_at(event: Inbound, received_at: datetime) -> datetime:
    """Return when it happened, as its system tells; never after it came in."""
    return received_at if event.time is None else min(event.time, received_at)
