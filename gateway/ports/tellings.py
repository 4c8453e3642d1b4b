"""Ports of the notices about protection: whom to tell of which change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from schemas.zone import ReportLanguage

Channel = Literal["victim", "zone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """A change that somebody wants to hear of, claimed until ``claimed_until``.

    ``lacking``: what is to be said; ``number``: how many were told on this channel before. ``phone`` and
    ``phone_language`` are the victim's, None where her file has none or does not open.
    """

    registration_id: UUID
    channel: Channel
    lacking: bool
    number: int
    tries: int
    claimed_until: datetime
    reference: str
    centre: str
    team: str
    zone_language: ReportLanguage
    mail: tuple[str, ...] = ()
    phone: str | None = None
    phone_language: str | None = None


class DueTellings(Protocol):
    """Tellings that are due. All raise ``DatabaseUnavailable``."""

    async def claim(self, channels: tuple[Channel, ...], limit: int) -> list[Telling]:
        """Claim some of them."""

    async def told(self, telling: Telling, outcome: str) -> None:
        """Say that it was told, or that there is nobody to tell; recorded in the journal."""

    async def put_off(self, telling: Telling, by_s: float) -> None:
        """Try again in so many seconds, if it is still so by then."""
