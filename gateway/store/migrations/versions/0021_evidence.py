"""Nothing yet: the sealed log, retention and erasure."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
