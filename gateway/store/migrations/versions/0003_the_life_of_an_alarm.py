"""The whole life of an alarm: changes, deadlines, units, notices, protection, several centres.

Invariants, besides those of 0002:

- A centre sees an alarm by having a row of it. One of them is the owner's (``owner = centre_id``);
  the others are copies, kept alike by the only two functions that write them. So whatever a
  centre needs is under its own ``centre_id``, and a transfer changes no key.
- An event of an alarm stands in the stream of every centre that sees it, in the same commit.
- A change is committed only on the version it was decided on; ``life`` is what it decided. Presses
  alone may have come in between where they bear on nothing that was decided (``despite_presses``):
  a victim, or a stuck button, that presses ever so fast keeps nobody from answering her.
- An alarm has at most one deadline of a kind. A deadline is consumed by the commit it leads to, so it
  fires once, whoever claims it. One that is set anew has a new ``deadline_id``: whoever claimed it
  before cannot carry it out any more. ``due_at`` is by the database's clock.
- A unit serves at most one open alarm. By force it is taken from the one before, in the commit that
  tells that one of it.
- Whom a file is about decides a press's purpose before what the phone says: no phone makes an
  exercise or a canary, and only a real victim's file can raise a real alarm.
- A test window makes real presses tests, until it ends by the clock or by the closing of a test
  alarm. It never touches a press while her real alarm is open, nor one beyond ``test_presses`` on
  her test alarm: whoever keeps pressing may be in danger.
- An open notice is the only one of its kind and subject in its centre.

Lock order: centre_stream, several in the order of their names -> deadline -> unit -> alarm -> press.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE registration
    ADD COLUMN population text NOT NULL DEFAULT 'real' CHECK (population IN ('real', 'exercise', 'canary')),
    ADD COLUMN test_from timestamptz,
    ADD COLUMN test_until timestamptz;

ALTER TABLE alarm
    ADD COLUMN owner text,
    ADD COLUMN life jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN notes_sealed bytea;
UPDATE alarm SET owner = centre_id;
ALTER TABLE alarm ALTER COLUMN owner SET NOT NULL;
DROP INDEX alarm_one_open;
CREATE UNIQUE INDEX alarm_one_open ON alarm (registration_id, purpose)
    WHERE state <> 'closed' AND owner = centre_id;
CREATE INDEX alarm_closed ON alarm (centre_id, raised_at) WHERE state = 'closed';
CREATE INDEX alarm_tested ON alarm (registration_id) WHERE purpose = 'test' AND state = 'closed';

ALTER TABLE stream_event
    ALTER COLUMN alarm_id DROP NOT NULL,
    ADD COLUMN subject text NOT NULL DEFAULT 'alarm'
        CHECK (subject IN ('alarm', 'unit', 'notice', 'protection')),
    ADD COLUMN done_by jsonb,
    ADD CHECK ((subject = 'alarm') = (alarm_id IS NOT NULL));
CREATE INDEX stream_event_by_alarm ON stream_event (alarm_id, sequence) WHERE alarm_id IS NOT NULL;

CREATE INDEX command_by_request ON command (operator_id, request_id);
ALTER TABLE command ALTER COLUMN alarm_id DROP NOT NULL, ALTER COLUMN version DROP NOT NULL;

CREATE TABLE deadline (
    deadline_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm_id uuid NOT NULL,
    kind text NOT NULL,
    level integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    claimed_until timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX deadline_one ON deadline (alarm_id, kind);
CREATE INDEX deadline_due ON deadline (due_at);

CREATE TABLE unit (
    centre_id text NOT NULL REFERENCES centre,
    unit_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    on_duty boolean NOT NULL,
    alarm_id uuid,
    status text CHECK (status IN ('dispatched', 'en_route', 'on_scene')),
    since timestamptz NOT NULL,
    last_assigned_at timestamptz,
    PRIMARY KEY (centre_id, unit_id),
    UNIQUE (centre_id, name),
    CHECK ((alarm_id IS NULL) = (status IS NULL))
);

CREATE TABLE notice (
    centre_id text NOT NULL REFERENCES centre,
    notice_id uuid NOT NULL,
    kind text NOT NULL,
    audience text[] NOT NULL,
    subject text NOT NULL,
    reference text,
    detail jsonb NOT NULL DEFAULT '{}',
    raised_at timestamptz NOT NULL,
    cleared_at timestamptz,
    cleared_by jsonb,
    PRIMARY KEY (centre_id, notice_id)
);
CREATE UNIQUE INDEX notice_one_open ON notice (centre_id, kind, subject) WHERE cleared_at IS NULL;

CREATE TABLE protection (
    registration_id uuid PRIMARY KEY REFERENCES registration,
    centre_id text NOT NULL REFERENCES centre,
    reference text NOT NULL,
    state text NOT NULL CHECK (state IN ('protected', 'degraded', 'unprotected')),
    since timestamptz NOT NULL,
    faults jsonb NOT NULL DEFAULT '[]',
    heard_at timestamptz
);
CREATE INDEX protection_lacking ON protection (centre_id) WHERE state <> 'protected';
"""

