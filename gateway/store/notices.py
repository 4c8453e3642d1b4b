"""Notices: raised once while open, cleared by somebody or by their cause; events of the centre's stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from dispatch.ports import Logged
from gateway.store.connect import Pool, acquire
from gateway.store.view import Viewer
from schemas.protection import Audience, NoticeKind
from schemas.session import OperatorName

COMMIT: Final = """
SELECT sequence, at, kind, 'notice' AS subject, image::text AS image, done_by, NULL::uuid AS alarm_id,
       stream_epoch() AS epoch
  FROM commit_notices($1, $2)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice to be raised, or with ``open`` false cleared, wherever one of its kind and subject is open."""

    kind: NoticeKind
    subject: str
    open: bool = True
    audience: tuple[Audience, ...] = (Audience.SUPERVISOR,)
    reference: str | None = None
    detail: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    by: OperatorName | None = None


class PostgresNotices:
    """``gateway.ports.Notices``, and where the gateway itself raises them."""

    def __init__(self, pool: Pool, viewer: Viewer, publish: Callable[[Sequence[Logged]], None]) -> None:
        self._pool = pool
        self._viewer = viewer
        self._publish = publish

    async def tell(self, centre: str, notices: Sequence[Notice]) -> int:
        """Raise or clear notices; return how many were news. One that is open and says the same is not."""
        return await self._commit(centre, [_as_json(notice) for notice in notices])

    async def clear(self, centre: str, notice_id: UUID, by: OperatorName | None) -> bool:
        """Clear an open notice; False when there is none."""
        written = None if by is None else by.model_dump(mode="json")
        return bool(await self._commit(centre, [{"open": False, "notice_id": str(notice_id), "by": written}]))

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
