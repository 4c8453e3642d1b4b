"""How many stand-ins each integrator makes a day, which is bound.

Invariants
- ``stand_in_day.made``: stand-ins that an integrator's alarms made on a day (UTC), at most as many as the
  program that made them allows. ``shared``: alarms beyond it, which went onto its one shared stand-in.

Lock order: ``stand_in_day`` before ``registration``, by one statement that makes one of each.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

DAYS = """
CREATE TABLE stand_in_day (
    integrator_id uuid NOT NULL REFERENCES integrator,
    day           date NOT NULL,
    made          integer NOT NULL DEFAULT 0 CHECK (made >= 0),
    shared        integer NOT NULL DEFAULT 0 CHECK (shared >= 0),
    PRIMARY KEY (integrator_id, day)
)"""


def upgrade() -> None:
    """Make the table; a program that does not know it counts nothing."""
    op.execute(DAYS)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
