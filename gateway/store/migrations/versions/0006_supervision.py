"""Supervision: what was heard of each companion, and when each registration is to be judged next.

Invariants
- ``companion_state`` is the heartbeat that was signed last, whichever node received it; one that was
  signed earlier changes nothing, so a replay proves nothing. ``received_at`` is by the database's clock.
- A heartbeat that says nothing new changes no indexed column: its row is updated in its page.
- Every registration has a row of ``supervision``. Whatever changes what it is judged by makes it due:
  triggers here for files and companions, ``HEAR`` in ``gateway.store.presence`` for heartbeats.
- A judgement is committed only while its claim holds (``claimed_until``); news takes the claim away.
  So a change is told once, whoever judges, and never on what has been overtaken.
- ``protection`` changes only in ``commit_protections``, with its event in the same commit.

Lock order: companion_state, companion, supervision (by registration); centre_stream, then supervision,
then protection, then notice. Nobody waits for a row while holding a stream: a row of supervision that
is locked is left to the next sweep, and protection's key to registration is gone, whose check would wait
for an import that saves the same file.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE companion_state (
    companion_id uuid PRIMARY KEY REFERENCES companion,
    registration_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    signed_at timestamptz NOT NULL,
    skew_s float8 NOT NULL,
    facts jsonb NOT NULL,
    signs text NOT NULL,
    changed_at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX companion_state_by_registration ON companion_state (registration_id);

ALTER TABLE companion SET (fillfactor = 80);

ALTER TABLE protection DROP CONSTRAINT protection_registration_id_fkey;

CREATE TABLE supervision (
    registration_id uuid PRIMARY KEY REFERENCES registration,
    due_at timestamptz NOT NULL,
    claimed_until timestamptz,
    watched jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);
CREATE INDEX supervision_due ON supervision (due_at);
INSERT INTO supervision (registration_id, due_at) SELECT registration_id, '-infinity' FROM registration;

CREATE TABLE supervision_sweep (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    swept_at timestamptz NOT NULL,
    resumed_at timestamptz NOT NULL
) WITH (fillfactor = 10);
"""

NEWS = (
    """
CREATE FUNCTION supervision_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO supervision (registration_id, due_at) VALUES (NEW.registration_id, '-infinity')
        ON CONFLICT (registration_id) DO UPDATE SET due_at = EXCLUDED.due_at, claimed_until = NULL;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER registration_made AFTER INSERT ON registration
   FOR EACH ROW EXECUTE FUNCTION supervision_news()""",
    """
CREATE TRIGGER registration_changed AFTER UPDATE ON registration
   FOR EACH ROW WHEN ((OLD.centre_id, OLD.reference, OLD.population, OLD.wrapped_key IS NULL)
        IS DISTINCT FROM (NEW.centre_id, NEW.reference, NEW.population, NEW.wrapped_key IS NULL))
   EXECUTE FUNCTION supervision_news()""",
    """
CREATE TRIGGER companion_enrolled AFTER INSERT ON companion
   FOR EACH ROW EXECUTE FUNCTION supervision_news()""",
    """
CREATE TRIGGER companion_revoked AFTER UPDATE OF revoked_at ON companion
   FOR EACH ROW EXECUTE FUNCTION supervision_news()""",
)

# Each change: registration_id, claimed_until, next_at, watched; told (centre, reference, state, since,
# faults, heard_at) or null when there is nothing to tell any more; left: the centre whose boards must
# let go of it, because it is another's now or nobody's.
COMMIT_PROTECTIONS = """
CREATE FUNCTION commit_protections(p_changes jsonb[])
RETURNS TABLE (registration_id uuid, centre_id text, sequence bigint, at timestamptz, kind text, subject text,
    image jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    one jsonb;
    told jsonb;
    p protection;
    n record;
BEGIN
    PERFORM lock_streams((SELECT array_agg(DISTINCT c.centre_id) FROM unnest(p_changes) AS change
        JOIN centre c ON c.centre_id IN (change ->> 'left', change #>> '{told,centre}')));
    FOREACH one IN ARRAY p_changes LOOP
        registration_id := (one ->> 'registration_id')::uuid;
        at := clock_timestamp();
        PERFORM FROM supervision v
          WHERE v.registration_id = (one ->> 'registration_id')::uuid
            AND v.claimed_until = (one ->> 'claimed_until')::timestamptz
            FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        UPDATE supervision v SET due_at = coalesce((one ->> 'next_at')::timestamptz, 'infinity'),
               claimed_until = NULL, watched = one -> 'watched'
         WHERE v.registration_id = (one ->> 'registration_id')::uuid;

        IF one ->> 'left' IS NOT NULL THEN
            DELETE FROM protection q WHERE q.registration_id = (one ->> 'registration_id')::uuid
            RETURNING q.* INTO STRICT p;
            p.state := 'protected'; p.since := at; p.faults := '[]';
            centre_id := one ->> 'left'; kind := 'protection.changed'; subject := 'protection';
            image := protection_image(p);
            sequence := append_event(centre_id, kind, at, subject, NULL, image, NULL);
            RETURN NEXT;
            FOR n IN SELECT * FROM commit_notices(one ->> 'left', ARRAY[jsonb_build_object(
                    'open', false, 'kind', 'protection', 'subject', one ->> 'registration_id')]) LOOP
                kind := n.kind; subject := 'notice'; image := n.image; sequence := n.sequence; at := n.at;
                RETURN NEXT;
            END LOOP;
        END IF;

        told := nullif(one -> 'told', 'null');
        CONTINUE WHEN told IS NULL;
        INSERT INTO protection AS q (registration_id, centre_id, reference, state, since, faults, heard_at)
        VALUES ((one ->> 'registration_id')::uuid, told ->> 'centre', told ->> 'reference', told ->> 'state',
                (told ->> 'since')::timestamptz, told -> 'faults', (told ->> 'heard_at')::timestamptz)
            ON CONFLICT (registration_id) DO UPDATE
           SET centre_id = EXCLUDED.centre_id, reference = EXCLUDED.reference, state = EXCLUDED.state,
               since = EXCLUDED.since, faults = EXCLUDED.faults, heard_at = EXCLUDED.heard_at
        RETURNING q.* INTO p;
        centre_id := p.centre_id; kind := 'protection.changed'; subject := 'protection';
        image := protection_image(p);
        sequence := append_event(centre_id, kind, at, subject, NULL, image, NULL);
        RETURN NEXT;
        FOR n IN SELECT * FROM commit_notices(p.centre_id, ARRAY[jsonb_build_object(
                'open', p.state <> 'protected', 'kind', 'protection', 'notice_id', gen_random_uuid(),
                'audience', jsonb_build_array('case_team', 'supervisor'), 'subject', p.registration_id,
                'reference', p.reference, 'detail', jsonb_build_object('state', p.state, 'faults',
                    (SELECT coalesce(string_agg(f ->> 'kind', ' '), '')
                       FROM jsonb_array_elements(p.faults) AS f)))]) LOOP
            kind := n.kind; subject := 'notice'; image := n.image; sequence := n.sequence; at := n.at;
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Create the tables; make every registration due now and at each change of its files."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for statement in (*NEWS, COMMIT_PROTECTIONS):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
