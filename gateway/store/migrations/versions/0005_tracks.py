"""Tracks: the fixes of open alarms, and the last of each.

Invariants, besides those of 0002 and 0003:

- A fix stands once per alarm, companion and index, whatever is sent again; the first one stored stays.
- A fix is taken only if it was fixed while its alarm was followed: from shortly before the press to
  the end of tracking or of the alarm.
- ``last_fix`` names an alarm's newest fix, and the node (one start of one process) that found it so.
  Newest is the latest ``fixed_at``, then the larger companion and index, so that it is the same one in
  whatever order fixes come.
- Whenever an alarm changes its version, its last fix stands first in its ``positions``: so the event's
  image tells where she was then, and the stored alarm is what its last event says.

The key has no centre, on purpose: a track belongs to its alarm wherever that is transferred.

Lock order: companion_nonce -> track_fix -> last_fix, each in the order of its key; nothing of 0002
or 0003 is locked besides, so no fix ever waits for a press, nor a press for a fix.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE track_fix (
    alarm_id uuid NOT NULL,
    companion_id uuid NOT NULL,
    index integer NOT NULL CHECK (index >= 1),
    fixed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    latitude float8 NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude float8 NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    radius_m float8 CHECK (radius_m >= 0),
    original_radius_m float8,
    original_confidence float8 NOT NULL,
    method text NOT NULL,
    mock boolean NOT NULL,
    speed_mps float8,
    heading_deg float8,
    flags text[] NOT NULL,
    PRIMARY KEY (alarm_id, companion_id, index)
);
CREATE INDEX track_fix_in_time ON track_fix (alarm_id, fixed_at, companion_id, index);

CREATE TABLE last_fix (
    alarm_id uuid PRIMARY KEY,
    companion_id uuid NOT NULL,
    index integer NOT NULL,
    fixed_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL
) WITH (fillfactor = 50);
"""

# A fix as the ``Position`` it is shown as: its radius at 95 %.
FIX_POSITION = """
CREATE FUNCTION fix_position(f track_fix) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('latitude', f.latitude, 'longitude', f.longitude, 'radius_m', f.radius_m,
        'confidence', 0.95, 'fixed_at', f.fixed_at, 'age_s', NULL, 'method', f.method, 'mock', f.mock,
        'speed_mps', f.speed_mps, 'heading_deg', f.heading_deg)
$$
"""

# The newest fixes of each alarm, newest first. Held connections keep the plans they made while a table
# was still empty: without these settings they would read all of it, until it is analysed.
NEWEST_FIXES = """
CREATE FUNCTION newest_fixes(p_alarms uuid[], p_count integer)
RETURNS TABLE (alarm_id uuid, "position" jsonb, flags text[])
LANGUAGE sql STABLE SET enable_seqscan = off SET enable_sort = off AS $$
    SELECT wanted.alarm_id, fix_position(f), f.flags
      FROM unnest(p_alarms) AS wanted(alarm_id)
     CROSS JOIN LATERAL (
           SELECT t.* FROM track_fix t WHERE t.alarm_id = wanted.alarm_id
            ORDER BY t.fixed_at DESC, t.companion_id DESC, t.index DESC LIMIT p_count) AS f
$$
"""

# Three positions, as many as a press brings.
WITH_LAST_FIX = """
CREATE FUNCTION with_last_fix(p_facts jsonb, p_alarm uuid) RETURNS jsonb
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT coalesce((
        SELECT jsonb_set(p_facts, '{positions}', jsonb_path_query_array(
                   jsonb_build_array(fix_position(f)) || coalesce(p_facts -> 'positions', '[]'),
                   '$[0 to 2]'))
          FROM last_fix l JOIN track_fix f USING (alarm_id, companion_id, index)
         WHERE l.alarm_id = p_alarm
           AND l.fixed_at > coalesce((p_facts #>> '{positions,0,fixed_at}')::timestamptz, '-infinity')),
        p_facts)
$$
"""

