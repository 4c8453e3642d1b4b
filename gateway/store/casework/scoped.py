"""A transaction as a person: the policies of the database hold in it, under the checks of the program."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateway.domain.casework.journal import Entry
from gateway.domain.casework.scope import Scope
from gateway.store.connect import Database, Pool, acquire

# The role comes last: whoever has it cannot read what the others are taken from.
BECOME: Final = """
SELECT set_config('msa.operator', $1::uuid::text, true),
       set_config('msa.centres', array_to_string($2::text[], ','), true),
       set_config('msa.roles', array_to_string($4::text[], ','), true),
       set_config('msa.teams', array_to_string(teams_of($3::text[], $2::text[], $5), ','), true),
       set_config('msa.case_teams',
                  array_to_string(case_teams_of($3::text[], $2::text[], $4::text[]), ','), true),
       set_config('msa.denied', array_to_string(denied_to($1::uuid), ','), true),
       set_config('msa.known', array_to_string(known_to($1::uuid, $2::text[], $4::text[]), ','), true),
       set_config('role', 'msa_person', true)"""

TEAMS: Final = "SELECT my_teams()"

RECORD: Final = """
INSERT INTO journal (kind, done_by, roles, registration_id, alarm_id, subject, centre_id, team, reason, facts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""


@asynccontextmanager
async def scoped(pool: Pool, scope: Scope) -> AsyncIterator[Database]:
    """Hold a transaction in which only what this person may see exists; it commits at the end.

    Raises ``DatabaseUnavailable``.
    """
    async with acquire(pool) as database, database.transaction():
        await become(database, scope)
        yield database


async def become(database: Database, scope: Scope) -> None:
    """Be this person from here to the end of the transaction: there is no way back within it."""
    await database.execute(
        BECOME,
        scope.operator_id,
        sorted(scope.centres),
        sorted(scope.zones),
        sorted(scope.roles),
        scope.oversees,
    )


async def record(database: Database, scope: Scope | None, *entries: Entry) -> None:
    """Write entries in this transaction: what they record is done with them, or not at all.

    ``scope`` None: the system itself did it.
    """
    by = None if scope is None else scope.who.model_dump(mode="json")
    roles = [] if scope is None else sorted(scope.roles)
    rows = [
        (
            entry.kind,
            by,
            roles,
            entry.registration_id,
            entry.alarm_id,
            entry.subject,
            entry.centre,
            entry.team,
            entry.why,
            dict(entry.facts),
        )
        for entry in entries
    ]
    await database.executemany(RECORD, rows)
