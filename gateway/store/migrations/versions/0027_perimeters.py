"""Perimeters, trackers, and what was judged.

Invariants
- A **perimeter** is a row as it stands, and each version as it was saved (``perimeter_version``). What names
  a place or a court is sealed under a key of the row (``terms_sealed``); days, trackers and policy are not.
- Of one in force the terms change, and it ends, by a magistrate alone; the database holds that, too.
- A **tracker** is what an integrator calls by a subject (kept as a keyed hash), once a file while it is worn.
- A test of hers keeps nothing of where he is.
- ``tracker_fix`` is of minutes: it has a slot for each minute of eight, and a slot is emptied before its
  minute comes again. ``offender_fix`` is evidence: an offender's fixes from shortly before her alarm to its
  end, each once, gone with the alarm's positions. ``offender_last`` names the newest of each, and the node
  that found it so.
- ``perimeter_watch`` has, of each perimeter and tracker, where the machine of
  ``gateway.domain.perimeters.machine`` stands. A row changes only from the version that was seen: of two
  nodes one moves it. No row: far.
- An erased file's trackers and watches are gone, its perimeters have ended and cannot be opened.
- A breach is in an alarm's facts, and counts as a place: it goes when positions go.

Lock order: registration, perimeter, tracker, perimeter_watch; tracker_fix, offender_fix, offender_last, each
in the order of its key. Nothing here is locked while a centre's stream (0002) is.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SLOTS = 8
"""Minutes of fixes at most, one slot each; ``gateway.door_timing`` says how many are kept."""

_PERIMETER = """
    registration_id uuid NOT NULL REFERENCES registration,
    version         integer NOT NULL CHECK (version >= 1),
    state           text NOT NULL CHECK (state IN ('draft', 'in_force', 'ended')),
    starts_on       date NOT NULL,
    ends_on         date NOT NULL,
    trackers        uuid[] NOT NULL DEFAULT '{}',
    victim_told     text NOT NULL CHECK (victim_told IN ('never', 'on_breach', 'on_pre_alert')),
    tampered_near   text NOT NULL CHECK (tampered_near IN ('notice', 'alarm')),
    key_id          text NOT NULL,
    wrapped_key     bytea,
    terms_sealed    bytea NOT NULL,
    made_at         timestamptz NOT NULL,
    made_by         jsonb,
    changed_at      timestamptz NOT NULL,
    changed_by      jsonb,
    decided_by      jsonb,
    ended_at        timestamptz,
    ended_by        jsonb,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (starts_on <= ends_on)"""

TABLES = (
    f"CREATE TABLE perimeter (perimeter_id uuid PRIMARY KEY, {_PERIMETER})",
    "CREATE INDEX perimeter_by_file ON perimeter (registration_id)",
    "CREATE INDEX perimeter_in_force ON perimeter (state) WHERE state = 'in_force'",
    f"""
CREATE TABLE perimeter_version (
    perimeter_id uuid NOT NULL REFERENCES perimeter, {_PERIMETER},
    PRIMARY KEY (perimeter_id, version))""",
    "CREATE INDEX perimeter_version_by_file ON perimeter_version (registration_id)",
    """
CREATE TABLE tracker (
    tracker_id      uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES registration,
    integrator_id   uuid NOT NULL REFERENCES integrator,
    subject_hash    bytea NOT NULL CHECK (octet_length(subject_hash) = 32),
    role            text NOT NULL CHECK (role IN ('offender', 'victim')),
    key_id          text NOT NULL,
    wrapped_key     bytea,
    label_sealed    bytea NOT NULL,
    supervised_s    float8 NOT NULL CHECK (supervised_s > 0),
    added_at        timestamptz NOT NULL,
    added_by        jsonb,
    ended_at        timestamptz,
    ended_by        jsonb
)""",
    """
CREATE UNIQUE INDEX tracker_worn ON tracker (integrator_id, subject_hash, registration_id)
 WHERE ended_at IS NULL""",
    "CREATE INDEX tracker_by_file ON tracker (registration_id)",
    """
