"""Presses: what is committed of one, and what its companion is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from gateway.domain.response import Response
from schemas.alarm import RoutedBy, Share
from schemas.press import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRecord:
    """One press as it is committed. ``facts`` is JSON without anything personal but positions.

    ``centre`` is where a new alarm is opened; by registration, the database looks it up once more.
    ``shared`` are the centres that see it from the start. ``sent_id`` is the id the companion sent.
    An unverified press is committed under another one, ``press_id``, so that it never takes a real
    press's place; but where ``sent_id`` is committed already, it is that press once more and gets its
    receipt.
    """

    press_id: UUID
    sent_id: UUID
    registration_id: UUID
    companion_id: UUID
    centre: str
    alarm_id: UUID
    purpose: Purpose
    pressed_at: datetime
    received_at: datetime
    facts: dict[str, Any]
    raw: bytes
    response: Response
    routed_by: RoutedBy = RoutedBy.REGISTRATION
    shared: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """The first answer to a press, which every later try gets again.

    ``purpose`` is what it was taken as: the file and its test window decide before the phone does.
    """

    press_id: UUID
    alarm_id: UUID
    centre: str
    sequence: int
    committed_at: datetime
    seen_before: bool
    purpose: Purpose


class Presses(Protocol):
    """Where presses become durable."""

    async def commit(self, record: PressRecord) -> Committed:
        """Return once the press is committed, and no earlier.

        Raises ``CannotCommit`` when that is not known to have happened in time: the caller may
        and should try again with the same press.
        """
