"""Positions from other systems: fixes of her open alarm, judged as those of her phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.domain.errors import CannotCommit, DatabaseUnavailable, Overloaded
from gateway.domain.event_keys import key_of
from gateway.domain.integrators import Inbound, Linked
from gateway.domain.track import place_fixes
from gateway.effects.keys import said_at
from gateway.effects.reach import Reach
from gateway.ports import FixBatch, FixWriter
from schemas.events import PositionUpdated
from schemas.position import Position
from schemas.track import TrackFix


@dataclass(frozen=True, kw_only=True)
class Fixes:
    """Where she is, while she has an open alarm; else nothing is kept of it."""

    reach: Reach
    writer: FixWriter

    async def moved(
        self, event: Inbound, data: PositionUpdated, linked: Linked, received_at: datetime
    ) -> None:
        """Keep the fixes with each open alarm of hers."""
        her, alarms = await self.reach.whose(event, linked)
        await self.keep(event, data.positions, alarms, her, received_at)

    async def keep(
        self,
        event: Inbound,
        positions: Sequence[Position],
        alarms: Sequence[UUID],
        linked: Linked,
        received_at: datetime,
    ) -> None:
        """Keep fixes with these alarms, each once: the event is the companion, its place the index.

        An integrator's clock is taken as ours; an age counts from when the event says that it happened.
        """
        told_at = said_at(event, received_at)
        fixes = [_fix(position, index, told_at) for index, position in enumerate(positions, 1)]
        placed = place_fixes(fixes, received_at, received_at)
        for alarm_id in alarms:
            try:
                await self.writer.keep(
                    FixBatch(
                        alarm_id=alarm_id,
                        companion_id=key_of(event),
                        registration_id=linked.registration_id,
                        nonce=str(alarm_id),
                        received_at=received_at,
                        fixes=placed,
                    )
                )
            except (CannotCommit, Overloaded):
                raise DatabaseUnavailable from None


def _fix(position: Position, index: int, told_at: datetime) -> TrackFix:
    fixed_at = position.fixed_at if position.age_s is None else told_at - timedelta(seconds=position.age_s)
    return TrackFix(**{**position.model_dump(), "fixed_at": fixed_at, "age_s": None, "index": index})