CREATE TABLE tracker_state (
    tracker_id  uuid PRIMARY KEY REFERENCES tracker ON DELETE CASCADE,
    heard_at    timestamptz NOT NULL,
    condition   text NOT NULL DEFAULT 'ok',
    battery_pct integer,
    silent_at   timestamptz
) WITH (fillfactor = 50)""",
    """
CREATE TABLE tracker_fix (
    slot                smallint NOT NULL,
    tracker_id          uuid NOT NULL,
    fixed_at            timestamptz NOT NULL,
    received_at         timestamptz NOT NULL,
    latitude            float8 NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude           float8 NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    radius_m            float8 CHECK (radius_m >= 0),
    original_radius_m   float8,
    original_confidence float8 NOT NULL,
    method              text NOT NULL,
    mock                boolean NOT NULL,
    speed_mps           float8,
    heading_deg         float8,
    flags               text[] NOT NULL,
    PRIMARY KEY (tracker_id, fixed_at, slot)
) PARTITION BY LIST (slot)""",
    *(
        f"CREATE TABLE tracker_fix_{slot} PARTITION OF tracker_fix FOR VALUES IN ({slot})"
        for slot in range(SLOTS)
    ),
    """
CREATE TABLE offender_fix (
    alarm_id            uuid NOT NULL,
    tracker_id          uuid NOT NULL,
    fixed_at            timestamptz NOT NULL,
    received_at         timestamptz NOT NULL,
    latitude            float8 NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude           float8 NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    radius_m            float8 CHECK (radius_m >= 0),
    original_radius_m   float8,
    original_confidence float8 NOT NULL,
    method              text NOT NULL,
    mock                boolean NOT NULL,
    speed_mps           float8,
    heading_deg         float8,
    flags               text[] NOT NULL,
    PRIMARY KEY (alarm_id, tracker_id, fixed_at)
)""",
    "CREATE INDEX offender_fix_in_time ON offender_fix (alarm_id, fixed_at, tracker_id)",
    """
CREATE TABLE offender_last (
    alarm_id   uuid NOT NULL,
    tracker_id uuid NOT NULL,
    fixed_at   timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL,
    PRIMARY KEY (alarm_id, tracker_id)
) WITH (fillfactor = 50)""",
    "CREATE INDEX offender_last_changed ON offender_last (changed_at)",
    """
CREATE TABLE perimeter_watch (
    perimeter_id    uuid NOT NULL REFERENCES perimeter,
    tracker_id      uuid NOT NULL REFERENCES tracker ON DELETE CASCADE,
    registration_id uuid NOT NULL,
    version         integer NOT NULL,
    state           text NOT NULL
                    CHECK (state IN ('far', 'pre_alert', 'possible_breach', 'breach', 'leaving')),
    since           timestamptz NOT NULL,
    fixed_at        timestamptz NOT NULL,
    probability     float8,
    distance_m      float8,
    alarm_id        uuid,
    changed_at      timestamptz NOT NULL,
    PRIMARY KEY (perimeter_id, tracker_id)
) WITH (fillfactor = 50)""",
    """
CREATE TABLE breach_telling (
    telling_id      uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES registration,
    message         text NOT NULL CHECK (message IN ('somebody_near', 'somebody_here')),
    made_at         timestamptz NOT NULL DEFAULT now(),
    due_at          timestamptz NOT NULL DEFAULT now(),
    tries           integer NOT NULL DEFAULT 0,
    ended_at        timestamptz,
    outcome         text
)""",
    "CREATE INDEX breach_telling_due ON breach_telling (due_at) WHERE ended_at IS NULL",
    "CREATE INDEX perimeter_watch_by_file ON perimeter_watch (registration_id)",
    "CREATE INDEX perimeter_watch_changed ON perimeter_watch (changed_at)",
)

OFFENDER_POSITION = """
CREATE FUNCTION offender_position(f offender_fix) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('latitude', f.latitude, 'longitude', f.longitude, 'radius_m', f.radius_m,
        'confidence', 0.95, 'fixed_at', f.fixed_at, 'age_s', NULL, 'method', f.method, 'mock', f.mock,
        'speed_mps', f.speed_mps, 'heading_deg', f.heading_deg)
