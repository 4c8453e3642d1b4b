"""Where somebody is, for another system that was given a URL for it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from schemas.alarm import AlarmView


class TicketKeys(Protocol):
    """The keys that tickets are made with."""

    def every(self) -> Sequence[bytes]:
        """Return them, the one to write with first."""


class LocationLooks(Protocol):
    """Looks at open alarms by who holds a ticket. All raise ``DatabaseUnavailable``."""

    async def look(self, alarm_id: UUID, holder: UUID) -> AlarmView | None:
        """Return the alarm without its file, and write the look into the journal.

        None, and nothing written: it is not open, or the holder may not see it (any more).
        """
