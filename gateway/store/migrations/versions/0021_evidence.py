"""The sealed log, and what is deleted from the others' tables.

Invariants
- ``stream_event``, ``journal``, ``registration_step`` and ``disposal`` are only ever added to. A row goes,
  or loses what is personal, only in a transaction that names its disposal (``msa.disposal``); a canary's
  events go without (0007). That holds back mistakes; what is done on purpose, the chain tells.
- ``chain_link`` has one link for each of their rows that is no canary's, in the order in which they were
  sealed; positions are 1..n without a gap. What is not yet sealed lies beyond ``chain_cursor`` (events) or
  stands in ``chain_waiting`` (the rest, put there by the insert itself: their commits have no order).
- A link is never deleted. Its salts are, together with what they salted; then it names the disposal.
- ``disposal`` says what went, and the digest of the links that lost a salt by it, so that a salt that
  somebody else destroyed is found.

Lock order: chain_tip before anything else; whoever disposes has it, so that nothing is sealed meanwhile.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CHAIN = """
CREATE TABLE chain_tip (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    log_id   uuid NOT NULL DEFAULT gen_random_uuid(),
    position bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
    chain    bytea
) WITH (fillfactor = 10);
INSERT INTO chain_tip DEFAULT VALUES;
UPDATE chain_tip SET chain = sha256(convert_to('msa log ' || log_id, 'UTF8'));
ALTER TABLE chain_tip ALTER COLUMN chain SET NOT NULL;

CREATE TABLE chain_link (
    position        bigint PRIMARY KEY,
    source          text NOT NULL CHECK (source IN ('event', 'step', 'journal', 'disposal')),
    stream          text NOT NULL,
    number          bigint NOT NULL,
    at              timestamptz NOT NULL,
    digest          bytea NOT NULL,
    salt            bytea,
    place_digest    bytea,
    place_salt      bytea,
    person_digest   bytea,
    person_salt     bytea,
    disposal        bigint,
    place_disposal  bigint,
    person_disposal bigint,
    chain           bytea NOT NULL,
    UNIQUE (source, stream, number)
);

CREATE TABLE chain_head (
    position bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    jws      text NOT NULL
);

CREATE TABLE chain_cursor (
    centre_id text PRIMARY KEY REFERENCES centre,
    sequence  bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE chain_waiting (
    waiting_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text NOT NULL,
    stream     text NOT NULL,
    number     bigint NOT NULL,
    at         timestamptz NOT NULL
);

CREATE TABLE disposal (
    disposal_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    class           text NOT NULL,
    ground          text NOT NULL,
    registration_id uuid,
    done_by         jsonb,
    counts          jsonb NOT NULL,
    links           bigint NOT NULL,
    links_digest    bytea NOT NULL
)"""

WAITING = (
    """
CREATE FUNCTION wait_to_be_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'journal' THEN INSERT INTO public.chain_waiting (source, stream, number, at)
                            VALUES ('journal', '', NEW.entry, NEW.at);
        WHEN 'step' THEN INSERT INTO public.chain_waiting (source, stream, number, at)
                         VALUES ('step', NEW.registration_id, NEW.number, NEW.at);
        ELSE INSERT INTO public.chain_waiting (source, stream, number, at)
             VALUES ('disposal', '', NEW.disposal_id, NEW.at);
    END CASE;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER journal_is_sealed AFTER INSERT ON journal
   FOR EACH ROW EXECUTE FUNCTION wait_to_be_sealed('journal')""",
    """
CREATE TRIGGER step_is_sealed AFTER INSERT ON registration_step
   FOR EACH ROW EXECUTE FUNCTION wait_to_be_sealed('step')""",
    """
CREATE TRIGGER disposal_is_sealed AFTER INSERT ON disposal
   FOR EACH ROW EXECUTE FUNCTION wait_to_be_sealed('disposal')""",
    """
INSERT INTO chain_waiting (source, stream, number, at)
SELECT 'journal', '', entry, at FROM journal ORDER BY at, entry""",
    """
INSERT INTO chain_waiting (source, stream, number, at)
SELECT 'step', registration_id, number, at FROM registration_step ORDER BY at""",
)

ONLY_ADDED_TO = (
    """
CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('msa.disposal', true), '') = '' THEN
        RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'What has to go goes by its retention, or with its file: msa audit retention';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$""",
    """
