"""Circumstances: their review, the risk level's second person, photos.

Invariants
- ``registration_review`` has, of a file's newest version, the day on which each entry was last confirmed
  (the person's first; NULL: never), and nothing of what they say: what is due is found without opening
  a file. A file without a row was saved before there was this table: all of it is due.
- ``risk_request`` has every change of a level that somebody wanted, with the ground. A rise is decided with
  it; a file has at most one open request to lower, and one that has expired is as good as none.
- A photo has the version of the file with which it came, and is never changed. A file, or an alarm with
  its own sealed copy of one, names the version of the photo that belongs to it.
- Grounds and photos are sealed under a key of their row.

Lock order: registration, then any of these.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

REVIEW = """
CREATE TABLE registration_review (
    registration_id uuid PRIMARY KEY REFERENCES registration,
    sealed_version  integer NOT NULL,
    checked_on      date[] NOT NULL
)"""

REVIEW_TOLD = """
CREATE TABLE review_told (
    team    text PRIMARY KEY,
    told_on date NOT NULL
)"""

RISK_REQUEST = """
CREATE TABLE risk_request (
    request_id      uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES registration,
    from_level      text NOT NULL,
    to_level        text NOT NULL CHECK (to_level IN ('low', 'medium', 'high', 'extreme')),
    asked_by        jsonb NOT NULL,
    asked_at        timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    key_id          text NOT NULL,
    wrapped_key     bytea,
    ground_sealed   bytea NOT NULL,
    decision        text CHECK (decision IN
                        ('raised', 'confirmed', 'refused', 'withdrawn', 'overtaken', 'expired')),
    decided_by      jsonb,
    decided_at      timestamptz,
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK (decision IS DISTINCT FROM 'confirmed'
           OR decided_by ->> 'operator_id' IS DISTINCT FROM asked_by ->> 'operator_id')
)"""
ONE_RISK_REQUEST = """
CREATE UNIQUE INDEX risk_request_open ON risk_request (registration_id) WHERE decision IS NULL"""

PHOTO = """
CREATE TABLE registration_photo (
    registration_id uuid NOT NULL REFERENCES registration,
    photo_of        text NOT NULL CHECK (photo_of IN ('victim', 'offender')),
    photo_version   integer NOT NULL CHECK (photo_version >= 1),
    saved_at        timestamptz NOT NULL,
    saved_by        jsonb NOT NULL,
    key_id          text NOT NULL,
    wrapped_key     bytea,
    photo_sealed    bytea NOT NULL,
    PRIMARY KEY (registration_id, photo_of, photo_version)
)"""

# Read by whoever knows the file, written by its case team (and a magistrate: the second person).
OF_A_FILE = """
CREATE POLICY of_a_file ON {table} FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id))
    WITH CHECK (my_roles() && '{{case_officer,magistrate}}'
       AND EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id
                      AND r.team = ANY (my_teams())))"""
FILE_TABLES = ("registration_review", "risk_request", "registration_photo")

RIGHTS = """
GRANT SELECT, INSERT, UPDATE ON registration_review, risk_request TO msa_person;
GRANT SELECT, INSERT ON registration_photo TO msa_person;

ALTER TABLE registration_review ENABLE ROW LEVEL SECURITY;
ALTER TABLE risk_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE registration_photo ENABLE ROW LEVEL SECURITY
"""


def upgrade() -> None:
    for statement in (
        REVIEW,
        REVIEW_TOLD,
        RISK_REQUEST,
        ONE_RISK_REQUEST,
        PHOTO,
        *RIGHTS.split(";\n"),
        *(OF_A_FILE.format(table=table) for table in FILE_TABLES),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
