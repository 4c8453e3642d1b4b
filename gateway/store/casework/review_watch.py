"""Tells a case team once a day that circumstances of its files want to be gone through again."""

import asyncio
from dataclasses import dataclass
from typing import Final

import asyncpg
import structlog

from gateway.domain.casework.days import day_of
from gateway.domain.casework.review import Intervals
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.notice import Notice
from gateway.failing import failed
from gateway.ports import Clock, Notices
from gateway.store.casework.reviews import teams_due
from gateway.store.connect import Pool, acquire
from gateway.timing import REVIEWS_SWEEP_S
from schemas.protection import Audience, NoticeKind

TOLD: Final = "SELECT team FROM review_told WHERE told_on >= $1"

TELL: Final = """
INSERT INTO review_told VALUES ($1, $2) ON CONFLICT (team) DO UPDATE SET told_on = EXCLUDED.told_on"""

OPEN: Final = "SELECT centre_id, subject FROM notice WHERE kind = $1 AND cleared_at IS NULL"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewWatch:
    """One notice a team, not one a file: whoever is back from a weekend needs the list, not its length."""

    pool: Pool
    clock: Clock
    intervals: Intervals
    notices: Notices

    async def run(self) -> None:
        """Look for ever; what fails is done by the next look, here or elsewhere."""
        while True:
            await asyncio.sleep(REVIEWS_SWEEP_S)
            try:
                await self.look()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("reviews_told")
                structlog.get_logger().warning("reviews_not_told", error=type(error).__name__)

    async def look(self) -> None:
        """Tell the teams that were not told today; take back what is over. Raises ``DatabaseUnavailable``."""
        now = self.clock.now()
        today = day_of(now)
        async with acquire(self.pool) as database:
            due = await teams_due(database, now, self.intervals)
            told = {row["team"] for row in await database.fetch(TOLD, today)}
            held = await database.fetch(OPEN, NoticeKind.REVIEWS_DUE)
        for centre, team, files in due:
            if team in told:
                continue
            await self.notices.tell(centre, [_notice(team, files)])
            async with acquire(self.pool) as database:
                await database.execute(TELL, team, today)
        current = {(centre, team) for centre, team, _ in due}
        for row in held:
            if (row["centre_id"], row["subject"]) not in current:
                await self.notices.tell(row["centre_id"], [_notice(row["subject"], 0)])


def _notice(team: str, files: int) -> Notice:
    return Notice(
        kind=NoticeKind.REVIEWS_DUE,
        subject=team,
        open=files > 0,
        audience=(Audience.CASE_TEAM,),
        detail={"files": files},
    )
