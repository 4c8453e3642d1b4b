"""What each person may do to which rows, tried on the database itself, against the table that says it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

import pytest

from gateway.domain.casework.matrix import ELSEWHERE, EVERYWHERE, MATRIX, PEOPLE
from gateway.domain.casework.scope import Scope
from gateway.store.casework.scoped import become
from gateway.store.connect import Connection
from schemas.session import Role
from tests.support.access import CENTRES, ZONES, a_file_with_everything, filled, may, people_of, undone

ROLES: Final = {
    "operator": Role.OPERATOR,
    "supervisor": Role.SUPERVISOR,
    "case officer": Role.CASE_OFFICER,
    "magistrate": Role.MAGISTRATE,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
BY_ALARM: Final = frozenset(
    {"track_fix", "last_fix", "stream_event", "delivery", "command", "offender_fix", "offender_last"}
)
BY_TRACKER: Final = frozenset({"tracker_state", "tracker_fix"})
BY_HAND: Final = frozenset({"hotspot"})
NO_FILE: Final = {"operator": "true", "operator_session": "true", "press": "true"}
BY_TEAM: Final = frozenset({"daily_report", "report_sending"})
CHANGED: Final = {
    "registration": "state = state",
    "denial": "admitted_at = NULL",
    "hotspot": "ended = ended",
    "daily_report": "team = team",
    "report_sending": "team = team",
    "glass": "answered_at = answer_by, answered_by = $5, allowed = false",
    "perimeter": "trackers = trackers",
    "tracker_state": "silent_at = silent_at",
    "tracker_fix": "slot = slot",
    "centre": "centre_id = centre_id",
    "device_model": "kind = kind",
    "zone": "zone_id = zone_id",
    "operator": "name = name",
    "operator_session": "token_hash = token_hash",
    "delivery": "sequence = sequence",
}
# $1 the file, $2 its centre, $3 its zone, $4 a new id, $5 who tries
ADDED: Final[Mapping[str, str]] = {
    "registration": """(registration_id, centre_id, zone_id, reference, key_id, person_sealed,
        circumstances_sealed, sealed_version, policy, created_at, updated_at)
        VALUES ($4, $2, $3, $4, 'k', '', '', 1, '{}', now(), now())""",
    "registration_version": """(registration_id, sealed_version, saved_at, key_id, person_sealed,
        circumstances_sealed) VALUES ($1, 2, now(), 'k', '', '')""",
    "registration_step": """(registration_id, number, kind, at, on_date, centre_id, team, state)
        VALUES ($1, 2, 'heard', now(), now(), $2, $3, 'heard')""",
    "registration_review": """VALUES ($1, 1, '{}')
        ON CONFLICT (registration_id) DO UPDATE SET sealed_version = 1""",
    "protection_wish": """(registration_id, version, set_at, set_by) VALUES ($1, 1, now(), '{}')
        ON CONFLICT (registration_id) DO UPDATE SET version = 2""",
    "protection_telling": "(registration_id, channel, lacking) VALUES ($1, 'victim', true)",
    "report_sending": """(team, day, number, asked_at, due_at, state)
        VALUES ($3, '2026-03-02', 1, now(), now(), 'sent')""",
    "registration_photo": """(registration_id, photo_of, photo_version, saved_at, saved_by, key_id,
        photo_sealed) VALUES ($1, 'victim', 2, now(), '{}', 'k', '')""",
    "hotspot": """(hotspot_id, centre_id, team, kind, key_id, flag_sealed, set_at, set_by, until)
        VALUES ($4, $2, $3, 'number', 'k', '', now(), jsonb_build_object('operator_id', $5), '2026-03-02')""",
    "risk_request": """(request_id, registration_id, from_level, to_level, asked_by, asked_at, expires_at,
        key_id, ground_sealed) VALUES ($4, $1, 'high', 'low', '{}', now(), now(), 'k', '')""",
    "device": """(device_id, kind, maker, model, serial, team, state, received_on, state_since, version)
        VALUES ($4, 'button', 'Generic', 'iTAG', $4, $3, 'stock', now(), now(), 1)""",
    "device_move": """(device_id, number, act, at, state, team)
        VALUES ($1, 2, 'wipe', now(), 'wiped', $3)""",
    "enrolment_code": """(code_hash, registration_id, created_at, expires_at)
        VALUES (sha256($4), $1, now(), now())""",
    "perimeter": """(perimeter_id, registration_id, version, state, starts_on, ends_on, victim_told,
        tampered_near, key_id, terms_sealed, made_at, changed_at)
        VALUES ($4, $1, 1, 'draft', now(), now(), 'never', 'notice', 'k', '', now(), now())""",
    "perimeter_version": """(perimeter_id, registration_id, version, state, starts_on, ends_on, victim_told,
        tampered_near, key_id, terms_sealed, made_at, changed_at)
        VALUES ($1, $1, 2, 'draft', now(), now(), 'never', 'notice', 'k', '', now(), now())""",
    "tracker": """(tracker_id, registration_id, integrator_id, subject_hash, role, key_id, label_sealed,
        supervised_s, added_at) VALUES ($4, $1, $1, sha256($4), 'victim', 'k', '', 300, now())""",
    "journal": """(kind, registration_id, done_by, reason)
        VALUES ('file.looked', $1, jsonb_build_object('operator_id', $5, 'name', 'P'), 'case')""",
    "denial": """(denial_id, registration_id, operator_id, reason, denied_by)
        VALUES ($4, $1, $5, 'other', $5)""",
    "glass": """(glass_id, registration_id, centre_id, asked_at, asked_by, reason, answer_by)
        VALUES ($4, $1, $2, now(), $5, 'danger', 'infinity')""",
    "honeytoken": "(registration_id) VALUES ($1) ON CONFLICT DO NOTHING",
}


def the_rows(table: str, file: UUID, alarm: UUID, centre: str) -> str:
    if table in NO_FILE:
        return NO_FILE[table]
    if table in BY_ALARM:
        return f"alarm_id = '{alarm}'"
    if table in BY_TEAM:
        side = next(side for side, one in CENTRES.items() if one == centre)
        return f"team = '{ZONES[side]}'"
    if table == "device_model":
        return "true"
    if table in EVERYWHERE | BY_HAND:
        return f"centre_id = '{centre}'"
    return f"{'tracker_id' if table in BY_TRACKER else 'registration_id'} = '{file}'"


def statements(table: str, side: str, file: UUID, alarm: UUID, who: Scope) -> dict[str, str]:
    found = the_rows(table, file, alarm, CENTRES[side])
    columns = CHANGED.get(
        table, "registration_id = registration_id" if "registration_id" in found else "alarm_id = alarm_id"
    )
    given = (file, CENTRES[side], ZONES[side], uuid4(), who.operator_id)
    return {
        "S": f"SELECT FROM {table} WHERE {found}",
        "I": filled(f"INSERT INTO {table} {ADDED.get(table, 'DEFAULT VALUES')}", *given),
        "U": filled(f"UPDATE {table} SET {columns} WHERE {found}", *given),
        "D": f"DELETE FROM {table} WHERE {found}",
    }


async def somebody(connection: Connection, which: str, file: UUID) -> Scope:
    """Make one of ``PEOPLE``, and what there is besides her role."""
    role, _, beside = which.partition(", ")
    who = await people_of(connection, "own", ROLES[role])
    match beside:
        case "alarm open":
            await connection.execute("UPDATE alarm SET state = 'raised' WHERE registration_id = $1", file)
        case "let in":
            await connection.execute(LET_IN, file, who.operator_id)
        case "denied":
            await connection.execute(DENIED, file, who.operator_id)
    return who


LET_IN: Final = """
INSERT INTO glass (glass_id, registration_id, centre_id, asked_at, asked_by, reason, answer_by, answered_at,
                   answered_by, allowed, until)
