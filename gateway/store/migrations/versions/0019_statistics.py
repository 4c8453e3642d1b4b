"""What figures are counted from, beside the steps of files: the moments of alarms, copied from the log.

Invariants
- ``alarm_moment`` has what ``stream_event`` says, in narrow rows that ten years of can be read at once; it
  says nothing of its own. Emptied together with ``alarm_moments_read`` it fills anew, to the same rows.
- An event of an alarm stands in the stream of each centre that sees it; its moment is the owner's only.
- Canaries have no moments. Who had the file when its alarm was raised is looked up in its steps as they
  were then, so an event is read a minute after it happened at the earliest, when no step of before is open.
- Sequences have no gap and are committed in order, so ``read_up_to`` says all that was looked at.

Lock order: one row of alarm_moments_read; nothing else is locked with it.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = """
CREATE TABLE alarm_moment (
    centre_id       text NOT NULL,
    sequence        bigint NOT NULL,
    kind            text NOT NULL
                    CHECK (kind IN ('raised', 'answered', 'there', 'moved', 'ended', 'reopened')),
    at              timestamptz NOT NULL,
    alarm_id        uuid NOT NULL,
    registration_id uuid NOT NULL,
    purpose         text NOT NULL CHECK (purpose IN ('real', 'test', 'exercise')),
    outcome         text,
    file_centre     text,
    file_team       text,
    arrondissement  text,
    PRIMARY KEY (centre_id, sequence)
)"""

READ = """
CREATE TABLE alarm_moments_read (
    centre_id  text PRIMARY KEY REFERENCES centre,
    read_up_to bigint NOT NULL DEFAULT 0
)"""

# An outcome that needs a second look is ``unreviewed`` until somebody has looked.
READ_ON = """
CREATE FUNCTION read_alarm_moments(p_centre text, p_before timestamptz, p_most bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    done bigint;
    upto bigint;
BEGIN
    INSERT INTO alarm_moments_read (centre_id) VALUES (p_centre) ON CONFLICT DO NOTHING;
    SELECT r.read_up_to INTO done FROM alarm_moments_read r WHERE r.centre_id = p_centre FOR UPDATE;
    SELECT coalesce(max(e.sequence), done) INTO upto
      FROM (SELECT s.sequence, s.at FROM stream_event s
             WHERE s.centre_id = p_centre AND s.sequence > done ORDER BY s.sequence LIMIT p_most) AS e
     WHERE e.at < p_before;
    INSERT INTO alarm_moment
    SELECT e.centre_id, e.sequence, m.kind, e.at, e.alarm_id, (e.image ->> 'registration_id')::uuid,
           e.image ->> 'purpose',
           CASE WHEN m.kind = 'ended' THEN
               CASE WHEN e.image #> '{closure,needs_second_look}' = 'true'
                     AND e.image #>> '{closure,reviewed_at}' IS NULL THEN 'unreviewed'
                    ELSE e.image #>> '{closure,outcome}' END END,
           f.centre_id, f.team, f.arrondissement
      FROM stream_event e
      JOIN (VALUES ('alarm.raised', 'raised'), ('alarm.acknowledged', 'answered'),
                   ('alarm.taken_over', 'answered'), ('alarm.transferred', 'moved'),
                   ('alarm.unit_status', 'there'), ('alarm.closed', 'ended'),
                   ('alarm.expired', 'ended'), ('alarm.reviewed', 'ended'),
                   ('alarm.reopened', 'reopened')) AS m(event, kind) ON m.event = e.kind
      LEFT JOIN LATERAL (
           SELECT s.centre_id, s.team, s.arrondissement FROM registration_step s
            WHERE m.kind = 'raised' AND s.registration_id = (e.image ->> 'registration_id')::uuid
              AND s.at <= e.at
            ORDER BY s.number DESC LIMIT 1) AS f ON true
     WHERE e.centre_id = p_centre AND e.sequence > done AND e.sequence <= upto AND e.subject = 'alarm'
       AND e.image ->> 'centre' = e.centre_id AND e.image ->> 'purpose' <> 'canary'
       AND (m.kind <> 'there' OR e.image @> '{"units": [{"status": "on_scene"}]}')
        ON CONFLICT DO NOTHING;
    UPDATE alarm_moments_read r SET read_up_to = upto WHERE r.centre_id = p_centre AND upto > done;
    RETURN upto - done;
END $$"""


def upgrade() -> None:
    """Create the moments and what reads them out of the log."""
    for statement in (MOMENT, READ, READ_ON):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