CREATE TRIGGER event_stays BEFORE UPDATE ON stream_event
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER event_is_kept BEFORE DELETE ON stream_event
   FOR EACH ROW WHEN (OLD.image ->> 'purpose' IS DISTINCT FROM 'canary') EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON journal
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER step_stays BEFORE UPDATE OR DELETE ON registration_step
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER disposal_stays BEFORE UPDATE OR DELETE ON disposal
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER link_stays BEFORE UPDATE OR DELETE ON chain_link
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
)

# Of each centre the next events in order: a plan made while the table was small would read all of it.
NEXT_EVENTS = """
CREATE FUNCTION next_to_seal(p_most integer)
RETURNS SETOF stream_event LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT e.*
      FROM centre_stream s
      LEFT JOIN chain_cursor c ON c.centre_id = s.centre_id
     CROSS JOIN LATERAL (
           SELECT * FROM stream_event e
            WHERE e.centre_id = s.centre_id AND e.sequence > coalesce(c.sequence, 0)
            ORDER BY e.sequence LIMIT p_most) AS e
     WHERE s.last_sequence > coalesce(c.sequence, 0)
$$"""

UNSEALED = """
CREATE FUNCTION unsealed() RETURNS TABLE (records bigint, oldest_at timestamptz)
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT coalesce(sum(u.records), 0)::bigint, min(u.at)
      FROM (SELECT s.last_sequence - coalesce(c.sequence, 0) AS records,
                   (SELECT e.at FROM stream_event e
                     WHERE e.centre_id = s.centre_id AND e.sequence > coalesce(c.sequence, 0)
                     ORDER BY e.sequence LIMIT 1) AS at
              FROM centre_stream s LEFT JOIN chain_cursor c ON c.centre_id = s.centre_id
             WHERE s.last_sequence > coalesce(c.sequence, 0)
             UNION ALL
            SELECT count(*), min(w.at) FROM chain_waiting w) AS u
$$"""

# What is found by whom it is about, once in a file's life; alarms' own events have their index.
EVENTS_BY_SUBJECT = (
    """
CREATE INDEX stream_event_of_protection ON stream_event ((image ->> 'registration_id'))
 WHERE subject = 'protection'""",
    """
CREATE INDEX stream_event_of_notice ON stream_event ((image ->> 'subject')) WHERE subject = 'notice'""",
)

# Whatever has both columns is a file's: a table that is added is not forgotten.
KEYED_TABLES = """
CREATE FUNCTION keyed_tables() RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.relname::text
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND 2 = (SELECT count(*) FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND NOT a.attisdropped
                   AND (a.attname, a.atttypid) IN (('registration_id', 'uuid'::regtype),
                                                   ('wrapped_key', 'bytea'::regtype)))
     ORDER BY 1
$$"""

# A key that came after an erasure, with a press of that moment or an import, is there to be destroyed, too.
HINDRANCES = """
CREATE FUNCTION erasure_hindrances(p_registration uuid, p_ordered boolean) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN r.erased_at IS NOT NULL AND r.wrapped_key IS NULL AND NOT EXISTS (
                 SELECT FROM alarm a WHERE a.registration_id = r.registration_id
                    AND a.wrapped_key IS NOT NULL) THEN 'erased' END,
        CASE WHEN r.held_since IS NOT NULL THEN 'held' END,
        CASE WHEN EXISTS (SELECT FROM alarm a
                           WHERE a.registration_id = r.registration_id AND a.state <> 'closed')
             THEN 'alarm_open' END,
        CASE WHEN NOT p_ordered AND r.state NOT IN ('refused', 'closed', 'archived')
             THEN 'not_closed' END], NULL)
      FROM registration r WHERE r.registration_id = p_registration
$$"""