SELECT gen_random_uuid(), $1, 'BE-VOV', now(), $2, 'danger', now(), now(), operator_id, true, 'infinity'
  FROM operator WHERE operator_id <> $2 LIMIT 1"""
DENIED: Final = """
INSERT INTO denial (denial_id, registration_id, operator_id, reason, denied_by)
VALUES (gen_random_uuid(), $1, $2, 'relative', $2)"""


async def tried(connection: Connection, which: str, tables: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return what one of ``PEOPLE`` may do, by table, on her own and on another centre's rows."""
    found: dict[str, dict[str, str]] = {table: {} for table in tables}
    async with undone(connection):
        sides = {side: await a_file_with_everything(connection, side) for side in CENTRES}
        who = await somebody(connection, which, sides["own"][0])
        await become(connection, who)
        for side, (file, alarm) in sides.items():
            for table in tables:
                asked = statements(table, side, file, alarm, who)
                found[table][side] = "".join(
                    [verb for verb, statement in asked.items() if await may(connection, statement)]
                )
    return found


@pytest.mark.parametrize("which", PEOPLE)
async def test_each_may_do_what_the_matrix_says_and_nothing_else(connection: Connection, which: str) -> None:
    found = await tried(connection, which, tuple(MATRIX))
    place = PEOPLE.index(which)
    own = {table: cells[place] for table, cells in MATRIX.items()}
    outside = dict.fromkeys(MATRIX, "") | {table: own[table] for table in EVERYWHERE}
    outside |= {table: cells[place] for table, cells in ELSEWHERE.items()}
    assert found == {table: {"own": own[table], "other": outside[table]} for table in MATRIX}


POLICIES: Final = """
SELECT tablename, policyname FROM pg_policies WHERE 'msa_person' = ANY (roles) AND permissive = 'PERMISSIVE'
   AND tablename = ANY ($1) ORDER BY 1, 2"""


async def test_without_any_one_of_the_policies_the_matrix_does_not_hold(connection: Connection) -> None:
    # an autovacuum that is under way lets go after deadlock_timeout, which is as long as a request waits
    await connection.execute("SET lock_timeout = '10s'")
    for policy in await connection.fetch(POLICIES, list(MATRIX)):
        async with undone(connection):
            table, name = policy["tablename"], policy["policyname"]
            await connection.execute(f'DROP POLICY "{name}" ON {table}')
            before = {which: {table: MATRIX[table][place]} for place, which in enumerate(PEOPLE)}
            now = {
                which: {table: (await tried(connection, which, (table,)))[table]["own"]} for which in PEOPLE
            }
            assert now != before, f"nothing rests on {name} of {table}"


REACHED: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT c.relrowsecurity
   AND (has_table_privilege('msa_person', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
        OR has_any_column_privilege('msa_person', c.oid, 'SELECT, INSERT, UPDATE'))"""


async def test_no_table_that_people_reach_is_without_policies(connection: Connection) -> None:
    reached = {row["relname"] for row in await connection.fetch(REACHED)}
    assert reached == EVERYWHERE, "these are read by everybody"
