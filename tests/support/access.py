"""Two files of two centres with a row in every table about them, and people who try what they may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from gateway.domain.casework.scope import Scope
from gateway.store.connect import Database
from schemas.session import Role

CENTRES: Final = {"own": "BE-VOV", "other": "BE-VAN"}
ZONES: Final = {"own": "BE-5415", "other": "BE-5345"}
AT: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)

ZONE: Final = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement) VALUES ($1, $1, $2, 'Somewhere')
ON CONFLICT DO NOTHING"""
PERSON: Final = """
INSERT INTO operator (operator_id, username, name, roles, centres, zones)
VALUES ($1, $2, $2, $3, $4, $5)"""
FILE: Final = """
INSERT INTO registration (registration_id, centre_id, zone_id, reference, key_id, wrapped_key, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at)
VALUES ($1, $2, $3, $1::uuid::text, 'k', '', '', '', 1, '{}', $4, $4)"""
# $1 file, $2 centre, $3 alarm, $4 somebody else, $5 when
ROWS: Final = (
    """INSERT INTO registration_version (registration_id, sealed_version, saved_at, key_id, person_sealed,
       circumstances_sealed) VALUES ($1, 1, $5, 'k', '', '')""",
    """INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team, state)
       VALUES ($1, 1, 'requested', $5, '2026-03-02', $2, $2, 'requested')""",
    "INSERT INTO registration_review VALUES ($1, 1, '{}')",
    """INSERT INTO registration_photo (registration_id, photo_of, photo_version, saved_at, saved_by, key_id,
       photo_sealed) VALUES ($1, 'victim', 1, $5, '{}', 'k', '')""",
    """INSERT INTO risk_request (request_id, registration_id, from_level, to_level, asked_by, asked_at,
       expires_at, key_id, ground_sealed, decision, decided_at)
       VALUES ($3, $1, 'high', 'low', '{}', $5, $5, 'k', '', 'expired', $5)""",
    """INSERT INTO hotspot (hotspot_id, centre_id, team, kind, key_id, flag_sealed, set_at, until)
       SELECT $3, $2, team, 'number', 'k', '', $5, '2026-03-02'
         FROM registration WHERE registration_id = $1""",
    """INSERT INTO protection (registration_id, centre_id, reference, state, since, faults)
       VALUES ($1, $2, 'r', 'protected', $5, '[]')""",
    """INSERT INTO companion (companion_id, registration_id, public_key, label, enrolled_at)
       VALUES ($1, $1, '', 'phone', $5)""",
    """INSERT INTO companion_state (companion_id, registration_id, received_at, signed_at, skew_s, facts,
       signs, changed_at) VALUES ($1, $1, $5, $5, 0, '{}', '', $5)""",
    """INSERT INTO device (device_id, kind, maker, model, serial, team, state, registration_id, received_on,
       state_since, version) SELECT $1, 'button', 'Generic', 'iTAG', $1, team, 'issued', $1, $5, $5, 1
       FROM registration WHERE registration_id = $1""",
    """INSERT INTO device_move (device_id, number, act, at, state, team, registration_id)
       VALUES ($1, 1, 'issue', $5, 'issued', $2, $1)""",
    """INSERT INTO enrolment_code (code_hash, registration_id, created_at, expires_at)
       VALUES (sha256($1), $1, $5, $5)""",
    """INSERT INTO alarm (centre_id, owner, alarm_id, registration_id, reference, purpose, state, version,
       raised_at, press_count, last_pressed_at, facts, key_id, person_sealed, circumstances_sealed,
       sealed_version) VALUES ($2, $2, $3, $1, 'r', 'real', 'closed', 1, $5, 1, $5, '{}', 'k', '', '', 1)""",
    """INSERT INTO track_fix (alarm_id, companion_id, index, fixed_at, received_at, latitude, longitude,
       original_confidence, method, mock, flags) VALUES ($3, $1, 1, $5, $5, 51, 4, 95, 'gps', false, '{}')""",
    """INSERT INTO last_fix (alarm_id, companion_id, index, fixed_at, changed_at, changed_by)
       VALUES ($3, $1, 1, $5, $5, $1)""",
    """INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image)
       VALUES ($2, 1, 'alarm.raised', $5, $3, '{}')""",
    """INSERT INTO delivery (centre_id, alarm_id, sequence, console, operator_id, painted_at, delivered_at)
       VALUES ($2, $3, 1, $1, $4, $5, $5)""",
    """INSERT INTO journal (kind, registration_id, centre_id, reason)
       VALUES ('file.stepped', $1, $2, 'case')""",
    """INSERT INTO denial (denial_id, registration_id, operator_id, reason, denied_by)
       VALUES ($3, $1, $4, 'other', $4)""",
    """INSERT INTO glass (glass_id, registration_id, centre_id, asked_at, asked_by, reason, answer_by)
       VALUES ($3, $1, $2, $5, $4, 'danger', 'infinity')""",
    """INSERT INTO anomaly (kind, operator_id, name, roles, centres, registration_id)
       VALUES ('honeytoken', $4, 'Somebody', '{operator}', ARRAY[$2], $1)""",
    """INSERT INTO protection_change (registration_id, at, protected_s, degraded_s, unprotected_s)
       VALUES ($1, $5, 0, 0, 0)""",
    """INSERT INTO protection_wish (registration_id, version, set_at, set_by) VALUES ($1, 1, $5, '{}')""",
    "INSERT INTO protection_telling (registration_id, channel, lacking) VALUES ($1, 'zone', true)",
    """INSERT INTO daily_report (team, day, centre_id, from_at, until_at, made_at, body)
       SELECT team, '2026-03-02', centre_id, '-infinity', $5, $5, '{}' FROM registration
        WHERE registration_id = $1""",
    """INSERT INTO report_sending (team, day, number, asked_at, due_at)
       SELECT team, '2026-03-02', 0, $5, $5 FROM registration WHERE registration_id = $1""",
    "INSERT INTO honeytoken (registration_id) VALUES ($1)",
    """INSERT INTO integrator (integrator_id, name, scopes, events_per_s, created_at)
       VALUES ($1, $1, '{}', 1, $5)""",
    """INSERT INTO perimeter (perimeter_id, registration_id, version, state, starts_on, ends_on, victim_told,
       tampered_near, key_id, terms_sealed, made_at, changed_at)
       VALUES ($1, $1, 1, 'draft', '2026-03-02', '2026-03-02', 'never', 'notice', 'k', '', $5, $5)""",
    "INSERT INTO perimeter_version SELECT * FROM perimeter WHERE perimeter_id = $1",
    """INSERT INTO tracker (tracker_id, registration_id, integrator_id, subject_hash, role, key_id,
       label_sealed, supervised_s, added_at) VALUES ($1, $1, $1, sha256($1), 'offender', 'k', '', 300, $5)""",
    "INSERT INTO tracker_state (tracker_id, heard_at) VALUES ($1, $5)",
    """INSERT INTO tracker_fix (slot, tracker_id, fixed_at, received_at, latitude, longitude,
       original_confidence, method, mock, flags) VALUES (0, $1, $5, $5, 51, 4, 0.95, 'gnss', false, '{}')""",
    """INSERT INTO offender_fix (alarm_id, tracker_id, fixed_at, received_at, latitude, longitude,
       original_confidence, method, mock, flags) VALUES ($3, $1, $5, $5, 51, 4, 0.95, 'gnss', false, '{}')""",
    """INSERT INTO offender_last (alarm_id, tracker_id, fixed_at, changed_at, changed_by)
       VALUES ($3, $1, $5, $5, $1)""",
    "SELECT move_watch($1, $1, $1, 0, 'far', $5, 0, 0, NULL)",  # and with it its move
    "INSERT INTO perimeter_sight (perimeter_id, registration_id) VALUES ($1, $1)",
    """INSERT INTO disposal (class, ground, registration_id, counts, links, links_digest)
       VALUES ('file', 'request', $1, '{}', 0, '')""",
)