$$"""

# One statement in autocommit, as for the victims' fixes (0005). What is older than the minutes that are kept
# is written with an alarm only. With the first fix of an alarm comes what is left of the minutes before it.
STORE = """
CREATE FUNCTION store_tracker_fixes(
    p_node uuid, p_kept interval, p_before interval,
    f_tracker uuid[], f_fixed_at timestamptz[], f_received_at timestamptz[], f_latitude float8[],
    f_longitude float8[], f_radius_m float8[], f_original_radius_m float8[], f_original_confidence float8[],
    f_method text[], f_mock boolean[], f_speed_mps float8[], f_heading_deg float8[], f_flags text[])
RETURNS TABLE (alarm_id uuid, tracker_id uuid, centres text[], "position" jsonb, flags text[])
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    open_alarms uuid[];
    their_trackers uuid[];
BEGIN
    INSERT INTO tracker_fix
    SELECT (floor(extract(epoch FROM f.fixed_at) / 60)::bigint % 8)::smallint, f.tracker_id, f.fixed_at,
           f.received_at, f.latitude, f.longitude, f.radius_m, f.original_radius_m, f.original_confidence,
           f.method, f.mock, f.speed_mps, f.heading_deg, string_to_array(f.flags, ' ')
      FROM unnest(f_tracker, f_fixed_at, f_received_at, f_latitude, f_longitude, f_radius_m,
                  f_original_radius_m, f_original_confidence, f_method, f_mock, f_speed_mps, f_heading_deg,
                  f_flags)
           AS f(tracker_id, fixed_at, received_at, latitude, longitude, radius_m, original_radius_m,
                original_confidence, method, mock, speed_mps, heading_deg, flags)
     WHERE f.fixed_at > f.received_at - p_kept
     ORDER BY f.tracker_id, f.fixed_at
        ON CONFLICT DO NOTHING;

    SELECT array_agg(a.alarm_id), array_agg(t.tracker_id) INTO open_alarms, their_trackers
      FROM (SELECT DISTINCT u.t FROM unnest(f_tracker) AS u(t)) AS given(tracker_id)
      JOIN LATERAL (SELECT t.tracker_id, t.registration_id FROM tracker t
                     WHERE t.tracker_id = given.tracker_id AND t.role = 'offender' LIMIT 1) AS t ON true
      JOIN LATERAL (SELECT a.alarm_id FROM alarm a
                     WHERE a.registration_id = t.registration_id AND a.state <> 'closed'
                       AND a.owner = a.centre_id AND a.purpose NOT IN ('canary', 'test')
                     LIMIT 4) AS a ON true;
    IF open_alarms IS NULL THEN
        RETURN;
    END IF;

    INSERT INTO offender_fix
    SELECT o.alarm_id, r.tracker_id, r.fixed_at, r.received_at, r.latitude, r.longitude, r.radius_m,
           r.original_radius_m, r.original_confidence, r.method, r.mock, r.speed_mps, r.heading_deg, r.flags
      FROM unnest(open_alarms, their_trackers) AS o(alarm_id, tracker_id)
     CROSS JOIN LATERAL (SELECT t.* FROM tracker_fix t WHERE t.tracker_id = o.tracker_id) AS r
     WHERE NOT EXISTS (SELECT FROM offender_last l
                        WHERE l.alarm_id = o.alarm_id AND l.tracker_id = o.tracker_id)
     ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING;

    RETURN QUERY
        WITH put AS (
            INSERT INTO offender_fix AS p
            SELECT o.alarm_id, f.tracker_id, f.fixed_at, f.received_at, f.latitude, f.longitude, f.radius_m,
                   f.original_radius_m, f.original_confidence, f.method, f.mock, f.speed_mps, f.heading_deg,
                   string_to_array(f.flags, ' ')
              FROM unnest(f_tracker, f_fixed_at, f_received_at, f_latitude, f_longitude, f_radius_m,
                          f_original_radius_m, f_original_confidence, f_method, f_mock, f_speed_mps,
                          f_heading_deg, f_flags)
                   AS f(tracker_id, fixed_at, received_at, latitude, longitude, radius_m, original_radius_m,
                        original_confidence, method, mock, speed_mps, heading_deg, flags)
              JOIN unnest(open_alarms, their_trackers) AS o(alarm_id, tracker_id)
                ON o.tracker_id = f.tracker_id
             WHERE f.fixed_at > f.received_at - p_before
             ORDER BY 1, 2, 3
                ON CONFLICT DO NOTHING),
        given AS (
            SELECT f.tracker_id, max(f.fixed_at) AS fixed_at
              FROM unnest(f_tracker, f_fixed_at) AS f(tracker_id, fixed_at) GROUP BY f.tracker_id),
        last AS (
            INSERT INTO offender_last AS l
            SELECT o.alarm_id, o.tracker_id, g.fixed_at, clock_timestamp(), p_node
              FROM unnest(open_alarms, their_trackers) AS o(alarm_id, tracker_id)
              JOIN given g ON g.tracker_id = o.tracker_id
             ORDER BY 1, 2
                ON CONFLICT (alarm_id, tracker_id) DO UPDATE
               SET fixed_at = EXCLUDED.fixed_at, changed_at = EXCLUDED.changed_at,
                   changed_by = EXCLUDED.changed_by
             WHERE EXCLUDED.fixed_at > l.fixed_at
            RETURNING l.alarm_id, l.tracker_id, l.fixed_at)
        SELECT l.alarm_id, l.tracker_id,
               ARRAY(SELECT b.centre_id FROM alarm b WHERE b.alarm_id = l.alarm_id),
               jsonb_build_object('latitude', f.latitude, 'longitude', f.longitude, 'radius_m', f.radius_m,
                   'confidence', 0.95, 'fixed_at', f.fixed_at, 'age_s', NULL, 'method', f.method,
                   'mock', f.mock, 'speed_mps', f.speed_mps, 'heading_deg', f.heading_deg),
               string_to_array(f.flags, ' ')
          FROM last l
          JOIN unnest(f_tracker, f_fixed_at, f_latitude, f_longitude, f_radius_m, f_method, f_mock,
                      f_speed_mps, f_heading_deg, f_flags)
               AS f(tracker_id, fixed_at, latitude, longitude, radius_m, method, mock, speed_mps, heading_deg,
                    flags)
            ON f.tracker_id = l.tracker_id AND f.fixed_at = l.fixed_at;
