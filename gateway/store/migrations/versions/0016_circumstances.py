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
- A **hotspot** is a flag on an address or a number. What it is on, and why, is sealed; it is found by
  ``blind`` (a keyed hash of the number or address) and ``cells`` (keyed hashes of the squares of a grid that
  its circle touches), which nobody reads without the key file, and which are gone once it has ended. One that
  is born with a file (``registration_id``) ends with it; one that is set by hand has a last day.
- ``hotspot_of_file`` has, of each file, what its flags were last made from; ``hotspot_looked`` the alarms
  that were held against them.

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

HOTSPOT = """
CREATE TABLE hotspot (
    hotspot_id      uuid PRIMARY KEY,
    centre_id       text NOT NULL REFERENCES centre,
    team            text NOT NULL,
    registration_id uuid REFERENCES registration,
    kind            text NOT NULL CHECK (kind IN ('address', 'number')),
    key_id          text NOT NULL,
    wrapped_key     bytea,
    flag_sealed     bytea NOT NULL,
    blind           bytea,
    cells           bytea[] NOT NULL DEFAULT '{}',
    set_at          timestamptz NOT NULL,
    set_by          jsonb,
    until           date,
    ended_at        timestamptz,
    ended_by        jsonb,
    ended           text CHECK (ended IN ('file', 'hand', 'date')),
    CHECK ((registration_id IS NULL) = (until IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (ended IS NULL)),
    CHECK (ended_at IS NULL OR (blind IS NULL AND cells = '{}'))
)"""
HOTSPOT_BY_TEAM = "CREATE INDEX hotspot_by_team ON hotspot (team, set_at, hotspot_id)"
HOTSPOT_BY_FILE = "CREATE INDEX hotspot_by_file ON hotspot (registration_id) WHERE ended_at IS NULL"
HOTSPOT_BY_BLIND = "CREATE INDEX hotspot_by_blind ON hotspot (blind) WHERE ended_at IS NULL"
HOTSPOT_BY_CELL = "CREATE INDEX hotspot_by_cell ON hotspot USING gin (cells) WHERE ended_at IS NULL"

HOTSPOT_OF_FILE = """
CREATE TABLE hotspot_of_file (
    registration_id uuid PRIMARY KEY REFERENCES registration,
    sealed_version  integer NOT NULL,
    team            text NOT NULL,
    up              boolean NOT NULL
)"""
HOTSPOT_LOOKED = """
CREATE TABLE hotspot_looked (
    alarm_id  uuid PRIMARY KEY,
    looked_at timestamptz NOT NULL DEFAULT now()
)"""

# A flag of a file is known to whoever knows the file; one set by hand to whoever works for the team.
HOTSPOT_RIGHTS = """
GRANT SELECT, INSERT ON hotspot TO msa_person;
GRANT UPDATE (blind, cells, ended_at, ended_by, ended) ON hotspot TO msa_person;
ALTER TABLE hotspot ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_my_teams ON hotspot FOR SELECT TO msa_person
    USING (team = ANY (my_teams()) AND my_roles() && '{case_officer,supervisor}'
       AND (registration_id IS NULL
            OR EXISTS (SELECT FROM registration r WHERE r.registration_id = hotspot.registration_id)));
CREATE POLICY by_hand ON hotspot FOR INSERT TO msa_person
    WITH CHECK (team = ANY (my_teams()) AND my_roles() && '{case_officer,supervisor}'
       AND registration_id IS NULL AND (set_by ->> 'operator_id')::uuid = my_operator());
CREATE POLICY ended_by_hand ON hotspot FOR UPDATE TO msa_person
    USING (team = ANY (my_teams()) AND my_roles() && '{case_officer,supervisor}'
       AND registration_id IS NULL)
"""

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
        HOTSPOT,
        HOTSPOT_BY_TEAM,
        HOTSPOT_BY_FILE,
        HOTSPOT_BY_BLIND,
        HOTSPOT_BY_CELL,
        HOTSPOT_OF_FILE,
        HOTSPOT_LOOKED,
        *RIGHTS.split(";\n"),
        *HOTSPOT_RIGHTS.split(";\n"),
        *(OF_A_FILE.format(table=table) for table in FILE_TABLES),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