# Positions of the links that lost a salt, by part: what the verifier adds up again.
DISPOSED = """
CREATE FUNCTION add_disposal(p_id bigint, p_class text, p_ground text, p_registration uuid, p_by jsonb,
    p_counts jsonb, p_main bigint[], p_person bigint[], p_place bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO disposal (disposal_id, class, ground, registration_id, done_by, counts, links, links_digest)
    OVERRIDING SYSTEM VALUE
    SELECT p_id, p_class, p_ground, p_registration, p_by, p_counts, count(l.position),
           sha256(convert_to(coalesce(string_agg(l.position || ':' || l.part || E'\\n', ''
               ORDER BY l.position, l.part COLLATE "C"), ''), 'UTF8'))
      FROM (SELECT unnest(p_main) AS position, 'main' AS part
             UNION ALL SELECT unnest(p_person), 'person'
             UNION ALL SELECT unnest(p_place), 'place') AS l
$$"""

BARE_EVENTS = """
CREATE FUNCTION bare_events(p_id bigint, p_centres text[], p_sequences bigint[], p_person boolean,
    OUT person bigint[], OUT place bigint[], OUT events bigint) LANGUAGE sql AS $$
    WITH bared AS (
        UPDATE stream_event e
           SET image = e.image - '{positions,assigned_position,moved_m}'::text[]
                               - CASE WHEN p_person THEN '{reference}'::text[] ELSE '{}' END
          FROM unnest(p_centres, p_sequences) AS k (centre_id, sequence)
         WHERE e.centre_id = k.centre_id AND e.sequence = k.sequence
        RETURNING e.centre_id, e.sequence),
    lost AS (
        UPDATE chain_link l
           SET place_salt = NULL,
               place_disposal = CASE WHEN l.place_salt IS NULL THEN l.place_disposal ELSE p_id END,
               person_salt = CASE WHEN p_person THEN NULL ELSE l.person_salt END,
               person_disposal = CASE WHEN p_person AND l.person_salt IS NOT NULL THEN p_id
                                      ELSE l.person_disposal END
          FROM bared b
         WHERE l.source = 'event' AND l.stream = b.centre_id AND l.number = b.sequence
        RETURNING l.position, l.place_disposal, l.person_disposal)
    SELECT array_agg(position) FILTER (WHERE person_disposal = p_id),
           array_agg(position) FILTER (WHERE place_disposal = p_id),
           (SELECT count(*) FROM bared)
      FROM lost
$$"""

# Whoever has no name is not the system for that: what is done as msa_person is a person's.
PERSON = """
CREATE FUNCTION is_a_person() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT my_operator() IS NOT NULL OR current_setting('role') = 'msa_person'
$$"""

