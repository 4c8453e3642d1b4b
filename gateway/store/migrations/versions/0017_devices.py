"""Buttons and phones: what each is, where it is, and everything that was done with it.

Invariants
- A serial number stands once for a kind and maker, however it is written: letters and digits count.
- A device with a file is its team's: moves the file to another team, its devices follow, and say so.
- ``device_move`` is only ever added to; a device's version is the number of its last move.
- Case officers and admins see the devices of their teams, and nobody those of a file that is kept from
  her. To anybody else there are none.
- What companions send changes ``last_seen_at``, battery and firmware outside the versions: an officer who
  looks at a device does not lose her view of it to a heartbeat.

Lock order: registration, then device, device_move, companion; ``device_watch`` before all of them, by the
system's own loop only. A person locks one device at a time.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MODEL = """
CREATE TABLE device_model (
    kind  text NOT NULL CHECK (kind IN ('button', 'phone')),
    maker text NOT NULL CHECK (maker <> ''),
    model text NOT NULL CHECK (model <> ''),
    PRIMARY KEY (kind, maker, model)
)"""
# What the bridge has drivers for, and a phone that is under nobody's name; `msa device model` adds others.
FIRST_MODELS = """
INSERT INTO device_model VALUES
    ('button', 'MSA', 'Reference'), ('button', 'VSN Mobil', 'V.ALRT'), ('button', 'Generic', 'iTAG'),
    ('button', 'Nordic', 'LBS'), ('button', 'Shelly', 'BLU Button1'), ('phone', 'Generic', 'Android')"""

FILE_OF_TEAM = "ALTER TABLE registration ADD CONSTRAINT registration_of_team UNIQUE (registration_id, team)"

# A key: letters and digits alone, so that AA:BB and aabb are one. COLLATE: the same on every server.
DEVICE = r"""
CREATE TABLE device (
    device_id       uuid PRIMARY KEY,
    kind            text NOT NULL,
    maker           text NOT NULL,
    model           text NOT NULL,
    serial          text NOT NULL CHECK (length(serial) <= 64),
    serial_key      text NOT NULL GENERATED ALWAYS AS
                    (regexp_replace(upper(serial COLLATE "C"), '[^0-9A-Z]', '', 'g')) STORED
                    CHECK (serial_key <> ''),
    button_id       text CHECK (button_id IS NULL OR (kind = 'button' AND length(button_id) <= 64)),
    button_key      text GENERATED ALWAYS AS (CASE kind WHEN 'button' THEN
                    regexp_replace(upper(coalesce(button_id, serial) COLLATE "C"), '[^0-9A-Z]', '', 'g')
                    END) STORED,
    team            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('stock', 'issued', 'paired', 'tested', 'faulty', 'lost',
                                                   'returned', 'wiped', 'retired')),
    registration_id uuid,
    companion_id    uuid REFERENCES companion CHECK (companion_id IS NULL OR kind = 'phone'),
    firmware        text,
    battery_pct     smallint CHECK (battery_pct BETWEEN 0 AND 100),
    battery_at      timestamptz,
    received_on     date NOT NULL,
    state_since     timestamptz NOT NULL,
    last_seen_at    timestamptz,
    version         integer NOT NULL CHECK (version >= 1),
    FOREIGN KEY (kind, maker, model) REFERENCES device_model,
    FOREIGN KEY (registration_id, team) REFERENCES registration (registration_id, team) ON UPDATE CASCADE,
    UNIQUE (kind, maker, serial_key),
    CHECK (registration_id IS NULL OR state IN ('issued', 'paired', 'tested', 'faulty', 'lost')),
    CHECK (registration_id IS NOT NULL OR state NOT IN ('issued', 'paired', 'tested'))
) WITH (fillfactor = 80)"""
INDEXES = (
    "CREATE INDEX device_by_team ON device (team, serial_key, device_id)",
    "CREATE INDEX device_by_serial ON device (serial_key, device_id)",
    "CREATE INDEX device_by_file ON device (registration_id) WHERE registration_id IS NOT NULL",
    "CREATE UNIQUE INDEX device_by_companion ON device (companion_id) WHERE companion_id IS NOT NULL",
)

MOVE = """
CREATE TABLE device_move (
    device_id       uuid NOT NULL REFERENCES device,
    number          integer NOT NULL CHECK (number >= 1),
    act             text NOT NULL,
    at              timestamptz NOT NULL,
    done_by         jsonb,
    state           text NOT NULL,
    team            text NOT NULL,
    registration_id uuid REFERENCES registration,
    companion_id    uuid,
    reason          text,
    PRIMARY KEY (device_id, number)
)"""
MOVE_BY_FILE = (
    "CREATE INDEX device_move_by_file ON device_move (registration_id) WHERE registration_id IS NOT NULL"
)

# The file went to another team (the foreign key cascades): the device's history says so.
FOLLOWS = (
    """
