"""Files and people: centres, registrations, companions, operators.

Invariants
- A registration belongs to one centre. Everything personal in it is sealed under a key of its own;
  that key is wrapped by a key which is not in this database. ``wrapped_key`` NULL: erased for ever.
- A companion belongs to one registration, and only its public key is here. Revoked stays revoked.
- Of codes, links and sessions only SHA-256 hashes are kept; a code and a link are used once.
- A nonce of a companion is taken once, as long as a request that old would be believed.
- A username is lower case, so that no two differ by case only.

Lock order
- registration, then companion, then enrolment_code; operator, then operator_session, sign_in_link.
  Nothing here is locked while a centre's stream (0002) is.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CENTRE = r"""
CREATE TABLE centre (
    centre_id text PRIMARY KEY CHECK (centre_id ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$'),
    name      text NOT NULL
)"""

# The eleven CICs of the Belgian federal police, one a province and Brussels.
BELGIUM = """
INSERT INTO centre (centre_id, name) VALUES
    ('BE-VAN', 'Antwerpen'),
    ('BE-VBR', 'Vlaams-Brabant'),
    ('BE-VLI', 'Limburg'),
    ('BE-VOV', 'Oost-Vlaanderen'),
    ('BE-VWV', 'West-Vlaanderen'),
    ('BE-WBR', 'Brabant wallon'),
    ('BE-WHT', 'Hainaut'),
    ('BE-WLG', 'Liège'),
    ('BE-WLX', 'Luxembourg'),
    ('BE-WNA', 'Namur'),
    ('BE-BRU', 'Brussel / Bruxelles')"""

REGISTRATION = """
CREATE TABLE registration (
    registration_id      uuid PRIMARY KEY,
    centre_id            text NOT NULL REFERENCES centre,
    reference            text NOT NULL,
    key_id               text NOT NULL,
    wrapped_key          bytea,
    person_sealed        bytea NOT NULL,
    circumstances_sealed bytea NOT NULL,
    sealed_version       integer NOT NULL CHECK (sealed_version >= 1),
    policy               jsonb NOT NULL,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    UNIQUE (centre_id, reference)
)"""

COMPANION = """
CREATE TABLE companion (
    companion_id    uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES registration,
    public_key      bytea NOT NULL,
    label           text NOT NULL,
    version         text,
    enrolled_at     timestamptz NOT NULL,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    last_seen_at    timestamptz
)"""
COMPANION_BY_REGISTRATION = "CREATE INDEX companion_by_registration ON companion (registration_id)"
COMPANION_REVOKED = "CREATE INDEX companion_revoked ON companion (revoked_at) WHERE revoked_at IS NOT NULL"

ENROLMENT_CODE = """
CREATE TABLE enrolment_code (
    code_hash       bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    registration_id uuid NOT NULL REFERENCES registration,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    companion_id    uuid REFERENCES companion,
    CHECK ((used_at IS NULL) = (companion_id IS NULL))
)"""

COMPANION_NONCE = """
CREATE TABLE companion_nonce (
    companion_id uuid NOT NULL,
    nonce        text NOT NULL CHECK (octet_length(nonce) <= 100),
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (companion_id, nonce)
)"""
COMPANION_NONCE_BY_EXPIRY = "CREATE INDEX companion_nonce_by_expiry ON companion_nonce (expires_at)"

OPERATOR = """
CREATE TABLE operator (
    operator_id   uuid PRIMARY KEY,
    username      text NOT NULL UNIQUE CHECK (username = lower(username) AND username <> ''),
    name          text NOT NULL,
    password_hash text,
    roles         text[] NOT NULL CHECK (cardinality(roles) > 0),
    centres       text[] NOT NULL,
    disabled_at   timestamptz
)"""

OPERATOR_SESSION = """
CREATE TABLE operator_session (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    operator_id uuid NOT NULL REFERENCES operator,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz
)"""

SIGN_IN_LINK = """
CREATE TABLE sign_in_link (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    operator_id uuid NOT NULL REFERENCES operator,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
)"""


def upgrade() -> None:
    for statement in (
        CENTRE,
        BELGIUM,
        REGISTRATION,
        COMPANION,
        COMPANION_BY_REGISTRATION,
        COMPANION_REVOKED,
        ENROLMENT_CODE,
        COMPANION_NONCE,
        COMPANION_NONCE_BY_EXPIRY,
        OPERATOR,
        OPERATOR_SESSION,
        SIGN_IN_LINK,
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
