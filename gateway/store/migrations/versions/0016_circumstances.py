"""Nothing yet: circumstances, their review, hotspots."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
