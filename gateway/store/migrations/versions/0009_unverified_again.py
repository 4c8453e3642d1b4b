"""What an unverified press says never replaces what a verified one said.

Whoever knows a companion's id can press in its name, and must not move her on the map: on an alarm that is
verified such a press counts, is told with its flags and is kept as it came, and its place is shown only
where no other is known. Everything else is as before.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PRESS_AGAIN = """
CREATE OR REPLACE FUNCTION press_again(was jsonb, now jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN now_counts THEN was || now ELSE was END || jsonb_build_object(
        'trail', was -> 'trail',
        'verified', (was -> 'verified')::boolean OR (now -> 'verified')::boolean,
        'positions', CASE WHEN jsonb_array_length(was -> 'positions') = 0
                            OR now_counts AND jsonb_array_length(now -> 'positions') > 0
                          THEN now -> 'positions' ELSE was -> 'positions' END,
        'flags', (SELECT coalesce(jsonb_agg(DISTINCT flag), '[]')
                    FROM jsonb_array_elements((was -> 'flags') || (now -> 'flags')) AS flag))
      FROM (SELECT (now -> 'verified')::boolean OR NOT (was -> 'verified')::boolean AS now_counts) AS it
$$
"""


def upgrade() -> None:
    """Let a verified press stand."""
    op.execute(PRESS_AGAIN)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
