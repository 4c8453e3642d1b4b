"""What a receiver was never given, and whether it was told so.

Invariants
- ``sending.gap_told``: the receiver took a message that this event was given up (``be.msa.stream.gap``). One
  that was not told is kept.
- ``receiver_feed.epoch``: of which epoch of the log the receiver believes to follow the stream; null: it was
  never asked. Another one than the log's: what it holds may never have been.
- ``receiver_feed.gap_due_at``: when it is to be told next of what it lacks, if it lacks anything.

Lock order: as in 0026; a statement that locks ``receiver_feed`` for this locks nothing else.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE sending ADD COLUMN gap_told boolean NOT NULL DEFAULT false",
    "ALTER TABLE receiver_feed ADD COLUMN epoch text, ADD COLUMN gap_due_at timestamptz",
)


def upgrade() -> None:
    """Add the columns; a program that does not know them tells of no gap."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
