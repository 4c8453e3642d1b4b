"""Reminders of files: each is given once, by whichever node finds it due; what is due ends nothing."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.casework.case import Found, Moment
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.life import take
from gateway.domain.casework.reminders import ABOUT, Reminder, notices_of, reminders_of, steps_for
from gateway.domain.casework.terms import DECISION_SOON_DAYS, EVALUATION_DAYS
from gateway.domain.errors import DatabaseUnavailable, GatewayError
from gateway.domain.notice import Notice
from gateway.domain.rows import Row
from gateway.failing import failed
from gateway.ports import Clock, Notices
from gateway.store.casework.lives import LOCK, Terms, case_of, keep
from gateway.store.casework.scoped import record
from gateway.store.casework.steps import Written, write
from gateway.store.connect import Database, Pool, acquire
from gateway.store.sealing import Keyring
from gateway.timing import REMIND_S, REMINDED_AT_ONCE
from schemas.protection import NoticeKind

# Whatever could be due; what it is, and whether it was given, is decided with the row held.
DUE: Final = """
SELECT r.registration_id
  FROM registration r
 WHERE r.state = 'installed' AND r.population = 'real' AND r.wrapped_key IS NOT NULL
   AND ((r.ends_on <= $1::date AND (SELECT count(*) FROM reminder m
            WHERE m.registration_id = r.registration_id AND m.about = r.ends_on
              AND m.kind IN ('six_weeks', 'two_weeks', 'due'))
          < CASE WHEN r.ends_on <= $4::date THEN 3 WHEN r.ends_on <= $5::date THEN 2 ELSE 1 END)
     OR (r.decide_by <= $2 AND NOT EXISTS (SELECT FROM reminder m WHERE m.registration_id = r.registration_id
            AND m.kind = CASE WHEN r.decide_by <= $3 THEN 'decision_overdue' ELSE 'decision_soon' END))
     OR ((r.life ->> 'support_by')::timestamptz <= $3 AND NOT EXISTS (SELECT FROM reminder m
            WHERE m.registration_id = r.registration_id AND m.kind = 'support_overdue')))
 LIMIT $6"""

GIVE: Final = """
INSERT INTO reminder (registration_id, kind, about, reminded_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING kind"""

UNTOLD: Final = """
SELECT r.*, array_agg(m.kind) AS kinds
  FROM reminder m JOIN registration r USING (registration_id)
 WHERE m.told_at IS NULL GROUP BY r.registration_id LIMIT $1"""

TOLD: Final = """
UPDATE reminder SET told_at = $3 WHERE registration_id = $1 AND kind = ANY ($2) AND told_at IS NULL"""

OPEN: Final = """
SELECT n.centre_id AS told_centre, n.kind AS told_kind, n.subject AS told_subject, r.*
  FROM notice n LEFT JOIN registration r ON r.registration_id::text = n.subject
 WHERE n.cleared_at IS NULL AND n.kind = ANY ($1)"""

TELL_AGAIN: Final = "UPDATE reminder SET told_at = NULL WHERE registration_id = $1"

log = structlog.get_logger()


class Reminding:
    """Looks for what is due, records it, and tells the case team; run on every node."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock, terms: Terms, notices: Notices) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock
        self._terms = terms
        self._notices = notices

    async def run(self) -> None:
        """Sweep each minute, until cancelled; what fails is done by the next sweep, here or elsewhere."""
        while True:
            try:
                await self.sweep()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("reminders")
                log.warning("reminders_put_off", error=type(error).__name__)
            await asyncio.sleep(REMIND_S)

    async def sweep(self) -> int:
        """Give what is due, tell it, and take back what is over; return how many files were reminded of."""
        moment = self._terms.moment(self._clock)
        async with acquire(self._pool) as database:
            rows = await database.fetch(DUE, *_until(moment), REMINDED_AT_ONCE)
        given = 0
        for row in rows:
            with _by_itself():
                given += await self._remind(row["registration_id"], moment)
        await self._take_back(moment)
        await self._tell(moment)
        return given

    async def _remind(self, registration_id: UUID, moment: Moment) -> bool:
        async with acquire(self._pool) as database, database.transaction():
            row = await database.fetchrow(LOCK, registration_id)
            if row is None:
                return False
            given = [
                reminder
                for reminder in reminders_of(case_of(row), moment)
                if await database.fetchval(GIVE, registration_id, reminder.kind, reminder.about, moment.now)
            ]
            await self._record(database, row, given, moment)
        return bool(given)

    async def _record(self, database: Database, row: Row, given: Sequence[Reminder], moment: Moment) -> None:
        case, number = case_of(row), row["life_version"]
        for wish in steps_for(given, moment):
            taken, number = take(case, wish, frozenset(), Found(), moment), number + 1
            written = Written(registration_id=row["registration_id"], number=number, at=moment.now)
            await write(database, self._keyring, taken, written)
            await keep(database, row["registration_id"], taken, written)
            facts = {"step": wish.kind, "number": number}
            entry = Entry(
                kind=Kind.STEPPED,
                why=Why.SYSTEM,
                registration_id=row["registration_id"],
                centre=row["centre_id"],
                team=row["team"],
                facts=facts,
            )
            await record(database, None, entry)
            case = taken.case

    async def _tell(self, moment: Moment) -> None:
        async with acquire(self._pool) as database:
            rows = await database.fetch(UNTOLD, REMINDED_AT_ONCE)
        for row in rows:
            with _by_itself():
                await self._notices.tell(row["centre_id"], list(_notices(row, moment)))
                async with acquire(self._pool) as database:
                    await database.execute(TOLD, row["registration_id"], row["kinds"], moment.now)

    async def _take_back(self, moment: Moment) -> None:
        """Clear the notices whose cause is gone, and those of a file that another centre has by now."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OPEN, sorted(set(ABOUT.values())))
        for row in rows:
            with _by_itself():
                await self._take_one_back(row, moment)

    async def _take_one_back(self, row: Row, moment: Moment) -> None:
        kinds = {notice.kind for notice in _notices(row, moment)} if row["registration_id"] else set()
        moved = row["registration_id"] is not None and row["centre_id"] != row["told_centre"]
        kind = NoticeKind(row["told_kind"])
        if kind in kinds and not moved:
            return
        over = Notice(kind=kind, subject=row["told_subject"], open=False)
        await self._notices.tell(row["told_centre"], [over])
        if moved:
            async with acquire(self._pool) as database:
                await database.execute(TELL_AGAIN, row["registration_id"])


@contextmanager
def _by_itself() -> Iterator[None]:
    """Let a file that is not to be read, as a later version of this program writes it, hold up no other."""
    try:
        yield
    except (ValueError, KeyError, TypeError, GatewayError) as error:
        if isinstance(error, DatabaseUnavailable):
            raise
        log.warning("file_not_reminded", error=type(error).__name__)


def _notices(row: Row, moment: Moment) -> list[Notice]:
    if row["wrapped_key"] is None:
        return []
    return list(notices_of(case_of(row), str(row["registration_id"]), row["reference"], moment))


def _until(moment: Moment) -> tuple[object, ...]:
    first, second, last = (moment.today + timedelta(days=days) for days in EVALUATION_DAYS)
    return first, moment.now + timedelta(days=DECISION_SOON_DAYS), moment.now, last, second
