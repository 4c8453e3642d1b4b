"""A reopened alarm is followed anew, as after a press.

Nothing is stored differently. Until when the fixes of a closed alarm count was the first end after the
last press; now it is the first end after the last press or reopening, so that what was fixed after the
reopening and arrives after the next closing is kept.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FOLLOWED_UNTIL = """
CREATE OR REPLACE FUNCTION followed_until(a alarm) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN coalesce(a.life ->> 'tracking', 'off') = 'off' THEN NULL
        WHEN a.state = 'closed' OR a.life ->> 'tracking' = 'ended' THEN
            (SELECT min(e.at) FROM stream_event e WHERE e.alarm_id = a.alarm_id
                AND e.kind IN ('alarm.tracking_ended', 'alarm.closed', 'alarm.expired')
                AND e.at > (SELECT max(p.at) FROM stream_event p WHERE p.alarm_id = a.alarm_id
                               AND p.kind IN ('alarm.raised', 'alarm.pressed_again', 'alarm.reopened')))
        ELSE (a.life ->> 'tracking_until')::timestamptz END
$$
"""


def upgrade() -> None:
    """Let a reopening begin anew what a press begins."""
    op.execute(FOLLOWED_UNTIL)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
