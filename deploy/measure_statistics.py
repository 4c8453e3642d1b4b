"""Measure how long the figures take: ten years of 5,000 registrations each, made up in SQL.

``python deploy/measure_statistics.py [A_YEAR]`` makes a database of its own, fills it, asks for the figures
as a page does, and prints seconds of each part. It asserts nothing.
"""

import asyncio
import sys
import tempfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from gateway.clock import SystemClock
from gateway.domain.casework.answers import Asked, end_of
from gateway.domain.casework.figures import tallies
from gateway.domain.casework.telling import told
from gateway.store import migrate
from gateway.store.casework.recorded import read_on, recorded
from gateway.store.casework.statistics import PostgresStatistics
from gateway.store.connect import Connection, Role, connected, create_pool
from gateway.store.embedded import EmbeddedPostgres
from schemas.statistics import By

FIRST_YEAR: Final = 2016
YEARS: Final = 10

ZONES: Final = """
INSERT INTO zone (zone_id, name, centre_id, arrondissement)
SELECT 'BE-' || (5300 + n), 'Zone ' || n, c.centre_id, 'Arrondissement ' || c.centre_id || ' ' || n % 2
  FROM generate_series(1, 176) AS n
  JOIN (SELECT centre_id, row_number() OVER (ORDER BY centre_id) AS place FROM centre) AS c
    ON c.place = 1 + n % 11
    ON CONFLICT DO NOTHING"""

REGISTRATIONS: Final = """
INSERT INTO registration (registration_id, centre_id, zone_id, reference, key_id, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at)
SELECT gen_random_uuid(), z.centre_id, z.zone_id, 'M-' || n, 'none', '', '', 1, '{}', at, at
  FROM generate_series(0, $1::integer * $2::integer - 1) AS n
  CROSS JOIN LATERAL (SELECT make_timestamptz($3::integer, 1, 2, 9, 0, 0)
                             + n * interval '365 days' / $2::integer AS at) AS t
  JOIN (SELECT *, row_number() OVER (ORDER BY zone_id) AS place,
               count(*) OVER () AS many FROM zone) AS z
    ON z.place = 1 + n * 7919 % z.many"""

# Nine steps a file: three in four are closed, one in ten is refused.
STEPS: Final = """
INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team, arrondissement,
                               state, facts)
SELECT r.registration_id, row_number() OVER (PARTITION BY r.registration_id ORDER BY s.days), s.kind,
       r.created_at + s.days * interval '1 day', (r.created_at + s.days * interval '1 day')::date,
       r.centre_id, r.team, z.arrondissement, 'installed',
       CASE WHEN s.kind = 'granted' THEN jsonb_build_object('age_band', (ARRAY['<18', '18-29', '30-39',
            '30-39', '30-39', '40-49', '50-64', '65+'])[1 + abs(hashtext(r.reference)) % 8]) ELSE '{}' END
  FROM registration r
  JOIN zone z USING (zone_id)
  CROSS JOIN LATERAL (VALUES ('requested', 0), ('heard', 3), ('deliberated', 7), ('granted', 10),
       ('victim_support_notified', 13), ('installed', 14), ('evaluation_due', 240), ('evaluated', 260),
       ('closed', 120 + abs(hashtext(r.reference || 'c')) % 300)) AS s(kind, days)
 WHERE r.created_at + s.days * interval '1 day' < make_timestamptz($1::integer, 1, 1, 0, 0, 0)"""

