"""What a perimeter saw and when it could not; which of a file's trackers is which.

Invariants
- ``perimeter_sight`` has a row for each perimeter around a victim that somebody is judged by: when she was
  seen last (never where), and since when it is blind. No row: it is around a place, or watches nobody.
- ``perimeter_move`` keeps each move of a watch, with when what moved it was observed (``fixed_at``); that a
  watch is armed anew is none. It says when somebody was near and how near by zone, never where. Approaches
  and breaches are counted from it, and a late fix is judged from the move before it.
- A **tracker** has a number among those of its role that are worn for a file: the smallest that is free when
  it is put on, so that one which takes the place of another takes its number.
- An erased file's sights and moves are gone.

Lock order: as 0027, with perimeter_sight and perimeter_move after perimeter_watch.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE perimeter_sight (
    perimeter_id    uuid PRIMARY KEY REFERENCES perimeter,
    registration_id uuid NOT NULL,
    seen_at         timestamptz,
    blind_since     timestamptz,
    again_at        timestamptz
) WITH (fillfactor = 50)""",
    "CREATE INDEX perimeter_sight_by_file ON perimeter_sight (registration_id)",
    """
CREATE TABLE perimeter_move (
    perimeter_id    uuid NOT NULL REFERENCES perimeter,
    tracker_id      uuid NOT NULL,
    version         integer NOT NULL,
    registration_id uuid NOT NULL,
    state           text NOT NULL
                    CHECK (state IN ('far', 'pre_alert', 'possible_breach', 'breach', 'leaving')),
    fixed_at        timestamptz NOT NULL,
    probability     float8,
    moved_at        timestamptz NOT NULL,
    PRIMARY KEY (perimeter_id, tracker_id, version)
)""",
    "CREATE INDEX perimeter_move_by_file ON perimeter_move (registration_id)",
)

# Arming anew moves a watch by no fix; a watch whose perimeter is over goes far by none.
MOVED = (
    """
CREATE FUNCTION keep_watch_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO perimeter_move VALUES (NEW.perimeter_id, NEW.tracker_id, NEW.version, NEW.registration_id,
        NEW.state, NEW.fixed_at, NEW.probability, clock_timestamp())
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER keep_first_watch_move AFTER INSERT ON perimeter_watch
   FOR EACH ROW EXECUTE FUNCTION keep_watch_move()""",
    """
CREATE TRIGGER keep_watch_move AFTER UPDATE ON perimeter_watch FOR EACH ROW
  WHEN (NEW.state <> OLD.state AND (NEW.state = 'far' OR NEW.fixed_at > OLD.fixed_at))
   EXECUTE FUNCTION keep_watch_move()""",
)

NUMBERS = (
    "ALTER TABLE tracker ADD COLUMN number integer",
    """
UPDATE tracker t SET number = n.number
  FROM (SELECT tracker_id, row_number() OVER his AS number FROM tracker
        WINDOW his AS (PARTITION BY registration_id, role ORDER BY tracker_id)) AS n
 WHERE n.tracker_id = t.tracker_id""",
    "ALTER TABLE tracker ALTER COLUMN number SET NOT NULL",
    """
CREATE FUNCTION number_tracker() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.registration_id::text, 30));
    SELECT min(n) INTO NEW.number
      FROM generate_series(1, 1 + (SELECT count(*)::integer FROM tracker t
                                    WHERE t.registration_id = NEW.registration_id)) AS n
     WHERE NOT EXISTS (SELECT FROM tracker t
                        WHERE t.registration_id = NEW.registration_id AND t.role = NEW.role
                          AND t.ended_at IS NULL AND t.number = n);
    RETURN NEW;
END $$""",
    """
CREATE TRIGGER number_tracker BEFORE INSERT ON tracker
   FOR EACH ROW EXECUTE FUNCTION number_tracker()""",
)

# Functions of before, each changed in a word.
CHANGE = """
DO $do$
DECLARE
    was text := pg_get_functiondef('{function}'::regprocedure);
    now text := replace(was, $${old}$$, $${new}$$);
BEGIN
    IF now = was THEN
        RAISE EXCEPTION '{function} is not as this migration knows it';
    END IF;
    EXECUTE now;
END $do$"""

WATCHES_GO = "DELETE FROM perimeter_watch w WHERE w.registration_id = NEW.registration_id;"
SIGHTS_TOO = f"""{WATCHES_GO}
    DELETE FROM perimeter_sight s WHERE s.registration_id = NEW.registration_id;
    DELETE FROM perimeter_move m WHERE m.registration_id = NEW.registration_id;
    UPDATE notice n SET reference = NULL FROM perimeter p
     WHERE p.registration_id = NEW.registration_id AND n.subject = p.perimeter_id::text;"""  # noqa: S608 (words of ours)
TRACKERS = "WHERE t.registration_id = p_registration);"
PERIMETERS_TOO = """WHERE t.registration_id = p_registration)
          || ARRAY(SELECT p.perimeter_id::text FROM perimeter p
                    WHERE p.registration_id = p_registration);"""
CHANGED = (
    ("end_erased_perimeters()", WATCHES_GO, SIGHTS_TOO),
    ("erase_file(uuid, jsonb, text)", TRACKERS, PERIMETERS_TOO),
)

RIGHTS = tuple(
    statement.format(table=table)
    for table in ("perimeter_sight", "perimeter_move")
    for statement in (
        "GRANT SELECT ON {table} TO msa_person",
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        """
CREATE POLICY of_a_file ON {table} FOR SELECT TO msa_person
    USING (EXISTS (SELECT FROM registration r WHERE r.registration_id = {table}.registration_id))""",
    )
)


def upgrade() -> None:
    """Make the tables, what keeps the moves, and who may see them; number the trackers."""
    changes = (CHANGE.format(function=function, old=old, new=new) for function, old, new in CHANGED)
    for statement in (*TABLES, *MOVED, *NUMBERS, *changes, *RIGHTS):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
