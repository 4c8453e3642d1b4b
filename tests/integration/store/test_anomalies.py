"""Who looks at unusually many files is found in the journal, and told once, whichever node looks."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from gateway.domain.notice import Notice
from gateway.look_watch import LookWatch
from gateway.store.casework.anomalies import SETTLED_S, PostgresAnomalies
from gateway.store.connect import Connection, Pool
from schemas.protection import NoticeKind

LOOK = """
INSERT INTO journal (kind, registration_id, centre_id, done_by, roles, reason, at)
SELECT 'file.looked', gen_random_uuid(), 'BE-VOV', jsonb_build_object('operator_id', $1::uuid, 'name', 'N'),
       '{operator}', 'alarm', date_trunc('hour', now()) - make_interval(hours => $2) + interval '1 s'
  FROM generate_series(1, $3)"""


class Told:
    """``Notices`` and ``LookMetrics`` that remember."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, Notice]] = []
        self.counted: Counter[tuple[str, ...]] = Counter()

    async def tell(self, centre: str, notices: Sequence[Notice]) -> int:
        self.notices += [(centre, one) for one in notices]
        return len(notices)

    def looked(self, role: str, why: str, outcome: str, number: int) -> None:
        self.counted[role, why, outcome] += number

    def look_anomaly(self, kind: str) -> None:
        self.counted[(kind,)] += 1


async def looked(connection: Connection, who: UUID, *hours: int, now: int = 0) -> None:
    """Look at so many files in each hour before this one, and now."""
    for ago, number in enumerate(hours, 1):
        await connection.execute(LOOK, who, ago, number)
    await connection.execute(LOOK, who, 0, now)


async def test_a_burst_is_told_once_without_a_name_and_others_are_left_in_peace(
    pool: Pool, connection: Connection
) -> None:
    snoop, busy, told = uuid4(), uuid4(), Told()
    await looked(connection, snoop, *[2, 3, 1, 2] * 4, now=40)
    await looked(connection, busy, *[20, 24, 22, 19] * 4, now=24)
    nodes = [LookWatch(PostgresAnomalies(pool), told, told) for _ in range(2)]  # type: ignore[arg-type] # as much of ``Notices`` as it uses
    for node in nodes * 2:
        await node.look()
    rows = await connection.fetch("SELECT operator_id, facts, centres FROM anomaly")
    assert [row["operator_id"] for row in rows] == [snoop]
    assert rows[0]["facts"]["files"] == 40
    ((centre, notice),) = told.notices
    assert (centre, notice.kind, notice.detail) == ("BE-VOV", NoticeKind.LOOKS, {"kind": "many_looks"})
    assert told.counted[("many_looks",)] == 1


async def test_each_node_counts_each_look_that_comes_while_it_runs_once(
    pool: Pool, connection: Connection
) -> None:
    told = Told()
    node = LookWatch(PostgresAnomalies(pool), told, told)  # type: ignore[arg-type] # likewise
    await looked(connection, uuid4(), now=3)
    await node.look()
    assert not told.counted, "what was before it began is not its to count"
    settled = timedelta(seconds=SETTLED_S)
    await connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    await connection.execute(
        "UPDATE journal SET at = (SELECT now() - $1::interval + interval '1 ms')", settled
    )
    for _ in range(2):
        await node.look()
    assert told.counted == {("operator", "alarm", "shown"): 3}
