"""Figures from the log, for people: counted once for each day that is over, and journalled each time."""

import asyncio
from collections import OrderedDict
from datetime import date, timedelta
from typing import Final

from gateway.domain.casework.answers import Asked, answer, as_of_for, end_of
from gateway.domain.casework.days import day_of
from gateway.domain.casework.figures import tallies
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.casework.telling import Told, told
from gateway.ports import Clock
from gateway.store.casework.recorded import SETTLED_S, Recorded, names, read_on, recorded
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Pool, acquire
from schemas.statistics import Statistics

KEPT: Final = 4
"""Days whose figures are kept at hand: some 3 MB each for a whole country."""

ALL_READ: Final = timedelta(seconds=2 * SETTLED_S)
"""So long after its end everything of a day is in what is read; until then it is counted anew each time."""


class PostgresStatistics:
    """Figures about all files and alarms, protected. Raises ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._kept = OrderedDict[date, Told]()
        self._counting = asyncio.Lock()

    def day_for(self, wanted: date | None, scope: Scope) -> date:
        """Return the day that this person is answered for. Raises ``FieldInvalid``."""
        return as_of_for(wanted, scope.roles, self._today())

    async def of(self, scope: Scope | None, asked: Asked, form: str) -> Statistics:
        """Return figures, and record that they were asked for. None: by the system's administrator.

        Raises ``FieldInvalid``.
        """
        figures = await self._told(asked.as_of)
        entry = Entry(
            kind=Kind.STATISTICS_ASKED,
            why=Why.SYSTEM if scope is None else Why.OVERSIGHT,
            facts={
                "as_of": asked.as_of.isoformat(),
                "by": asked.by,
                "place": asked.place,
                "from": asked.first,
                "to": asked.last,
                "format": form,
            },
        )
        async with acquire(self._pool) as database:
            called = await names(database)
            if scope is None:
                await record(database, None, entry)
        answered = answer(figures, asked, self._today(), called)
        if scope is not None:
            async with scoped(self._pool, scope) as database:
                await record(database, scope, entry)
        return answered

    def _today(self) -> date:
        return day_of(self._clock.now())

    async def _told(self, as_of: date) -> Told:
        """Count, one at a time; what is as of a day that is over stays as it is."""
        async with self._counting:
            if as_of in self._kept:
                self._kept.move_to_end(as_of)
                return self._kept[as_of]
            await read_on(self._pool)
            found = await recorded(self._pool, end_of(as_of))
            figures = await asyncio.to_thread(_counted, found, as_of)
            if self._clock.now() > end_of(as_of) + ALL_READ:
                self._kept[as_of] = figures
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return figures


def _counted(found: Recorded, as_of: date) -> Told:
    return told(tallies(found.files, found.alarms, found.apart, as_of.year))
