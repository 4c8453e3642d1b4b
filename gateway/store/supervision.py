"""Judging registrations: who is due is claimed, judged in the domain, committed where it is news.

Any node may judge. A claim ends by itself, so that a node that died or froze delays its share by
``JUDGE_LEASE_S``; a judgement whose claim has ended, or that news has overtaken, commits nothing. When a
registration is due is written down (``supervision.due_at``), so that a sweep reads those that are due
and no others; a heartbeat without news moves no due instant, it is found when the old one comes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
import structlog

from dispatch.ports import Logged
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.supervision import Judgement, Supervised, SupervisionPolicy, judge
from gateway.failing import failed
from gateway.store.connect import Database, Pool, acquire
from gateway.store.supervised import as_change, supervised, watched_json
from gateway.store.view import Viewer
from gateway.telemetry import Metrics
from gateway.timing import JUDGE_GAP_S, JUDGE_LEASE_S, JUDGE_S
from schemas.protection import FaultKind

CLAIM_MAX: Final = 50
"""Registrations judged together: the event loop has nothing else for some 3 ms."""

CLAIMS_A_LOOK: Final = 20
"""So many are judged one after the other before it is asked again who has an alarm open."""

TELL_MAX: Final = 10
"""Changes committed together: a press of the same centre waits for one such commit, some 10 ms."""

NOW: Final = "SELECT clock_timestamp()"

# A clock that was set back has heard companions in its future, and has nobody due for as long: all of that
# counts from now on, as after a pause.
SWEPT: Final = """
WITH back AS MATERIALIZED (
    SELECT FROM supervision_sweep s WHERE s.swept_at > $1::timestamptz + make_interval(secs => $2)),
swept AS (
    INSERT INTO supervision_sweep AS s (swept_at, resumed_at) VALUES ($1, $1)
        ON CONFLICT (one) DO UPDATE
       SET swept_at = CASE WHEN EXISTS (SELECT FROM back) THEN EXCLUDED.swept_at
                           ELSE greatest(s.swept_at, EXCLUDED.swept_at) END,
           resumed_at = CASE WHEN EXISTS (SELECT FROM back)
                               OR EXCLUDED.swept_at > s.swept_at + make_interval(secs => $2)
                             THEN EXCLUDED.swept_at ELSE s.resumed_at END
    RETURNING resumed_at),
heard AS (
    UPDATE companion_state c SET received_at = $1 WHERE EXISTS (SELECT FROM back) AND c.received_at > $1),
due AS (
    UPDATE supervision v SET due_at = $1, claimed_until = NULL
     WHERE EXISTS (SELECT FROM back) AND v.due_at > $1 AND v.due_at < 'infinity')
SELECT resumed_at FROM swept"""

# While an alarm is open, silence is judged sooner than the due instant says that was set before it, and
# before whatever else is due.
HURRY: Final = """
UPDATE supervision v SET due_at = '-infinity'
  FROM (SELECT DISTINCT s.registration_id, s.companion_id
          FROM alarm a
          JOIN companion_state s ON s.registration_id = a.registration_id
          JOIN companion c ON c.companion_id = s.companion_id AND c.revoked_at IS NULL
          JOIN registration r ON r.registration_id = s.registration_id
         WHERE a.state <> 'closed' AND a.owner = a.centre_id AND to_be_protected(r)
           AND NOT s.facts ? 'next_within_s'
           AND greatest(s.received_at, $3) <= $1::timestamptz - make_interval(secs => $2)) AS quiet
 WHERE v.registration_id = quiet.registration_id AND v.due_at > '-infinity'
   AND NOT coalesce(v.watched -> quiet.companion_id::text ? 'companion_silent', false)"""

CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT d.registration_id FROM supervision d
     WHERE d.due_at <= $1 AND (d.claimed_until IS NULL OR d.claimed_until <= $1)
     ORDER BY d.due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE supervision v SET claimed_until = $1::timestamptz + make_interval(secs => $2)
  FROM due WHERE v.registration_id = due.registration_id
RETURNING v.registration_id, v.claimed_until"""

# A statement of its own, after the claim: whatever is news to it takes the claim away.
READ: Final = """
SELECT r.registration_id, r.centre_id, r.reference, r.created_at,
       to_be_protected(r) AS judged, v.watched,
       EXISTS (SELECT FROM alarm a WHERE a.registration_id = r.registration_id AND a.state <> 'closed'
                  AND a.owner = a.centre_id) AS alarm_open,
       p.centre_id AS told_centre, p.reference AS told_reference, p.state, p.since, p.faults,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('companion_id', c.companion_id,
                   'enrolled_at', c.enrolled_at, 'received_at', s.received_at, 'skew_s', s.skew_s,
                   'facts', s.facts)), '[]')
          FROM companion c LEFT JOIN companion_state s USING (companion_id)
         WHERE c.registration_id = r.registration_id AND c.revoked_at IS NULL) AS companions
  FROM registration r
  JOIN supervision v USING (registration_id)
  LEFT JOIN protection p USING (registration_id)
 WHERE r.registration_id = ANY ($1)"""

SETTLE: Final = """
WITH settled AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::jsonb[])
        AS t(registration_id, claimed_until, next_at, watched)),
held AS (
    SELECT v.registration_id, t.next_at, t.watched
      FROM supervision v JOIN settled t USING (registration_id)
     WHERE v.claimed_until = t.claimed_until
     ORDER BY v.registration_id FOR UPDATE OF v)
UPDATE supervision v
   SET due_at = coalesce(h.next_at, 'infinity'), claimed_until = NULL, watched = h.watched
  FROM held h WHERE v.registration_id = h.registration_id"""

