"""Accept one press: put its instants on our clock, flag what is odd, route it, have it committed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from gateway import tracing
from gateway.domain.centres import CentreMap
from gateway.domain.press import place_on_our_clock
from gateway.domain.response import Response
from gateway.domain.routing import route
from gateway.domain.uuid7 import uuid7
from gateway.ingest.keeping import CommitsOrKeeps
from gateway.ingest.tolerant import Reading
from gateway.ports import Clock, Committed, Presses, PressRecord, Waiting
from gateway.timing import PRESS_AGAIN_S
from schemas.alarm import AlarmSource, Breach, Share
from schemas.press import ProvisionalReceipt, Purpose, Receipt

Answer = Receipt | ProvisionalReceipt
"""What the companion is answered."""

DROPPED_FLAG: Final = "dropped:"

UNVERIFIED_PRESS: Final = UUID("5d1f2a0e-8c41-5b7e-a3d6-94f0c2b7e815")
"""Namespace of the ids under which unverified presses are committed: whoever sends one must not
take the id of the companion's real press, which would then be answered as seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sent it: a companion, and whether its signature held; or an integrator, who has no signature here.

    ``source`` is None for a companion. ``breach``: the perimeter that was entered.
    """

    companion_id: UUID
    registration_id: UUID
    centre: str
    verified: bool
    flags: tuple[str, ...] = ()
    source: AlarmSource | None = None
    breach: Breach | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the alarm's facts say of the sender; what is not there leaves what an earlier sign said."""
        source = self.source or AlarmSource()
        breach = {}
        if self.breach is not None:  # nobody pressed anything
            breach = {"breach": self.breach.model_dump(mode="json"), "pattern": None}
        return {"source": source.model_dump(mode="json"), **breach}


class Ingest:
    """The use case behind ``POST /v1/presses``."""

    def __init__(
        self, presses: Presses, clock: Clock, respond: Callable[[str], Response], centres: CentreMap
    ) -> None:
        self._presses = presses
        self._clock = clock
        self._respond = respond
        self._centres = centres

    async def accept(self, reading: Reading, raw: bytes, sender: Sender, received_at: datetime) -> Receipt:
        """Commit the press and return its receipt; the same press gets its first receipt again.

        Raises:
            CannotCommit: not known to be committed; whoever sent it sends the same again.
        """
        record = self._record_of(reading, raw, sender, received_at)
        with tracing.step("commit"):
            committed = await self._presses.commit(record)
        return _receipt(record, committed)

    async def accept_or_keep(
        self, reading: Reading, raw: bytes, sender: Sender, received_at: datetime, presses: CommitsOrKeeps
    ) -> Answer:
        """Do the same by what also keeps presses, and say so where this one is only kept.

        Raises:
            CannotCommit: neither is known to have happened; the companion sends the same again.
            SpoolFull: neither committed nor kept.
        """
        record = self._record_of(reading, raw, sender, received_at)
        with tracing.step("commit"):
            done = await presses.commit(record)
        return _provisional(done) if isinstance(done, Waiting) else _receipt(record, done)

    def _record_of(self, reading: Reading, raw: bytes, sender: Sender, received_at: datetime) -> PressRecord:
        press = reading.press
        placed = place_on_our_clock(press, received_at)
        routed = route(
            self._centres, placed.positions, sender.centre, placed.pressed_at, verified=sender.verified
        )
        dropped = (f"{DROPPED_FLAG}{name}" for name in reading.dropped)
        flags = sorted({*placed.flags, *routed.flags, *sender.flags, *dropped})
        return PressRecord(
            press_id=press.press_id if sender.verified else uuid5(UNVERIFIED_PRESS, press.press_id.hex),
            sent_id=press.press_id,
            registration_id=sender.registration_id,
            companion_id=sender.companion_id,
            centre=routed.centre,
            alarm_id=uuid7(self._clock.now()),
            purpose=Purpose(press.purpose),
            pressed_at=placed.pressed_at,
            received_at=received_at,
            raw=raw,
            response=self._respond(routed.centre),
            routed_by=routed.routed_by,
            shared=tuple(Share(centre=to, reason=why, since=received_at) for to, why in routed.copies),
            facts={
                "pattern": press.pattern,
                "verified": sender.verified,
                "flags": flags,
                "button": press.button.model_dump(mode="json") if press.button else None,
                "phone_battery_pct": press.phone_battery_pct,
                "positions": [position.model_dump(mode="json") for position in placed.positions],
                "trail": placed.trail.model_dump(mode="json") | tracing.ids(),
                **sender.facts,
            },
        )


def _provisional(kept: Waiting) -> ProvisionalReceipt:
    return ProvisionalReceipt(
        press_id=kept.sent_id,
        centre=kept.centre,
        kept_at=kept.kept_at,
        again_after_s=PRESS_AGAIN_S,
        flags=kept.flags,
    )


def _receipt(record: PressRecord, committed: Committed) -> Receipt:
    return Receipt(
        press_id=record.sent_id,
        alarm_id=committed.alarm_id,
        centre=committed.centre,
        sequence=committed.sequence,
        committed_at=committed.committed_at,
        purpose=committed.purpose,
        seen_before=committed.seen_before,
        flags=tuple(record.facts["flags"]),
    )
