"""Signing in elsewhere, and sessions that watch after they have run out.

Invariants
- An operator who signs in by OpenID Connect is known by ``issuer`` and ``subject``, for ever: never by a
  name, which the provider may give to somebody else. She has no password.
- A session commands until ``expires_at`` and watches until ``watch_until`` (NULL: no longer than that, as
  an older node made it). ``replaced``: it ended because the same browser signed in again.
- A sign-in under way is used once and ends after ten minutes. Of its state and of the browser's secret only
  hashes are kept; nonce and verifier are of no use to anybody without them.

Lock order
- operator, then operator_session, then oidc_sign_in.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPERATOR = """
ALTER TABLE operator
    ADD COLUMN issuer  text,
    ADD COLUMN subject text,
    ADD CHECK ((issuer IS NULL) = (subject IS NULL)),
    ADD CHECK (subject IS NULL OR password_hash IS NULL),
    ADD UNIQUE (issuer, subject)"""

SESSION = """
ALTER TABLE operator_session
    ADD COLUMN watch_until timestamptz CHECK (watch_until >= expires_at),
    ADD COLUMN replaced    boolean NOT NULL DEFAULT false"""

SIGN_IN = """
CREATE TABLE oidc_sign_in (
    state_hash    bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
    browser_hash  bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
    nonce         text NOT NULL,
    code_verifier text NOT NULL,
    redirect_uri  text NOT NULL,
    again         boolean NOT NULL,
    replaces      bytea,
    begun_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL
)"""


def upgrade() -> None:
    for statement in (OPERATOR, SESSION, SIGN_IN):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