ALARM_IMAGE = """
CREATE OR REPLACE FUNCTION alarm_image(a alarm) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT a.facts || (a.life - 'acknowledged_centre') || jsonb_build_object(
        'alarm_id', a.alarm_id, 'centre', a.owner, 'registration_id', a.registration_id,
        'reference', a.reference, 'purpose', a.purpose, 'state', a.state, 'version', a.version,
        'raised_at', a.raised_at, 'press_count', a.press_count, 'last_pressed_at', a.last_pressed_at,
        'acknowledged_by', CASE WHEN a.acknowledged_by IS NOT NULL THEN jsonb_build_object(
            'operator_id', a.acknowledged_by, 'name', a.acknowledged_name,
            'centre', coalesce(a.life ->> 'acknowledged_centre', a.owner)) END,
        'acknowledged_at', a.acknowledged_at,
        'trail', (a.facts -> 'trail') || jsonb_build_object('acknowledged_at', a.acknowledged_at))
$$
"""

OTHER_IMAGES = (
    """
CREATE FUNCTION unit_image(u unit) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('unit_id', u.unit_id, 'centre', u.centre_id, 'name', u.name,
        'on_duty', u.on_duty, 'alarm_id', u.alarm_id, 'status', u.status, 'since', u.since,
        'last_assigned_at', u.last_assigned_at)
$$""",
    """
CREATE FUNCTION notice_image(n notice) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('notice_id', n.notice_id, 'centre', n.centre_id, 'kind', n.kind,
        'audience', to_jsonb(n.audience), 'subject', n.subject, 'reference', n.reference,
        'detail', n.detail, 'raised_at', n.raised_at, 'cleared_at', n.cleared_at,
        'cleared_by', n.cleared_by)
$$""",
    """
CREATE FUNCTION protection_image(p protection) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('registration_id', p.registration_id, 'centre', p.centre_id,
        'reference', p.reference, 'state', p.state, 'since', p.since, 'faults', p.faults,
        'heard_at', p.heard_at)
$$""",
)

