"""A database that is restored twice from one archive has one timeline twice, and must not have one epoch.

Invariants
- ``restoration``: one row at most, of the last restore; its ``token`` is drawn anew by each.
- ``stream_epoch()`` is the cluster's id, its timeline, and that token if there is one; it reads as its owner,
  as nobody else has anything to do with the table.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

RESTORATION = """
CREATE TABLE restoration (
    last        boolean PRIMARY KEY DEFAULT true CHECK (last),
    token       text NOT NULL CHECK (token ~ '^[0-9a-f]{8}$'),
    restored_at timestamptz NOT NULL
)"""

STREAM_EPOCH = """
CREATE OR REPLACE FUNCTION stream_epoch() RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT to_hex(system_identifier) || lower(left(pg_walfile_name(pg_current_wal_lsn()), 8))
           || coalesce((SELECT token FROM restoration), '')
      FROM pg_control_system()
$$
"""


def upgrade() -> None:
    """Make the table; a program that does not know it marks no restore, and reads the epoch all the same."""
    op.execute(RESTORATION)
    op.execute(STREAM_EPOCH)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
