"""Who may look at a file, who may not, and what is seen of those who look.

Invariants
- A file is known to its case team and to the magistrates of its centre; for as long as an alarm of hers is
  open to the operators and supervisors of the centres that see it; and to whoever another person has let
  in, for an hour (``glass``). Nobody else has it, whatever the program asks.
- Whoever stands on a file's deny list (``denial``) has nothing of it, on no ground at all.
- Only a case team writes files. What an alarm or a broken glass shows is read.
- Words are sealed under a key of their row, beside ``registration_id``: erasing a file destroys them.

What a person may know is worked out once, when a transaction becomes hers (``gateway.store.casework.
scoped``), so that each row is judged by comparing. Lock order: registration, denial, glass, journal.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DENIAL = """
CREATE TABLE denial (
    denial_id       uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES registration,
    operator_id     uuid NOT NULL REFERENCES operator,
    reason          text NOT NULL
                    CHECK (reason IN ('suspect', 'relative', 'acquaintance', 'recused', 'other')),
    denied_at       timestamptz NOT NULL DEFAULT now(),
    denied_by       uuid NOT NULL REFERENCES operator,
    key_id          text,
    wrapped_key     bytea,
    words_sealed    bytea,
    admitted_at     timestamptz,
    admitted_by     uuid REFERENCES operator CHECK (admitted_by NOT IN (denied_by, operator_id)),
    CHECK ((admitted_at IS NULL) = (admitted_by IS NULL))
);
CREATE UNIQUE INDEX denial_in_force ON denial (operator_id, registration_id) WHERE admitted_at IS NULL;
CREATE INDEX denial_by_file ON denial (registration_id)
"""

# ``registration_id`` NULL: there is no such file, or it is kept from who asked; nobody is told which.
GLASS = """
CREATE TABLE glass (
    glass_id        uuid PRIMARY KEY,
    registration_id uuid REFERENCES registration,
    centre_id       text NOT NULL,
    asked_at        timestamptz NOT NULL,
    asked_by        uuid NOT NULL REFERENCES operator,
    reason          text NOT NULL CHECK (reason IN ('danger', 'no_alarm', 'handover', 'inquiry', 'other')),
    key_id          text,
    wrapped_key     bytea,
    words_sealed    bytea,
    answer_by       timestamptz NOT NULL,
    answered_at     timestamptz,
    answered_by     uuid REFERENCES operator CHECK (answered_by <> asked_by),
    allowed         boolean,
    until           timestamptz,
    CHECK (answered_at <= answer_by),
    CHECK ((answered_at IS NULL) = (allowed IS NULL)),
    CHECK ((until IS NOT NULL) = coalesce(allowed, false))
);
CREATE INDEX glass_asked ON glass (asked_by, until);
CREATE INDEX glass_open ON glass (centre_id, asked_at);
CREATE INDEX glass_by_file ON glass (registration_id)
"""

# A file about nobody: no one has a reason to look at it.
HONEYTOKEN = """
CREATE TABLE honeytoken (
    registration_id uuid PRIMARY KEY REFERENCES registration,
    set_at          timestamptz NOT NULL DEFAULT now(),
    set_by          uuid REFERENCES operator
)"""

ANOMALY = """
CREATE TABLE anomaly (
    anomaly_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text NOT NULL CHECK (kind IN ('many_looks', 'honeytoken')),
    at              timestamptz NOT NULL DEFAULT now(),
    operator_id     uuid NOT NULL,
    name            text NOT NULL,
    roles           text[] NOT NULL,
    centres         text[] NOT NULL,
    registration_id uuid,
    facts           jsonb NOT NULL DEFAULT '{}',
    told_at         timestamptz
);
CREATE INDEX anomaly_untold ON anomaly (at) WHERE told_at IS NULL;
CREATE UNIQUE INDEX anomaly_once_an_hour ON anomaly (operator_id, (facts ->> 'hour'))
 WHERE kind = 'many_looks'