# The ways to a stream; commit_presses has its own. Whoever appends has locked its row before.
STREAMS = (
    """
CREATE FUNCTION lock_streams(p_centres text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found_rows bigint;
BEGIN
    SELECT count(*) INTO found_rows FROM (
        SELECT FROM centre_stream s WHERE s.centre_id = ANY (p_centres)
         ORDER BY s.centre_id FOR UPDATE) AS locked;
    IF found_rows < cardinality(p_centres) THEN -- the first event of a centre that was added
        INSERT INTO centre_stream (centre_id)
        SELECT c.centre_id FROM centre c WHERE c.centre_id = ANY (p_centres) ORDER BY 1
            ON CONFLICT DO NOTHING;
        PERFORM FROM centre_stream s WHERE s.centre_id = ANY (p_centres) ORDER BY s.centre_id FOR UPDATE;
    END IF;
END $$""",
    """
CREATE FUNCTION append_event(p_centre text, p_kind text, p_at timestamptz, p_subject text, p_alarm uuid,
    p_image jsonb, p_by jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    appended bigint;
BEGIN
    UPDATE centre_stream s SET last_sequence = s.last_sequence + 1 WHERE s.centre_id = p_centre
    RETURNING s.last_sequence INTO STRICT appended;
    INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image, subject, done_by)
    VALUES (p_centre, appended, p_kind, p_at, p_alarm, p_image, p_subject, p_by);
    RETURN appended;
END $$""",
    """
CREATE FUNCTION append_to_all(p_alarm uuid, p_kind text, p_at timestamptz, p_image jsonb, p_by jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := '[]';
    one text;
BEGIN
    FOR one IN SELECT a.centre_id FROM alarm a WHERE a.alarm_id = p_alarm ORDER BY a.centre_id LOOP
        told := told || jsonb_build_object('centre', one,
            'sequence', append_event(one, p_kind, p_at, 'alarm', p_alarm, p_image, p_by));
    END LOOP;
    RETURN told;
END $$""",
    """
CREATE FUNCTION set_deadlines(p_alarm uuid, p_due jsonb, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO deadline AS d (alarm_id, kind, level, made_at, due_at)
    SELECT p_alarm, one ->> 'kind', (one ->> 'level')::integer, p_at,
           p_at + make_interval(secs => (one ->> 'after_s')::float8)
      FROM jsonb_array_elements(p_due) AS one
        ON CONFLICT (alarm_id, kind) DO UPDATE
       SET deadline_id = DEFAULT, level = EXCLUDED.level, made_at = EXCLUDED.made_at,
           due_at = EXCLUDED.due_at, claimed_until = NULL
$$""",
    """
CREATE FUNCTION share_alarm(p_alarm uuid, p_centres text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO alarm (centre_id, alarm_id, registration_id, reference, purpose, state, version, raised_at,
                       press_count, last_pressed_at, facts, acknowledged_by, acknowledged_name,
                       acknowledged_at, key_id, wrapped_key, person_sealed, circumstances_sealed,
                       sealed_version, owner, life, notes_sealed)
    SELECT c.centre_id, a.alarm_id, a.registration_id, a.reference, a.purpose, a.state, a.version,
           a.raised_at, a.press_count, a.last_pressed_at, a.facts, a.acknowledged_by, a.acknowledged_name,
           a.acknowledged_at, a.key_id, a.wrapped_key, a.person_sealed, a.circumstances_sealed,
           a.sealed_version, a.owner, a.life, a.notes_sealed
      FROM (SELECT * FROM alarm WHERE alarm_id = p_alarm LIMIT 1) AS a
      JOIN centre c ON c.centre_id = ANY (p_centres)
     WHERE NOT EXISTS (SELECT FROM alarm b WHERE b.alarm_id = p_alarm AND b.centre_id = c.centre_id)
$$""",
)

