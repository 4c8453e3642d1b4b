"""What is odd about how people look at files: counted from the journal, kept, told."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.looking import LOOKS
from gateway.domain.casework.scope import Scope
from gateway.domain.casework.unusual import FEW, Verdict, judge
from gateway.domain.errors import NotFound
from gateway.domain.rows import Row
from gateway.look_watch import Counted, Untold
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool, acquire
from schemas.access import AnomalyKind, AnomalyView
from schemas.session import OperatorName

SHOWN: Final = 100
SETTLED_S: Final = 6.0
"""An entry is committed within so long of its instant: a transaction of a request has 5 s."""

COUNTED: Final = """
SELECT kind, roles, coalesce(reason, '') AS why, count(*) AS count FROM journal
 WHERE kind = ANY ($1) AND done_by IS NOT NULL AND at > $2 AND at <= $3
 GROUP BY 1, 2, 3"""
UNTIL: Final = "SELECT now() - make_interval(secs => $1)"

BUSY: Final = """
SELECT (done_by ->> 'operator_id')::uuid AS operator_id, max(done_by ->> 'name') AS name,
       (array_agg(to_jsonb(roles)))[1] AS roles, count(DISTINCT registration_id) AS files,
       array_agg(DISTINCT centre_id) FILTER (WHERE centre_id IS NOT NULL) AS centres,
       date_trunc('hour', now()) AS hour
  FROM journal
 WHERE at >= date_trunc('hour', now()) AND kind = ANY ($1) AND done_by IS NOT NULL
   AND registration_id IS NOT NULL
 GROUP BY 1 HAVING count(DISTINCT registration_id) > $2"""
HOURS: Final = """
SELECT (done_by ->> 'operator_id')::uuid AS operator_id, count(DISTINCT registration_id) AS files
  FROM journal
 WHERE at >= now() - interval '30 days' AND at < date_trunc('hour', now()) AND kind = ANY ($1)
   AND registration_id IS NOT NULL AND roles && $2::text[]
 GROUP BY 1, date_trunc('hour', at)"""
KEEP: Final = """
INSERT INTO anomaly (kind, operator_id, name, roles, centres, facts)
VALUES ('many_looks', $1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"""

UNTOLD: Final = "SELECT anomaly_id, kind, centres FROM anomaly WHERE told_at IS NULL ORDER BY at LIMIT 50"
TOLD: Final = "UPDATE anomaly SET told_at = now() WHERE anomaly_id = $1 AND told_at IS NULL"
NEWEST: Final = "SELECT * FROM anomaly ORDER BY at DESC, anomaly_id LIMIT $1"

PLANT: Final = "INSERT INTO honeytoken (registration_id, set_by) VALUES ($1, $2) ON CONFLICT DO NOTHING"
LIFT: Final = "DELETE FROM honeytoken WHERE registration_id = $1"
IN_MY_CENTRES: Final = "SELECT FROM centre_of($1) AS c WHERE c = ANY (my_centres())"


class PostgresAnomalies:
    """``gateway.look_watch.Anomalies`` and ``gateway.http.casework.services.Anomalies``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._counted_to: datetime | None = None
        self._usual: dict[UUID, tuple[datetime, int]] = {}

    async def newest(self, scope: Scope) -> tuple[AnomalyView, ...]:
        """Return what was odd in this person's centres, the newest first; never what is about herself."""
        async with scoped(self._pool, scope) as database:
            rows = await database.fetch(NEWEST, SHOWN)
            await record(
                database, scope, Entry(kind=Kind.LOOKS_READ, why=Why.OVERSIGHT, facts={"what": "anomalies"})
            )
        return tuple(_view(row) for row in rows)

    async def plant(self, scope: Scope, registration_id: UUID, *, on: bool) -> None:
        """Make a file one that nobody has a reason to look at, or one like others. Raises ``NotFound``."""
        async with scoped(self._pool, scope) as database:
            if await database.fetchrow(IN_MY_CENTRES, registration_id) is None:
                raise NotFound
            given = (registration_id, scope.operator_id) if on else (registration_id,)
            await database.execute(PLANT if on else LIFT, *given)
            facts = {"what": "honeytoken", "on": on}
            entry = Entry(kind=Kind.CHANGED, why=Why.OVERSIGHT, subject="honeytoken", facts=facts)
            await record(database, scope, entry)

    async def count(self) -> Sequence[Counted]:
        """Return what was looked at since this was last asked, as the journal has it; the first time none."""
        async with acquire(self._pool) as database:
            until = await database.fetchval(UNTIL, SETTLED_S)
            since = self._counted_to or until
            rows = await database.fetch(COUNTED, sorted(LOOKS), since, until)
        self._counted_to = until
        counted: Counter[tuple[str, str, str]] = Counter()
        for row in rows:
            outcome = "refused" if row["kind"] == Kind.LOOK_REFUSED else "shown"
            for role in row["roles"]:
                counted[role, row["why"], outcome] += row["count"]
        return [Counted(*labels, number) for labels, number in counted.items()]

    async def judge(self) -> None:
        """Judge everybody who has looked at more than a few files this hour; keep what is unusual."""
        async with acquire(self._pool) as database:
            for row in await database.fetch(BUSY, sorted(LOOKS), FEW):
                verdict = Verdict(row["files"], await self._limit(database, row))
                if not verdict.unusual:
                    continue
                facts = {"hour": row["hour"].isoformat(), "files": verdict.files, "usual": verdict.usual}
                who = (row["operator_id"], row["name"], row["roles"], row["centres"] or [])
                await database.execute(KEEP, *who, facts)

    async def untold(self) -> Sequence[Untold]:
        """Return what nobody has been told yet."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(UNTOLD)
        return [Untold(row["anomaly_id"], AnomalyKind(row["kind"]), tuple(row["centres"])) for row in rows]

    async def told(self, anomaly_id: UUID) -> bool:
        """Note that it was told; False when another node has."""
        async with acquire(self._pool) as database:
            done: str = await database.execute(TOLD, anomaly_id)
        return done == "UPDATE 1"

    async def _limit(self, database: Database, row: Row) -> int:
        """Return how many files are usual for her this hour; worked out once an hour."""
        known = self._usual.get(row["operator_id"])
        if known is not None and known[0] == row["hour"]:
            return known[1]
        hours = await database.fetch(HOURS, sorted(LOOKS), row["roles"])
        by_person: dict[UUID, list[int]] = defaultdict(list)
        for hour in hours:
            by_person[hour["operator_id"]].append(hour["files"])
        own = by_person.pop(row["operator_id"], [])
        usual = judge(row["files"], own, list(by_person.values())).usual
        self._usual = {who: one for who, one in self._usual.items() if one[0] == row["hour"]}
        self._usual[row["operator_id"]] = row["hour"], usual
        return usual


def _view(row: Row) -> AnomalyView:
    facts: Mapping[str, int] = row["facts"]
    return AnomalyView(
        anomaly_id=row["anomaly_id"],
        kind=AnomalyKind(row["kind"]),
        at=row["at"],
        by=OperatorName(operator_id=row["operator_id"], name=row["name"]),
        roles=tuple(row["roles"]),
        registration_id=row["registration_id"],
        files=facts.get("files"),
        usual=facts.get("usual"),
    )