# A trigger, because every statement that changes an alarm must do it; STABLE, so that it sees what
# the statement sees, and all copies of an alarm get the same fix.
KEEP_LAST_FIX = """
CREATE FUNCTION keep_last_fix() RETURNS trigger LANGUAGE plpgsql STABLE AS $$
BEGIN
    NEW.facts := with_last_fix(NEW.facts, NEW.alarm_id);
    RETURN NEW;
END $$
"""

TRIGGER = """
CREATE TRIGGER alarm_keeps_last_fix BEFORE UPDATE ON alarm FOR EACH ROW
    WHEN (NEW.version > OLD.version) EXECUTE FUNCTION keep_last_fix()
"""

# Until when an alarm is, or was, followed; NULL: never. Each press begins anew, the first end counts.
FOLLOWED_UNTIL = """
CREATE FUNCTION followed_until(a alarm) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN coalesce(a.life ->> 'tracking', 'off') = 'off' THEN NULL
        WHEN a.state = 'closed' OR a.life ->> 'tracking' = 'ended' THEN
            (SELECT min(e.at) FROM stream_event e WHERE e.alarm_id = a.alarm_id
                AND e.kind IN ('alarm.tracking_ended', 'alarm.closed', 'alarm.expired')
                AND e.at > (SELECT max(p.at) FROM stream_event p WHERE p.alarm_id = a.alarm_id
                               AND p.kind IN ('alarm.raised', 'alarm.pressed_again')))
        ELSE (a.life ->> 'tracking_until')::timestamptz END
$$
"""

