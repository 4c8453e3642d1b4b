"""Nothing yet: the daily report and notices about protection."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
