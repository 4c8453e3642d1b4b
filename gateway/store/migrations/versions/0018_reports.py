"""How protection went, whom its changes are told, and the daily report.

Invariants
- ``protection_change`` has every change of a registration's protection, in order, with the seconds that
  she was protected, degraded and unprotected up to it: how protected she was between two instants is the
  difference of two of them, however many changes lie between. ``state`` null: not judged from there on.
- A trigger writes it with the protection itself, so that neither is there without the other; what was
  told before this table existed is taken from the streams.
- Nothing is told to a victim or a zone about a registration for which no officer asked it.
- ``daily_report`` is written once a team and day, and stays as it was made; whatever was made of it for
  the post is a ``report_sending``, the daily one its number 0. Neither holds a name.

Lock order: registration, protection, then its change; the tables of reports and tellings stand alone.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# No key to registration: it would lock its row while a stream is held.
CHANGE = """
CREATE TABLE protection_change (
    registration_id uuid NOT NULL,
    at              timestamptz NOT NULL,
    state           text CHECK (state IN ('protected', 'degraded', 'unprotected')),
    faults          text[] NOT NULL DEFAULT '{}',
    protected_s     float8 NOT NULL,
    degraded_s      float8 NOT NULL,
    unprotected_s   float8 NOT NULL,
    PRIMARY KEY (registration_id, at) INCLUDE (state, protected_s, degraded_s, unprotected_s)
)"""

# A clock that was set back neither loses a change nor takes time away.
NOTE = """
CREATE FUNCTION note_protection(p_registration uuid, p_state text, p_faults text[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last protection_change;
    lasted float8;
BEGIN
    SELECT * INTO last FROM protection_change c WHERE c.registration_id = p_registration
     ORDER BY c.at DESC LIMIT 1;
    IF FOUND THEN
        IF (last.state, last.faults) IS NOT DISTINCT FROM (p_state, p_faults) THEN
            RETURN;
        END IF;
        p_at := greatest(p_at, last.at + interval '1 microsecond');
        lasted := extract(epoch FROM p_at - last.at);
    END IF;
    INSERT INTO protection_change VALUES (p_registration, p_at, p_state, p_faults,
        coalesce(last.protected_s + CASE last.state WHEN 'protected' THEN lasted ELSE 0 END, 0),
        coalesce(last.degraded_s + CASE last.state WHEN 'degraded' THEN lasted ELSE 0 END, 0),
        coalesce(last.unprotected_s + CASE last.state WHEN 'unprotected' THEN lasted ELSE 0 END, 0));
END $$"""

KINDS = """
CREATE FUNCTION fault_kinds(p_faults jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT f ->> 'kind' FROM jsonb_array_elements(p_faults) AS f ORDER BY 1)
$$"""

CHANGED = """
CREATE FUNCTION protection_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM note_protection(OLD.registration_id, NULL, '{}', clock_timestamp());
    ELSE
        PERFORM note_protection(NEW.registration_id, NEW.state, fault_kinds(NEW.faults), clock_timestamp());
    END IF;
    RETURN NULL;
END $$"""
ON_CHANGE = """
CREATE TRIGGER protection_changed AFTER INSERT OR UPDATE OF state, faults OR DELETE ON protection
   FOR EACH ROW EXECUTE FUNCTION protection_noted()"""

# The last line: whoever has no protection any more has had none since the last that was told.
BEFORE_THIS = """
DO $$
DECLARE
    e record;
BEGIN
    FOR e IN SELECT (v.image ->> 'registration_id')::uuid AS id, v.image, v.at FROM stream_event v
              WHERE v.kind = 'protection.changed'
                AND EXISTS (SELECT FROM registration r
                             WHERE r.registration_id = (v.image ->> 'registration_id')::uuid)
              ORDER BY v.at, v.centre_id, v.sequence LOOP
        PERFORM note_protection(e.id, e.image ->> 'state', fault_kinds(e.image -> 'faults'), e.at);
    END LOOP;
    PERFORM note_protection(p.registration_id, p.state, fault_kinds(p.faults), clock_timestamp())
       FROM protection p JOIN registration r USING (registration_id);
    PERFORM note_protection(c.registration_id, NULL, '{}', max(c.at)) FROM protection_change c
      WHERE NOT EXISTS (SELECT FROM protection p WHERE p.registration_id = c.registration_id)
      GROUP BY c.registration_id;
END $$"""

# Rounded down: what was missing for a minute is never 100 percent.
SHARE = """
CREATE FUNCTION share_pct(p_part float8, p_whole float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_whole > 0 THEN least(1000, floor(p_part / p_whole * 1000 + 1e-9)) / 10 END
$$"""
STRETCH = """
CREATE FUNCTION protection_stretch(p_protected float8, p_degraded float8, p_unprotected float8)
RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT json_build_object('protected_s', p_protected, 'degraded_s', p_degraded,
        'unprotected_s', p_unprotected,
        'protected_pct', share_pct(p_protected, p_protected + p_degraded + p_unprotected),
        'reachable_pct', share_pct(p_protected + p_degraded, p_protected + p_degraded + p_unprotected))
$$"""
SHARES = """
CREATE FUNCTION protection_shares(p_protected float8, p_degraded float8, p_unprotected float8)
RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT json_build_object(
        'protected_pct', share_pct(p_protected, p_protected + p_degraded + p_unprotected),
        'reachable_pct', share_pct(p_protected + p_degraded, p_protected + p_degraded + p_unprotected))
$$"""

WISH = """
CREATE TABLE protection_wish (
    registration_id uuid PRIMARY KEY REFERENCES registration,
    victim          boolean NOT NULL DEFAULT false,
    zone            boolean NOT NULL DEFAULT false,
    version         integer NOT NULL CHECK (version >= 1),
    set_at          timestamptz NOT NULL,
    set_by          jsonb NOT NULL
)"""
TELLING = """
CREATE TABLE protection_telling (
    registration_id uuid NOT NULL REFERENCES registration,
    channel         text NOT NULL CHECK (channel IN ('victim', 'zone')),
    lacking         boolean NOT NULL,
    number          integer NOT NULL DEFAULT 0,
    told_at         timestamptz,
    tries           integer NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL DEFAULT '-infinity',
    claimed_until   timestamptz,
    PRIMARY KEY (registration_id, channel)
)"""

REPORT = """
CREATE TABLE daily_report (
    team      text NOT NULL,
    day       date NOT NULL,
    centre_id text NOT NULL REFERENCES centre,
    from_at   timestamptz NOT NULL,
    until_at  timestamptz NOT NULL CHECK (until_at > from_at),
    made_at   timestamptz NOT NULL,
    body      jsonb NOT NULL,
    PRIMARY KEY (team, day)
)"""
SENDING = """
CREATE TABLE report_sending (
    team          text NOT NULL,
    day           date NOT NULL,
    number        integer NOT NULL CHECK (number >= 0),
    asked_at      timestamptz NOT NULL,
    asked_by      jsonb,
    state         text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'unaddressed', 'given_up')),
    tries         integer NOT NULL DEFAULT 0,
    due_at        timestamptz NOT NULL,
    claimed_until timestamptz,
    ended_at      timestamptz,
    recipients    integer NOT NULL DEFAULT 0,
    refused       integer NOT NULL DEFAULT 0,
    error         text,
    PRIMARY KEY (team, day, number),
    FOREIGN KEY (team, day) REFERENCES daily_report ON DELETE CASCADE
)"""
SENDING_DUE = "CREATE INDEX report_sending_due ON report_sending (due_at) WHERE state = 'due'"
SENDING_ONE = "CREATE UNIQUE INDEX report_sending_one ON report_sending (team, day) WHERE state = 'due'"

RIGHTS = (
    "GRANT SELECT ON protection_change, protection_telling, daily_report TO msa_person",
    "GRANT SELECT, INSERT, UPDATE ON protection_wish TO msa_person",
    "GRANT INSERT, DELETE ON protection_telling TO msa_person",
    "GRANT SELECT, INSERT ON report_sending TO msa_person",
    "ALTER TABLE protection_change ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE protection_wish ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE protection_telling ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE daily_report ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE report_sending ENABLE ROW LEVEL SECURITY",
    *(
        f"""
CREATE POLICY of_a_file ON {table} FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id))"""
        for table in ("protection_change", "protection_wish", "protection_telling")
    ),
    "CREATE POLICY of_my_teams ON daily_report FOR SELECT TO msa_person USING (team = ANY (my_teams()))",
    "CREATE POLICY of_my_teams ON report_sending FOR ALL TO msa_person USING (team = ANY (my_teams()))",
)


def upgrade() -> None:
    """Note how protection goes from now on, and how it went."""
    for statement in (
        CHANGE,
        NOTE,
        KINDS,
        CHANGED,
        ON_CHANGE,
        BEFORE_THIS,
        SHARE,
        STRETCH,
        SHARES,
        WISH,
        TELLING,
        REPORT,
        SENDING,
        SENDING_DUE,
        SENDING_ONE,
        *RIGHTS,
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
