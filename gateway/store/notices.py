"""Notices: raised once while open, put aside for a while, cleared by somebody or by their cause.

Each is an event of the centre's stream.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from dispatch.ports import Logged
from gateway.domain.errors import NotFound
from gateway.domain.notice import Notice
from gateway.ports import RequestKey, Shelf
from gateway.store.connect import Pool, acquire
from gateway.store.view import Viewer
from schemas.protection import NoticeKind, NoticeView
from schemas.session import OperatorName

__all__ = ["Notice", "PostgresNotices"]

OPEN: Final = """
SELECT kind, subject FROM notice
 WHERE centre_id = $1 AND cleared_at IS NULL AND kind = ANY ($2) AND subject = ANY ($3)"""

COMMIT: Final = """
SELECT sequence, at, kind, 'notice' AS subject, image::text AS image, done_by, NULL::uuid AS alarm_id,
       stream_epoch() AS epoch
  FROM commit_notices($1, $2)"""


FIND: Final = """
SELECT notice_image(n) AS image FROM notice n
 WHERE n.centre_id = $1 AND n.notice_id = $2 AND n.cleared_at IS NULL"""

SHELVE: Final = """
SELECT outcome, sequence, at, kind, 'notice' AS subject, image::text AS image, $5::jsonb AS done_by,
       NULL::uuid AS alarm_id, stream_epoch() AS epoch
  FROM commit_shelving($1, $2, $3, $4, $5, $6, $7)"""


class PostgresNotices:
    """``gateway.ports.Notices``, and where the gateway itself raises them."""

    def __init__(self, pool: Pool, viewer: Viewer, publish: Callable[[Sequence[Logged]], None]) -> None:
        self._pool = pool
        self._viewer = viewer
        self._publish = publish

    async def tell(self, centre: str, notices: Sequence[Notice]) -> int:
        """Raise or clear notices; return how many were news. One that is open and says the same is not."""
        return await self._commit(centre, [_as_json(notice) for notice in notices])

    async def open_of(
        self, centre: str, kinds: Sequence[NoticeKind], subjects: Sequence[str]
    ) -> set[tuple[NoticeKind, str]]:
        """Return which notices of these kinds about these subjects are open, as (kind, subject)."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OPEN, centre, list(kinds), list(subjects))
        return {(NoticeKind(row["kind"]), row["subject"]) for row in rows}

    async def clear(self, centre: str, notice_id: UUID, by: OperatorName | None) -> bool:
        """Clear an open notice; False when there is none."""
        written = None if by is None else by.model_dump(mode="json")
        return bool(await self._commit(centre, [{"open": False, "notice_id": str(notice_id), "by": written}]))

    async def find(self, centre: str, notice_id: UUID) -> NoticeView | None:
        """Return an open notice."""
        async with acquire(self._pool) as database:
            image = await database.fetchval(FIND, centre, notice_id)
        return None if image is None else NoticeView.model_validate(image)

    async def shelve(
        self, centre: str, notice_id: UUID, by: OperatorName, shelf: Shelf | None, request: RequestKey
    ) -> None:
        """Put an open notice aside, or (None) take it back. Raises ``NotFound``."""
        for_s, reason = (None, None) if shelf is None else (shelf.for_s, shelf.reason)
        what = (centre, notice_id, for_s, reason, by.model_dump(mode="json"))
        async with acquire(self._pool) as database:
            (row,) = await database.fetch(SHELVE, *what, request.operator_id, request.request_id)
        match row["outcome"]:
            case "committed":
                self._publish([self._viewer.event(row, centre, row["epoch"])])
            case "unknown":
                raise NotFound

    async def _commit(self, centre: str, notices: list[dict[str, Any]]) -> int:
        async with acquire(self._pool) as database:
            rows = await database.fetch(COMMIT, centre, notices)
        if rows:
            self._publish([self._viewer.event(row, centre, row["epoch"]) for row in rows])
        return len(rows)


def _as_json(notice: Notice) -> dict[str, Any]:
    return {
        "open": notice.open,
        "notice_id": str(uuid4()),
        "kind": notice.kind,
        "audience": notice.audience,
        "subject": notice.subject,
        "reference": notice.reference,
        "detail": notice.detail,
        "by": None if notice.by is None else notice.by.model_dump(mode="json"),
    }