ERASE = """
CREATE FUNCTION erase_file(p_registration uuid, p_by jsonb, p_ground text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    id bigint := nextval(pg_get_serial_sequence('disposal', 'disposal_id'));
    file registration;
    alarms uuid[];
    about text[];
    keyed text;
    touched bigint;
    keys jsonb := '{}';
    counts jsonb := '{}';
    bared record;
    steps bigint[];
BEGIN
    PERFORM FROM chain_tip FOR UPDATE;
    SELECT r.* INTO STRICT file FROM registration r WHERE r.registration_id = p_registration FOR UPDATE;
    IF is_a_person() AND NOT ('magistrate' = ANY (my_roles()) AND file.team = ANY (my_case_teams())
                              AND file.registration_id <> ALL (my_denied())) THEN
        RAISE EXCEPTION 'only a magistrate of its centre erases a file'
            USING ERRCODE = 'insufficient_privilege';
    ELSIF cardinality(erasure_hindrances(p_registration, p_ground = 'court_order')) > 0 THEN
        RAISE EXCEPTION 'this file is not to be erased now'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM set_config('msa.disposal', id::text, true);
    alarms := ARRAY(SELECT DISTINCT a.alarm_id FROM alarm a WHERE a.registration_id = p_registration);
    about := alarms::text[] || p_registration::text
          || ARRAY(SELECT c.companion_id::text FROM companion c WHERE c.registration_id = p_registration);

    FOR keyed IN SELECT t FROM keyed_tables() AS t LOOP
        EXECUTE format('UPDATE %I SET wrapped_key = NULL
                         WHERE registration_id = $1 AND wrapped_key IS NOT NULL', keyed) USING p_registration;
        GET DIAGNOSTICS touched = ROW_COUNT;
        keys := keys || jsonb_build_object(keyed, touched);
    END LOOP;

    SELECT * INTO bared FROM bare_events(id, ARRAY(SELECT f.centre_id FROM file_events(alarms, about) f),
        ARRAY(SELECT f.sequence FROM file_events(alarms, about) f), true);
    WITH bare AS (
        UPDATE registration_step s SET document = NULL
         WHERE s.registration_id = p_registration AND s.document IS NOT NULL RETURNING s.number),
    lost AS (
        UPDATE chain_link l SET person_salt = NULL, person_disposal = id FROM bare b
         WHERE l.source = 'step' AND l.stream = p_registration::text AND l.number = b.number
           AND l.person_salt IS NOT NULL RETURNING l.position)
    SELECT array_agg(position) INTO steps FROM lost;

    UPDATE alarm SET reference = 'erased', notes_sealed = NULL,
           facts = facts || '{"positions": []}', life = life - 'assigned_position' - 'moved_m'
     WHERE registration_id = p_registration;
    UPDATE press SET raw = '', facts = facts || '{"positions": []}' WHERE registration_id = p_registration;
    DELETE FROM last_fix WHERE alarm_id = ANY (alarms);
    DELETE FROM track_fix WHERE alarm_id = ANY (alarms);
    GET DIAGNOSTICS touched = ROW_COUNT;
    UPDATE webhook_call SET body = '{}' WHERE alarm_id = ANY (alarms);
    UPDATE notice SET reference = NULL WHERE subject = ANY (about);
    UPDATE protection SET reference = 'erased' WHERE registration_id = p_registration;
    UPDATE daily_report SET body = replace(body::text, to_jsonb(file.reference)::text, '"erased"')::jsonb
     WHERE body::text LIKE '%' || p_registration || '%'
       AND (team = file.team OR team IN (SELECT s.team FROM registration_step s
                                          WHERE s.registration_id = p_registration));
    UPDATE companion SET label = 'erased', revoked_at = coalesce(revoked_at, clock_timestamp())
     WHERE registration_id = p_registration;
    DELETE FROM companion_state WHERE registration_id = p_registration;
    UPDATE hotspot SET blind = NULL, cells = '{}', ended_at = coalesce(ended_at, clock_timestamp()),
           ended = coalesce(ended, 'file') WHERE registration_id = p_registration;
    DELETE FROM enrolment_code WHERE registration_id = p_registration;
    UPDATE registration SET reference = 'erased ' || p_registration, erased_at = clock_timestamp(),
           updated_at = clock_timestamp() WHERE registration_id = p_registration;

    counts := jsonb_build_object('keys', keys, 'alarms', cardinality(alarms), 'events', bared.events,
        'fixes', touched, 'documents', coalesce(cardinality(steps), 0));
    PERFORM add_disposal(id, 'file', p_ground, p_registration, p_by, counts, NULL,
        coalesce(bared.person, '{}') || coalesce(steps, '{}'), bared.place);
    PERFORM set_config('msa.disposal', '', true);
    RETURN id;
END $$"""

FILE_EVENTS = """
CREATE FUNCTION file_events(p_alarms uuid[], p_about text[])
RETURNS TABLE (centre_id text, sequence bigint) LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT e.centre_id, e.sequence FROM stream_event e WHERE e.alarm_id = ANY (p_alarms)
     UNION
    SELECT e.centre_id, e.sequence FROM stream_event e
     WHERE e.subject = 'protection' AND e.image ->> 'registration_id' = ANY (p_about)
     UNION
    SELECT e.centre_id, e.sequence FROM stream_event e
     WHERE e.subject = 'notice' AND e.image ->> 'subject' = ANY (p_about)
     ORDER BY 1, 2
$$"""

