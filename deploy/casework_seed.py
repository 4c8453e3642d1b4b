"""Files made up in number, for measuring: sealed as real ones are, with their protection, steps and past."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from gateway.clock import SystemClock
from gateway.store.connect import Connection, Pool, acquire
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from schemas.registration import (
    Circumstance,
    CircumstanceKind,
    Person,
    Registration,
    Severity,
    Victim,
)

CENTRE: Final = "BE-VOV"
ZONE: Final = "BE-6000"
"""One of ten zones of the centre; a tenth of the files is each one's."""


async def seed(pool: Pool, keyring: Keyring, files: int) -> None:
    """Fill an empty database that no gateway runs on."""
    await Registrations(pool, keyring, SystemClock()).save(_files(files))
    async with acquire(pool) as database:
        for statement in STATEMENTS:
            await database.execute(statement)


async def add_events(database: Connection, count: int) -> None:
    """Append events of alarms that were, each 2 kB, to the centre's stream, all at once."""
    async with database.transaction():
        await database.execute(EVENTS, CENTRE, count)
        await database.execute(HEAD, CENTRE, count)


def _files(count: int) -> Iterator[Registration]:
    for number in range(1, count + 1):
        yield Registration(
            registration_id=UUID(int=(0x0199A000 << 96) | (7 << 76) | (2 << 62) | number),
            centre=CENTRE,
            reference=f"VB.{number:06d}/2026",
            person=Person(victim=Victim(name=f"Voorbeeld, Nummer {number}", phone="+32 400 00 00 00")),
            circumstances=tuple(
                Circumstance(kind=kind, severity=Severity.HIGH, text="Verzonnen, om te meten. " * 8)
                for kind in (CircumstanceKind.WEAPON, CircumstanceKind.CHILDREN, CircumstanceKind.MEDICAL)
            ),
        )


STATEMENTS: Final = (
    """
INSERT INTO zone (zone_id, name, centre_id, arrondissement)
SELECT 'BE-' || (6000 + n), 'Zone ' || n, 'BE-VOV', 'Arrondissement ' || n % 3
  FROM generate_series(0, 9) AS n""",
    """
UPDATE registration r SET zone_id = 'BE-' || (6000 + n.place % 10),
       risk = (ARRAY['low', 'medium', 'high', 'extreme'])[1 + n.place % 4],
       ends_on = current_date + (n.place % 270)::integer,
       created_at = now() - (n.place % 200) * interval '1 day'
  FROM (SELECT registration_id, row_number() OVER (ORDER BY reference) AS place FROM registration) AS n
 WHERE n.registration_id = r.registration_id""",
    """
INSERT INTO companion (companion_id, registration_id, public_key, label, version, enrolled_at)
SELECT gen_random_uuid(), registration_id, '', 'phone', '1.0', created_at FROM registration""",
    """
INSERT INTO companion_state (companion_id, registration_id, received_at, signed_at, skew_s, facts, signs,
                             changed_at)
SELECT companion_id, registration_id, now(), now(), 0, '{}', '', now() FROM companion""",
    """
INSERT INTO protection (registration_id, centre_id, reference, state, since, faults, heard_at)
SELECT registration_id, centre_id, reference,
       (ARRAY['protected', 'protected', 'degraded', 'unprotected'])[1 + abs(hashtext(reference)) % 4],
       now() - interval '40 days',
       CASE abs(hashtext(reference)) % 4
           WHEN 2 THEN jsonb_build_array(jsonb_build_object('kind', 'battery_low', 'since', now()))
           WHEN 3 THEN jsonb_build_array(jsonb_build_object('kind', 'silent', 'since', now()))
           ELSE '[]' END, now()
  FROM registration""",
    # A change a day for a month before the one that the row itself brought.
    """
INSERT INTO protection_change (registration_id, at, state, faults, protected_s, degraded_s, unprotected_s)
SELECT registration_id, now() - n * interval '1 day', (ARRAY['protected', 'degraded'])[1 + n % 2], '{}',
       (40 - n) * 43200, (40 - n) * 43200, 0
  FROM registration, generate_series(1, 39) AS n""",
    # Nobody is judged while it is measured: what supervision costs is measured elsewhere.
    "UPDATE supervision SET due_at = now() + interval '1 day'",
    "VACUUM (ANALYZE)",
)

EVENTS: Final = """
INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image)
SELECT $1, s.last_sequence + n, 'alarm.raised', clock_timestamp(), gen_random_uuid(),
       jsonb_build_object('purpose', 'real', 'state', 'raised', 'registration_id', gen_random_uuid(),
                          'filler', repeat(md5(n::text), 60))
  FROM centre_stream s, generate_series(1, $2::integer) AS n WHERE s.centre_id = $1"""
HEAD: Final = "UPDATE centre_stream SET last_sequence = last_sequence + $2 WHERE centre_id = $1"