# Plans are made for large tables, and once: one made while the tables were small would read all of them
# (a batch of 64 took four times as long), and the array of presses would have each call planned anew.
COMMIT_PRESSES = """
CREATE FUNCTION commit_presses(p_centre text, p_presses jsonb[], p_raws bytea[])
RETURNS TABLE (
    press_id uuid, seen_before boolean, moved_to text, alarm_id uuid, centre_id text, sequence bigint,
    committed_at timestamptz, kind text, image jsonb, purpose text, sequences jsonb, registration_id uuid,
    key_id text, wrapped_key bytea, person_sealed bytea, circumstances_sealed bytea, sealed_version integer,
    notes_sealed bytea)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    one jsonb;
    first press;
    file registration;
    was alarm;
    target text;
    copies text[];
    locked text[]; -- NULL: no more than the centre's own
    held_up boolean := false; -- by somebody who writes to a stream that is to be written
    head bigint;
    written bigint; -- the counter as it stands in the table
    the_purpose text;
    tested timestamptz;
    followed jsonb; -- the deadlines of following her: each press sets them anew
    the_alarm uuid;
BEGIN
    -- Every stream that may be written, locked in the order of names: no two batches wait in a circle.
    -- LATERAL with LIMIT is looked up press by press; as a join, a plan from quiet days reads all alarms.
    SELECT array_agg(DISTINCT copy ->> 'centre') INTO locked
      FROM unnest(p_presses) AS p
     CROSS JOIN LATERAL (
           SELECT p -> 'life' -> 'shared' AS shared
            UNION ALL
          (SELECT a.life -> 'shared' FROM alarm a
            WHERE a.registration_id = (p ->> 'registration_id')::uuid AND a.state <> 'closed'
              AND a.owner = a.centre_id LIMIT 4)) AS seen
     CROSS JOIN LATERAL jsonb_array_elements(seen.shared) AS copy;
    IF locked IS NOT NULL THEN
        locked := locked || p_centre;
        BEGIN
            PERFORM set_config('lock_timeout', ((p_presses[1] ->> 'patience_s')::float8 * 1000)::text, true);
            PERFORM lock_streams(locked);
        EXCEPTION WHEN lock_not_available THEN -- and what was locked here is let go
            locked := NULL; held_up := true;
        END;
    END IF;
    SELECT s.last_sequence INTO head FROM centre_stream s WHERE s.centre_id = p_centre FOR UPDATE;
    IF NOT FOUND THEN -- the first press of a centre that was added
        PERFORM lock_streams(ARRAY[p_centre]);
        SELECT s.last_sequence INTO head FROM centre_stream s WHERE s.centre_id = p_centre;
    END IF;
    written := head;
    FOR i IN 1 .. cardinality(p_presses) LOOP
        one := p_presses[i];
        press_id := one ->> 'press_id';
        registration_id := one ->> 'registration_id';
        moved_to := NULL; kind := NULL; image := NULL; sequences := NULL;

        SELECT p.* INTO first FROM press p
         WHERE p.registration_id = (one ->> 'registration_id')::uuid
           AND p.press_id IN ((one ->> 'press_id')::uuid, (one ->> 'sent_id')::uuid)
         ORDER BY p.press_id = (one ->> 'press_id')::uuid DESC LIMIT 1;
        IF FOUND THEN
            seen_before := true; alarm_id := first.alarm_id; centre_id := first.centre_id;
            sequence := first.sequence; committed_at := first.committed_at;
            purpose := (SELECT a.purpose FROM alarm a WHERE a.alarm_id = first.alarm_id LIMIT 1);
            RETURN NEXT;
            CONTINUE;
        END IF;

        SELECT r.* INTO STRICT file FROM registration r
         WHERE r.registration_id = (one ->> 'registration_id')::uuid;
        committed_at := clock_timestamp();
        tested := CASE WHEN file.test_until > committed_at THEN tested_until(file, committed_at) END;
        the_purpose := CASE WHEN tested IS NOT NULL THEN press_purpose(file, one, tested)
                            WHEN file.population = 'real' THEN one ->> 'purpose' ELSE file.population END;
        purpose := the_purpose;
        followed := CASE WHEN the_purpose = 'canary' THEN '[]' ELSE one -> 'due_followed' END;
        SELECT a.* INTO was FROM alarm a
         WHERE a.registration_id = file.registration_id AND a.purpose = the_purpose
           AND a.state <> 'closed' AND a.owner = a.centre_id;
        target := coalesce(was.owner, one ->> 'centre', file.centre_id);
        seen_before := false;
        -- What shares its alarm with a centre that is held up is handed back too: it holds up no other.
        IF target <> p_centre OR (held_up AND coalesce(was.life, one -> 'life') -> 'shared' <> '[]') THEN
            moved_to := target;
            RETURN NEXT;
            CONTINUE;
        END IF;

        IF was.alarm_id IS NULL THEN
            kind := 'alarm.raised';
            the_alarm := (one ->> 'alarm_id')::uuid;
            INSERT INTO alarm AS a (centre_id, alarm_id, registration_id, reference, purpose, state, version,
                    raised_at, press_count, last_pressed_at, facts, key_id, wrapped_key,
                    person_sealed, circumstances_sealed, sealed_version, owner, life)
            VALUES (p_centre, the_alarm, file.registration_id, file.reference, the_purpose, 'raised', 1,
                    committed_at, 1, (one ->> 'pressed_at')::timestamptz,
                    jsonb_set(one -> 'facts', '{trail,committed_at}', to_jsonb(committed_at)),
                    file.key_id, file.wrapped_key, file.person_sealed, file.circumstances_sealed,
                    file.sealed_version, p_centre,
                    press_life(one, one -> 'life', the_purpose, 1, committed_at) || tested_life(tested))
            RETURNING a.* INTO was;
            copies := ARRAY(SELECT copy ->> 'centre'
                              FROM jsonb_array_elements(one -> 'life' -> 'shared') AS copy);
            IF cardinality(copies) > 0 THEN
                PERFORM share_alarm(the_alarm, copies);
            END IF;
            PERFORM set_deadlines(the_alarm, (one -> 'due_first' -> the_purpose) || followed, committed_at);
        ELSE
            kind := 'alarm.pressed_again';
            the_alarm := was.alarm_id;
            IF was.life -> 'shared' <> '[]' AND EXISTS (
                    SELECT FROM alarm a WHERE a.alarm_id = was.alarm_id
                       AND NOT a.centre_id = ANY (coalesce(locked, ARRAY[p_centre]))) THEN
                RAISE EXCEPTION 'shared meanwhile' USING ERRCODE = '40001';
            END IF;
            WITH pressed AS (
                UPDATE alarm a SET
                    version = a.version + 1,
                    press_count = a.press_count + 1,
                    last_pressed_at = greatest(a.last_pressed_at, (one ->> 'pressed_at')::timestamptz),
                    facts = press_again(a.facts, one -> 'facts'),
                    life = press_life(one, a.life, the_purpose, a.version + 1, committed_at)
                        || tested_life(tested)
                 WHERE a.alarm_id = was.alarm_id RETURNING a.*)
            SELECT pressed.* INTO was FROM pressed WHERE pressed.centre_id = p_centre;
            PERFORM set_deadlines(the_alarm, followed, committed_at);
        END IF;
        alarm_id := the_alarm; centre_id := p_centre;
        image := alarm_image(was);
        key_id := was.key_id; wrapped_key := was.wrapped_key;
        person_sealed := was.person_sealed; circumstances_sealed := was.circumstances_sealed;
        sealed_version := was.sealed_version; notes_sealed := was.notes_sealed;
        IF was.life -> 'shared' <> '[]' THEN
            UPDATE centre_stream s SET last_sequence = head WHERE s.centre_id = p_centre AND head > written;
            sequences := append_to_all(the_alarm, kind, committed_at, image, NULL);
            SELECT (told ->> 'sequence')::bigint INTO head FROM jsonb_array_elements(sequences) AS told
             WHERE told ->> 'centre' = p_centre;
            written := head;
        ELSE -- as nearly every press: the counter is written once for all of them
            head := head + 1;
            sequences := jsonb_build_array(jsonb_build_object('centre', p_centre, 'sequence', head));
            INSERT INTO stream_event (centre_id, sequence, kind, at, alarm_id, image)
            VALUES (p_centre, head, kind, committed_at, the_alarm, image);
        END IF;
        sequence := head;
        INSERT INTO press VALUES (file.registration_id, (one ->> 'press_id')::uuid,
            (one ->> 'companion_id')::uuid, p_centre, the_alarm, sequence,
            (one ->> 'received_at')::timestamptz, committed_at, one -> 'facts', p_raws[i]);
        RETURN NEXT;
    END LOOP;
    IF head > written THEN
        UPDATE centre_stream s SET last_sequence = head WHERE s.centre_id = p_centre;
    END IF;
END $$
"""

