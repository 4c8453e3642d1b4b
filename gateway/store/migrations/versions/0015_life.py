"""The life of a file: its states, what proves an installation, what the system is reminded of.

Invariants
- A file's ``life_version`` is the number of its last step; both are written in one transaction that holds
  the registration's row, so two who take a step at once cannot both.
- A proof is a press of hers, on a test alarm, by a phone of hers that is not revoked: its position with it.
- A reminder stands once for a file, its kind and the day it is about, whichever node gives it.
- What a person may do beyond her rows (give a file away, revoke its phones) is a function that looks at
  her teams itself.
- A file that is refused, closed or archived is judged by supervision no more. Presses know no state.

Lock order: registration -> registration_step, reminder, journal -> companion, enrolment_code ->
supervision.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATES = """
ALTER TABLE registration ADD CONSTRAINT registration_state CHECK (state IN
    ('requested', 'heard', 'deliberated', 'granted', 'refused', 'installed', 'closed', 'archived'))"""

REMINDER = """
CREATE TABLE reminder (
    registration_id uuid NOT NULL REFERENCES registration,
    kind            text NOT NULL,
    about           date NOT NULL,
    reminded_at     timestamptz NOT NULL,
    told_at         timestamptz,
    PRIMARY KEY (registration_id, kind, about)
)"""
REMINDER_UNTOLD = "CREATE INDEX reminder_untold ON reminder (reminded_at) WHERE told_at IS NULL"

# Files that came with their alarm, before there were steps: their life is what `{}` stands for.
IMPORTED = (
    """
INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team, arrondissement,
                               state)
SELECT r.registration_id, 1, 'imported', r.created_at, (r.created_at AT TIME ZONE 'Europe/Brussels')::date,
       r.centre_id, r.team, z.arrondissement, r.state
  FROM registration r LEFT JOIN zone z USING (zone_id)
 WHERE r.population = 'real' AND r.life_version = 0""",
    "UPDATE registration SET life_version = 1 WHERE population = 'real' AND life_version = 0",
)

FOUND = """
CREATE FUNCTION file_found(p_registration uuid)
RETURNS TABLE (alarm_open boolean, proof_press boolean, proof_position boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM alarm a WHERE a.registration_id = p_registration AND a.state <> 'closed'
                      AND a.owner = a.centre_id),
           count(a.alarm_id) > 0,
           coalesce(bool_or(jsonb_array_length(coalesce(a.facts -> 'positions', '[]')) > 0
               OR EXISTS (SELECT FROM track_fix t WHERE t.alarm_id = a.alarm_id)), false)
      FROM companion c
      JOIN press p ON p.registration_id = c.registration_id AND p.companion_id = c.companion_id
      JOIN alarm a ON a.alarm_id = p.alarm_id AND a.owner = a.centre_id AND a.purpose = 'test'
     WHERE c.registration_id = p_registration AND c.revoked_at IS NULL
$$"""

# The one who gives a file away cannot see it afterwards: a policy would not let her write that.
TRANSFER = """
CREATE FUNCTION transfer_file(p_registration uuid, p_team text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE registration r
       SET zone_id = z.zone_id, centre_id = coalesce(z.centre_id, c.centre_id)
      FROM (SELECT p_team AS team) AS given
      LEFT JOIN zone z ON z.zone_id = given.team
      LEFT JOIN centre c ON c.centre_id = given.team
     WHERE r.registration_id = p_registration AND r.team = ANY (my_case_teams())
       AND r.registration_id <> ALL (my_denied()) AND coalesce(z.centre_id, c.centre_id) IS NOT NULL;
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'not a file of hers, or no team';
    END IF;
END $$"""

REVOKE = """
CREATE FUNCTION revoke_phones_of(p_registration uuid, p_at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM registration r WHERE r.registration_id = p_registration AND r.state = 'closed'
        AND r.team = ANY (my_case_teams()) AND r.registration_id <> ALL (my_denied());
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'not a file of hers, or not closed';
    END IF;
    UPDATE enrolment_code e SET expires_at = least(e.expires_at, p_at)
     WHERE e.registration_id = p_registration AND e.used_at IS NULL;
    RETURN QUERY UPDATE companion c SET revoked_at = p_at
     WHERE c.registration_id = p_registration AND c.revoked_at IS NULL RETURNING c.companion_id;
END $$"""

SUPERVISED = (
    """
CREATE FUNCTION to_be_protected(r registration) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT r.population = 'real' AND r.wrapped_key IS NOT NULL
       AND r.state NOT IN ('refused', 'closed', 'archived')
$$""",
    """
CREATE OR REPLACE TRIGGER registration_changed AFTER UPDATE ON registration
   FOR EACH ROW WHEN ((OLD.centre_id, OLD.reference, to_be_protected(OLD))
        IS DISTINCT FROM (NEW.centre_id, NEW.reference, to_be_protected(NEW)))
   EXECUTE FUNCTION supervision_news()""",
)

# The sealed columns are not among what a person changes here; circumstances have their own way.
RIGHTS = (
    """
REVOKE ALL ON FUNCTION file_found(uuid), transfer_file(uuid, text), revoke_phones_of(uuid, timestamptz)
  FROM PUBLIC""",
    """
GRANT EXECUTE ON FUNCTION file_found(uuid), transfer_file(uuid, text), revoke_phones_of(uuid, timestamptz)
   TO msa_person""",
)


def upgrade() -> None:
    for statement in (
        STATES,
        REMINDER,
        REMINDER_UNTOLD,
        *IMPORTED,
        FOUND,
        TRANSFER,
        REVOKE,
        *SUPERVISED,
        *RIGHTS,
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
