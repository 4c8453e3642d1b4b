"""She, or somebody with her phone, wants to cancel by another system: noted, and nothing is lowered."""

from dataclasses import dataclass
from datetime import datetime

from gateway.cancelling import Cancelling
from gateway.domain.errors import CannotCommit, DatabaseUnavailable, NoOpenAlarm
from gateway.domain.integrators import Inbound, Linked
from gateway.effects.keys import request_of, said_at
from gateway.effects.reach import Reach
from schemas.events import CancelRequested


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """Wishes to cancel, on the way that those of her phone take."""

    reach: Reach
    cancelling: Cancelling

    async def cancel(
        self, event: Inbound, data: CancelRequested, linked: Linked, received_at: datetime
    ) -> None:
        """Tell consoles of the wish. One that came after its alarm was closed is done with.

        Raises:
            NoOpenAlarm: none of hers is open, nor was one closed since: it may be on its way.
        """
        her = await self.reach.whom(event, linked)
        try:
            alarm_id = await self.reach.one_of(event, her)
        except NoOpenAlarm:
            if await self.reach.hers.closed_since(linked.registration_id, said_at(event, received_at)):
                return
            raise
        if alarm_id is None:
            return
        try:
            await self.cancelling.note(alarm_id, her.registration_id, data.word, request_of(event))
        except CannotCommit:
            raise DatabaseUnavailable from None
