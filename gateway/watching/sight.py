"""A perimeter around the victim is blind while nobody knows where she is: told, and again when it sees.

What is told is told first and noted then: a node that dies in between tells it again, which is no news.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.notice import Detail, Notice
from gateway.ports import Notices
from gateway.ports.perimeters import JudgingPerimeter, Sight, SightChange, Sights
from gateway.watching.board import Board
from schemas.protection import Audience, NoticeKind

AUDIENCE: Final = (Audience.EVERYBODY,)


@dataclass(kw_only=True)
class SightKeeping:
    """One node's."""

    board: Board
    sights: Sights
    notices: Notices

    async def look(self) -> None:
        """Tell which perimeters became blind, and which see again. Raises ``DatabaseUnavailable``."""
        sighted = self.board.sighted()
        for change in await self.sights.changes(sighted) if sighted else ():
            perimeter = self.board.moving(change.perimeter_id)
            if perimeter is not None:
                near = self.board.is_near(perimeter)
                await self.notices.tell(perimeter.centre, told(perimeter, change, near=near))
                await self.sights.note(change)

    async def take_back(self) -> None:
        """Take back what was told of perimeters that move with nobody any more."""
        watched = [one.perimeter_id for one in self.board.sighted()]
        for over in await self.sights.over(watched):
            await self.notices.tell(over.centre, [Notice(kind=over.kind, subject=over.subject, open=False)])
        await self.sights.forget(watched)


def told(perimeter: JudgingPerimeter, change: SightChange, *, near: bool) -> Sequence[Notice]:
    """Return what the centre is told. ``near``: he was in the ring or the zone when it saw last."""
    subject = str(perimeter.perimeter_id)
    detail: Detail = {
        "registration_id": str(perimeter.registration_id),
        "seen_at": None if change.seen_at is None else change.seen_at.isoformat(),
    }
    blind = Notice(
        kind=NoticeKind.PERIMETER_BLIND,
        subject=subject,
        open=change.to is Sight.BLIND,
        audience=AUDIENCE,
        reference=perimeter.reference,
        detail={**detail, "why": change.why, "near": near},
    )
    sees = Notice(
        kind=NoticeKind.PERIMETER_SEES,
        subject=subject,
        open=change.to is Sight.SEES,
        audience=AUDIENCE,
        reference=perimeter.reference,
        detail={**detail, "since": None if change.blind_since is None else change.blind_since.isoformat()},
    )
    return (blind, sees)
