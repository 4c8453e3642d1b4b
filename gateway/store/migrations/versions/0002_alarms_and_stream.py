"""Presses, alarms and the per-centre stream of events.

Invariants, each held by the schema or by the one function that writes:

- A press exists once per registration and ``press_id``; its row keeps the first answer for ever.
  The key has no centre, on purpose: the same press must find its first answer even when a later
  try would be routed elsewhere.
- A registration has at most one open alarm per purpose (``alarm_one_open``).
- Sequences of a centre are 1..n without a gap, in the order of commits: the row of
  ``centre_stream`` is locked until commit, and it is only ever taken inside one of the functions
  below, each called as one statement in autocommit, so no client can freeze while holding it.
- ``stream_event.image`` is the alarm after the event, without anything personal; what is personal
  stays sealed in ``alarm`` as it was when the alarm was raised.

Foreign keys stand only where nothing else holds them: the committing function locks the centre's row
and reads the registration in the same statement, and neither is ever deleted, so the hot tables do
without six trigger queries a press.

Lock order: centre_stream (one row) -> alarm -> press. A function touches one centre only; a press
that belongs to another centre is handed back (``moved_to``) for that centre's writer.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE centre_stream (
    centre_id text PRIMARY KEY REFERENCES centre,
    last_sequence bigint NOT NULL DEFAULT 0 CHECK (last_sequence >= 0),
    first_kept bigint NOT NULL DEFAULT 1 CHECK (first_kept >= 1)
) WITH (fillfactor = 50);
INSERT INTO centre_stream (centre_id) SELECT centre_id FROM centre;

CREATE TABLE alarm (
    centre_id text NOT NULL,
    alarm_id uuid NOT NULL,
    registration_id uuid NOT NULL,
    reference text NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('real', 'test', 'exercise', 'canary')),
    state text NOT NULL CHECK (state IN ('raised', 'acknowledged', 'closed')),
    version integer NOT NULL CHECK (version >= 1),
    raised_at timestamptz NOT NULL,
    press_count integer NOT NULL CHECK (press_count >= 1),
    last_pressed_at timestamptz NOT NULL,
    facts jsonb NOT NULL,
    acknowledged_by uuid,
    acknowledged_name text,
    acknowledged_at timestamptz,
    key_id text NOT NULL,
    wrapped_key bytea,
    person_sealed bytea NOT NULL,
    circumstances_sealed bytea NOT NULL,
    sealed_version integer NOT NULL,
    PRIMARY KEY (centre_id, alarm_id),
    CHECK ((state = 'raised') = (acknowledged_at IS NULL) OR state = 'closed')
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX alarm_one_open ON alarm (registration_id, purpose) WHERE state <> 'closed';
CREATE INDEX alarm_open ON alarm (centre_id, raised_at) WHERE state <> 'closed';
CREATE INDEX alarm_by_id ON alarm (alarm_id);

CREATE TABLE press (
    registration_id uuid NOT NULL,
    press_id uuid NOT NULL,
    companion_id uuid NOT NULL,
    centre_id text NOT NULL,
    alarm_id uuid NOT NULL,
    sequence bigint NOT NULL,
    received_at timestamptz NOT NULL,
    committed_at timestamptz NOT NULL,
    facts jsonb NOT NULL,
    raw bytea NOT NULL,
    PRIMARY KEY (registration_id, press_id)
);

CREATE TABLE stream_event (
    centre_id text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence >= 1),
    kind text NOT NULL,
    at timestamptz NOT NULL,
    alarm_id uuid NOT NULL,
    image jsonb NOT NULL,
    PRIMARY KEY (centre_id, sequence)
);

CREATE TABLE command (
    centre_id text NOT NULL REFERENCES centre,
    operator_id uuid NOT NULL REFERENCES operator,
    request_id uuid NOT NULL,
    alarm_id uuid NOT NULL,
    version integer NOT NULL,
    committed_at timestamptz NOT NULL,
    PRIMARY KEY (centre_id, operator_id, request_id)
);

CREATE TABLE delivery (
    centre_id text NOT NULL,
    alarm_id uuid NOT NULL,
    sequence bigint NOT NULL,
    console uuid NOT NULL,
    operator_id uuid NOT NULL REFERENCES operator,
    fanned_out_at timestamptz,
    painted_at timestamptz NOT NULL,
    delivered_at timestamptz NOT NULL,
    PRIMARY KEY (centre_id, alarm_id, sequence, console)
);
"""

