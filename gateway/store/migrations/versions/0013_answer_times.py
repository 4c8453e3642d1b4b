"""How soon alarms were answered is counted from their events; of most alarms few tell anything of it.

Without this every event of a month's real alarms is read each time, images and all.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STREAM_EVENT_ANSWER = """
CREATE INDEX stream_event_answer ON stream_event (alarm_id, at)
 WHERE kind IN ('alarm.acknowledged', 'alarm.taken_over', 'alarm.escalated')"""


def upgrade() -> None:
    """Add the index."""
    op.execute(STREAM_EVENT_ANSWER)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
