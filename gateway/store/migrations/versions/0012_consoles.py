"""How the attached consoles are, as the nodes they are attached to say; and what became of their sirens.

Invariants

- ``attached_console`` is written by its node alone, and counts while that node is heard: the consoles of
  a node that died are gone with it, whatever it last wrote. One that came back at another node is the
  newer of its two rows.
- ``console_sound`` is only ever added to: each change of what a console's siren does, by whose console
  and when, by the clock of the node that was told.
- ``canary_seen`` is when a node's canary console last reported a canary of the centre drawn.

Lock order: none of these is ever locked together with anything else.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Written every few seconds in place: no column that changes then is in an index.
ATTACHED_CONSOLE = """
CREATE TABLE attached_console (
    node_id     uuid NOT NULL REFERENCES node ON DELETE CASCADE,
    console_id  uuid NOT NULL,
    operator_id uuid NOT NULL REFERENCES operator,
    centres     text[] NOT NULL,
    since       timestamptz NOT NULL,
    heard_at    timestamptz NOT NULL,
    condition   jsonb,
    sound_since timestamptz,
    PRIMARY KEY (node_id, console_id)
) WITH (fillfactor = 50)"""

CONSOLE_SOUND = """
CREATE TABLE console_sound (
    sound_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,
    node           text NOT NULL,
    console_id     uuid NOT NULL,
    operator_id    uuid NOT NULL REFERENCES operator,
    centres        text[] NOT NULL,
    sound          text NOT NULL
                   CHECK (sound IN ('unchecked', 'ready', 'sounding', 'silenced', 'blocked')),
    silenced_until timestamptz
)"""
CONSOLE_SOUND_MISSING = """
CREATE INDEX console_sound_missing ON console_sound (at) WHERE sound IN ('silenced', 'blocked')"""

CANARY_SEEN = """
CREATE TABLE canary_seen (
    centre_id text NOT NULL REFERENCES centre,
    node      text NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (centre_id, node)
) WITH (fillfactor = 50)"""

# What answer times are counted from; neither column changes with an alarm's state.
ALARM_REAL = "CREATE INDEX alarm_real ON alarm (centre_id, raised_at) WHERE purpose = 'real'"


def upgrade() -> None:
    """Create the tables, and the index that the answer times are counted by."""
    for statement in (ATTACHED_CONSOLE, CONSOLE_SOUND, CONSOLE_SOUND_MISSING, CANARY_SEEN, ALARM_REAL):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
