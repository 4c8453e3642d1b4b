"""Events that wait for their turn, those in quarantine, and the keys by which one that comes again is known.

Invariants
- ``alarm_event``: which file an event raised an alarm of, for ever: linked elsewhere since, it still raises
  no second one. ``inbox_seen``: the keys of everything else, for a number of days.
- What is personal of an event is sealed under a key of its row. ``lane`` is its subject's: what is in a lane
  is worked off in the order of ``number``, and one that is put off puts off its lane.
- ``newest``: the one row of a lane that a newer position of the same subject takes the place of. Whoever
  claims it takes that away from it, so that what is being worked off is replaced by nothing.

Lock order: ``inbox_seen`` by key, then ``inbox_event`` by lane. Nothing here is locked while a centre's
stream (0002) is.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE alarm_event (
    event_key       uuid PRIMARY KEY,
    registration_id uuid NOT NULL,
    digest          bytea NOT NULL CHECK (octet_length(digest) IN (0, 16)),
    first_at        timestamptz NOT NULL
)""",
    "CREATE INDEX alarm_event_by_registration ON alarm_event (registration_id)",
    """
CREATE TABLE inbox_seen (
    event_key uuid PRIMARY KEY,
    digest    bytea NOT NULL CHECK (octet_length(digest) = 16),
    fate      text NOT NULL,
    flags     text NOT NULL,
    first_at  timestamptz NOT NULL
)""",
    "CREATE INDEX inbox_seen_in_time ON inbox_seen (first_at)",
    """
CREATE TABLE inbox_event (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_key     uuid NOT NULL,
    integrator_id uuid NOT NULL,
    lane          uuid NOT NULL,
    type          text NOT NULL,
    rank          smallint NOT NULL,
    newest        boolean NOT NULL DEFAULT false,
    received_at   timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    tries         integer NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    key_id        text NOT NULL,
    row_key       bytea NOT NULL,
    sealed        bytea NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)""",
    "CREATE INDEX inbox_event_by_lane ON inbox_event (lane, number)",
    "CREATE INDEX inbox_event_by_turn ON inbox_event (rank, due_at)",
    "CREATE UNIQUE INDEX inbox_event_newest ON inbox_event (lane) WHERE newest",
    """
CREATE TABLE event_quarantine (
    event_key      uuid PRIMARY KEY,
    integrator_id  uuid NOT NULL,
    centre_id      text NOT NULL REFERENCES centre,
    lane           uuid NOT NULL,
    type           text NOT NULL,
    rank           smallint NOT NULL,
    received_at    timestamptz NOT NULL,
    quarantined_at timestamptz NOT NULL,
    reason         text NOT NULL,
    tries          integer NOT NULL,
    key_id         text NOT NULL,
    row_key        bytea NOT NULL,
    sealed         bytea NOT NULL
)""",
    "CREATE INDEX event_quarantine_by_lane ON event_quarantine (lane)",
    "CREATE INDEX event_quarantine_by_centre ON event_quarantine (centre_id, quarantined_at)",
)

# Of an erased file a digest could be tried with guesses. What waits of a stand-in goes with it.
ERASED = (
    """
CREATE FUNCTION forget_events() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE alarm_event e SET digest = '' WHERE e.registration_id = NEW.registration_id;
    DELETE FROM inbox_event e WHERE e.lane = NEW.registration_id;
    DELETE FROM event_quarantine e WHERE e.lane = NEW.registration_id;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER forget_events AFTER UPDATE OF wrapped_key ON registration
   FOR EACH ROW WHEN (OLD.wrapped_key IS NOT NULL AND NEW.wrapped_key IS NULL)
   EXECUTE FUNCTION forget_events()""",
)

# A file that stands for somebody is archived from the start, has no steps, and ends after its last alarm.
FILES_DUE = """
CREATE OR REPLACE FUNCTION files_due(p_before timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT r.registration_id FROM registration r
     WHERE r.state IN ('refused', 'closed', 'archived') AND r.erased_at IS NULL AND r.updated_at < p_before
       AND coalesce((SELECT max(s.at) FROM registration_step s WHERE s.registration_id = r.registration_id),
                    (SELECT max(p.committed_at) FROM press p WHERE p.registration_id = r.registration_id))
           < p_before
       AND cardinality(erasure_hindrances(r.registration_id, false)) = 0
     ORDER BY r.updated_at
$$"""


def upgrade() -> None:
    """Make the tables; forget what was said of a file that is erased; let stand-ins end."""
    for statement in (*TABLES, *ERASED, FILES_DUE):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
