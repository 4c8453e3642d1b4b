"""Accounts of alarm gear that speaks SIA DC-09, each of one integrator.

Invariants
- An account number, with its prefix where it has one, means one account while that is in use: an index sees
  to it. One that has ended stays, so that what it sent can be understood.
- The key that its gear encrypts with is sealed under a key of its row (``store.row_seal``). An account
  without one is taken in clear, which somebody asked for by name.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE gear_account (
    account_id    uuid PRIMARY KEY,
    integrator_id uuid NOT NULL REFERENCES integrator,
    account       text NOT NULL CHECK (account ~ '^[0-9A-F]{3,16}$'),
    line          text NOT NULL DEFAULT '' CHECK (line ~ '^(L[0-9A-F]{1,6})?$'),
    key_id        text,
    row_key       bytea,
    key_sealed    bytea,
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK ((key_id IS NULL) = (row_key IS NULL) AND (key_id IS NULL) = (key_sealed IS NULL))
)""",
    "CREATE UNIQUE INDEX gear_account_in_use ON gear_account (account, line) WHERE ended_at IS NULL",
    "CREATE INDEX gear_account_by_integrator ON gear_account (integrator_id)",
)


def upgrade() -> None:
    """Make the table."""
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