"""

KNOWING = (
    """
CREATE FUNCTION my_case_teams() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(coalesce(current_setting('msa.case_teams', true), ''), ',')
$$""",
    """
CREATE FUNCTION my_denied() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(coalesce(current_setting('msa.denied', true), ''), ',')::uuid[]
$$""",
    """
CREATE FUNCTION my_known() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(coalesce(current_setting('msa.known', true), ''), ',')::uuid[]
$$""",
    # A case officer's teams are those she works for; only a magistrate oversees.
    """
CREATE FUNCTION case_teams_of(p_zones text[], p_centres text[], p_roles text[]) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN 'magistrate' = ANY (p_roles) THEN teams_of(p_zones, p_centres, true)
        WHEN 'case_officer' = ANY (p_roles) THEN teams_of(p_zones, p_centres, false)
        ELSE '{}' END
$$""",
    """
CREATE FUNCTION denied_to(p_operator uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT d.registration_id FROM denial d
                  WHERE d.operator_id = p_operator AND d.admitted_at IS NULL)
$$""",
    """
CREATE FUNCTION known_to(p_operator uuid, p_centres text[], p_roles text[]) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT g.registration_id FROM glass g
         WHERE g.asked_by = p_operator AND g.allowed AND g.until > now() AND g.registration_id IS NOT NULL
        UNION
        SELECT a.registration_id FROM alarm a
         WHERE p_roles && '{operator,supervisor}' AND a.centre_id = ANY (p_centres)
           AND a.state <> 'closed' AND a.purpose <> 'canary')
$$""",
    """
