"""Receivers outside, and what is on its way to them.

Invariants
- ``receiver_feed.last_sequence`` is how far a centre's stream was read for a receiver; it stands in the
  same database as the stream, so a copy that is restored, or a standby that is promoted, has both of one
  moment. An event becomes one ``sending`` at most, in the statement that moves the feed past it.
- A ``receiver_line`` is one alarm of one centre on its way to one receiver: the unit that is due, claimed
  and put off. Only the oldest waiting sending of a line is ever sent, so each alarm arrives in order, and
  none waits for another's. ``waiting`` counts its waiting sendings.
- Nothing that an alarm says is kept here: a body is made from the stream when it is sent.
- Secrets are sealed (``gateway.store.row_seal``), as whoever has one can speak in our name.

Lock order: receiver_feed -> sending -> receiver_line, one line at a time but in ``feed_receivers``, which
locks no sending that was there before. Nothing here is locked while a centre's stream (0002) is.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE receiver (
    receiver_id   uuid PRIMARY KEY,
    integrator_id uuid NOT NULL REFERENCES integrator,
    name          text NOT NULL UNIQUE CHECK (name <> ''),
    url           text NOT NULL,
    format        text NOT NULL CHECK (format IN ('cloudevents', 'eido', 'cap')),
    centres       text[] NOT NULL CHECK (cardinality(centres) > 0),
    purposes      text[] NOT NULL
        CHECK (cardinality(purposes) > 0 AND purposes <@ ARRAY['real', 'test', 'exercise']),
    kinds         text[] NOT NULL DEFAULT '{}',
    with_person   boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    paused_at     timestamptz,
    disabled_at   timestamptz
)""",
    """
CREATE TABLE receiver_secret (
    secret_id     uuid PRIMARY KEY,
    receiver_id   uuid NOT NULL REFERENCES receiver ON DELETE CASCADE,
    algorithm     text NOT NULL CHECK (algorithm IN ('v1', 'v1a')),
    key_id        text NOT NULL,
    secret_key    bytea NOT NULL,
    secret_sealed bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    ends_at       timestamptz
)""",
    "CREATE INDEX receiver_secret_by_receiver ON receiver_secret (receiver_id)",
    """
CREATE TABLE receiver_feed (
    receiver_id   uuid NOT NULL REFERENCES receiver ON DELETE CASCADE,
    centre_id     text NOT NULL REFERENCES centre,
    last_sequence bigint NOT NULL CHECK (last_sequence >= 0),
    told          text,
    PRIMARY KEY (receiver_id, centre_id)
) WITH (fillfactor = 50)""",
    """
CREATE TABLE receiver_line (
    receiver_id   uuid NOT NULL REFERENCES receiver ON DELETE CASCADE,
    centre_id     text NOT NULL,
    alarm_id      uuid NOT NULL,
    waiting       integer NOT NULL CHECK (waiting >= 0),
    tries         integer NOT NULL DEFAULT 0,
    due_at        timestamptz NOT NULL,
    claimed_until timestamptz,
    disclosed     smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (receiver_id, centre_id, alarm_id)
) WITH (fillfactor = 50)""",
    "CREATE INDEX receiver_line_due ON receiver_line (receiver_id, due_at) WHERE waiting > 0",
    """
CREATE TABLE sending (
    receiver_id   uuid NOT NULL REFERENCES receiver ON DELETE CASCADE,
    number        bigint GENERATED ALWAYS AS IDENTITY,
    centre_id     text NOT NULL,
    alarm_id      uuid NOT NULL,
    epoch         text NOT NULL,
    sequence      bigint NOT NULL,
    kind          text NOT NULL,
    made_at       timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'delivered', 'dead', 'discarded')),
    tries         integer NOT NULL DEFAULT 0,
    error         text,
    ended_at      timestamptz,
    PRIMARY KEY (receiver_id, number),
    CHECK ((state = 'waiting') = (ended_at IS NULL))
)""",
    """
CREATE INDEX sending_waiting ON sending (receiver_id, centre_id, alarm_id, number) WHERE state = 'waiting'""",
    "CREATE INDEX sending_dead ON sending (receiver_id, centre_id, number) WHERE state = 'dead'",
    "CREATE INDEX sending_ended ON sending (ended_at) WHERE state <> 'waiting'",
)

