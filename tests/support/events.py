"""Events of other systems, as a door hands them on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway import main
from gateway.domain.event_keys import stand_in_id, stood_in_for
from gateway.domain.integrators import Inbound, Integrator, Linked
from gateway.doors_effects import effects_of
from gateway.effects.table import AlarmEffects
from schemas.events import DATA_OF, EventData, EventType
from schemas.integrators import IntegratorScope
from schemas.registration import Population

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

APP = Integrator(
    integrator_id=UUID("00000000-0000-4000-8000-0000000000a1"),
    name="112 BE",
    scopes=frozenset(IntegratorScope),
    created_at=THEN,
)


def an_event(data: EventData, *, event_id: str | None = None, time: datetime | None = None) -> Inbound:
    """Return an event with this data; its type follows from it."""
    (kind,) = (kind for kind, model in DATA_OF.items() if type(data) is model)
    return Inbound(
        integrator=APP,
        type=EventType(kind),
        source="https://112.example",
        event_id=event_id or str(uuid4()),
        subject="sub-1",
        time=time,
        data=data,
        raw=b"{}",
    )


def stand_in_of(event: Inbound, centre: str = "BE-VOV") -> Linked:
    """Return what stands for an event's subject in a test without a database."""
    who = event.integrator
    identity = stand_in_id(who.integrator_id, event.subject, exercise=who.sandbox)
    return stood_in_for(event, centre, identity)


class FakeStandIns:
    """``gateway.ports.inbox.StandIns``, of whom none shares one."""

    def may_be(self, event: Inbound) -> list[UUID]:
        return [stand_in_of(event).registration_id]

    async def of(self, event: Inbound, centre: str, *, own: bool = False) -> Linked:
        return stand_in_of(event, centre)

    async def ensure(self, event: Inbound, centre: str) -> Linked:
        return stand_in_of(event, centre)


def linked(registration_id: UUID | None = None, *, known: bool = True) -> Linked:
    """Return whom a subject means."""
    return Linked(
        registration_id=registration_id or uuid4(),
        centre="BE-VOV",
        population=Population.REAL if known else Population.STAND_IN,
        known=known,
    )


@contextmanager
def kept_effects() -> Iterator[list[AlarmEffects]]:
    """Keep what gateways that start in a ``with`` block make of their effects."""
    kept: list[AlarmEffects] = []

    def keep(*given: Any) -> AlarmEffects:
        kept.append(effects_of(*given))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(main, "effects_of", keep)
        yield kept