HOLD = """
CREATE FUNCTION hold_file(p_registration uuid, p_held boolean) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    since timestamptz;
BEGIN
    IF is_a_person() AND NOT EXISTS (
            SELECT FROM registration r WHERE r.registration_id = p_registration
               AND 'magistrate' = ANY (my_roles()) AND r.team = ANY (my_case_teams())
               AND r.registration_id <> ALL (my_denied())) THEN
        RAISE EXCEPTION 'only a magistrate of its centre holds a file'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE registration r
       SET held_since = CASE WHEN p_held THEN coalesce(r.held_since, clock_timestamp()) END
     WHERE r.registration_id = p_registration
    RETURNING r.held_since INTO since;
    RETURN since;
END $$"""

EXPIRED_ALARM = """
CREATE TABLE expired_alarm (
    alarm_id uuid NOT NULL,
    class    text NOT NULL CHECK (class IN ('positions', 'alarms')),
    disposal bigint NOT NULL,
    PRIMARY KEY (alarm_id, class)
)"""

# What is not held, and has no more ground to be kept; of a shared alarm the owner's row speaks for all.
ALARMS_DUE = """
CREATE FUNCTION alarms_due(p_class text, p_before timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT a.alarm_id
      FROM alarm a JOIN registration r USING (registration_id)
     WHERE a.state = 'closed' AND a.owner = a.centre_id AND a.purpose <> 'canary' AND a.raised_at < p_before
       AND coalesce((a.life #>> '{closure,at}')::timestamptz, a.last_pressed_at) < p_before
       AND r.held_since IS NULL
       AND NOT EXISTS (SELECT FROM expired_alarm x WHERE x.alarm_id = a.alarm_id AND x.class = p_class)
     ORDER BY a.raised_at
$$"""

EXPIRE_ALARMS = """
CREATE FUNCTION expire_alarms(p_class text, p_before timestamptz, p_most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    due uuid[];
    about text[];
    bared record;
    fixes bigint;
    presses bigint;
    counts jsonb;
BEGIN
    PERFORM FROM chain_tip FOR UPDATE;
    due := ARRAY(SELECT d FROM alarms_due(p_class, p_before) AS d LIMIT p_most);
    IF cardinality(due) = 0 THEN
        RETURN 0;
    END IF;
    about := CASE WHEN p_class = 'alarms' THEN due::text[] ELSE '{}' END;
    id := nextval(pg_get_serial_sequence('disposal', 'disposal_id'));
    PERFORM set_config('msa.disposal', id::text, true);
    SELECT * INTO bared FROM bare_events(id, ARRAY(SELECT f.centre_id FROM file_events(due, about) f),
        ARRAY(SELECT f.sequence FROM file_events(due, about) f), p_class = 'alarms');
    UPDATE press p SET raw = '', facts = p.facts || '{"positions": []}' FROM alarm a
     WHERE a.alarm_id = ANY (due) AND a.owner = a.centre_id
       AND p.registration_id = a.registration_id AND p.alarm_id = a.alarm_id;
    GET DIAGNOSTICS presses = ROW_COUNT;
    DELETE FROM last_fix WHERE alarm_id = ANY (due);
    DELETE FROM track_fix WHERE alarm_id = ANY (due);
    GET DIAGNOSTICS fixes = ROW_COUNT;
    UPDATE alarm SET facts = facts || '{"positions": []}', life = life - 'assigned_position' - 'moved_m'
     WHERE alarm_id = ANY (due);
    counts := jsonb_build_object('alarms', cardinality(due), 'events', bared.events, 'presses', presses,
                                 'fixes', fixes);
    IF p_class = 'alarms' THEN
        UPDATE alarm SET reference = 'pseudonymised', wrapped_key = NULL, notes_sealed = NULL
         WHERE alarm_id = ANY (due);
        UPDATE notice SET reference = NULL WHERE subject = ANY (due::text[]);
    END IF;
    INSERT INTO expired_alarm SELECT d, p_class, id FROM unnest(due) AS d;
    PERFORM add_disposal(id, p_class, 'retention', NULL, NULL, counts, NULL, bared.person, bared.place);
    PERFORM tell_expired(id, p_class, counts);
    RETURN cardinality(due);
END $$"""

TELL_EXPIRED = """
CREATE FUNCTION tell_expired(p_id bigint, p_class text, p_counts jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal (kind, subject, reason, facts)
    VALUES ('data.expired', p_class, 'system', p_counts || jsonb_build_object('disposal', p_id));
    PERFORM set_config('msa.disposal', '', true);
END $$"""