CREATE OR REPLACE FUNCTION may_know(p_registration uuid, p_team text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_registration <> ALL (my_denied())
       AND (p_team = ANY (my_case_teams()) OR p_registration = ANY (my_known()))
$$""",
    # What is looked at is looked at on the ground there is, whatever the program says; and by whose file.
    """
CREATE FUNCTION journal_grounds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    its_team text;
    its_centre text;
BEGIN
    IF NEW.registration_id IS NULL AND NEW.alarm_id IS NOT NULL THEN
        SELECT a.registration_id INTO NEW.registration_id
          FROM alarm a WHERE a.alarm_id = NEW.alarm_id ORDER BY a.owner = a.centre_id DESC LIMIT 1;
    END IF;
    IF NEW.registration_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT r.team, r.centre_id INTO its_team, its_centre
      FROM registration r WHERE r.registration_id = NEW.registration_id;
    NEW.team := coalesce(NEW.team, its_team);
    NEW.centre_id := coalesce(NEW.centre_id, its_centre);
    IF NEW.kind = 'file.looked' AND NOT coalesce(its_team = ANY (my_case_teams()), false)
            AND NEW.registration_id = ANY (my_known()) THEN
        NEW.reason := CASE WHEN EXISTS (
                SELECT FROM glass g WHERE g.registration_id = NEW.registration_id
                   AND g.asked_by = my_operator() AND g.allowed AND g.until > now())
            THEN 'break_glass' ELSE 'alarm' END;
    END IF;
    IF NEW.kind IN ('file.looked', 'file.exported', 'glass.asked') AND NEW.done_by IS NOT NULL AND EXISTS (
            SELECT FROM honeytoken h WHERE h.registration_id = NEW.registration_id) THEN
        INSERT INTO anomaly (kind, operator_id, name, roles, centres, registration_id, facts)
        VALUES ('honeytoken', (NEW.done_by ->> 'operator_id')::uuid, NEW.done_by ->> 'name', NEW.roles,
                ARRAY[NEW.centre_id], NEW.registration_id, jsonb_build_object('kind', NEW.kind));
    END IF;
    RETURN NEW;
END $$""",
    """
CREATE TRIGGER journal_grounds BEFORE INSERT ON journal
   FOR EACH ROW EXECUTE FUNCTION journal_grounds()""",
)

FILES = """
GRANT SELECT ON denial, glass, anomaly, honeytoken TO msa_person;
GRANT INSERT ON denial, glass, honeytoken TO msa_person;
GRANT UPDATE (admitted_at, admitted_by) ON denial TO msa_person;
GRANT UPDATE (answered_at, answered_by, allowed, until) ON glass TO msa_person;
GRANT DELETE ON honeytoken TO msa_person;

ALTER TABLE denial ENABLE ROW LEVEL SECURITY;
ALTER TABLE glass ENABLE ROW LEVEL SECURITY;
ALTER TABLE anomaly ENABLE ROW LEVEL SECURITY;
ALTER TABLE honeytoken ENABLE ROW LEVEL SECURITY;
ALTER TABLE companion ENABLE ROW LEVEL SECURITY;
ALTER TABLE companion_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE supervision ENABLE ROW LEVEL SECURITY;

DROP POLICY of_my_teams ON registration;
CREATE POLICY known ON registration FOR SELECT TO msa_person
    USING (registration_id <> ALL ((SELECT my_denied())::uuid[])
       AND (team = ANY ((SELECT my_case_teams())::text[])
            OR registration_id = ANY ((SELECT my_known())::uuid[])));
CREATE POLICY of_my_case ON registration FOR UPDATE TO msa_person
    USING (registration_id <> ALL ((SELECT my_denied())::uuid[])
       AND team = ANY ((SELECT my_case_teams())::text[]))
    WITH CHECK (team = ANY ((SELECT my_case_teams())::text[]));
CREATE POLICY by_a_case_officer ON registration FOR INSERT TO msa_person
    WITH CHECK (team = ANY ((SELECT my_case_teams())::text[]) AND 'case_officer' = ANY (my_roles()));

DROP POLICY of_my_teams ON journal;
CREATE POLICY of_my_cases ON journal FOR SELECT TO msa_person
    USING ((registration_id IS NULL OR registration_id <> ALL ((SELECT my_denied())::uuid[]))
       AND (team = ANY ((SELECT my_case_teams())::text[])
            OR (centre_id = ANY ((SELECT my_centres())::text[])
                AND 'auditor' = ANY ((SELECT my_roles())::text[]))));

CREATE POLICY of_my_case ON denial FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = denial.registration_id
                      AND r.team = ANY (my_case_teams())))
    WITH CHECK (EXISTS (SELECT FROM registration r WHERE r.registration_id = denial.registration_id
                      AND r.team = ANY (my_case_teams())));
CREATE POLICY of_my_centre ON denial FOR SELECT TO msa_person
    USING ('auditor' = ANY (my_roles()) AND registration_id <> ALL (my_denied())
       AND EXISTS (SELECT FROM centre_of(registration_id) c WHERE c = ANY (my_centres())));

CREATE POLICY asked_by_me ON glass FOR SELECT TO msa_person USING (asked_by = my_operator());
CREATE POLICY asked ON glass FOR INSERT TO msa_person
    WITH CHECK (asked_by = my_operator() AND answered_at IS NULL
       AND my_roles() && '{operator,supervisor,case_officer,magistrate}'
       AND (registration_id IS NULL OR registration_id <> ALL (my_denied())));
CREATE POLICY to_be_answered ON glass FOR SELECT TO msa_person
    USING (registration_id IS NOT NULL AND registration_id <> ALL (my_denied())
       AND centre_id = ANY (my_centres()) AND my_roles() && '{supervisor,case_officer,magistrate}');
CREATE POLICY audited ON glass FOR SELECT TO msa_person
    USING (centre_id = ANY (my_centres()) AND 'auditor' = ANY (my_roles()));
CREATE POLICY answered ON glass FOR UPDATE TO msa_person
    USING (registration_id IS NOT NULL AND registration_id <> ALL (my_denied())
       AND answered_at IS NULL AND centre_id = ANY (my_centres()) AND asked_by <> my_operator()
       AND my_roles() && '{supervisor,case_officer,magistrate}')
    WITH CHECK (answered_by = my_operator());

