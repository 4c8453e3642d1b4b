"""Who has claimed an event, so that what a node had that was killed is free at once.

Invariants
- ``inbox_event.claimed_by``: the number of whoever claimed it (``gateway.store.doors.claimant``), whose
  session holds an advisory lock of that number while it lives. Without it the claim is over, whatever its
  lease. Null: claimed by nobody, or by a program from before this, of which the lease alone counts.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; who does not know it leaves it empty."""
    op.execute("ALTER TABLE inbox_event ADD COLUMN claimed_by integer CHECK (claimed_by > 0)")


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
