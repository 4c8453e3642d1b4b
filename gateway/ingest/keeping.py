"""Committed, or else kept: a press that PostgreSQL does not take in time goes to the disk and is shown.

Per centre a breaker says whether the database is known to be away. While it is, a press waits for nothing.
The presses of a registration that has one on the disk go there too: they are committed in their order.
"""

import asyncio
from dataclasses import replace
from typing import Final, Protocol

import structlog

from gateway.domain.away import Away, Happening
from gateway.domain.errors import CannotCommit, PressNotStorable
from gateway.ports import Committed, KeptPress, Presses, PressRecord, Provisionals, Spool, Waiting
from gateway.timing import PROVISIONAL_AFTER_S

SPOOLED_FLAG: Final = "spooled"


class CommitsOrKeeps(Protocol):
    """What a press is given to; ``gateway.ports.Presses`` is one that keeps nothing."""

    async def commit(self, record: PressRecord) -> Committed | Waiting:
        """Return once the press is committed or on the disk. Raises ``CannotCommit``, ``SpoolFull``."""


class KeepingPresses:
    """Commits, and keeps what is not committed in time."""

    def __init__(self, presses: Presses, spool: Spool, provisionals: Provisionals, away: Away) -> None:
        self._presses = presses
        self._spool = spool
        self._provisionals = provisionals
        self._away = away
        self._log = structlog.get_logger()

    async def commit(self, record: PressRecord) -> Committed | Waiting:
        """Return once the press is committed or on the disk.

        Raises:
            CannotCommit: neither is known to have happened.
            SpoolFull: nothing was kept of it.
        """
        if self._spool.has_let_go(record.press_id):
            return await self._receipt_of(record)
        if self._goes_to_the_disk(record):
            return await self._keep(record)
        try:
            async with asyncio.timeout(PROVISIONAL_AFTER_S):
                committed = await self._presses.commit(record)
        except PressNotStorable:
            return await self._keep(record)  # the database is there: it takes others
        except (CannotCommit, TimeoutError):
            kept = await self._keep(record)
            if self._spool.holds(record.press_id):
                self._away.note(record.centre, Happening.KEPT)
            return kept
        self._away.note(record.centre, Happening.COMMITTED)
        return committed

    async def _receipt_of(self, record: PressRecord) -> Committed:
        """Ask for the receipt of a press that was kept and is committed: it is not to be shown again."""
        try:
            async with asyncio.timeout(PROVISIONAL_AFTER_S):
                return await self._presses.commit(record)
        except (PressNotStorable, TimeoutError):
            raise CannotCommit from None

    def _goes_to_the_disk(self, record: PressRecord) -> bool:
        return (
            self._away.of(record.centre)
            or self._spool.holds(record.press_id)
            or self._spool.holds_of(record.registration_id)
        )

    async def _keep(self, record: PressRecord) -> Waiting:
        known = self._spool.holds(record.press_id)
        flags = sorted({*record.facts["flags"], SPOOLED_FLAG})
        flagged = replace(record, facts={**record.facts, "flags": flags})
        kept = await self._spool.keep(flagged)
        if not known:
            self._log.warning("press_kept", press_id=str(record.press_id), centre=record.centre)
            self._provisionals.show(KeptPress(record=flagged, kept_at=kept.kept_at))
        return kept
