"""Answering: who attends, what follows from events, calls to the outside.

Invariants

- A node that has not been heard for a few seconds, or is heard from the future, has no consoles.
- A centre is *unattended* (``unattended_since``) once nobody has attended it for the grace. It stays
  so until somebody does and has been told what went elsewhere meanwhile. The grace starts over when
  the first node is heard after a time in which none was: nobody could attach then. It does so too
  when the clock is set back, as every node was then heard in the future.
- ``follow_up.sequence``: everything that follows from the centre's events up to here was done. It
  moves after that, so what follows is done at least once, by any node.
- A call to the outside (``webhook_call``) is kept until it got through, or the alarm was answered.

Lock order: ``follow_up`` and ``webhook_call`` are never locked together with anything else;
``attendance`` is written by one node at a time, and another one does not wait for it.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DEADLINE_TRIES = "ALTER TABLE deadline ADD COLUMN tries integer NOT NULL DEFAULT 0"

# A lease longer than any that is given was given before the clock was set back.
LEASE_OVER = """
CREATE FUNCTION lease_over(p_until timestamptz, p_longest_s float8) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_until IS NULL OR p_until <= statement_timestamp()
        OR p_until > statement_timestamp() + make_interval(secs => p_longest_s)
$$
"""

NODE = """
CREATE TABLE node (
    node_id  uuid PRIMARY KEY,
    name     text NOT NULL,
    heard_at timestamptz NOT NULL,
    consoles jsonb NOT NULL
) WITH (fillfactor = 50)"""

ATTENDANCE = """
CREATE TABLE attendance (
    centre_id        text PRIMARY KEY REFERENCES centre,
    vacant_since     timestamptz,
    unattended_since timestamptz,
    unattended_from  bigint,
    CHECK (unattended_since IS NULL OR (vacant_since IS NOT NULL AND unattended_from IS NOT NULL))
) WITH (fillfactor = 50)"""

FOLLOW_UP = """
CREATE TABLE follow_up (
    centre_id     text PRIMARY KEY REFERENCES centre,
    sequence      bigint NOT NULL,
    claimed_until timestamptz
) WITH (fillfactor = 50)"""
FOLLOW_UP_FROM_HERE = "INSERT INTO follow_up SELECT centre_id, last_sequence FROM centre_stream"

WEBHOOK_CALL = """
CREATE TABLE webhook_call (
    call_id       text PRIMARY KEY,
    centre_id     text NOT NULL REFERENCES centre,
    alarm_id      uuid NOT NULL,
    body          text NOT NULL,
    made_at       timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    tries         integer NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    ended_at      timestamptz,
    outcome       text CHECK (outcome IN ('delivered', 'answered')),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
)"""
WEBHOOK_CALL_DUE = "CREATE INDEX webhook_call_due ON webhook_call (due_at) WHERE ended_at IS NULL"

CONSOLES_ATTENDING = """
CREATE FUNCTION consoles_attending(p_heard_s float8) RETURNS TABLE (centre_id text, consoles bigint)
LANGUAGE sql VOLATILE AS $$
    SELECT c.centre_id, coalesce(sum((n.consoles ->> c.centre_id)::integer), 0)
      FROM centre c
      LEFT JOIN node n ON n.consoles ? c.centre_id
                      AND abs(extract(epoch FROM clock_timestamp() - n.heard_at)) <= p_heard_s
     GROUP BY c.centre_id
$$
"""

ATTEND = """
CREATE FUNCTION attend(p_node uuid, p_name text, p_consoles jsonb, p_heard_s float8, p_grace_s float8)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
    is_first boolean := NOT EXISTS (
        SELECT FROM node n WHERE abs(extract(epoch FROM at - n.heard_at)) <= p_heard_s);
BEGIN
    INSERT INTO node VALUES (p_node, p_name, at, p_consoles)
        ON CONFLICT (node_id) DO UPDATE SET heard_at = at, consoles = p_consoles;
    IF NOT pg_try_advisory_xact_lock('attendance'::regclass::oid::bigint) THEN
        RETURN; -- another node is judging at this moment
    END IF;
    DELETE FROM node n WHERE n.heard_at < at - interval '1 hour';
    INSERT INTO attendance (centre_id) SELECT c.centre_id FROM centre c
     WHERE NOT EXISTS (SELECT FROM attendance a WHERE a.centre_id = c.centre_id) ON CONFLICT DO NOTHING;
    INSERT INTO follow_up (centre_id, sequence) SELECT c.centre_id, 0 FROM centre c
     WHERE NOT EXISTS (SELECT FROM follow_up f WHERE f.centre_id = c.centre_id) ON CONFLICT DO NOTHING;
    IF is_first THEN
        UPDATE attendance a SET vacant_since = at
         WHERE a.vacant_since IS NOT NULL AND a.unattended_since IS NULL;
    END IF;
    UPDATE attendance a SET vacant_since = NULL FROM consoles_attending(p_heard_s) c
     WHERE c.centre_id = a.centre_id AND c.consoles > 0
       AND a.vacant_since IS NOT NULL AND a.unattended_since IS NULL;
    UPDATE attendance a SET vacant_since = at FROM consoles_attending(p_heard_s) c
     WHERE c.centre_id = a.centre_id AND c.consoles = 0 AND a.vacant_since IS NULL;
    UPDATE attendance a SET unattended_since = at,
           unattended_from = coalesce(
               (SELECT s.last_sequence FROM centre_stream s WHERE s.centre_id = a.centre_id), 0)
      FROM consoles_attending(p_heard_s) c
     WHERE c.centre_id = a.centre_id AND c.consoles = 0 AND a.unattended_since IS NULL
       AND a.vacant_since <= at - make_interval(secs => p_grace_s);
END $$
"""


def upgrade() -> None:
    for statement in (
        DEADLINE_TRIES,
        LEASE_OVER,
        NODE,
        ATTENDANCE,
        FOLLOW_UP,
        FOLLOW_UP_FROM_HERE,
        WEBHOOK_CALL,
        WEBHOOK_CALL_DUE,
        CONSOLES_ATTENDING,
        ATTEND,
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
