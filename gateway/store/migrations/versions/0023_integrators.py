"""Other systems that speak to the gateway, their credentials, and whom they mean.

Invariants
- Of secrets and tokens only SHA-256 hashes are kept: both have 256 bits of their own. A secret may have a
  successor before it ends (``ends_at``), so that it is changed without a gap.
- A subject, which may be a telephone number, is kept as a keyed hash (``store.doors``); it means one
  registration.
- A file of the population ``stand_in`` is nobody's: it was made so that an alarm is shown of which nobody
  here knows the subject. It belongs to no zone, and nobody reports, counts or supervises it.

Lock order: integrator, then what belongs to it. Nothing here is locked while a centre's stream (0002) is.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE integrator (
    integrator_id uuid PRIMARY KEY,
    name          text NOT NULL UNIQUE CHECK (name <> ''),
    scopes        text[] NOT NULL,
    centres       text[] NOT NULL DEFAULT '{}',
    sandbox       boolean NOT NULL DEFAULT false,
    events_per_s  float8 NOT NULL CHECK (events_per_s > 0),
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz
)""",
    """
CREATE TABLE integrator_secret (
    integrator_id uuid NOT NULL REFERENCES integrator,
    secret_hash   bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    created_at    timestamptz NOT NULL,
    ends_at       timestamptz,
    PRIMARY KEY (integrator_id, secret_hash)
)""",
    """
CREATE TABLE integrator_key (
    key_id        uuid PRIMARY KEY,
    integrator_id uuid NOT NULL REFERENCES integrator,
    algorithm     text NOT NULL CHECK (algorithm IN ('ecdsa-p256-sha256', 'ed25519')),
    public_key    bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    ends_at       timestamptz
)""",
    """
CREATE TABLE integrator_token (
    token_hash    bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    integrator_id uuid NOT NULL REFERENCES integrator,
    scopes        text[] NOT NULL,
    expires_at    timestamptz NOT NULL
)""",
    "CREATE INDEX integrator_token_by_expiry ON integrator_token (expires_at)",
    """
CREATE TABLE integrator_nonce (
    key_id     uuid NOT NULL REFERENCES integrator_key,
    nonce      text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (key_id, nonce)
)""",
    "CREATE INDEX integrator_nonce_by_expiry ON integrator_nonce (expires_at)",
    "CREATE INDEX integrator_key_by_integrator ON integrator_key (integrator_id)",
    "CREATE INDEX integrator_token_by_integrator ON integrator_token (integrator_id)",
    """
CREATE TABLE integrator_subject (
    integrator_id   uuid NOT NULL REFERENCES integrator,
    subject_hash    bytea NOT NULL CHECK (octet_length(subject_hash) = 32),
    registration_id uuid NOT NULL REFERENCES registration,
    linked_at       timestamptz NOT NULL,
    PRIMARY KEY (integrator_id, subject_hash)
)""",
    "CREATE INDEX integrator_subject_by_registration ON integrator_subject (registration_id)",
    "ALTER TABLE registration DROP CONSTRAINT registration_population_check",
    """
ALTER TABLE registration ADD CONSTRAINT registration_population_check
CHECK (population IN ('real', 'exercise', 'canary', 'stand_in'))""",
)

# Once a file is erased nothing leads to it any more.
ERASED_IS_UNLINKED = (
    """
CREATE FUNCTION unlink_erased() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM integrator_subject s WHERE s.registration_id = NEW.registration_id;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER unlink_erased AFTER UPDATE OF wrapped_key ON registration
   FOR EACH ROW WHEN (OLD.wrapped_key IS NOT NULL AND NEW.wrapped_key IS NULL)
   EXECUTE FUNCTION unlink_erased()""",
)

# The one function that commits presses takes a stand-in's as it takes a real victim's. It is long, and
# nothing else of it changes.
STAND_INS_RAISE = """
DO $do$
DECLARE
    was text := pg_get_functiondef('commit_presses(text, jsonb[], bytea[])'::regprocedure);
    now text := replace(was, $$WHEN file.population = 'real' THEN$$,
                        $$WHEN file.population IN ('real', 'stand_in') THEN$$);
BEGIN
    IF now = was THEN
        RAISE EXCEPTION 'commit_presses is not as this migration knows it';
    END IF;
    EXECUTE now;
END $do$"""

# What alarms of before say nothing of, each event says all the same: a console reads every field it knows.
ALARM_IMAGE = """
CREATE OR REPLACE FUNCTION alarm_image(a alarm) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT '{"source": {"kind": "button", "name": null}, "breach": null}'::jsonb
        || a.facts || (a.life - 'acknowledged_centre') || jsonb_build_object(
        'alarm_id', a.alarm_id, 'centre', a.owner, 'registration_id', a.registration_id,
        'reference', a.reference, 'purpose', a.purpose, 'state', a.state, 'version', a.version,
        'raised_at', a.raised_at, 'press_count', a.press_count, 'last_pressed_at', a.last_pressed_at,
        'acknowledged_by', CASE WHEN a.acknowledged_by IS NOT NULL THEN jsonb_build_object(
            'operator_id', a.acknowledged_by, 'name', a.acknowledged_name,
            'centre', coalesce(a.life ->> 'acknowledged_centre', a.owner)) END,
        'acknowledged_at', a.acknowledged_at,
        'trail', (a.facts -> 'trail') || jsonb_build_object('acknowledged_at', a.acknowledged_at))
$$"""


def upgrade() -> None:
    """Make the tables; let a stand-in raise real alarms."""
    for statement in (*TABLES, *ERASED_IS_UNLINKED, STAND_INS_RAISE, ALARM_IMAGE):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