# Why a press exists; ``tested_until`` is NULL unless her test window is open.
# A window that begins in the future was opened before the clock was set back. A closing is by a node's clock,
# which may be behind: of an alarm that was raised within the window it is enough that it is closed.
PURPOSE = (
    """
CREATE FUNCTION tested_until(file registration, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT file.test_until
     WHERE file.population = 'real' AND file.test_until > p_at AND file.test_from <= p_at
       AND NOT EXISTS (SELECT FROM alarm a
                        WHERE a.registration_id = file.registration_id AND a.purpose = 'test'
                          AND a.state = 'closed'
                          AND greatest(a.raised_at, (a.life #>> '{closure,at}')::timestamptz)
                              >= file.test_from)
$$""",
    """
CREATE FUNCTION press_purpose(file registration, p_press jsonb, p_tested timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN file.population <> 'real' THEN file.population
        WHEN p_tested IS NULL OR p_press ->> 'purpose' <> 'real' THEN p_press ->> 'purpose'
        WHEN EXISTS (SELECT FROM alarm a
                      WHERE a.registration_id = file.registration_id AND a.state <> 'closed'
                        AND a.owner = a.centre_id AND (a.purpose = 'real' OR (a.purpose = 'test'
                            AND a.press_count >= (p_press ->> 'test_presses')::integer))) THEN 'real'
        ELSE 'test' END
$$""",
    """
CREATE FUNCTION tested_life(p_tested timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_tested IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('test_until', p_tested) END
$$""",
)

# What a press does to an alarm's life: it is news, and she is followed from now on.
PRESS_LIFE = """
CREATE FUNCTION press_life(p_press jsonb, p_life jsonb, p_purpose text, p_version integer, p_at timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT p_life || jsonb_build_object('news_version', p_version)
        || CASE WHEN p_purpose = 'canary' THEN '{}'::jsonb ELSE jsonb_build_object('tracking', 'live',
               'tracking_until', p_at + make_interval(secs => (p_press ->> 'tracking_s')::float8)) END
        || CASE WHEN p_version > 1 OR p_purpose <> 'real' THEN '{}'::jsonb ELSE jsonb_build_object(
               'escalates_at', p_at + make_interval(secs => (p_press ->> 'escalate_after_s')::float8)) END
$$
"""

# What a press writes in an alarm's life (with tested_life): kept by a change that it slipped in before.
PRESSED_LIFE = """
CREATE FUNCTION pressed_life(p_life jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(p_life)
     WHERE key IN ('news_version', 'tracking', 'tracking_until', 'test_until')
$$
"""