TELL: Final = """
SELECT registration_id, centre_id, sequence, at, kind, subject, image::text AS image, NULL::jsonb AS done_by,
       NULL::uuid AS alarm_id, stream_epoch() AS epoch
  FROM commit_protections($1)"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A registration, what was made of it, and the claim under which."""

    file: Supervised
    judgement: Judgement
    claimed_until: datetime
    at: datetime


class Supervisor:
    """Judges whoever is due; what is news goes straight to ``publish``."""

    def __init__(
        self,
        pool: Pool,
        viewer: Viewer,
        publish: Callable[[Sequence[Logged]], None],
        policy: SupervisionPolicy,
        metrics: Metrics,
    ) -> None:
        self._pool = pool
        self._viewer = viewer
        self._publish = publish
        self._policy = policy
        self._metrics = metrics

    async def run(self) -> None:
        """Sweep each second, until cancelled; what fails is done by the next sweep, here or elsewhere."""
        log, failing = structlog.get_logger(), False
        while True:
            await asyncio.sleep(JUDGE_S)
            try:
                await self.sweep()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("supervision")
                if not failing:
                    log.warning("supervision_put_off", error=type(error).__name__)
                failing = True
            else:
                failing = False

    async def sweep(self, now: datetime | None = None) -> int:
        """Judge everyone who is due; return how many changes were told.

        ``now`` stands in for the database's clock.
        """
        told, more = 0, True
        while more:
            news, more = await self.look(now)
            told += news
        return told

    async def look(self, now: datetime | None) -> tuple[int, bool]:
        """Judge some of those who are due, whoever has an alarm open first.

        Returns how many changes were told, and whether others may be due.
        """
        async with acquire(self._pool) as database:
            at: datetime = now or await database.fetchval(NOW)
            resumed_at = await database.fetchval(SWEPT, at, JUDGE_GAP_S)
            in_alarm_s = self._policy.silent_after_s(alarm_open=True)
            await database.execute(HURRY, at, in_alarm_s, resumed_at)
        told = 0
        for _ in range(CLAIMS_A_LOOK):
            async with acquire(self._pool) as database:
                judged = await self.judge_due(database, resumed_at, at)
            told += await self.commit(judged)
            if len(judged) < CLAIM_MAX:
                return told, False
        return told, True

    async def judge_due(self, database: Database, resumed_at: datetime, now: datetime) -> list[Judged]:
        """Claim some of those who are due, and judge them; nothing is committed yet."""
        claims = {
            row["registration_id"]: row["claimed_until"]
            for row in await database.fetch(CLAIM, now, JUDGE_LEASE_S, CLAIM_MAX)
        }
        if not claims:
            return []
        found = []
        for row in await database.fetch(READ, list(claims)):
            file = supervised(row)
            judgement = judge(file, self._policy, resumed_at, now)
            found.append(Judged(file, judgement, claims[file.registration_id], now))
        return sorted(found, key=lambda one: one.file.registration_id)

    async def commit(self, judged: Sequence[Judged]) -> int:
        """Commit what was judged under claims that hold; return how many changes were told."""
        news: dict[str, list[Judged]] = defaultdict(list)
        quiet: list[Judged] = []
        for one in judged:
            (news[one.file.centre] if one.judgement.differs(one.file) else quiet).append(one)
        if quiet:
            await self._settle(quiet)
        told = 0
        for centre, changes in news.items():
            try:
                for start in range(0, len(changes), TELL_MAX):
                    told += await self._tell(changes[start : start + TELL_MAX])
            except DatabaseUnavailable:
                # A stuck centre delays its own registrations only: their claims end, and they are due again.
                structlog.get_logger().warning("protections_not_told", centre=centre)
        return told

    async def _settle(self, quiet: Sequence[Judged]) -> None:
        async with acquire(self._pool) as database:
            await database.execute(
                SETTLE,
                [one.file.registration_id for one in quiet],
                [one.claimed_until for one in quiet],
                [one.judgement.next_at for one in quiet],
                [watched_json(one.judgement) for one in quiet],
            )

    async def _tell(self, changes: Sequence[Judged]) -> int:
        written = [as_change(one.file, one.judgement, one.claimed_until) for one in changes]
        async with acquire(self._pool) as database:
            rows: list[Any] = await database.fetch(TELL, written)
        self._publish([self._viewer.event(row, row["centre_id"], row["epoch"]) for row in rows])
        told = {row["registration_id"] for row in rows}
        for one in changes:
            if one.file.registration_id in told:
                self._measure(one)
        return len(told)

    def _measure(self, one: Judged) -> None:
        """Take the time from the last heartbeat to the report, for each companion newly silent."""
        was_silent = {
            companion.companion_id
            for companion in one.file.companions
            if companion.heard is None or FaultKind.COMPANION_SILENT in companion.before
        }
        during = "alarm" if one.file.alarm_open else "watch"
        for found in one.judgement.companions:
            if found.silent and found.companion_id not in was_silent:
                unheard = one.at - found.wrong[FaultKind.COMPANION_SILENT]
                self._metrics.link_loss_report.labels(during).observe(unheard.total_seconds())