CREATE POLICY audited ON anomaly FOR SELECT TO msa_person
    USING (centres && my_centres() AND my_roles() && '{auditor,supervisor}' AND operator_id <> my_operator());
CREATE POLICY audited ON honeytoken FOR ALL TO msa_person
    USING ('auditor' = ANY (my_roles()) AND EXISTS (
           SELECT FROM centre_of(registration_id) c WHERE c = ANY (my_centres())))
"""

# Read by whoever knows the file, written by its case team.
OF_A_FILE = """
DROP POLICY IF EXISTS of_a_file ON {table};
CREATE POLICY of_a_file ON {table} FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id))
    WITH CHECK (EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id
                           AND r.team = ANY (my_case_teams())))"""
FILE_TABLES = (
    "registration_version",
    "registration_step",
    "companion",
    "companion_state",
    "supervision",
    "protection_wish",
)

# Deleted, too: a check of what is written would not hold there.
TELLING = """
DROP POLICY of_a_file ON protection_telling;
CREATE POLICY of_a_file ON protection_telling FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = protection_telling.registration_id));
CREATE POLICY of_my_case ON protection_telling FOR ALL TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = protection_telling.registration_id
                      AND r.team = ANY (my_case_teams())))"""

# A day of a team is its case team's to read; of the files in it only those are told that the reader knows.
REPORTS = """
DROP POLICY of_my_teams ON daily_report;
DROP POLICY of_my_teams ON report_sending;
CREATE POLICY of_my_case ON daily_report FOR SELECT TO msa_person
    USING (team = ANY ((SELECT my_case_teams())::text[]));
CREATE POLICY of_my_case ON report_sending FOR ALL TO msa_person
    USING (team = ANY ((SELECT my_case_teams())::text[]))"""

# Whoever saves a file need not be able to see how it is watched.
SUPERVISED = "ALTER FUNCTION supervision_news() SECURITY DEFINER SET search_path = public, pg_temp"

CENTRE_OF = """
CREATE FUNCTION centre_of(p_registration uuid) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT r.centre_id FROM registration r WHERE r.registration_id = p_registration
$$"""

# What a person is told of others and of files that she cannot see: a name, and whether to be let in.
TOLD = (
    """
CREATE FUNCTION named(p_operator uuid) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT o.name FROM operator o WHERE o.operator_id = p_operator
$$""",
    # NULL alike where there is none and where it is kept from who asks.
    """
