"""Tells supervisors which system raises alarms for more unknown people than have a stand-in of their own."""

import asyncio
from contextlib import suppress
from uuid import UUID

from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.notice import Notice
from gateway.door_timing import STRANGERS_LOOK_S
from gateway.ports import Notices
from gateway.ports.inbox import Strangers
from schemas.protection import NoticeKind


class StrangerWatch:
    """The notice of the default centre, open while the day lasts."""

    def __init__(self, strangers: Strangers, notices: Notices, centre: str) -> None:
        self._strangers = strangers
        self._notices = notices
        self._centre = centre

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            with suppress(DatabaseUnavailable):
                await self.look()
            await asyncio.sleep(STRANGERS_LOOK_S)

    async def look(self) -> None:
        """Look once. Raises ``DatabaseUnavailable``."""
        too_many = await self._strangers.too_many()
        notices = [
            Notice(kind=NoticeKind.STRANGERS, subject=str(who), open=True, detail={"system": name})
            for who, name in too_many.items()
        ]
        kinds = [NoticeKind.STRANGERS]
        for _, subject in await self._notices.open_of(self._centre, kinds, await self._strangers.ever()):
            if UUID(subject) not in too_many:
                notices.append(Notice(kind=NoticeKind.STRANGERS, subject=subject, open=False))
        if notices:
            await self._notices.tell(self._centre, notices)
