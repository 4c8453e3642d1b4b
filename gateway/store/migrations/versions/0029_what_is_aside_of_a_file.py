"""Which file an event in quarantine is about, so that it goes with the file.

Invariants
- ``event_quarantine.registration_id``: what the event's subject meant when it was put aside, a stand-in too;
  null where it could not be opened. Erasing the file deletes the event: what it says is hers.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE event_quarantine ADD COLUMN registration_id uuid",
    "CREATE INDEX event_quarantine_by_registration ON event_quarantine (registration_id)",
    """
CREATE OR REPLACE FUNCTION forget_events() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE alarm_event e SET digest = '' WHERE e.registration_id = NEW.registration_id;
    DELETE FROM inbox_event e WHERE e.lane = NEW.registration_id;
    DELETE FROM event_quarantine e
     WHERE e.registration_id = NEW.registration_id OR e.lane = NEW.registration_id;
    RETURN NULL;
END $$""",
)


def upgrade() -> None:
    """Add the column; delete by it."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
