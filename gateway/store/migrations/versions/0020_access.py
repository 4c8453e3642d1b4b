"""Nothing yet: who may look, and who looked."""

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
