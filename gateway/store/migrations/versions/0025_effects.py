"""What events do to alarms.

``command`` says which request an operator was answered; an integrator's event is answered the same way,
once, under the integrator's id and an id made of the event's. So who asks is not always an operator.

A device that an integrator speaks for is supervised as a companion: ``companion.integrator_id`` says by whom.
It has no phone of ours, and its key is nobody's.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let integrators stand where operators do, and speak for devices."""
    op.execute("ALTER TABLE command DROP CONSTRAINT command_operator_id_fkey")
    op.execute("ALTER TABLE companion ADD COLUMN integrator_id uuid REFERENCES integrator")


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