END $$"""

# From the version that was seen, or not at all. 0: there was no row.
MOVE_WATCH = """
CREATE FUNCTION move_watch(p_perimeter uuid, p_tracker uuid, p_registration uuid, p_from integer,
    p_state text, p_fixed_at timestamptz, p_probability float8, p_distance_m float8, p_alarm uuid)
RETURNS SETOF perimeter_watch LANGUAGE plpgsql AS $$
BEGIN
    IF p_from = 0 THEN
        RETURN QUERY INSERT INTO perimeter_watch AS w
            VALUES (p_perimeter, p_tracker, p_registration, 1, p_state, clock_timestamp(), p_fixed_at,
                    p_probability, p_distance_m, p_alarm, clock_timestamp())
            ON CONFLICT DO NOTHING RETURNING w.*;
        RETURN;
    END IF;
    RETURN QUERY UPDATE perimeter_watch w
           SET version = w.version + 1, state = p_state,
               since = CASE WHEN w.state = p_state THEN w.since ELSE clock_timestamp() END,
               fixed_at = greatest(w.fixed_at, p_fixed_at), probability = p_probability,
               distance_m = p_distance_m, alarm_id = p_alarm, changed_at = clock_timestamp()
         WHERE w.perimeter_id = p_perimeter AND w.tracker_id = p_tracker AND w.version = p_from
        RETURNING w.*;