# What changes when the log cannot be continued: the cluster and its timeline. After a standby was
# promoted, what the old primary had not sent it is gone, and sequences may repeat.
STREAM_EPOCH = """
CREATE FUNCTION stream_epoch() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_hex(system_identifier) || lower(left(pg_walfile_name(pg_current_wal_lsn()), 8))
      FROM pg_control_system()
$$
"""

ALARM_IMAGE = """
CREATE FUNCTION alarm_image(a alarm) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT a.facts || jsonb_build_object(
        'alarm_id', a.alarm_id, 'centre', a.centre_id, 'registration_id', a.registration_id,
        'reference', a.reference, 'purpose', a.purpose, 'state', a.state, 'version', a.version,
        'raised_at', a.raised_at, 'press_count', a.press_count, 'last_pressed_at', a.last_pressed_at,
        'acknowledged_by', CASE WHEN a.acknowledged_by IS NOT NULL THEN jsonb_build_object(
            'operator_id', a.acknowledged_by, 'name', a.acknowledged_name) END,
        'acknowledged_at', a.acknowledged_at,
        'trail', (a.facts -> 'trail') || jsonb_build_object('acknowledged_at', a.acknowledged_at))
$$;
"""

COMMIT_PRESSES = """
CREATE FUNCTION commit_presses(p_centre text, p_presses jsonb[], p_raws bytea[])
RETURNS TABLE (
    press_id uuid, seen_before boolean, moved_to text, alarm_id uuid, centre_id text, sequence bigint,
    committed_at timestamptz, kind text, image jsonb, registration_id uuid, key_id text,
    wrapped_key bytea, person_sealed bytea, circumstances_sealed bytea, sealed_version integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    head bigint;
    start bigint;
    one jsonb;
    first press;
    file registration;
    was alarm;
    target text;
BEGIN
    SELECT s.last_sequence INTO head FROM centre_stream s WHERE s.centre_id = p_centre FOR UPDATE;
    IF NOT FOUND THEN -- the first press of a centre that was added
        INSERT INTO centre_stream (centre_id) VALUES (p_centre) ON CONFLICT DO NOTHING;
        SELECT s.last_sequence INTO head FROM centre_stream s WHERE s.centre_id = p_centre FOR UPDATE;
    END IF;
    start := head;
    FOR i IN 1 .. cardinality(p_presses) LOOP
        one := p_presses[i];
        press_id := one ->> 'press_id';
        registration_id := one ->> 'registration_id';
        moved_to := NULL; kind := NULL; image := NULL;

        SELECT p.* INTO first FROM press p
         WHERE p.registration_id = (one ->> 'registration_id')::uuid
           AND p.press_id IN ((one ->> 'press_id')::uuid, (one ->> 'sent_id')::uuid)
         ORDER BY p.press_id = (one ->> 'press_id')::uuid DESC LIMIT 1;
        IF FOUND THEN
            seen_before := true; alarm_id := first.alarm_id; centre_id := first.centre_id;
            sequence := first.sequence; committed_at := first.committed_at;
            RETURN NEXT;
            CONTINUE;
        END IF;

        SELECT r.* INTO STRICT file FROM registration r
         WHERE r.registration_id = (one ->> 'registration_id')::uuid;
        SELECT a.* INTO was FROM alarm a
         WHERE a.registration_id = file.registration_id AND a.purpose = one ->> 'purpose'
           AND a.state <> 'closed';
        target := coalesce(was.centre_id, file.centre_id);
        seen_before := false;
        IF target <> p_centre THEN
            moved_to := target;
            RETURN NEXT;
            CONTINUE;
        END IF;

        head := head + 1;
        committed_at := clock_timestamp();
        IF was.alarm_id IS NULL THEN
            kind := 'alarm.raised';
            INSERT INTO alarm AS a (centre_id, alarm_id, registration_id, reference, purpose, state, version,
                    raised_at, press_count, last_pressed_at, facts,
                    key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version)
            VALUES (p_centre, (one ->> 'alarm_id')::uuid, file.registration_id, file.reference,
                    one ->> 'purpose', 'raised', 1, committed_at, 1, (one ->> 'pressed_at')::timestamptz,
                    jsonb_set(one -> 'facts', '{trail,committed_at}', to_jsonb(committed_at)),
                    file.key_id, file.wrapped_key,
                    file.person_sealed, file.circumstances_sealed, file.sealed_version)
            RETURNING a.* INTO was;
        ELSE
            kind := 'alarm.pressed_again';
            UPDATE alarm a SET
                version = a.version + 1,
                press_count = a.press_count + 1,
                last_pressed_at = greatest(a.last_pressed_at, (one ->> 'pressed_at')::timestamptz),
                facts = press_again(a.facts, one -> 'facts')
             WHERE a.centre_id = p_centre AND a.alarm_id = was.alarm_id
            RETURNING a.* INTO was;
        END IF;
        alarm_id := was.alarm_id; centre_id := p_centre; sequence := head;
        image := alarm_image(was);
        key_id := was.key_id; wrapped_key := was.wrapped_key;
        person_sealed := was.person_sealed; circumstances_sealed := was.circumstances_sealed;
        sealed_version := was.sealed_version;
        INSERT INTO press VALUES (file.registration_id, (one ->> 'press_id')::uuid,
            (one ->> 'companion_id')::uuid, p_centre, was.alarm_id, head,
            (one ->> 'received_at')::timestamptz, committed_at, one -> 'facts', p_raws[i]);
        INSERT INTO stream_event VALUES (p_centre, head, kind, committed_at, was.alarm_id, image);
        RETURN NEXT;
    END LOOP;
    IF head > start THEN
        UPDATE centre_stream s SET last_sequence = head WHERE s.centre_id = p_centre;
    END IF;
END $$;
"""

