"""What the database itself holds people to, beyond what their program asks of it."""

import io
import json
import zipfile
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from gateway.clock import SystemClock
from gateway.domain.casework.scope import Scope
from gateway.store import registrations
from gateway.store.casework import file_versions, lives, risk, telling
from gateway.store.casework.file_export import PostgresFileExport
from gateway.store.casework.scoped import scoped
from gateway.store.connect import Connection, Pool
from schemas.session import Role
from tests.integration.store.test_erasure import KEYRING, Her
from tests.support.access import AT, a_file, people_of

DENY: Final = """
INSERT INTO denial (denial_id, registration_id, operator_id, reason, denied_by)
VALUES (gen_random_uuid(), $1, $2, 'relative', $2)"""
ASK: Final = """
INSERT INTO glass (glass_id, registration_id, centre_id, asked_at, asked_by, reason, answer_by)
VALUES ($1, $2, 'BE-VOV', now(), $3, 'danger', 'infinity')"""
ANSWER: Final = """
UPDATE glass SET answered_at = now(), answered_by = $2, allowed = true, until = $3::timestamptz
 WHERE glass_id = $1"""
ENDS_A_FILE: Final = (
    "SELECT hold_file($1, true)",
    "SELECT hold_file($1, false)",
    "SELECT erase_file($1, NULL, 'court_order')",
)
HOLDERS: Final = {
    "steps": lives.LOCK,
    "versions": file_versions.LOCK,
    "risk": risk.LOCK,
    "tellings": telling.HELD,
    "import": registrations.LOCK_VERSION,
}


async def _as(pool: Pool, scope: Scope, statement: str, *given: object) -> str:
    async with scoped(pool, scope) as database:
        return str(await database.execute(statement, *given))


@pytest.mark.parametrize("statement", ENDS_A_FILE)
async def test_nobody_ends_a_file_without_a_name_or_from_the_deny_list(
    connection: Connection, pool: Pool, statement: str
) -> None:
    file = await a_file(connection, "own")
    magistrate = await people_of(connection, "own", Role.MAGISTRATE)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SET LOCAL ROLE msa_person")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement, file)
    await transaction.rollback()
    await connection.execute(DENY, file, magistrate.operator_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _as(pool, magistrate, statement, file)


async def test_what_was_answered_is_not_answered_again_nor_for_longer(
    connection: Connection, pool: Pool
) -> None:
    file, glass = await a_file(connection, "own"), uuid4()
    asker = await people_of(connection, "own", Role.OPERATOR)
    second = await people_of(connection, "own", Role.SUPERVISOR)
    await connection.execute(ASK, glass, file, asker.operator_id)
    for expected in ("UPDATE 1", "UPDATE 0"):
        assert await _as(pool, second, ANSWER, glass, second.operator_id, AT) == expected


@pytest.mark.parametrize("who", HOLDERS)
async def test_who_works_on_a_file_keeps_it_from_others_and_holds_up_no_stream(
    connection: Connection, pool: Pool, who: str
) -> None:
    """Its protection refers to it, and is written while a centre's stream is held: it must not wait."""
    file = await a_file(connection, "own")
    await connection.execute("UPDATE registration SET wrapped_key = 'x' WHERE registration_id = $1", file)
    async with connection.transaction():
        assert await connection.fetchrow(HOLDERS[who], file)
        other = await pool.acquire(timeout=5)
        try:
            await other.execute(
                "SELECT FROM registration WHERE registration_id = $1 FOR KEY SHARE NOWAIT", file
            )
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.execute(
                    "SELECT FROM registration WHERE registration_id = $1 FOR SHARE NOWAIT", file
                )
        finally:
            await pool.release(other, timeout=5)


async def test_a_key_that_came_after_an_erasure_can_be_destroyed_too(connection: Connection) -> None:
    file = await a_file(connection, "own")
    hindrances = "SELECT erasure_hindrances($1, true)"
    await connection.execute(
        "UPDATE registration SET wrapped_key = NULL, erased_at = now() WHERE registration_id = $1", file
    )
    assert await connection.fetchval(hindrances, file) == ["erased"]
    await connection.execute("UPDATE registration SET wrapped_key = 'x' WHERE registration_id = $1", file)
    assert await connection.fetchval(hindrances, file) == []


async def test_only_what_a_persons_acts_change_of_a_file_is_hers_to_change(
    connection: Connection, pool: Pool
) -> None:
    file, magistrate = await a_file(connection, "own"), await people_of(connection, "own", Role.MAGISTRATE)
    lower = "UPDATE registration SET risk = 'low' WHERE registration_id = $1"
    assert await _as(pool, magistrate, lower, file) == "UPDATE 1"
    for column in ("held_since", "erased_at", "zone_id", "reference", "test_until"):
        release = f"UPDATE registration SET {column} = NULL WHERE registration_id = $1"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _as(pool, magistrate, release, file)


async def test_an_export_does_not_tell_from_whom_the_file_is_kept(connection: Connection, pool: Pool) -> None:
    her, magistrate = Her("Exp7"), await people_of(connection, "own", Role.MAGISTRATE)
    await her.written(connection, pool)
    await connection.execute(
        """INSERT INTO journal (kind, registration_id, subject, facts)
           SELECT k, $1, 'whoever-he-is', '{"reason": "suspect"}'
             FROM unnest('{access.denied,access.admitted,file.stepped}'::text[]) AS k""",
        her.id,
    )
    made = await PostgresFileExport(pool=pool, keyring=KEYRING, clock=SystemClock()).of(magistrate, her.id)
    with zipfile.ZipFile(io.BytesIO(made)) as bundle:
        told = json.loads(bundle.read("journal.json"))
        assert "denial.json" not in bundle.namelist()
    assert [one["kind"] for one in told] == ["file.stepped", "file.exported"]
