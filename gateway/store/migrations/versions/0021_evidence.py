"""The sealed log, and what is deleted from the others' tables.

Invariants
- ``stream_event``, ``journal``, ``registration_step`` and ``disposal`` are only ever added to. A row goes,
  or loses what is personal, only in a transaction that names its disposal (``msa.disposal``); a canary's
  events go without (0007). That holds back mistakes; what is done on purpose, the chain tells.
- ``chain_link`` has one link for each of their rows that is no canary's, in the order in which they were
  sealed; positions are 1..n without a gap. What is not yet sealed lies beyond ``chain_cursor`` (events) or
  stands in ``chain_waiting`` (the rest, put there by the insert itself: their commits have no order).
- A link is never deleted. Its salts are, together with what they salted; then it names the disposal.
- ``disposal`` says what went, and the digest of the links that lost a salt by it, so that a salt that
  somebody else destroyed is found.

Lock order: chain_tip before anything else; whoever disposes has it, so that nothing is sealed meanwhile.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CHAIN = """
CREATE TABLE chain_tip (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    log_id   uuid NOT NULL DEFAULT gen_random_uuid(),
    position bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
    chain    bytea
) WITH (fillfactor = 10);
INSERT INTO chain_tip DEFAULT VALUES;
UPDATE chain_tip SET chain = sha256(convert_to('msa log ' || log_id, 'UTF8'));
ALTER TABLE chain_tip ALTER COLUMN chain SET NOT NULL;

CREATE TABLE chain_link (
    position        bigint PRIMARY KEY,
    source          text NOT NULL CHECK (source IN ('event', 'step', 'journal', 'disposal')),
    stream          text NOT NULL,
    number          bigint NOT NULL,
    at              timestamptz NOT NULL,
    digest          bytea NOT NULL,
    salt            bytea,
    place_digest    bytea,
    place_salt      bytea,
    person_digest   bytea,
    person_salt     bytea,
    disposal        bigint,
    place_disposal  bigint,
    person_disposal bigint,
    chain           bytea NOT NULL,
    UNIQUE (source, stream, number)
);

CREATE TABLE chain_head (
    position bigint PRIMARY KEY,
    at       timestamptz NOT NULL,
    jws      text NOT NULL
);

CREATE TABLE chain_cursor (
    centre_id text PRIMARY KEY REFERENCES centre,
    sequence  bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE chain_waiting (
    waiting_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text NOT NULL,
    stream     text NOT NULL,
    number     bigint NOT NULL,
    at         timestamptz NOT NULL
);

CREATE TABLE disposal (
    disposal_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    class           text NOT NULL,
    ground          text NOT NULL,
    registration_id uuid,
    done_by         jsonb,
    counts          jsonb NOT NULL,
    links           bigint NOT NULL,
    links_digest    bytea NOT NULL
)"""

WAITING = (
    """
CREATE FUNCTION wait_to_be_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'journal' THEN INSERT INTO public.chain_waiting (source, stream, number, at)
                            VALUES ('journal', '', NEW.entry, NEW.at);
        WHEN 'step' THEN INSERT INTO public.chain_waiting (source, stream, number, at)
                         VALUES ('step', NEW.registration_id, NEW.number, NEW.at);
        ELSE INSERT INTO public.chain_waiting (source, stream, number, at)
             VALUES ('disposal', '', NEW.disposal_id, NEW.at);
    END CASE;
    RETURN NULL;
END $$""",
    """
CREATE TRIGGER journal_is_sealed AFTER INSERT ON journal
   FOR EACH ROW EXECUTE FUNCTION wait_to_be_sealed('journal')""",
    """
CREATE TRIGGER step_is_sealed AFTER INSERT ON registration_step
   FOR EACH ROW EXECUTE FUNCTION wait_to_be_sealed('step')""",
    """
CREATE TRIGGER disposal_is_sealed AFTER INSERT ON disposal
   FOR EACH ROW EXECUTE FUNCTION wait_to_be_sealed('disposal')""",
    """
INSERT INTO chain_waiting (source, stream, number, at)
SELECT 'journal', '', entry, at FROM journal ORDER BY at, entry""",
    """
INSERT INTO chain_waiting (source, stream, number, at)
SELECT 'step', registration_id, number, at FROM registration_step ORDER BY at""",
)

ONLY_ADDED_TO = (
    """
CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('msa.disposal', true), '') = '' THEN
        RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'What has to go goes by its retention, or with its file: msa audit retention';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$""",
    """
CREATE TRIGGER event_stays BEFORE UPDATE ON stream_event
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER event_is_kept BEFORE DELETE ON stream_event
   FOR EACH ROW WHEN (OLD.image ->> 'purpose' IS DISTINCT FROM 'canary') EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON journal
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER step_stays BEFORE UPDATE OR DELETE ON registration_step
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER disposal_stays BEFORE UPDATE OR DELETE ON disposal
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
    """
CREATE TRIGGER link_stays BEFORE UPDATE OR DELETE ON chain_link
   FOR EACH ROW EXECUTE FUNCTION only_added_to()""",
)

# Of each centre the next events in order: a plan made while the table was small would read all of it.
NEXT_EVENTS = """
CREATE FUNCTION next_to_seal(p_most integer)
RETURNS SETOF stream_event LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT e.*
      FROM centre_stream s
      LEFT JOIN chain_cursor c ON c.centre_id = s.centre_id
     CROSS JOIN LATERAL (
           SELECT * FROM stream_event e
            WHERE e.centre_id = s.centre_id AND e.sequence > coalesce(c.sequence, 0)
            ORDER BY e.sequence LIMIT p_most) AS e
     WHERE s.last_sequence > coalesce(c.sequence, 0)
$$"""

UNSEALED = """
CREATE FUNCTION unsealed() RETURNS TABLE (records bigint, oldest_at timestamptz)
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT coalesce(sum(u.records), 0)::bigint, min(u.at)
      FROM (SELECT s.last_sequence - coalesce(c.sequence, 0) AS records,
                   (SELECT e.at FROM stream_event e
                     WHERE e.centre_id = s.centre_id AND e.sequence > coalesce(c.sequence, 0)
                     ORDER BY e.sequence LIMIT 1) AS at
              FROM centre_stream s LEFT JOIN chain_cursor c ON c.centre_id = s.centre_id
             WHERE s.last_sequence > coalesce(c.sequence, 0)
             UNION ALL
            SELECT count(*), min(w.at) FROM chain_waiting w) AS u
$$"""


def upgrade() -> None:
    """Begin the chain; everything that is there is sealed as soon as a gateway runs."""
    for statement in (
        *CHAIN.split(";\n"),
        *WAITING,
        *ONLY_ADDED_TO,
        NEXT_EVENTS,
        UNSEALED,
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup to go back")
