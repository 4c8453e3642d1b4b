"""Canaries leave nothing behind: what the system's own presses wrote is deleted again.

A canary a node, centre and half minute would be a hundred thousand alarms a day. They are of no use
once seen, and no evidence of anything.

Invariants

- An event is deleted only below ``first_kept`` of its stream, where nobody replays: a reader of the
  stream never sees a gap that is none. Events of other alarms stay, also below it.
- Nothing of an alarm that is not a canary, is open, or is seen by a second centre is deleted.
- ``first_kept`` never goes back, and stays ``p_keep`` events behind the head.

``first_kept`` is raised in a statement of its own, before anything is deleted: readers then know, and
the centre's row is not held while rows go. Lock order is that of 0003; deleting locks no stream.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ALARM_CANARY = """
CREATE INDEX alarm_canary ON alarm (centre_id, raised_at) WHERE purpose = 'canary' AND state = 'closed'"""

FORGETTABLE = """
CREATE FUNCTION forgettable_canaries(p_centre text, p_keep bigint, p_most integer)
RETURNS TABLE (alarm_id uuid, last_sequence bigint) LANGUAGE sql STABLE AS $$
    SELECT oldest.alarm_id, told.last_sequence
      FROM (SELECT a.alarm_id FROM alarm a
             WHERE a.centre_id = p_centre AND a.purpose = 'canary' AND a.state = 'closed'
               AND NOT EXISTS (SELECT FROM alarm b WHERE b.alarm_id = a.alarm_id AND b.centre_id <> p_centre)
             ORDER BY a.raised_at LIMIT p_most) AS oldest
      JOIN LATERAL (SELECT max(e.sequence) AS last_sequence FROM stream_event e
                     WHERE e.alarm_id = oldest.alarm_id) AS told ON true
      JOIN centre_stream s ON s.centre_id = p_centre
     WHERE told.last_sequence <= s.last_sequence - p_keep
$$"""

DELETE = """
CREATE FUNCTION delete_canaries(p_centre text, p_alarms uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    canaries uuid[];
    gone bigint;
BEGIN
    SELECT array_agg(a.alarm_id) INTO canaries FROM alarm a
     WHERE a.centre_id = p_centre AND a.alarm_id = ANY (p_alarms) AND a.purpose = 'canary'
       AND a.state = 'closed';
    DELETE FROM stream_event e USING centre_stream s
     WHERE s.centre_id = p_centre AND e.centre_id = p_centre AND e.alarm_id = ANY (canaries)
       AND e.sequence < s.first_kept;
    SELECT array_agg(a.alarm_id) INTO canaries FROM alarm a
     WHERE a.alarm_id = ANY (canaries)
       AND NOT EXISTS (SELECT FROM stream_event e WHERE e.alarm_id = a.alarm_id);
    DELETE FROM deadline d WHERE d.alarm_id = ANY (canaries);
    DELETE FROM delivery d WHERE d.centre_id = p_centre AND d.alarm_id = ANY (canaries);
    DELETE FROM command c USING operator o
     WHERE o.operator_id = c.operator_id AND 'canary' = ANY (o.roles) AND c.alarm_id = ANY (canaries);
    DELETE FROM press p USING alarm a
     WHERE a.centre_id = p_centre AND a.alarm_id = ANY (canaries)
       AND p.registration_id = a.registration_id AND p.alarm_id = a.alarm_id;
    DELETE FROM alarm a WHERE a.centre_id = p_centre AND a.alarm_id = ANY (canaries) AND a.state = 'closed';
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$"""


def upgrade() -> None:
    """Add the index by which canaries are found, and what deletes them."""
    for statement in (ALARM_CANARY, FORGETTABLE, DELETE):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