# One statement in autocommit: no client holds its locks while it does something else. A companion
# stands once in it. Nested loops are only for looking up: joining what was given they would be
# quadratic, and the planner cannot know how long an array is.
STORE_FIXES = """
CREATE FUNCTION store_fixes(
    p_alarms uuid[], p_companions uuid[], p_registrations uuid[], p_nonces text[],
    p_nonces_until timestamptz, p_before interval, p_node uuid,
    f_batch integer[], f_index integer[], f_fixed_at timestamptz[], f_received_at timestamptz[],
    f_latitude float8[], f_longitude float8[], f_radius_m float8[], f_original_radius_m float8[],
    f_original_confidence float8[], f_method text[], f_mock boolean[], f_speed_mps float8[],
    f_heading_deg float8[], f_flags text[])
RETURNS TABLE (
    batch bigint, outcome text, given bigint, wanted bigint, stored bigint, alarm_id uuid, state text,
    life jsonb, until timestamptz, at timestamptz, owner text, centres text[])
LANGUAGE plpgsql SET enable_seqscan = off SET enable_nestloop = off AS $$
#variable_conflict use_column
DECLARE
    fresh uuid[];
BEGIN
    WITH taken AS (
        INSERT INTO companion_nonce AS c (companion_id, nonce, expires_at)
        SELECT companion_id, nonce, p_nonces_until
          FROM unnest(p_companions, p_nonces) AS r(companion_id, nonce) ORDER BY companion_id, nonce
            ON CONFLICT DO NOTHING RETURNING c.companion_id)
    SELECT array_agg(t.companion_id) INTO fresh FROM taken t;

    RETURN QUERY
        WITH asked AS (
            SELECT r.batch, r.alarm_id, r.companion_id, a.state, a.life, a.owner, a.centres, a.since, a.until,
                   CASE WHEN t.companion_id IS NULL THEN 'replayed'
                        WHEN a.owner IS NULL THEN 'unknown' ELSE 'taken' END AS outcome
              FROM unnest(p_alarms, p_companions, p_registrations, p_nonces)
                   WITH ORDINALITY AS r(alarm_id, companion_id, registration_id, nonce, batch)
              LEFT JOIN unnest(fresh) AS t(companion_id) ON t.companion_id = r.companion_id
              LEFT JOIN LATERAL (
                  SELECT a.state, a.life, a.owner, followed_until(a) AS until,
                         coalesce((a.facts #>> '{trail,pressed_at}')::timestamptz, a.raised_at) - p_before
                             AS since,
                         ARRAY(SELECT b.centre_id FROM alarm b WHERE b.alarm_id = a.alarm_id) AS centres
                    FROM alarm a WHERE a.alarm_id = r.alarm_id AND a.owner = a.centre_id
                     AND a.registration_id = r.registration_id LIMIT 1) AS a ON true),
        fix AS (
            SELECT f.*, q.alarm_id, q.companion_id,
                   (q.outcome = 'taken' AND f.fixed_at BETWEEN q.since AND q.until) IS TRUE AS wanted
              FROM unnest(f_batch, f_index, f_fixed_at, f_received_at, f_latitude, f_longitude, f_radius_m,
                          f_original_radius_m, f_original_confidence, f_method, f_mock, f_speed_mps,
                          f_heading_deg, f_flags)
                   AS f(batch, index, fixed_at, received_at, latitude, longitude, radius_m,
                        original_radius_m, original_confidence, method, mock, speed_mps, heading_deg, flags)
              JOIN asked q ON q.batch = f.batch),
        counted AS (
            SELECT f.batch, count(*) AS given, count(*) FILTER (WHERE f.wanted) AS wanted
              FROM fix f GROUP BY f.batch),
        put AS (
            INSERT INTO track_fix AS t
            SELECT f.alarm_id, f.companion_id, f.index, f.fixed_at, f.received_at, f.latitude, f.longitude,
                   f.radius_m, f.original_radius_m, f.original_confidence, f.method, f.mock, f.speed_mps,
                   f.heading_deg, string_to_array(f.flags, ' ')
              FROM fix f WHERE f.wanted ORDER BY f.alarm_id, f.companion_id, f.index
                ON CONFLICT DO NOTHING RETURNING t.alarm_id, t.companion_id, t.index, t.fixed_at),
        stored AS (
            SELECT p.alarm_id, p.companion_id, count(*) AS stored FROM put p
             GROUP BY p.alarm_id, p.companion_id),
        best AS (
            SELECT DISTINCT ON (p.alarm_id) p.* FROM put p
             ORDER BY p.alarm_id, p.fixed_at DESC, p.companion_id DESC, p.index DESC),
        last AS (
            INSERT INTO last_fix AS l
            SELECT b.alarm_id, b.companion_id, b.index, b.fixed_at, clock_timestamp(), p_node
              FROM best b ORDER BY b.alarm_id
                ON CONFLICT (alarm_id) DO UPDATE
               SET companion_id = EXCLUDED.companion_id, index = EXCLUDED.index,
                   fixed_at = EXCLUDED.fixed_at, changed_at = EXCLUDED.changed_at,
                   changed_by = EXCLUDED.changed_by
             WHERE (EXCLUDED.fixed_at, EXCLUDED.companion_id, EXCLUDED.index)
                   > (l.fixed_at, l.companion_id, l.index)
            RETURNING l.alarm_id)
        SELECT q.batch, q.outcome, coalesce(c.given, 0), coalesce(c.wanted, 0), coalesce(s.stored, 0),
               q.alarm_id, q.state, CASE WHEN l.alarm_id IS NOT NULL THEN q.life END, q.until,
               clock_timestamp(), q.owner, q.centres
          FROM asked q
          LEFT JOIN counted c ON c.batch = q.batch
          LEFT JOIN stored s ON s.alarm_id = q.alarm_id AND s.companion_id = q.companion_id
          LEFT JOIN last l ON l.alarm_id = q.alarm_id
         ORDER BY q.batch;
END $$
"""


def upgrade() -> None:
    """Create the tables, and the function that alone writes to them."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for statement in (
        FIX_POSITION,
        NEWEST_FIXES,
        WITH_LAST_FIX,
        KEEP_LAST_FIX,
        TRIGGER,
        FOLLOWED_UNTIL,
        STORE_FIXES,
    ):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