async def people_of(database: Database, side: str, role: Role) -> Scope:
    """Make an account of a role, in a centre, and of a case officer in its zone."""
    centre, zones = CENTRES[side], [ZONES[side]] if role is Role.CASE_OFFICER else []
    await database.execute(ZONE, ZONES[side], centre)
    operator_id = uuid4()
    await database.execute(PERSON, operator_id, f"p-{operator_id}", [role], [centre], zones)
    return Scope(
        operator_id=operator_id,
        name="P",
        roles=frozenset({role}),
        centres=frozenset({centre}),
        zones=frozenset(zones),
    )


async def a_file(database: Database, side: str) -> UUID:
    """Save a file that says nothing, of a zone."""
    registration_id = uuid4()
    await database.execute(ZONE, ZONES[side], CENTRES[side])
    await database.execute(FILE, registration_id, CENTRES[side], ZONES[side], AT)
    return registration_id


async def a_file_with_everything(database: Database, side: str) -> tuple[UUID, UUID]:
    """Save a file with a row in every table about it; return it and its alarm."""
    registration_id, alarm_id = await a_file(database, side), uuid4()
    somebody = await people_of(database, side, Role.AUDITOR)
    given = (registration_id, CENTRES[side], alarm_id, somebody.operator_id, AT)
    for statement in ROWS:
        await database.execute(filled(statement, *given))
    return registration_id, alarm_id


def filled(statement: str, *given: object) -> str:
    """Write values in: a statement that does not use each of them cannot be given them."""
    for number, value in enumerate(given, 1):
        statement = statement.replace(f"${number}", f"'{value}'")
    return statement


@asynccontextmanager
async def undone(database: Database) -> AsyncIterator[None]:
    """Undo whatever is done in the block, its failure too."""
    transaction = database.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def may(database: Database, statement: str) -> bool:
    """Whether a statement finds or changes a row, and is not refused; it is undone.

    A view that takes no rows takes none from anybody.
    """
    async with undone(database):
        try:
            return await database.execute(statement) not in {"SELECT 0", "UPDATE 0", "DELETE 0"}
        except (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectNotInPrerequisiteStateError):
            return False
