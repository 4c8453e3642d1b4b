"""Notices can be put aside for a while.

- ``notice.shelved`` says until when, by whom and why; who shows it judges by the gateway's clock whether
  that is over. ``notice.shelved`` and ``notice.unshelved`` are events of the centre's stream, and with it
  the audit.
- News about a notice takes it off the shelf: what was put aside was something else.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMN = "ALTER TABLE notice ADD COLUMN shelved jsonb"

NOTICE_IMAGE = """
CREATE OR REPLACE FUNCTION notice_image(n notice) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('notice_id', n.notice_id, 'centre', n.centre_id, 'kind', n.kind,
        'audience', to_jsonb(n.audience), 'subject', n.subject, 'reference', n.reference,
        'detail', n.detail, 'raised_at', n.raised_at, 'cleared_at', n.cleared_at,
        'cleared_by', n.cleared_by, 'shelved', n.shelved)
$$
"""

COMMIT_NOTICES = """
CREATE OR REPLACE FUNCTION commit_notices(p_centre text, p_notices jsonb[])
RETURNS TABLE (sequence bigint, at timestamptz, kind text, image jsonb, done_by jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    one jsonb;
    n notice;
BEGIN
    PERFORM lock_streams(ARRAY[p_centre]);
    FOREACH one IN ARRAY p_notices LOOP
        at := clock_timestamp(); done_by := nullif(one -> 'by', 'null');
        IF (one ->> 'open')::boolean THEN
            kind := 'notice.raised';
            INSERT INTO notice AS m (centre_id, notice_id, kind, audience, subject, reference, detail,
                                     raised_at)
            VALUES (p_centre, (one ->> 'notice_id')::uuid, one ->> 'kind',
                    ARRAY(SELECT jsonb_array_elements_text(one -> 'audience')), one ->> 'subject',
                    one ->> 'reference', one -> 'detail', at)
                ON CONFLICT (centre_id, kind, subject) WHERE cleared_at IS NULL DO UPDATE
               SET detail = EXCLUDED.detail, shelved = NULL WHERE m.detail <> EXCLUDED.detail
            RETURNING m.* INTO n;
        ELSE
            kind := 'notice.cleared';
            UPDATE notice m SET cleared_at = at, cleared_by = done_by
             WHERE m.centre_id = p_centre AND m.cleared_at IS NULL
               AND (m.notice_id = (one ->> 'notice_id')::uuid
                    OR (m.kind = one ->> 'kind' AND m.subject = one ->> 'subject'))
            RETURNING m.* INTO n;
        END IF;
        IF FOUND THEN -- an open notice that says the same already is left alone
            image := notice_image(n);
            sequence := append_event(p_centre, kind, at, 'notice', NULL, image, done_by);
            RETURN NEXT;
        END IF;
    END LOOP;
END $$
"""

COMMIT_SHELVING = """
CREATE FUNCTION commit_shelving(p_centre text, p_notice uuid, p_for_s double precision, p_reason text,
    p_by jsonb, p_operator uuid, p_request uuid)
RETURNS TABLE (outcome text, sequence bigint, at timestamptz, kind text, image jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    n notice;
BEGIN
    PERFORM lock_streams(ARRAY[p_centre]);
    IF EXISTS (SELECT FROM command c WHERE c.operator_id = p_operator AND c.request_id = p_request) THEN
        outcome := 'repeated';
        RETURN NEXT; RETURN;
    END IF;
    at := clock_timestamp();
    SELECT m.* INTO n FROM notice m
     WHERE m.centre_id = p_centre AND m.notice_id = p_notice AND m.cleared_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        outcome := 'unknown';
        RETURN NEXT; RETURN;
    ELSIF p_for_s IS NULL AND n.shelved IS NULL THEN
        outcome := 'unchanged';
        RETURN NEXT; RETURN;
    END IF;
    UPDATE notice m
       SET shelved = CASE WHEN p_for_s IS NOT NULL THEN jsonb_build_object(
               'until', at + make_interval(secs => p_for_s), 'by', p_by, 'reason', p_reason) END
     WHERE m.centre_id = p_centre AND m.notice_id = p_notice
    RETURNING m.* INTO n;
    kind := CASE WHEN p_for_s IS NULL THEN 'notice.unshelved' ELSE 'notice.shelved' END;
    image := notice_image(n);
    sequence := append_event(p_centre, kind, at, 'notice', NULL, image, p_by);
    INSERT INTO command VALUES (p_centre, p_operator, p_request, NULL, NULL, at);
    outcome := 'committed';
    RETURN NEXT;
END $$
"""


def upgrade() -> None:
    """Give notices a shelf."""
    for statement in (COLUMN, NOTICE_IMAGE, COMMIT_NOTICES, COMMIT_SHELVING):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: migrations go forward only."""
    raise NotImplementedError("migrations go forward only")
