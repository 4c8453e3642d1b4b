"""The sealed log on real PostgreSQL: what is done to it by whoever owns the database is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.log_check import Wrong
from gateway.domain.casework.log_records import NOT_SEALED
from gateway.domain.casework.scope import Scope
from gateway.seal_keys import SealKey, make_seal_key
from gateway.store.casework.log_checking import Checked, LogChecking
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.sealed_log import Sealer
from gateway.store.connect import Connection, Pool, connected
from gateway.store.writer import COMMIT, as_json
from gateway.timing import SEAL_AT_ONCE
from schemas.press import Purpose
from schemas.session import Role
from tests.support.records import NOW, a_companion, a_record, press_facts

FIX = {"latitude": 51.054321, "longitude": 3.721, "radius_m": 12.0, "fixed_at": "2026-03-02T09:00:00Z"}

STEP = """
INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team, state, document)
VALUES ($1, $2, 'file.requested', $3, '2026-03-02', 'BE-VOV', 'BE-VOV', 'requested', 'PV 1')"""


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    make_seal_key(tmp_path / "seal-key")
    return SealKey.read(tmp_path / "seal-key")


@asynccontextmanager
async def tampering(database: str) -> AsyncIterator[Connection]:
    """The database in the hands of its owner, who turns the triggers off."""
    async with connected(database, application_name="test") as owner:
        await owner.execute("SET session_replication_role = replica")
        yield owner


async def some_history(pool: Pool, presses: int = 6) -> None:
    """Presses, a canary's among them, a look at a file and two steps of it."""
    async with pool.acquire() as database:
        companion = await a_companion(database)
        records = [a_record(companion, facts=press_facts(positions=[FIX])) for _ in range(presses)]
        records.insert(2, a_record(await a_companion(database), purpose=Purpose.CANARY))
        await database.execute("UPDATE registration SET population = 'canary' WHERE registration_id = $1",
                               records[2].registration_id)  # fmt: skip
        await database.fetch(
            COMMIT, "BE-VOV", [as_json(one) for one in records], [one.raw for one in records]
        )
        for number in (1, 2):
            await database.execute(STEP, companion[0], number, NOW)
    scope = Scope(
        operator_id=uuid4(),
        name="Op",
        roles=frozenset({Role.MAGISTRATE}),
        centres=frozenset({"BE-VOV"}),
        zones=frozenset(),
    )
    async with scoped(pool, scope) as person:
        look = Entry(kind=Kind.LOOKED, why=Why.CASE, registration_id=companion[0], team="BE-VOV")
        await record(person, scope, look, look)


async def checked(pool: Pool, key: SealKey, heads: Path | None = None) -> Checked:
    return await LogChecking(pool=pool, keys=key.public, heads_file=heads).check()


def found(check: Checked) -> dict[Wrong, list[tuple[int | None, str | None]]]:
    wrongs: dict[Wrong, list[tuple[int | None, str | None]]] = {}
    for one in check.log.findings:
        wrongs.setdefault(one.wrong, []).append((one.position, one.record))
    return wrongs