END $$"""

# What a magistrate alone may do, whatever the program thinks.
DECIDED = (
    """
CREATE FUNCTION perimeter_is_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'msa_person' OR 'magistrate' = ANY (my_roles()) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a magistrate decides' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.state = 'in_force' AND OLD.state <> 'in_force')
            OR (OLD.state = 'in_force' AND (NEW.state <> OLD.state
                OR (NEW.terms_sealed, NEW.starts_on, NEW.ends_on, NEW.victim_told, NEW.tampered_near)
                   IS DISTINCT FROM
                   (OLD.terms_sealed, OLD.starts_on, OLD.ends_on, OLD.victim_told, OLD.tampered_near))) THEN
        RAISE EXCEPTION 'a magistrate decides' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$""",
    """
CREATE TRIGGER perimeter_is_decided BEFORE INSERT OR UPDATE ON perimeter
   FOR EACH ROW EXECUTE FUNCTION perimeter_is_decided()""",
)

ERASED = (
    """
CREATE FUNCTION end_erased_perimeters() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE perimeter p SET state = 'ended', ended_at = clock_timestamp(), changed_at = clock_timestamp()
     WHERE p.registration_id = NEW.registration_id AND p.state <> 'ended';
    UPDATE notice n SET reference = NULL FROM tracker t
     WHERE t.registration_id = NEW.registration_id
       AND n.subject IN (t.tracker_id::text, t.tracker_id || ' silent');
    DELETE FROM tracker_fix f USING tracker t
     WHERE f.tracker_id = t.tracker_id AND t.registration_id = NEW.registration_id;
    DELETE FROM tracker t WHERE t.registration_id = NEW.registration_id;
    DELETE FROM perimeter_watch w WHERE w.registration_id = NEW.registration_id;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER end_erased_perimeters AFTER UPDATE OF wrapped_key ON registration
   FOR EACH ROW WHEN (OLD.wrapped_key IS NOT NULL AND NEW.wrapped_key IS NULL)
   EXECUTE FUNCTION end_erased_perimeters()""",
)

# Functions of before, each changed in a word: they are long, and nothing else of them changes.
WITH_FACTS = """state = one ->> 'state', version = a.version + 1,
               facts = a.facts || coalesce(nullif(one -> 'facts', 'null'), '{}'),"""
OFFENDERS_TOO = """DELETE FROM offender_last WHERE alarm_id = ANY ({alarms});
    DELETE FROM offender_fix WHERE alarm_id = ANY ({alarms});
    DELETE FROM track_fix WHERE alarm_id = ANY ({alarms});"""
BARE_FACTS = """facts || '{"positions": []}'"""
BREACH_GOES = """facts - 'breach' || '{"positions": []}'"""
FIXES_GO = "DELETE FROM track_fix WHERE alarm_id = ANY ({alarms});"

# A sign that is no press says nothing of the button; a place on record says less than a fix.
WHAT_IT_SAYS = """THEN was || (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(now)
                       WHERE value <> 'null') ELSE was END"""
HAS_POSITIONS = "jsonb_array_length(now -> 'positions') > 0"
HAS_A_FIX = f"{HAS_POSITIONS} AND now #>> '{{positions,0,method}}' <> 'recorded'"

CHANGES = "commit_changes(jsonb[], bytea[])"
BARE = "bare_events(bigint, text[], bigint[], boolean)"
ERASE = "erase_file(uuid, jsonb, text)"
EXPIRE = "expire_alarms(text, timestamptz, integer)"
AGAIN = "press_again(jsonb, jsonb)"
PRESSES = "commit_presses(text, jsonb[], bytea[])"

# Notices name her trackers, and then whether one is silent.
COMPANIONS = "WHERE c.registration_id = p_registration);"
TRACKERS_TOO = """WHERE c.registration_id = p_registration)
          || ARRAY(SELECT t.tracker_id || said
                     FROM tracker t CROSS JOIN (VALUES (''), (' silent')) AS notices (said)
                    WHERE t.registration_id = p_registration);"""

# Her test window makes her own presses tests, and nobody else's doing.
TESTED = "tested := CASE WHEN file.test_until > committed_at THEN"
NOT_A_BREACH = """tested := CASE WHEN file.test_until > committed_at
                            AND one #>> '{facts,source,kind}' IS DISTINCT FROM 'perimeter' THEN"""
