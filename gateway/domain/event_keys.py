"""Names of what other systems send, made from what they call it: the same everywhere, for ever."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from gateway.domain.integrators import Inbound, Linked
from schemas.events import EventType
from schemas.registration import Population

STAND_IN: Final = UUID("6f0c1d7e-3b52-5a8b-9f4a-2c7f60f1b9d3")
"""Namespace of the files that stood for somebody whom nobody linked, before they had a key."""

APART: Final[Mapping[EventType, str]] = {
    EventType.CANCEL_REQUESTED: "cancel",
    EventType.POSITION_UPDATED: "position",
}
"""What waits behind nothing else of its subject."""


def event_key(integrator_id: UUID, source: str, event_id: str, *, exercise: bool = False) -> UUID:
    """Return the key of an event: CloudEvents' source and id, of one integrator.

    An exercise has another: what was tried out in a sandbox is never taken for the real event that comes
    under the same id once the account is no sandbox any more. The length keeps apart what would otherwise be
    joined to the same words.
    """
    sender = uuid5(integrator_id, "exercise") if exercise else integrator_id
    return uuid5(sender, f"{len(source)}:{source}{event_id}")


def key_of(event: Inbound) -> UUID:
    """Return an event's one id."""
    who = event.integrator
    return event_key(who.integrator_id, event.source, event.event_id, exercise=who.sandbox)


def stand_in_id(integrator_id: UUID, subject: str, *, exercise: bool) -> UUID:
    """Return the id of the file that stands for an integrator's subject; its exercises have another.

    So it was made before it was keyed (``gateway.store.doors.stand_in_names``).
    """
    return uuid5(uuid5(STAND_IN, integrator_id.hex), f"{'exercise' if exercise else 'real'}:{subject}")


def stood_in_for(event: Inbound, centre: str, identity: UUID, *, shared: bool = False) -> Linked:
    """Return the file of this id as the one that stands for an event's subject."""
    population = Population.EXERCISE if event.integrator.sandbox else Population.STAND_IN
    return Linked(registration_id=identity, centre=centre, population=population, known=False, shared=shared)


def lane_of(event: Inbound, subject: UUID, *, with_alarm: bool = False) -> UUID:
    """Return the lane of an event: that of its ``subject``'s name, in which one waits behind the other.

    Wishes to cancel, positions, and what was said ``with_alarm`` have lanes of their own: none of them waits
    behind a line of chat that is beyond its integrator's quota, and each says by itself when it was.
    """
    apart = "alarm" if with_alarm else APART.get(event.type)
    return subject if apart is None else uuid5(subject, apart)