async def test_whatever_is_done_to_the_log_by_its_owner_is_found(
    database: str, pool: Pool, key: SealKey, clock, tmp_path: Path
) -> None:
    heads = tmp_path / "heads"
    sealers = [Sealer(pool=pool, clock=clock, key=key, heads=heads) for _ in range(2)]
    await some_history(pool)
    clock.advance(100)
    await asyncio.gather(*(sealer.seal_all() for sealer in sealers))
    whole = await checked(pool, key, heads)
    assert (whole.log.findings, whole.unsealed) == ([], 0)
    assert (whole.log.whole, whole.log.signed_to, whole.heads) == (10, 10, 1), "6 events, 2 steps, 2 looks"

    async with tampering(database) as owner:

        async def told(change: str, back: str) -> dict[Wrong, list[tuple[int | None, str | None]]]:
            await owner.execute(change)
            try:
                return found(await checked(pool, key, heads))
            finally:
                await owner.execute(back)

        # one event changed, in what it says of her place or of anything else
        await owner.execute("CREATE TABLE kept AS TABLE stream_event; CREATE TABLE links AS TABLE chain_link")
        back = "DELETE FROM stream_event; INSERT INTO stream_event SELECT * FROM kept"
        moved = "UPDATE stream_event SET image = jsonb_set(image, '{positions,0,latitude}', '52')"
        assert await told(f"{moved} WHERE sequence = 1", back) == {Wrong.CHANGED: [(1, "event BE-VOV 1")]}
        later = "UPDATE stream_event SET at = at + interval '1 microsecond' WHERE sequence = 4"
        assert await told(later, back) == {Wrong.CHANGED: [(3, "event BE-VOV 4")]}
        # one deleted, two swapped, one put in
        deleted = "DELETE FROM stream_event WHERE sequence = 5"
        assert await told(deleted, back) == {Wrong.REMOVED: [(4, "event BE-VOV 5")]}
        swapped = """UPDATE stream_event e SET kind = o.kind, image = o.image, at = o.at FROM kept o
                      WHERE (e.sequence, o.sequence) IN ((1, 2), (2, 1))"""
        assert await told(swapped, back) == {Wrong.CHANGED: [(1, "event BE-VOV 1"), (2, "event BE-VOV 2")]}
        put_in = """INSERT INTO journal (kind, registration_id) VALUES ('file.looked', NULL)"""
        out_again = "DELETE FROM journal WHERE registration_id IS NULL"
        assert [*await told(put_in, out_again)] == [Wrong.INSERTED]
        # links moved, cut off with their records, and the tip and the head with them
        links_back = "DELETE FROM chain_link; INSERT INTO chain_link SELECT * FROM links"
        links_moved = """UPDATE chain_link SET position = -position WHERE position IN (2, 3);
                         UPDATE chain_link SET position = 5 + position WHERE position < 0"""
        assert Wrong.BROKEN in await told(links_moved, links_back)
        salts = "UPDATE chain_link SET salt = NULL WHERE position = 7"
        assert {*await told(salts, links_back)} == {Wrong.CHANGED, Wrong.UNACCOUNTED}
        await owner.execute("""
            DELETE FROM chain_link WHERE position > 4; DELETE FROM stream_event WHERE sequence > 5;
            DELETE FROM journal; DELETE FROM registration_step; DELETE FROM chain_head;
            UPDATE chain_tip SET position = 4, chain = (SELECT chain FROM chain_link WHERE position = 4)""")
    assert found(await checked(pool, key)) == {}, "that nobody can tell from the database alone"
    assert found(await checked(pool, key, heads)) == {Wrong.TRUNCATED: [(4, None)]}
    # whoever makes the head anew has not the key
    make_seal_key(tmp_path / "stranger")
    forger = Sealer(pool=pool, clock=clock, key=SealKey.read(tmp_path / "stranger"))
    clock.advance(100)
    await forger.seal_all()
    assert [*found(await checked(pool, key))] == [Wrong.FORGED]


async def test_what_is_only_added_to_cannot_be_changed_by_the_way(connection: Connection, pool: Pool) -> None:
    await some_history(pool)
    await connection.execute("DELETE FROM stream_event WHERE image ->> 'purpose' = 'canary'")
    for table, column in (("stream_event", "kind"), ("journal", "kind"), ("registration_step", "kind")):
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only ever added to"):
                await connection.execute(statement)
            async with connection.transaction():
                await connection.execute("SET LOCAL ROLE msa_person")
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                    async with connection.transaction():
                        await connection.execute(statement)


async def test_every_column_of_a_sealed_table_is_sealed_or_named_as_not(connection: Connection) -> None:
    sealed = {
        "stream_event": {"centre_id", "sequence", "kind", "at", "alarm_id", "image", "subject", "done_by"},
        "journal": {
            "entry", "at", "kind", "done_by", "roles", "registration_id", "alarm_id", "subject", "centre_id",
            "team", "reason", "facts",
        },
        "registration_step": {
            "registration_id", "number", "kind", "at", "on_date", "done_by", "centre_id", "team",
            "arrondissement", "state", "document", "facts", "ground_sealed",
        },
        "disposal": {
            "disposal_id", "at", "class", "ground", "registration_id", "done_by", "counts", "links",
            "links_digest",
        },
    }  # fmt: skip
    rows = await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY ($1)",
        list(sealed),
    )
    for table, columns in sealed.items():
        there = {row["column_name"] for row in rows if row["table_name"] == table}
        assert there == columns | NOT_SEALED[table], f"say in log_records.py what becomes of it ({table})"


async def test_sealing_goes_on_where_it_was_and_takes_more_than_a_batch(
    pool: Pool, key: SealKey, clock
) -> None:
    sealer = Sealer(pool=pool, clock=clock, key=key)
    await some_history(pool)
    await sealer.seal_all()
    async with pool.acquire() as database:
        entries = SEAL_AT_ONCE * 2 + 5
        await database.execute(
            "INSERT INTO journal (kind) SELECT 'files.listed' FROM generate_series(1, $1)", entries
        )
    assert await sealer.seal_some() == SEAL_AT_ONCE
    await sealer.seal_all()
    clock.advance(timedelta(seconds=20).total_seconds())
    await sealer.seal_all()
    check = await checked(pool, key)
    assert (check.log.findings, check.links, check.heads) == ([], 10 + entries, 2)
    later = await LogChecking(pool=pool, keys=None).check(first=150)
    assert (later.log.findings, later.links, later.signed) == ([], entries + 10 - 149, False)