CHANGED = (
    (CHANGES, "state = one ->> 'state', version = a.version + 1,", WITH_FACTS),
    (BARE, "{positions,assigned_position,moved_m}", "{positions,assigned_position,moved_m,breach}"),
    (ERASE, BARE_FACTS, BREACH_GOES),
    (ERASE, COMPANIONS, TRACKERS_TOO),
    (ERASE, FIXES_GO.format(alarms="alarms"), OFFENDERS_TOO.format(alarms="alarms")),
    (EXPIRE, BARE_FACTS, BREACH_GOES),
    (EXPIRE, FIXES_GO.format(alarms="due"), OFFENDERS_TOO.format(alarms="due")),
    (PRESSES, TESTED, NOT_A_BREACH),
    (AGAIN, "THEN was || now ELSE was END", WHAT_IT_SAYS),
    (AGAIN, HAS_POSITIONS, HAS_A_FIX),
)

CHANGE = """
DO $do$
DECLARE
    was text := pg_get_functiondef('{function}'::regprocedure);
    now text := replace(was, $${old}$$, $${new}$$);
BEGIN
    IF now = was THEN
        RAISE EXCEPTION '{function} is not as this migration knows it';
    END IF;
    EXECUTE now;
END $do$"""

RIGHTS = """
GRANT SELECT, INSERT, UPDATE ON perimeter, tracker TO msa_person;
GRANT SELECT, INSERT ON perimeter_version TO msa_person;
GRANT SELECT ON perimeter_watch, tracker_state, offender_fix TO msa_person;
ALTER TABLE perimeter ENABLE ROW LEVEL SECURITY;
ALTER TABLE perimeter_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE tracker ENABLE ROW LEVEL SECURITY;
ALTER TABLE tracker_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE tracker_fix ENABLE ROW LEVEL SECURITY;
ALTER TABLE perimeter_watch ENABLE ROW LEVEL SECURITY;
ALTER TABLE offender_fix ENABLE ROW LEVEL SECURITY;
ALTER TABLE offender_last ENABLE ROW LEVEL SECURITY;
ALTER TABLE breach_telling ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_an_alarm ON offender_fix FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM alarm a WHERE a.alarm_id = offender_fix.alarm_id));
CREATE POLICY of_a_tracker ON tracker_state FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM tracker t WHERE t.tracker_id = tracker_state.tracker_id))
"""

# Read by whoever knows the file, written by its case team.
OF_A_FILE = """
CREATE POLICY of_a_file ON {table} FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id))
    WITH CHECK (my_roles() && '{{case_officer,magistrate}}'
       AND EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id
                      AND r.team = ANY (my_case_teams())))"""
FILE_TABLES = ("perimeter", "perimeter_version", "tracker", "perimeter_watch")

# What a person is told of an integrator: its name.
NAMED = """
CREATE FUNCTION integrator_named(p_integrator uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT i.name FROM integrator i WHERE i.integrator_id = p_integrator
$$"""


def upgrade() -> None:
    """Make the tables, who may see which, and what writes the fixes; have a breach go with positions."""
    statements = (
        *TABLES,
        OFFENDER_POSITION,
        STORE,
        MOVE_WATCH,
        *DECIDED,
        *ERASED,
        NAMED,
        *(CHANGE.format(function=function, old=old, new=new) for function, old, new in CHANGED),
        *RIGHTS.split(";\n"),
        *(OF_A_FILE.format(table=table) for table in FILE_TABLES),
    )
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