# What a further press changes on an open alarm: newest facts win, flags add up, the first press
# keeps the trail, one verified press makes the alarm verified, no new fix keeps the old ones.
PRESS_AGAIN = """
CREATE FUNCTION press_again(was jsonb, now jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT was || now || jsonb_build_object(
        'trail', was -> 'trail',
        'verified', (was -> 'verified')::boolean OR (now -> 'verified')::boolean,
        'positions', CASE WHEN jsonb_array_length(now -> 'positions') > 0
                          THEN now -> 'positions' ELSE was -> 'positions' END,
        'flags', (SELECT coalesce(jsonb_agg(DISTINCT flag), '[]')
                    FROM jsonb_array_elements((was -> 'flags') || (now -> 'flags')) AS flag))
$$;
"""

COMMIT_ACKNOWLEDGEMENT = """
CREATE FUNCTION commit_acknowledgement(
    p_centre text, p_alarm uuid, p_version integer, p_operator uuid, p_name text, p_request uuid)
RETURNS TABLE (
    repeated boolean, alarm_id uuid, version integer, sequence bigint, committed_at timestamptz, kind text,
    image jsonb, registration_id uuid, key_id text, wrapped_key bytea, person_sealed bytea,
    circumstances_sealed bytea, sealed_version integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    head bigint;
    was alarm;
BEGIN
    SELECT s.last_sequence + 1 INTO head FROM centre_stream s WHERE s.centre_id = p_centre FOR UPDATE;
    SELECT true, c.alarm_id, c.version, c.committed_at INTO repeated, alarm_id, version, committed_at
      FROM command c WHERE c.centre_id = p_centre AND c.operator_id = p_operator AND c.request_id = p_request;
    IF FOUND THEN
        RETURN NEXT;
        RETURN;
    END IF;
    repeated := false; kind := 'alarm.acknowledged'; committed_at := clock_timestamp();
    UPDATE alarm a SET state = 'acknowledged', version = a.version + 1, acknowledged_by = p_operator,
           acknowledged_name = p_name, acknowledged_at = committed_at
     WHERE a.centre_id = p_centre AND a.alarm_id = p_alarm AND a.version = p_version AND a.state = 'raised'
    RETURNING a.* INTO was;
    IF NOT FOUND THEN
        RETURN; -- no row: the alarm is not what the caller saw
    END IF;
    alarm_id := p_alarm; version := was.version; sequence := head; image := alarm_image(was);
    registration_id := was.registration_id; key_id := was.key_id; wrapped_key := was.wrapped_key;
    person_sealed := was.person_sealed; circumstances_sealed := was.circumstances_sealed;
    sealed_version := was.sealed_version;
    INSERT INTO command VALUES (p_centre, p_operator, p_request, p_alarm, was.version, committed_at);
    INSERT INTO stream_event VALUES (p_centre, head, kind, committed_at, p_alarm, image);
    UPDATE centre_stream s SET last_sequence = head WHERE s.centre_id = p_centre;
    RETURN NEXT;
END $$;
"""


def upgrade() -> None:
    """Create the tables and the functions that alone write to the stream."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for function in (STREAM_EPOCH, ALARM_IMAGE, PRESS_AGAIN, COMMIT_PRESSES, COMMIT_ACKNOWLEDGEMENT):
        op.execute(function)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