# The owner's stream has every event of its alarm since it owns it, the newest last.
ONLY_PRESSED = """
CREATE FUNCTION only_pressed(p_alarm uuid, p_owner text, p_events integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT count(*) = p_events AND bool_and(newest.kind = 'alarm.pressed_again') FROM (
        SELECT e.kind FROM stream_event e WHERE e.alarm_id = p_alarm AND e.centre_id = p_owner
         ORDER BY e.sequence DESC LIMIT p_events) AS newest
$$
"""

COMMIT_CHANGES = """
CREATE FUNCTION commit_changes(p_changes jsonb[], p_notes bytea[])
RETURNS TABLE (
    outcome text, alarm_id uuid, version integer, committed_at timestamptz, kind text, image jsonb,
    done_by jsonb, sequences jsonb, units jsonb, registration_id uuid, key_id text, wrapped_key bytea,
    person_sealed bytea, circumstances_sealed bytea, sealed_version integer, notes_sealed bytea)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    streams text[];
    one jsonb;
    was alarm;
    done command;
    u unit;
    move jsonb;
    slipped integer;
    taken boolean;
    elsewhere boolean;
    outcomes text[] := '{}';
BEGIN
    streams := (SELECT array_agg(DISTINCT c.centre_id) FROM unnest(p_changes) AS p,
        jsonb_array_elements_text(p -> 'centres') AS wanted JOIN centre c ON c.centre_id = wanted);
    IF cardinality(streams) > 1 THEN -- whoever waits for one of them holds up the presses of the others
        PERFORM set_config('lock_timeout', ((p_changes[1] ->> 'patience_s')::float8 * 1000)::text, true);
    END IF;
    PERFORM lock_streams(streams);
    FOR i IN 1 .. cardinality(p_changes) LOOP
        one := p_changes[i];
        alarm_id := one ->> 'alarm_id'; kind := one ->> 'kind'; done_by := nullif(one -> 'by', 'null');
        image := NULL; sequences := NULL; units := '[]'; version := NULL;
        committed_at := clock_timestamp();
        outcomes[i] := 'refused';

        IF (one ->> 'with_previous')::boolean AND outcomes[i - 1] <> 'committed' THEN
            outcome := 'changed';
            RETURN NEXT; CONTINUE;
        END IF;
        IF one ->> 'request_id' IS NOT NULL THEN
            SELECT c.* INTO done FROM command c WHERE c.operator_id = (one ->> 'operator_id')::uuid
               AND c.request_id = (one ->> 'request_id')::uuid;
            IF FOUND THEN
                outcome := 'repeated'; alarm_id := done.alarm_id; version := done.version;
                RETURN NEXT; CONTINUE;
            END IF;
        END IF;
        IF one ->> 'deadline_id' IS NOT NULL THEN
            PERFORM FROM deadline d WHERE d.deadline_id = (one ->> 'deadline_id')::bigint
                AND d.alarm_id = (one ->> 'alarm_id')::uuid AND d.level = (one ->> 'deadline_level')::integer
                FOR UPDATE;
            IF NOT FOUND THEN
                outcome := 'gone';
                RETURN NEXT; CONTINUE;
            END IF;
        END IF;
        SELECT a.* INTO was FROM alarm a
         WHERE a.alarm_id = (one ->> 'alarm_id')::uuid AND a.owner = a.centre_id;
        slipped := was.version - ((one ->> 'version')::integer - 1); -- events since it was decided
        IF NOT FOUND OR slipped < 0 OR (slipped > 0 AND NOT ((one ->> 'despite_presses')::boolean
                AND only_pressed(was.alarm_id, was.owner, slipped))) THEN
            outcome := 'changed';
            RETURN NEXT; CONTINUE;
        END IF;
        IF NOT EXISTS (SELECT FROM centre c WHERE c.centre_id = one ->> 'owner') THEN
            outcome := 'no_centre';
            RETURN NEXT; CONTINUE;
        END IF;
        taken := false; elsewhere := false;
        FOR move IN SELECT * FROM jsonb_array_elements(one -> 'units') LOOP
            SELECT v.* INTO u FROM unit v WHERE v.unit_id = (move ->> 'unit_id')::uuid FOR UPDATE;
            taken := taken OR (move ->> 'status' IS NOT NULL AND (NOT FOUND OR NOT u.on_duty
                OR (u.alarm_id <> was.alarm_id AND NOT (move ->> 'force')::boolean)));
            -- By force only from the alarm that is told of it: a third one would not be.
            elsewhere := elsewhere OR (move ->> 'status' IS NOT NULL AND u.alarm_id <> was.alarm_id
                AND (move ->> 'taken_from')::uuid IS DISTINCT FROM u.alarm_id);
        END LOOP;
        IF taken OR elsewhere THEN
            outcome := CASE WHEN taken THEN 'unit_taken' ELSE 'changed' END;
            RETURN NEXT; CONTINUE;
        END IF;

        IF was.owner <> one ->> 'owner' THEN -- its row leaves alarm_one_open before another one enters
            UPDATE alarm a SET owner = one ->> 'owner'
             WHERE a.centre_id = was.centre_id AND a.alarm_id = was.alarm_id;
        END IF;
        UPDATE alarm a SET state = one ->> 'state', version = a.version + 1,
               life = (one -> 'life') || CASE WHEN slipped = 0 THEN '{}' ELSE pressed_life(a.life) END,
               owner = one ->> 'owner', acknowledged_by = (one #>> '{acknowledged,operator_id}')::uuid,
               acknowledged_name = one #>> '{acknowledged,name}',
               acknowledged_at = CASE WHEN one #>> '{acknowledged,operator_id}' IS NULL THEN NULL
                   WHEN one ->> 'kind' IN ('alarm.acknowledged', 'alarm.taken_over') THEN committed_at
                   ELSE a.acknowledged_at END,
               notes_sealed = coalesce(p_notes[i], a.notes_sealed)
         WHERE a.alarm_id = was.alarm_id;
        PERFORM share_alarm(was.alarm_id,
            ARRAY(SELECT jsonb_array_elements_text(one -> 'centres')));
        SELECT a.* INTO was FROM alarm a WHERE a.alarm_id = was.alarm_id AND a.owner = a.centre_id;
        version := was.version;
        image := alarm_image(was);
        sequences := append_to_all(was.alarm_id, kind, committed_at, image, done_by);
        registration_id := was.registration_id; key_id := was.key_id; wrapped_key := was.wrapped_key;
        person_sealed := was.person_sealed; circumstances_sealed := was.circumstances_sealed;
        sealed_version := was.sealed_version; notes_sealed := was.notes_sealed;

        FOR move IN SELECT * FROM jsonb_array_elements(one -> 'units') LOOP
            UPDATE unit v SET alarm_id = CASE WHEN move ->> 'status' IS NULL THEN NULL ELSE was.alarm_id END,
                   status = move ->> 'status', since = committed_at,
                   last_assigned_at = CASE WHEN kind = 'alarm.unit_assigned' THEN committed_at
                                           ELSE v.last_assigned_at END
             WHERE v.unit_id = (move ->> 'unit_id')::uuid
               AND (move ->> 'status' IS NOT NULL OR v.alarm_id = was.alarm_id)
            RETURNING v.* INTO u;
            IF FOUND THEN
                units := units || jsonb_build_object(
                    'centre', u.centre_id, 'image', unit_image(u),
                    'sequence', append_event(u.centre_id, 'unit.changed', committed_at, 'unit', NULL,
                                             unit_image(u), done_by));
            END IF;
        END LOOP;
        DELETE FROM deadline d WHERE d.deadline_id = (one ->> 'deadline_id')::bigint
            OR (d.alarm_id = was.alarm_id AND d.kind IN (SELECT jsonb_array_elements_text(one -> 'settled')));
        PERFORM set_deadlines(was.alarm_id, one -> 'due', committed_at);
        IF one ->> 'request_id' IS NOT NULL THEN
            INSERT INTO command VALUES (was.owner, (one ->> 'operator_id')::uuid,
                (one ->> 'request_id')::uuid, was.alarm_id, was.version, committed_at);
        END IF;
        outcome := 'committed';
        outcomes[i] := outcome;
        RETURN NEXT;
    END LOOP;
    -- What belongs together is committed together: half of it is undone, and decided anew.
    IF EXISTS (SELECT FROM generate_subscripts(p_changes, 1) AS n
                WHERE (p_changes[n] ->> 'with_previous')::boolean
                  AND outcomes[n] <> 'committed' AND outcomes[n - 1] = 'committed') THEN
        RAISE EXCEPTION 'half of what belongs together' USING ERRCODE = '40001';
    END IF;
END $$
"""

