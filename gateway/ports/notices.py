"""What centres are told beside alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from gateway.domain.notice import Notice
from gateway.ports.changes import RequestKey
from schemas.protection import NoticeKind, NoticeView, ShelvingReason
from schemas.session import OperatorName


@dataclass(frozen=True, slots=True)
class Shelf:
    """For how long a notice is put aside, and why."""

    for_s: float
    reason: ShelvingReason


class Notices(Protocol):
    """The notices of the centres. Raises ``DatabaseUnavailable``."""

    async def tell(self, centre: str, notices: Sequence[Notice]) -> int:
        """Raise or clear notices; return how many were news. One that is open and says the same is not."""

    async def open_of(
        self, centre: str, kinds: Sequence[NoticeKind], subjects: Sequence[str]
    ) -> set[tuple[NoticeKind, str]]:
        """Return which notices of these kinds about these subjects are open, as (kind, subject)."""

    async def find(self, centre: str, notice_id: UUID) -> NoticeView | None:
        """Return an open notice."""

    async def clear(self, centre: str, notice_id: UUID, by: OperatorName | None) -> bool:
        """Clear an open notice; False when there is none."""

    async def shelve(
        self, centre: str, notice_id: UUID, by: OperatorName, shelf: Shelf | None, request: RequestKey
    ) -> None:
        """Put an open notice aside, or (None) take it back; the same request again changes nothing.

        Raises:
            NotFound: there is no such open notice.
        """