CREATE FUNCTION file_to_ask_for(p_registration uuid, p_centre text, p_reference text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.registration_id FROM registration r
     WHERE r.centre_id = p_centre AND (r.registration_id = p_registration OR r.reference = p_reference)
       AND r.registration_id <> ALL (my_denied()) AND r.wrapped_key IS NOT NULL AND r.population <> 'canary'
$$""",
    # Of a file that somebody asked for, to who answers, audits, or was let in: the policies of ``glass``.
    """
CREATE FUNCTION file_reference(p_registration uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT r.reference FROM registration r
     WHERE r.registration_id = p_registration AND r.registration_id <> ALL (my_denied())
       AND (r.centre_id = ANY (my_centres()) OR r.registration_id = ANY (my_known()))
$$""",
    """
CREATE FUNCTION people_near(p_registration uuid)
RETURNS TABLE (operator_id uuid, name text, roles text[], on_case boolean, denied boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.operator_id, o.name, o.roles, r.team = ANY (case_teams_of(o.zones, o.centres, o.roles)),
           EXISTS (SELECT FROM denial d WHERE d.registration_id = r.registration_id
                      AND d.operator_id = o.operator_id AND d.admitted_at IS NULL)
      FROM registration r
      JOIN operator o ON r.centre_id = ANY (o.centres) OR r.zone_id = ANY (o.zones)
     WHERE r.registration_id = p_registration AND may_know(r.registration_id, r.team)
       AND r.team = ANY (my_case_teams()) AND o.disabled_at IS NULL AND o.roles && ARRAY[
           'operator', 'supervisor', 'case_officer', 'magistrate', 'auditor', 'admin']
$$""",
)

# An alarm has a row in each centre that sees it. The gateway's own work, a press before all, is done by the
# owner of the tables, for whom no policy is ever asked.
ALARMS = """
GRANT SELECT ON alarm, track_fix, last_fix, stream_event, delivery TO msa_person;

ALTER TABLE alarm ENABLE ROW LEVEL SECURITY;
ALTER TABLE track_fix ENABLE ROW LEVEL SECURITY;
ALTER TABLE last_fix ENABLE ROW LEVEL SECURITY;
ALTER TABLE stream_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE press ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_my_centre ON alarm FOR SELECT TO msa_person
    USING (centre_id = ANY ((SELECT my_centres())::text[])
       AND (SELECT my_roles())::text[] && '{operator,supervisor}'
       AND registration_id <> ALL ((SELECT my_denied())::uuid[]));
CREATE POLICY of_my_case ON alarm FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = alarm.registration_id
                      AND r.team = ANY (my_case_teams())));
CREATE POLICY of_an_alarm ON track_fix FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM alarm a WHERE a.alarm_id = track_fix.alarm_id));
CREATE POLICY of_an_alarm ON last_fix FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM alarm a WHERE a.alarm_id = last_fix.alarm_id));
CREATE POLICY of_an_alarm ON stream_event FOR SELECT TO msa_person
    USING (alarm_id IS NOT NULL AND EXISTS (SELECT FROM alarm a WHERE a.alarm_id = stream_event.alarm_id));
CREATE POLICY of_an_alarm ON delivery FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM alarm a WHERE a.alarm_id = delivery.alarm_id))
"""

# Who was shown which alarm on a console, of the centres of an auditor and of a case team's files.
CONSOLE_LOOK = """
CREATE VIEW console_look WITH (security_barrier) AS
SELECT a.registration_id, a.alarm_id, d.operator_id, o.name, o.roles, d.centre_id, r.team,
       min(d.delivered_at) AS at, count(*) AS times
  FROM delivery d
  JOIN alarm a ON a.alarm_id = d.alarm_id AND a.centre_id = d.centre_id
  JOIN registration r ON r.registration_id = a.registration_id
  JOIN operator o ON o.operator_id = d.operator_id
 WHERE a.purpose <> 'canary' AND r.registration_id <> ALL (my_denied())
   AND ((d.centre_id = ANY (my_centres()) AND 'auditor' = ANY (my_roles())) OR r.team = ANY (my_case_teams()))
 GROUP BY a.registration_id, a.alarm_id, d.operator_id, o.name, o.roles, d.centre_id, r.team;
GRANT SELECT ON console_look TO msa_person
"""

# What a file says in the clear, for counting: nothing that tells who anybody is.
COUNTED = """
CREATE VIEW registration_counted WITH (security_barrier) AS
SELECT registration_id, centre_id, zone_id, team, state, ends_on, decide_by, risk, population, created_at,
       updated_at, erased_at
  FROM registration
 WHERE team = ANY (my_teams());
GRANT SELECT ON registration_counted TO msa_person
"""


def upgrade() -> None:
    """Create the tables and what is asked of a row; change who may see which."""
    for part in (DENIAL, GLASS, HONEYTOKEN, ANOMALY):
        _each(part)
    for function in (*KNOWING, SUPERVISED, CENTRE_OF, *TOLD):
        op.execute(function)
    for part in (FILES, ALARMS, CONSOLE_LOOK, COUNTED, TELLING, REPORTS):
        _each(part)
    for table in FILE_TABLES:
        _each(OF_A_FILE.format(table=table))


def _each(statements: str) -> None:
    for statement in statements.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
