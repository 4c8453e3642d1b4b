"""What has no more ground to be kept goes, is recorded, and the log accounts for it; what is held stays."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest

from gateway.clock import SystemClock
from gateway.domain.casework.retention import DataClass, Retention
from gateway.domain.errors import RetentionRefused
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.casework.keeping import hold_by_system
from gateway.store.casework.log_checking import LogChecking
from gateway.store.casework.retaining import Retaining
from gateway.store.casework.sealed_log import Sealer
from gateway.store.connect import Connection, Pool
from tests.integration.store.test_erasure import KEYRING, Her, sealed_of

OLD_ENTRIES = """
INSERT INTO journal (at, kind) SELECT '2021-03-05'::timestamptz + g * interval '1 s', 'file.looked'
  FROM generate_series(1, 3) AS g"""
# Set by hand, of no file: one that has ended, one that has not.
FLAGS = """
INSERT INTO hotspot (hotspot_id, centre_id, team, kind, key_id, wrapped_key, flag_sealed, set_at, until,
                     ended_at, ended)
SELECT gen_random_uuid(), 'BE-VOV', 'BE-VOV', 'address', 'k', 'k', 'sealed', now(), now()::date,
       CASE WHEN over THEN now() END, CASE WHEN over THEN 'hand' END
  FROM unnest('{true,false}'::boolean[]) AS over"""
CLOSED = """
UPDATE alarm SET state = 'closed', raised_at = now() - make_interval(days => $2),
       life = life || jsonb_build_object('closure', jsonb_build_object(
           'at', now() - make_interval(days => $2)))
 WHERE alarm_id = $1"""


def test_periods_are_read_over_those_built_in_and_nonsense_is_refused():
    assert Retention.read("positions = 14").days == {**Retention.usual().days, DataClass.POSITIONS: 14}
    for wrong in ("position = 3", "positions = 0", "positions = true", "positions = 2.5", "alarms = 7", "x"):
        with pytest.raises(RetentionRefused):
            Retention.read(wrong)


async def test_what_is_due_goes_and_nothing_else_and_the_log_says_so(
    connection: Connection, pool: Pool, tmp_path: Path
) -> None:
    make_seal_key(tmp_path / "seal-key")
    key = SealKey.read(tmp_path / "seal-key")
    sealer = Sealer(pool=pool, clock=SystemClock(), key=key)
    retaining = Retaining(pool=pool, clock=SystemClock(), retention=Retention.usual())
    month, year, held, fresh = (Her(mark) for mark in ("Mnt1", "Yer2", "Hld3", "New4"))
    await connection.execute("SELECT keep_months('journal', '2021-03-01', 1)")
    await connection.execute(OLD_ENTRIES)
    for her, days in ((month, 31), (year, 400), (held, 400), (fresh, 3)):
        await her.written(connection, pool)
        await connection.execute(CLOSED, her.alarm_id, days)
    await connection.execute(
        "UPDATE daily_report SET until_at = now() - interval '2 years', from_at = '2001-01-01'"
    )
    await hold_by_system(pool, held.id, held=True)
    await sealer.seal_all()

    due = await retaining.due()
    assert {one: count for one, count in due.items() if count} == {
        DataClass.POSITIONS: 2, DataClass.ALARMS: 1, DataClass.JOURNAL: 1,
    }, "a day of a team with a file that is held is kept, and nothing of that file is due"  # fmt: skip
    assert await retaining.due() == due, "asking changes nothing"
    assert await retaining.end() == due
    assert not any((await retaining.due()).values())

    async def left(her: Her) -> dict[str, Any]:
        row = await connection.fetchrow("SELECT * FROM alarm WHERE alarm_id = $1", her.alarm_id)
        assert row is not None
        return {
            "fixes": await connection.fetchval(
                "SELECT count(*) FROM track_fix WHERE alarm_id = $1", her.alarm_id),
            "raw": bool(await connection.fetchval("SELECT raw FROM press WHERE alarm_id = $1", her.alarm_id)),
            "places": bool(await connection.fetchval(
                "SELECT image -> 'positions' FROM stream_event WHERE alarm_id = $1", her.alarm_id)),
            "reference": row["reference"] == her.registration.reference,
            "opens": row["wrapped_key"] is not None
                     and KEYRING.open(her.id, sealed_of(row))[0] == her.registration.person,
        }  # fmt: skip

    everything = {"fixes": 1, "raw": True, "places": True, "reference": True, "opens": True}
    assert await left(held) == await left(fresh) == everything
    nowhere = {**everything, "fixes": 0, "raw": False, "places": False}
    assert await left(month) == nowhere
    assert await left(year) == {**nowhere, "reference": False, "opens": False}
    kinds = await connection.fetch("SELECT kind FROM stream_event WHERE alarm_id = $1", year.alarm_id)
    assert [row["kind"] for row in kinds] == ["alarm.raised"], "what happened stays"
    assert await connection.fetchval("SELECT to_regclass('journal_2021_03')") is None
    told = await connection.fetch(
        "SELECT subject, facts FROM journal WHERE kind = 'data.expired' ORDER BY entry"
    )
    assert [(row["subject"], row["facts"].get("alarms", row["facts"].get("entries"))) for row in told] == [
        ("positions", 2), ("alarms", 1), ("journal", 3),
    ]  # fmt: skip

    await sealer.seal_all()
    check = (await LogChecking(pool=pool, keys=key.public).check()).log
    assert (check.findings, check.erased) == ([], 8), "two places, a notice told thrice, three entries"
    async with connection.transaction():
        await connection.execute("SET LOCAL msa.disposal = 'nobody'")
        await connection.execute(
            """UPDATE chain_link SET salt = NULL, disposal = (SELECT max(disposal_id) FROM disposal)
                WHERE position = (SELECT max(position) FROM chain_link WHERE source = 'journal')"""
        )
    wrongs = {one.wrong for one in (await LogChecking(pool=pool, keys=key.public).check()).log.findings}
    assert "unaccounted" in wrongs, "a disposal accounts for what it did, and for no more"


async def test_a_closed_file_is_erased_when_its_time_is_over_and_old_rows_go(
    connection: Connection, pool: Pool
) -> None:
    usual = Retention.usual()
    short = replace(
        usual,
        days=MappingProxyType({**usual.days, DataClass.FILES: 1, DataClass.HOTSPOTS: 1, DataClass.SOUND: 1}),
    )
    her = Her("Old5")
    await her.written(connection, pool)
    await connection.execute(CLOSED, her.alarm_id, 0)
    await connection.execute("UPDATE registration SET state = 'closed'")
    await connection.execute(FLAGS)
    operator = uuid4()
    await connection.execute(
        """INSERT INTO operator (operator_id, username, name, roles, centres)
           VALUES ($1, 'x', 'X', '{operator}', '{}')""",
        operator,
    )
    await connection.execute(
        """INSERT INTO console_sound (at, node, console_id, operator_id, centres, sound)
           SELECT now(), 'n', $1, $1, '{}', 'ready' FROM generate_series(1, 450)""",
        operator,
    )
    early = Retaining(pool=pool, clock=SystemClock(), retention=short)
    assert not any((await early.end()).values())

    class Later:
        def now(self):
            return SystemClock().now() + timedelta(days=2)

        def monotonic(self) -> float:
            return 0.0

    later = Retaining(pool=pool, clock=Later(), retention=short)
    ended = {one: count for one, count in (await later.end()).items() if count}
    assert ended == {DataClass.FILES: 1, DataClass.HOTSPOTS: 1, DataClass.SOUND: 450}
    assert await connection.fetchval("SELECT count(*) FROM hotspot WHERE ended_at IS NULL") == 1
    assert await connection.fetchval("SELECT erased_at FROM registration WHERE registration_id = $1", her.id)
    counts = await connection.fetch("SELECT counts FROM disposal WHERE class = 'sound' ORDER BY disposal_id")
    assert [row["counts"]["console_sound"] for row in counts] == [200, 200, 50]
    ahead = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass"
    assert await connection.fetchval(ahead) >= 15


async def test_a_class_that_cannot_be_ended_holds_up_no_other(connection: Connection, pool: Pool) -> None:
    usual = Retention.usual()
    her = Her("Nxt6")
    await her.written(connection, pool)
    await connection.execute(CLOSED, her.alarm_id, 40)
    await connection.execute("ALTER TABLE track_fix RENAME TO elsewhere")
    await connection.execute(
        "UPDATE daily_report SET until_at = now() - interval '2 years', from_at = '2001-01-01'"
    )
    ended = await Retaining(pool=pool, clock=SystemClock(), retention=usual).end()
    assert {one: count for one, count in ended.items() if count} == {DataClass.REPORTS: 1}
