"""Nothing yet: the life of a file."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