# Rows that are in no log: by the condition of their class, some at a time.
ROWS_DUE = """
CREATE FUNCTION rows_due(p_class text) RETURNS TABLE (named text, condition text) LANGUAGE sql IMMUTABLE AS $$
    SELECT t.named, t.condition FROM (VALUES
        ('deliveries', 'delivery', 'd.delivered_at < $1 AND NOT EXISTS (
            SELECT FROM alarm a JOIN registration r USING (registration_id)
             WHERE a.alarm_id = d.alarm_id AND r.held_since IS NOT NULL)'),
        ('deliveries', 'command', 'd.committed_at < $1 AND NOT EXISTS (SELECT FROM alarm a JOIN registration r
            USING (registration_id) WHERE a.alarm_id = d.alarm_id AND r.held_since IS NOT NULL)'),
        ('notices', 'notice', 'd.cleared_at < $1 AND NOT EXISTS (SELECT FROM registration r
            LEFT JOIN alarm a USING (registration_id) WHERE r.held_since IS NOT NULL
               AND d.subject IN (r.registration_id::text, a.alarm_id::text))'),
        ('calls', 'webhook_call', 'd.ended_at < $1 AND NOT EXISTS (SELECT FROM alarm a JOIN registration r
            USING (registration_id) WHERE a.alarm_id = d.alarm_id AND r.held_since IS NOT NULL)'),
        ('hotspots', 'hotspot', 'd.ended_at < $1 AND NOT EXISTS (SELECT FROM registration r
            WHERE r.registration_id = d.registration_id AND r.held_since IS NOT NULL)'),
        ('sound', 'console_sound', 'd.at < $1'),
        ('reports', 'daily_report', 'd.until_at < $1 AND NOT EXISTS (SELECT FROM registration r
            WHERE r.held_since IS NOT NULL AND r.team = d.team)')) AS t (class, named, condition)
     WHERE t.class = p_class
$$"""

EXPIRE_ROWS = """
CREATE FUNCTION expire_rows(p_class text, p_before timestamptz, p_most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    one record;
    gone bigint;
    counts jsonb := '{}';
    total integer := 0;
    id bigint;
BEGIN
    FOR one IN SELECT * FROM rows_due(p_class) LOOP
        EXECUTE format('DELETE FROM %1$I WHERE ctid = ANY (ARRAY(
                            SELECT d.ctid FROM %1$I d WHERE %2$s LIMIT $2))',
                       one.named, one.condition) USING p_before, p_most;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone > 0 THEN
            counts := counts || jsonb_build_object(one.named, gone);
            total := total + gone;
        END IF;
    END LOOP;
    IF total > 0 THEN
        id := nextval(pg_get_serial_sequence('disposal', 'disposal_id'));
        PERFORM add_disposal(id, p_class, 'retention', NULL, NULL, counts, NULL, NULL, NULL);
        PERFORM tell_expired(id, p_class, counts);
    END IF;
    RETURN total;
END $$"""

# A month goes as a whole, once every day of it is old enough and nothing in it is about a file that is held.
MONTHS_DUE = """
CREATE FUNCTION months_due(p_before timestamptz) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.relname::text
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'journal'::regclass AND c.relname ~ '^journal_[0-9]{4}_[0-9]{2}$'
       AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month')::timestamp AT TIME ZONE 'UTC'
           <= p_before
       AND NOT EXISTS (
           SELECT FROM registration r JOIN journal j USING (registration_id)
            WHERE r.held_since IS NOT NULL
              AND j.at >= to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC'
              AND j.at < (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month')::timestamp
                         AT TIME ZONE 'UTC')
     ORDER BY 1
$$"""

