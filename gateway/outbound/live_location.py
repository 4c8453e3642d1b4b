"""Live locations: gives out the URLs, and answers whoever calls one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from gateway.domain.errors import NotFound, TooMany
from gateway.domain.live_location import Ticket, read, written
from gateway.domain.receivers import Told
from gateway.domain.throttle import Throttle
from gateway.door_timing import LOCATION_LOOK_S, LOCATION_LOOKS, LOCATION_URL_S
from gateway.formats.leaving import LOCATION_KEPT, part_id
from gateway.formats.pidf_lo import Target, pidf_lo_of
from gateway.ports import Clock
from gateway.ports.live_location import LocationLooks, TicketKeys

PATH: Final = "/v1/locations"


@dataclass(frozen=True, kw_only=True)
class LiveLocations:
    """``base``: this gateway's public URL; None: nobody outside knows one, and none is given out."""

    base: str | None
    domain: str
    keys: TicketKeys
    looks: LocationLooks
    clock: Clock
    _throttle: Throttle = field(
        default_factory=lambda: Throttle(burst=LOCATION_LOOKS, every_s=LOCATION_LOOK_S)
    )

    def url(self, told: Told, holder: UUID) -> str | None:
        """Return where this holder can ask where she is: the same on every try of one event."""
        if self.base is None:
            return None
        expires_at = told.at + timedelta(seconds=LOCATION_URL_S)
        ticket = Ticket(alarm_id=told.alarm_id, holder=holder, expires_at=expires_at)
        return f"{self.base.rstrip('/')}{PATH}/{written(ticket, self.keys.every()[0])}"

    async def look(self, text: str) -> bytes | None:
        """Return where she is now, as PIDF-LO; None: her alarm is open, and no place is known.

        Raises ``NotFound`` for a ticket that is none, has run out, is of a closed alarm, or of a holder that
        may not see it any more; ``TooMany``; ``DatabaseUnavailable``.
        """
        now = self.clock.now()
        ticket = read(text, self.keys.every(), now)
        if ticket is None:
            raise NotFound
        if not self._throttle.allow(f"{ticket.holder}:{ticket.alarm_id}", now.timestamp()):
            raise TooMany
        alarm = await self.looks.look(ticket.alarm_id, ticket.holder)
        if alarm is None:
            raise NotFound
        if not alarm.positions:
            return None
        target = Target(
            entity=f"pres:{part_id(alarm, 'current').removeprefix('urn:uuid:')}@{self.domain}",
            device=part_id(alarm, "current-device"),
            kept_until=now + LOCATION_KEPT,
        )
        return pidf_lo_of(alarm.positions[0], target)