# Whether a receiver may have anything of a centre now: asked anew each time, as rights are taken away.
ALLOWED = """
CREATE VIEW receiver_allowed AS
SELECT r.*, i.sandbox, i.name AS integrator_name,
       r.with_person AND 'persons:read' = ANY (i.scopes) AS persons,
       ARRAY(SELECT unnest(r.centres) INTERSECT SELECT unnest(i.centres)) AS open_centres
  FROM receiver r JOIN integrator i USING (integrator_id)
 WHERE r.paused_at IS NULL AND r.disabled_at IS NULL AND i.disabled_at IS NULL
   AND 'streams:read' = ANY (i.scopes)"""

FEED = """
CREATE FUNCTION feed_receivers(p_feeds integer, p_events integer, p_waiting_max integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    feed record;
    up_to bigint;
    fed integer := 0;
BEGIN
    FOR feed IN
        SELECT f.receiver_id, f.centre_id, f.last_sequence, s.last_sequence AS head, r.purposes, r.kinds,
               r.sandbox
          FROM receiver_feed f
          JOIN receiver_allowed r USING (receiver_id)
          JOIN centre_stream s USING (centre_id)
         WHERE s.last_sequence > f.last_sequence AND f.centre_id = ANY (r.open_centres)
           AND (SELECT coalesce(sum(l.waiting), 0) FROM receiver_line l
                 WHERE l.receiver_id = f.receiver_id AND l.waiting > 0) < p_waiting_max
         ORDER BY s.last_sequence - f.last_sequence
         LIMIT p_feeds FOR UPDATE OF f SKIP LOCKED
    LOOP
        up_to := least(feed.head, feed.last_sequence + p_events);
        WITH made AS (
            INSERT INTO sending (receiver_id, centre_id, alarm_id, epoch, sequence, kind, made_at)
            SELECT feed.receiver_id, e.centre_id, e.alarm_id, stream_epoch(), e.sequence, e.kind,
                   statement_timestamp()
              FROM stream_event e
             WHERE e.centre_id = feed.centre_id AND e.sequence > feed.last_sequence AND e.sequence <= up_to
               AND e.subject = 'alarm' AND e.alarm_id IS NOT NULL
               AND e.image ->> 'purpose' = ANY (feed.purposes)
               AND (NOT feed.sandbox OR e.image ->> 'purpose' <> 'real')
               AND (feed.kinds = '{}' OR e.kind = ANY (feed.kinds))
             ORDER BY e.sequence
            RETURNING alarm_id)
        INSERT INTO receiver_line AS l (receiver_id, centre_id, alarm_id, waiting, due_at)
        SELECT feed.receiver_id, feed.centre_id, m.alarm_id, count(*), statement_timestamp()
          FROM made m GROUP BY m.alarm_id ORDER BY m.alarm_id
            ON CONFLICT (receiver_id, centre_id, alarm_id) DO UPDATE
           SET waiting = l.waiting + EXCLUDED.waiting,
               tries = CASE WHEN l.waiting = 0 THEN 0 ELSE l.tries END,
               due_at = CASE WHEN l.waiting = 0 THEN EXCLUDED.due_at ELSE l.due_at END;
        UPDATE receiver_feed SET last_sequence = up_to
         WHERE receiver_id = feed.receiver_id AND centre_id = feed.centre_id;
        fed := fed + 1;
    END LOOP;
    RETURN fed;
END $$"""


def upgrade() -> None:
    """Make the tables, and what reads the streams on for each receiver."""
    for statement in (*TABLES, ALLOWED, FEED):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