EXPIRE_JOURNAL = """
CREATE FUNCTION expire_journal(p_before timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month text;
    first timestamptz;
    id bigint;
    lost bigint[];
    entries bigint;
BEGIN
    PERFORM FROM chain_tip FOR UPDATE;
    SELECT m INTO month FROM months_due(p_before) AS m LIMIT 1;
    IF month IS NULL THEN
        RETURN 0;
    END IF;
    first := to_date(right(month, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC';
    id := nextval(pg_get_serial_sequence('disposal', 'disposal_id'));
    PERFORM set_config('msa.disposal', id::text, true);
    SELECT count(*) INTO entries FROM journal j WHERE j.at >= first AND j.at < first + interval '1 month';
    WITH gone AS (
        UPDATE chain_link l SET salt = NULL, disposal = id FROM journal j
         WHERE j.at >= first AND j.at < first + interval '1 month'
           AND l.source = 'journal' AND l.stream = '' AND l.number = j.entry AND l.salt IS NOT NULL
        RETURNING l.position)
    SELECT array_agg(position) INTO lost FROM gone;
    DELETE FROM chain_waiting w USING journal j
     WHERE j.at >= first AND j.at < first + interval '1 month'
       AND w.source = 'journal' AND w.number = j.entry;
    EXECUTE format('DROP TABLE %I', month);
    PERFORM add_disposal(id, 'journal', 'retention', NULL, NULL,
        jsonb_build_object('month', month, 'entries', entries), lost, NULL, NULL);
    PERFORM tell_expired(id, 'journal', jsonb_build_object('month', month, 'entries', entries));
    RETURN 1;
END $$"""

FILES_DUE = """
CREATE FUNCTION files_due(p_before timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT r.registration_id FROM registration r
     WHERE r.state IN ('refused', 'closed', 'archived') AND r.erased_at IS NULL AND r.updated_at < p_before
       AND (SELECT max(s.at) FROM registration_step s WHERE s.registration_id = r.registration_id) < p_before
       AND cardinality(erasure_hindrances(r.registration_id, false)) = 0
     ORDER BY r.updated_at
$$"""

MONTHS_MISSING = """
CREATE FUNCTION keep_journal_months(p_months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
BEGIN
    FOR i IN 0 .. p_months - 1 LOOP
        IF to_regclass('journal' || to_char(first + make_interval(months => i), '_YYYY_MM')) IS NULL THEN
            PERFORM keep_months('journal', (first + make_interval(months => i))::date, 1);
        END IF;
    END LOOP;
END $$"""

# Whose evidence a person may take: her case team's and its magistrates', and of her centres' alarms.
EVIDENCE_OF = """
CREATE FUNCTION evidence_of(p_alarm uuid)
RETURNS TABLE (registration_id uuid, centre_id text, team text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.registration_id, r.centre_id, r.team
      FROM alarm a JOIN registration r USING (registration_id)
     WHERE a.alarm_id = p_alarm AND r.registration_id <> ALL (my_denied())
       AND (r.team = ANY (my_case_teams())
            OR ('{supervisor,auditor}' && my_roles() AND a.centre_id = ANY (my_centres())))
     LIMIT 1
$$"""

KEEPING_RIGHTS = (
    "REVOKE EXECUTE ON FUNCTION erase_file, hold_file, add_disposal, bare_events FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION erase_file, hold_file TO msa_person",
    "GRANT SELECT ON disposal TO msa_person",
    "ALTER TABLE disposal ENABLE ROW LEVEL SECURITY",
    """
CREATE POLICY of_a_file ON disposal FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = disposal.registration_id))""",
)


def upgrade() -> None:
    """Begin the chain; everything that is there is sealed as soon as a gateway runs."""
    for statement in (
        *CHAIN.split(";\n"),
        *WAITING,
        *ONLY_ADDED_TO,
        NEXT_EVENTS,
        UNSEALED,
        *EVENTS_BY_SUBJECT,
        KEYED_TABLES,
        HINDRANCES,
        DISPOSED,
        BARE_EVENTS,
        FILE_EVENTS,
        PERSON,
        ERASE,
        HOLD,
        EXPIRED_ALARM,
        ALARMS_DUE,
        TELL_EXPIRED,
        EXPIRE_ALARMS,
        ROWS_DUE,
        EXPIRE_ROWS,
        MONTHS_DUE,
        EXPIRE_JOURNAL,
        FILES_DUE,
        MONTHS_MISSING,
        EVIDENCE_OF,
        *KEEPING_RIGHTS,
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