COMMIT_UNIT = """
CREATE FUNCTION commit_unit(p_centre text, p_unit uuid, p_name text, p_on_duty boolean, p_by jsonb,
    p_operator uuid, p_request uuid)
RETURNS TABLE (outcome text, sequence bigint, at timestamptz, image jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    u unit;
BEGIN
    PERFORM lock_streams(ARRAY[p_centre]);
    IF EXISTS (SELECT FROM command c WHERE c.operator_id = p_operator AND c.request_id = p_request) THEN
        outcome := 'repeated';
        RETURN NEXT; RETURN;
    END IF;
    at := clock_timestamp();
    SELECT v.* INTO u FROM unit v WHERE v.centre_id = p_centre AND v.unit_id = p_unit FOR UPDATE;
    IF NOT FOUND AND p_name IS NULL THEN
        outcome := 'unknown';
        RETURN NEXT; RETURN;
    ELSIF u.alarm_id IS NOT NULL AND (NOT p_on_duty OR p_name <> u.name) THEN
        outcome := 'serving'; -- its alarm shows its name, and counts on it
        RETURN NEXT; RETURN;
    ELSIF u.on_duty = p_on_duty AND coalesce(p_name, u.name) = u.name THEN
        outcome := 'unchanged';
        RETURN NEXT; RETURN;
    END IF;
    INSERT INTO unit AS v (centre_id, unit_id, name, on_duty, since)
    VALUES (p_centre, p_unit, coalesce(p_name, u.name), p_on_duty, at)
        ON CONFLICT (centre_id, unit_id) DO UPDATE
       SET name = EXCLUDED.name, on_duty = EXCLUDED.on_duty,
           since = CASE WHEN v.on_duty = EXCLUDED.on_duty THEN v.since ELSE EXCLUDED.since END
    RETURNING v.* INTO u;
    image := unit_image(u);
    sequence := append_event(p_centre, 'unit.changed', at, 'unit', NULL, image, p_by);
    IF p_request IS NOT NULL THEN
        INSERT INTO command VALUES (p_centre, p_operator, p_request, NULL, NULL, at);
    END IF;
    outcome := 'committed';
    RETURN NEXT;
END $$
"""

