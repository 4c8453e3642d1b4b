"""Taking an alarm's positions in: place them on our clock, have them stored, say how to go on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.domain.errors import NotFound, SignatureReplayed
from gateway.domain.track import place_fixes, policy_of
from gateway.ingest.batch import BatchReading
from gateway.ports import BatchFate, FixBatch, FixWriter
from schemas.track import PositionsReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAs:
    """Which companion signed a request, under which nonce, and when by its own clock."""

    companion_id: UUID
    registration_id: UUID
    nonce: str
    created_at: datetime | None


class Positions:
    """The use case behind ``POST /v1/alarms/{id}/positions``."""

    def __init__(self, writer: FixWriter) -> None:
        self._writer = writer

    async def take(
        self, alarm_id: UUID, reading: BatchReading, signed: SignedAs, received_at: datetime
    ) -> PositionsReceipt:
        """Store the fixes and return the receipt; sent again, they are known.

        A batch that does not say when it was sent was sent when it was signed.

        Raises:
            NotFound: there is no such alarm of hers.
            SignatureReplayed: the nonce was used before.
            Overloaded, CannotCommit: the companion keeps the fixes and sends them again.
        """
        placed = place_fixes(reading.fixes, reading.sent_at or signed.created_at, received_at)
        kept = await self._writer.keep(
            FixBatch(
                alarm_id=alarm_id,
                companion_id=signed.companion_id,
                registration_id=signed.registration_id,
                nonce=signed.nonce,
                received_at=received_at,
                fixes=placed,
            )
        )
        if kept.fate is BatchFate.REPLAYED:
            raise SignatureReplayed("its nonce was used before")
        if kept.fate is BatchFate.UNKNOWN:
            raise NotFound
        wanted = kept.stored + kept.known
        return PositionsReceipt(
            alarm_id=alarm_id,
            stored=kept.stored,
            known=kept.known,
            dropped=reading.dropped + kept.unwanted,
            policy=policy_of(kept.followed, kept.at, reading.phone_battery_pct, anything_wanted=wanted > 0),
        )
