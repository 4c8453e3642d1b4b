"""What is known of an event when it leaves for another system, besides the alarm itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from schemas.alarm import AlarmView

LOCATION_KEPT: Final = timedelta(hours=24)
"""How long a receiver may keep a place that we tell (RFC 4119, 2.2.2 takes a day where nothing is said)."""

EXTENSION: Final = "urn:msa:extension:alarm:1"
"""Names what we add to a standard that has no word for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """One event on its way out.

    ``at``: when the event happened. ``domain``: this gateway's name in the ids that it gives, a host name.
    ``with_person``: the receiver has the scope ``persons:read``; without it nothing of the file leaves, nor
    what operators wrote. ``addresses``: whom it is for, as CAP names them. ``earlier``: version and instant
    of the events of this alarm that the receiver had before, oldest first, as far as they are known.
    ``location_url``: where the receiver can ask where she is while the alarm is open.
    """

    at: datetime
    domain: str
    with_person: bool = False
    addresses: tuple[str, ...] = ()
    earlier: tuple[tuple[int, datetime], ...] = ()
    location_url: str | None = None


def part_id(alarm: AlarmView, part: str) -> str:
    """Return the id of a part of an alarm: the same whenever and wherever it is told."""
    return uuid5(alarm.alarm_id, part).urn


def telephone_uri(alarm: AlarmView, leaving: Leaving) -> str | None:
    """Return the victim's number as a ``tel`` URI (RFC 3966): the digits that the file holds.

    None: it holds none, or the receiver may not read persons.
    """
    phone = alarm.person.victim.phone if leaving.with_person and alarm.person is not None else None
    number = "".join(character for character in phone or "" if character in "+0123456789")
    return f"tel:{number}" if number.strip("+") else None


def agency_id(centre: str, domain: str) -> str:
    """Return how a centre is called in ids that hold a host name: ``be-vov.msa.example``."""
    return f"{centre.lower()}.{domain}"


def agent_id(operator_id: UUID, centre: str, domain: str) -> str:
    """Return how an operator is called: an id, never a name."""
    return f"{operator_id}@{agency_id(centre, domain)}"