# Two tests for each file and one real alarm for every second: raised, answered, on scene, closed, and noise.
EVENTS: Final = """
INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image)
SELECT a.centre_id, row_number() OVER (PARTITION BY a.centre_id ORDER BY a.at + e.after), e.kind,
       a.at + e.after, a.alarm_id,
       jsonb_build_object('alarm_id', a.alarm_id, 'centre', a.centre_id, 'registration_id', a.registration_id,
           'reference', 'M-1', 'purpose', a.purpose, 'state', e.state, 'version', 1, 'raised_at', a.at,
           'verified', true, 'flags', '[]'::jsonb, 'press_count', 1, 'last_pressed_at', a.at,
           'positions', (SELECT jsonb_agg(jsonb_build_object('latitude', 51.05, 'longitude', 3.72,
                'radius_m', 12, 'fixed_at', a.at, 'method', 'gnss', 'n', n)) FROM generate_series(1, 5) AS n),
           'trail', jsonb_build_object('pressed_at', a.at, 'heard_at', a.at, 'sent_at', a.at,
                'received_at', a.at, 'committed_at', a.at, 'companion_skew_ms', 12.5),
           'units', CASE WHEN e.place >= 3 THEN jsonb_build_array(jsonb_build_object('unit_id', a.alarm_id,
                'centre', a.centre_id, 'name', 'Alfa 12', 'status',
                (ARRAY['dispatched', 'en_route', 'on_scene', 'cleared'])[least(e.place - 2, 4)],
                'assigned_at', a.at, 'status_at', a.at + e.after,
                'assigned_by', jsonb_build_object('operator_id', a.alarm_id, 'name', 'An operator')))
                ELSE '[]' END,
           'closure', CASE WHEN e.state = 'closed' THEN jsonb_build_object('at', a.at + e.after,
                'outcome', CASE WHEN a.purpose = 'test' THEN 'test' ELSE (ARRAY['arrest', 'offender_gone',
                'offender_gone', 'prevented', 'slip', 'offender_not_found'])
                [1 + abs(hashtext(a.alarm_id::text)) % 6] END, 'needs_second_look', false) END)
  FROM (SELECT gen_random_uuid() AS alarm_id, r.registration_id, r.centre_id, p.purpose,
               r.created_at + p.days * interval '1 day' AS at
          FROM (SELECT *, row_number() OVER (ORDER BY created_at) AS place FROM registration) AS r
          JOIN (VALUES ('test', 14, 0), ('test', 60, 0), ('real', 77, 1)) AS p(purpose, days, every)
            ON p.every = 0 OR r.place % 2 = 0
       ) AS a
  JOIN (VALUES (1, 'alarm.raised', interval '0', 'raised'),
               (2, 'alarm.acknowledged', interval '9 s', 'acknowledged'),
               (3, 'alarm.unit_assigned', interval '30 s', 'acknowledged'),
               (4, 'alarm.unit_status', interval '1 min', 'acknowledged'),
               (5, 'alarm.unit_status', interval '7 min', 'acknowledged'),
               (6, 'alarm.closed', interval '40 min', 'closed')) AS e(place, kind, after, state)
    ON a.purpose = 'real' OR e.place IN (1, 2, 6)"""


async def fill(database: Connection, a_year: int) -> None:
    """Make the rows up."""
    await database.execute("SET lock_timeout = 0")  # the server may be tidying up behind us
    await database.execute(ZONES)
    await database.execute(REGISTRATIONS, YEARS, a_year, FIRST_YEAR)
    await database.execute(STEPS, FIRST_YEAR + YEARS)
    await database.execute(EVENTS)
    await database.execute("VACUUM (ANALYZE) registration, registration_step, stream_event")


async def measure(url: str, a_year: int) -> None:
    """Print a line for each part of an answer."""
    await migrate.upgrade(url)
    as_of, clock = date(FIRST_YEAR + YEARS - 1, 12, 31), SystemClock()
    async with connected(url, application_name="measure", role=Role.MIGRATION) as database:
        await fill(database, a_year)
        async with create_pool(url, application_name="measure") as pool:
            began = clock.monotonic()
            await read_on(pool)
            _say("events read once, when they are new", clock.monotonic() - began)
            await database.execute("VACUUM (ANALYZE) alarm_moment")
            for _ in range(2):
                marks = [clock.monotonic()]
                found = await recorded(pool, end_of(as_of))
                marks.append(clock.monotonic())
                counted = tallies(found.files, found.alarms, found.apart, as_of.year)
                marks.append(clock.monotonic())
                told(counted)
                marks.append(clock.monotonic())
                for name, (start, end) in zip(("read", "counted", "protected"), pairwise(marks), strict=True):
                    _say(f"  {name}", end - start)
                _say(f"{len(found.files)} files, {len(found.alarms)} alarms", marks[-1] - marks[0])
            statistics = PostgresStatistics(pool, clock)
            for asked in ("asked first for a day", "asked again"):
                began = clock.monotonic()
                await statistics.of(None, Asked(as_of=as_of, by=By.ZONE), "json")
                _say(asked, clock.monotonic() - began)


def _say(what: str, seconds: float) -> None:
    print(f"{what:44} {seconds:7.2f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres(Path(directory)) as server:
        asyncio.run(measure(server.dsn(), int(sys.argv[1]) if sys.argv[1:] else 5_000))
