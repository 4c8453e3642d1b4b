"""The files of case teams: zones, versions, steps, the journal, and who may see which row.

Invariants
- A file belongs to one **team**: the case team of a police zone, or of the centre where no zone is named.
- ``registration_version`` has every version of a file that was saved; the newest is the registration's own.
- ``registration_step`` and ``journal`` are only ever added to. A step's number has no gap.
- What anybody wrote in words is sealed under a key of its row, wrapped like a registration's: erasing a
  file destroys them all. Nothing in the clear here says who a victim is.
- People read and write files as the role ``msa_person``, for whom each table here has policies: a row that
  is not of their teams does not exist. The gateway's own work (presses, timers) is not a person's.

Lock order: registration, then its version, its step, then the journal; none while a stream is locked.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ZONE = """
CREATE TABLE zone (
    zone_id         text PRIMARY KEY CHECK (zone_id ~ '^[A-Z]{2}-[0-9]{4}$'),
    name            text NOT NULL CHECK (name <> ''),
    centre_id       text NOT NULL REFERENCES centre,
    arrondissement  text NOT NULL CHECK (arrondissement <> ''),
    language        text NOT NULL DEFAULT 'nl' CHECK (language IN ('nl', 'fr', 'de', 'en')),
    mail            text[] NOT NULL DEFAULT '{}',
    report_at       time NOT NULL DEFAULT '07:00'
)"""

OPERATOR = "ALTER TABLE operator ADD COLUMN zones text[] NOT NULL DEFAULT '{}'"

# ``life``: what the gates look at (gateway.domain.casework.life); nothing in words, nothing personal.
REGISTRATION = """
ALTER TABLE registration
    ADD COLUMN zone_id text REFERENCES zone,
    ADD COLUMN team text NOT NULL GENERATED ALWAYS AS (coalesce(zone_id, centre_id)) STORED,
    ADD COLUMN state text NOT NULL DEFAULT 'installed',
    ADD COLUMN life jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN life_version integer NOT NULL DEFAULT 0,
    ADD COLUMN ends_on date,
    ADD COLUMN decide_by timestamptz,
    ADD COLUMN risk text NOT NULL DEFAULT 'high' CHECK (risk IN ('low', 'medium', 'high', 'extreme')),
    ADD COLUMN held_since timestamptz,
    ADD COLUMN erased_at timestamptz"""
REGISTRATION_BY_TEAM = "CREATE INDEX registration_by_team ON registration (team)"

VERSION = """
CREATE TABLE registration_version (
    registration_id      uuid NOT NULL REFERENCES registration,
    sealed_version       integer NOT NULL CHECK (sealed_version >= 1),
    saved_at             timestamptz NOT NULL,
    saved_by             jsonb,
    key_id               text NOT NULL,
    wrapped_key          bytea,
    person_sealed        bytea NOT NULL,
    circumstances_sealed bytea NOT NULL,
    PRIMARY KEY (registration_id, sealed_version)
)"""
FIRST_VERSIONS = """
INSERT INTO registration_version
SELECT registration_id, sealed_version, updated_at, NULL, key_id, wrapped_key, person_sealed,
       circumstances_sealed
  FROM registration"""

# ``at``: when it was written down; ``on_date``: the day it is about. ``facts``: codes, dates, numbers.
STEP = """
CREATE TABLE registration_step (
    registration_id uuid NOT NULL REFERENCES registration,
    number          integer NOT NULL CHECK (number >= 1),
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    on_date         date NOT NULL,
    done_by         jsonb,
    centre_id       text NOT NULL,
    team            text NOT NULL,
    arrondissement  text,
    state           text NOT NULL,
    document        text,
    facts           jsonb NOT NULL DEFAULT '{}',
    key_id          text,
    wrapped_key     bytea,
    ground_sealed   bytea,
    PRIMARY KEY (registration_id, number)
)"""
STEP_BY_TIME = "CREATE INDEX registration_step_by_time ON registration_step (at)"

JOURNAL = """
CREATE TABLE journal (
    entry           bigint GENERATED ALWAYS AS IDENTITY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind            text NOT NULL,
    done_by         jsonb,
    roles           text[] NOT NULL DEFAULT '{}',
    registration_id uuid,
    alarm_id        uuid,
    subject         text,
    centre_id       text,
    team            text,
    reason          text,
    facts           jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (at, entry)
) PARTITION BY RANGE (at)"""
JOURNAL_BY_FILE = (
    "CREATE INDEX journal_by_file ON journal (registration_id, at) WHERE registration_id IS NOT NULL"
)
JOURNAL_BY_PERSON = "CREATE INDEX journal_by_person ON journal ((done_by ->> 'operator_id'), at)"

# A month is dropped as a whole when its retention ends. What finds no month is kept beside them.
MONTHS = """
CREATE FUNCTION keep_months(p_table text, p_from date, p_months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date;
BEGIN
    FOR i IN 0 .. p_months - 1 LOOP
        first := date_trunc('month', p_from)::date + make_interval(months => i);
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            p_table || to_char(first, '_YYYY_MM'), p_table, first::timestamp AT TIME ZONE 'UTC',
            (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    END LOOP;
END $$"""
FIRST_MONTHS = "SELECT keep_months('journal', (now() AT TIME ZONE 'UTC')::date, 14)"
NO_MONTH = "CREATE TABLE journal_default PARTITION OF journal DEFAULT"

# Roles are the cluster's: another database may have made it, at this very moment too.
PERSON = """
DO $$ BEGIN
    CREATE ROLE msa_person NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""
PERSON_IS_OURS = """
DO $$ BEGIN
    EXECUTE format('GRANT msa_person TO %I', current_user);
EXCEPTION WHEN unique_violation OR internal_error THEN NULL; -- granted at this very moment
END $$"""

SCOPE = (
    """
CREATE FUNCTION my_teams() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(coalesce(current_setting('msa.teams', true), ''), ',')
$$""",
    """
CREATE FUNCTION my_centres() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(coalesce(current_setting('msa.centres', true), ''), ',')
$$""",
    """
CREATE FUNCTION my_roles() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(coalesce(current_setting('msa.roles', true), ''), ',')
$$""",
    """
CREATE FUNCTION my_operator() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('msa.operator', true), '')::uuid
$$""",
    # Zones that are named; else the centres' own teams. Whoever oversees a centre has all of its teams.
    """
CREATE FUNCTION teams_of(p_zones text[], p_centres text[], p_all boolean) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN cardinality(p_zones) > 0 THEN p_zones
        WHEN p_all THEN p_centres || ARRAY(SELECT z.zone_id FROM zone z WHERE z.centre_id = ANY (p_centres))
        ELSE p_centres END
$$""",
    """
CREATE FUNCTION may_know(p_registration uuid, p_team text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_team = ANY (my_teams())
$$""",
)

RIGHTS = """
GRANT USAGE ON SCHEMA public TO msa_person;
GRANT SELECT ON zone, centre, companion, companion_state, supervision, protection TO msa_person;
GRANT SELECT, INSERT ON registration TO msa_person;
GRANT UPDATE (state, life, life_version, ends_on, decide_by, risk, key_id, wrapped_key, person_sealed,
    circumstances_sealed, sealed_version, updated_at) ON registration TO msa_person;
GRANT SELECT, INSERT ON registration_version, registration_step, journal TO msa_person;

ALTER TABLE registration ENABLE ROW LEVEL SECURITY;
ALTER TABLE registration_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE registration_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE protection ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_my_teams ON registration FOR ALL TO msa_person
    USING (may_know(registration_id, team)) WITH CHECK (team = ANY (my_teams()));
CREATE POLICY of_a_file ON registration_version FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r
                    WHERE r.registration_id = registration_version.registration_id));
CREATE POLICY of_a_file ON registration_step FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r
                    WHERE r.registration_id = registration_step.registration_id));
CREATE POLICY of_a_file ON protection FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM registration r
                    WHERE r.registration_id = protection.registration_id));
CREATE POLICY written_by_me ON journal FOR INSERT TO msa_person
    WITH CHECK ((done_by ->> 'operator_id')::uuid = my_operator());
CREATE POLICY of_my_teams ON journal FOR SELECT TO msa_person
    USING (team = ANY (my_teams()) OR (centre_id = ANY (my_centres()) AND 'auditor' = ANY (my_roles())))
"""


def upgrade() -> None:
    for statement in (
        ZONE,
        OPERATOR,
        REGISTRATION,
        REGISTRATION_BY_TEAM,
        VERSION,
        FIRST_VERSIONS,
        STEP,
        STEP_BY_TIME,
        JOURNAL,
        JOURNAL_BY_FILE,
        JOURNAL_BY_PERSON,
        MONTHS,
        FIRST_MONTHS,
        NO_MONTH,
        PERSON,
        PERSON_IS_OURS,
        *SCOPE,
        *RIGHTS.split(";\n"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