CREATE FUNCTION device_follows_file() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.version := OLD.version + 1;
    INSERT INTO device_move (device_id, number, act, at, state, team, registration_id, companion_id)
    VALUES (NEW.device_id, NEW.version, 'transfer', clock_timestamp(), NEW.state, NEW.team,
            NEW.registration_id, NEW.companion_id);
    RETURN NEW;
END $$""",
    """
CREATE TRIGGER device_follows_file BEFORE UPDATE OF team ON device
   FOR EACH ROW WHEN (OLD.team <> NEW.team AND OLD.version = NEW.version)
   EXECUTE FUNCTION device_follows_file()""",
)

# Which phone a code is for: whoever uses it is that phone's companion.
CODE_FOR = "ALTER TABLE enrolment_code ADD COLUMN device_id uuid REFERENCES device"
CODE_BY_DEVICE = (
    "CREATE INDEX enrolment_code_by_device ON enrolment_code (device_id) WHERE device_id IS NOT NULL"
)

# How far the loop has read; whoever holds the row is the node that reads now.
WATCH = """
CREATE TABLE device_watch (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    looked_at timestamptz NOT NULL
)"""
FIRST_WATCH = "INSERT INTO device_watch (looked_at) VALUES (now())"

# A consignment is refused for a serial number that another team has, too; it is not told which one.
KNOWN = """
CREATE FUNCTION known_devices(p_kinds text[], p_makers text[], p_keys text[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT g.place
      FROM unnest(p_kinds, p_makers, p_keys) WITH ORDINALITY AS g (kind, maker, serial_key, place)
      JOIN device d USING (kind, maker, serial_key)
$$"""

# Whose devices somebody has to do with: the stock keeper's are her centres', an officer's her own team's.
# In PL/pgSQL, as what it asks is worked out when a transaction becomes somebody's (0020).
TEAMS = """
CREATE FUNCTION my_device_teams() RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN 'admin' = ANY (my_roles()) THEN my_teams()
                WHEN 'case_officer' = ANY (my_roles()) THEN my_case_teams()
                ELSE '{}' END;
END $$"""
KEPT = """
CREATE FUNCTION my_kept_files() RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN my_denied();
END $$"""

# By an officer of its file, or by whoever keeps the phone it runs on, who may not see the file.
REVOKE = """
CREATE FUNCTION revoke_companion(p_companion uuid, p_at timestamptz) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE companion c SET revoked_at = coalesce(c.revoked_at, p_at)
     WHERE c.companion_id = p_companion
       AND (EXISTS (SELECT FROM device d
                     WHERE d.companion_id = c.companion_id AND d.team = ANY (my_device_teams()))
            OR EXISTS (SELECT FROM registration r
                        WHERE r.registration_id = c.registration_id AND 'case_officer' = ANY (my_roles())
                          AND r.registration_id <> ALL (my_denied()) AND r.team = ANY (my_case_teams())));
    RETURN FOUND;
END $$"""

RIGHTS = """
GRANT SELECT ON device_model TO msa_person;
GRANT SELECT, INSERT, UPDATE ON device TO msa_person;
GRANT SELECT, INSERT ON device_move TO msa_person;
GRANT INSERT ON enrolment_code TO msa_person;

ALTER TABLE device ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment_code ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_my_teams ON device FOR ALL TO msa_person
    USING (team = ANY ((SELECT my_device_teams())::text[])
       AND (registration_id IS NULL OR registration_id <> ALL ((SELECT my_kept_files())::uuid[])));
CREATE POLICY of_a_device ON device_move FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM device d WHERE d.device_id = device_move.device_id)
       AND (registration_id IS NULL OR registration_id <> ALL ((SELECT my_kept_files())::uuid[])));
CREATE POLICY of_my_case ON enrolment_code FOR INSERT TO msa_person
    WITH CHECK ('case_officer' = ANY (my_roles()) AND EXISTS (SELECT FROM registration r
                 WHERE r.registration_id = enrolment_code.registration_id
                   AND r.team = ANY (my_device_teams())))
"""


def upgrade() -> None:
    """Add the devices."""
    for statement in (
        MODEL,
        FIRST_MODELS,
        FILE_OF_TEAM,
        DEVICE,
        *INDEXES,
        MOVE,
        MOVE_BY_FILE,
        *FOLLOWS,
        CODE_FOR,
        CODE_BY_DEVICE,
        WATCH,
        FIRST_WATCH,
        KNOWN,
        TEAMS,
        KEPT,
        REVOKE,
        *RIGHTS.split(";\n"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