COMMIT_NOTICES = """
CREATE FUNCTION commit_notices(p_centre text, p_notices jsonb[])
RETURNS TABLE (sequence bigint, at timestamptz, kind text, image jsonb, done_by jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    one jsonb;
    n notice;
BEGIN
    PERFORM lock_streams(ARRAY[p_centre]);
    FOREACH one IN ARRAY p_notices LOOP
        at := clock_timestamp(); done_by := nullif(one -> 'by', 'null');
        IF (one ->> 'open')::boolean THEN
            kind := 'notice.raised';
            INSERT INTO notice AS m (centre_id, notice_id, kind, audience, subject, reference, detail,
                                     raised_at)
            VALUES (p_centre, (one ->> 'notice_id')::uuid, one ->> 'kind',
                    ARRAY(SELECT jsonb_array_elements_text(one -> 'audience')), one ->> 'subject',
                    one ->> 'reference', one -> 'detail', at)
                ON CONFLICT (centre_id, kind, subject) WHERE cleared_at IS NULL DO UPDATE
               SET detail = EXCLUDED.detail WHERE m.detail <> EXCLUDED.detail
            RETURNING m.* INTO n;
        ELSE
            kind := 'notice.cleared';
            UPDATE notice m SET cleared_at = at, cleared_by = done_by
             WHERE m.centre_id = p_centre AND m.cleared_at IS NULL
               AND (m.notice_id = (one ->> 'notice_id')::uuid
                    OR (m.kind = one ->> 'kind' AND m.subject = one ->> 'subject'))
            RETURNING m.* INTO n;
        END IF;
        IF FOUND THEN -- an open notice that says the same already is left alone
            image := notice_image(n);
            sequence := append_event(p_centre, kind, at, 'notice', NULL, image, done_by);
            RETURN NEXT;
        END IF;
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Extend the tables; replace the functions that write alarms and streams."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute("DROP FUNCTION commit_presses(text, jsonb[], bytea[])")
    op.execute("DROP FUNCTION commit_acknowledgement(text, uuid, integer, uuid, text, uuid)")
    for function in (
        ALARM_IMAGE,
        *OTHER_IMAGES,
        *STREAMS,
        PRESS_LIFE,
        *PURPOSE,
        PRESSED_LIFE,
        ONLY_PRESSED,
        COMMIT_PRESSES,
        COMMIT_CHANGES,
        COMMIT_UNIT,
        COMMIT_NOTICES,
    ):
        op.execute(function)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
