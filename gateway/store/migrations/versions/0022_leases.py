"""A lease that another statement gave a moment ago is no lease from before the clock was set back.

``lease_over`` compared with the instant at which its own statement began. Whoever waited, or was just
slower, found a row that a statement of later had claimed: its lease ended later than any that she could
give, so it passed for one from before the clock was set back, and two nodes held it. What is asked now is
the clock itself, which is never behind a claim that is there to be read unless it was set back.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LEASE_OVER = """
CREATE OR REPLACE FUNCTION lease_over(p_until timestamptz, p_longest_s float8) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    SELECT p_until IS NULL OR p_until <= statement_timestamp()
        OR p_until > clock_timestamp() + make_interval(secs => p_longest_s)
$$"""


def upgrade() -> None:
    """Replace the function; those who call it stay as they are."""
    op.execute(LEASE_OVER)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
