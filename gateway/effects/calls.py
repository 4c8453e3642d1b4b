"""Emergency calls: on her open alarm with their number sealed, else held against what is flagged.

A flag only adds to what is known. It is looked up after everything is committed, and nothing waits for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from gateway.domain.alarm import EventKind
from gateway.domain.happenings import receive
from gateway.domain.integrators import Inbound, Linked
from gateway.domain.notice import Notice
from gateway.effects.fixes import Fixes
from gateway.effects.keys import EVENTS, name_of, said_at
from gateway.effects.reach import Reach
from gateway.ports import Notices
from gateway.ports.effects import NamedFile
from gateway.ports.hotspots import Flag, HotspotFlags
from schemas.alarm import Note
from schemas.events import CallReceived
from schemas.position import Position
from schemas.protection import Audience, NoticeKind


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What becomes of a call. ``centres`` are all there are; ``centre_of`` is whose area a position is in."""

    reach: Reach
    fixes: Fixes
    flags: HotspotFlags
    notices: Notices
    centres: Sequence[str]
    centre_of: Callable[[Position], str | None]

    async def received(
        self, event: Inbound, data: CallReceived, linked: Linked, received_at: datetime
    ) -> None:
        """Show it with her alarm; tell of flags that are not her own. Without either nothing is kept."""
        called_at = data.called_at and min(data.called_at, received_at)
        at = called_at or said_at(event, received_at)
        her, alarms = await self.reach.whose(event, linked)
        if alarms:
            await self._show(event, data, alarms[0], at)
        if alarms and data.position is not None:
            await self.fixes.keep(event, (data.position,), alarms, her, received_at)
        if event.integrator.sandbox:  # nothing of a trial is told of real files
            return
        flags = await self._flagged(data)
        if alarms:  # that she calls from a number of her own says nothing beside her alarm
            flags = [flag for flag in flags if flag.registration_id != linked.registration_id]
        await self._tell(flags, data.position, at)

    async def _show(self, event: Inbound, data: CallReceived, alarm_id: UUID, at: datetime) -> None:
        text = " · ".join(part for part in (data.caller_number, data.address) if part)
        note = Note(at=at, by=name_of(event), text=text or "?", about=EventKind.CALL_RECEIVED, said_at=at)
        await self.reach.change(
            event, alarm_id, lambda alarm, now: receive(alarm, note.model_copy(update={"at": now}))
        )

    async def _flagged(self, data: CallReceived) -> list[Flag]:
        """Return what the number and the address match, in every centre, each flag once."""
        found: dict[UUID, Flag] = {}
        for centre in self.centres:
            flags = [*await self.flags.number_flags(centre, data.caller_number)]
            if data.address:
                flags += await self.flags.address_flags(centre, data.address)
            found |= {flag.hotspot_id: flag for flag in flags}
        return list(found.values())

    async def _tell(self, flags: Sequence[Flag], position: Position | None, at: datetime) -> None:
        """Tell each flag's own centre, and the one in whose area the call was made."""
        if not flags:
            return
        here = None if position is None else self.centre_of(position)
        told: dict[str, list[Flag]] = defaultdict(list)
        for flag in flags:
            for centre in {flag.centre, here or flag.centre}:
                told[centre].append(flag)
        files = await self.reach.hers.named([one for one in _files(flags) if one is not None])
        for centre, matched in sorted(told.items()):
            await self.notices.tell(centre, [*notices_of(centre, matched, files, at)])


def _files(flags: Iterable[Flag]) -> set[UUID | None]:
    return {flag.registration_id for flag in flags}


def notices_of(
    centre: str, flags: Sequence[Flag], files: Mapping[UUID, NamedFile], at: datetime
) -> Iterable[Notice]:
    """Return what everybody of a centre is told, and what those who work with the files are.

    The number is in none of them. The same flags called again renew the notice that is open.
    """
    matched = "".join(sorted(flag.hotspot_id.hex for flag in flags))
    yield Notice(
        kind=NoticeKind.CALL_FLAGGED,
        subject=str(uuid5(EVENTS, matched)),
        audience=(Audience.EVERYBODY,),
        detail={
            "files": len(_files(flags) - {None}),
            "by_hand": sum(flag.registration_id is None for flag in flags),
            "called_at": at.isoformat(),
        },
    )
    for registration_id in sorted(one for one in _files(flags) if one is not None):
        file = files.get(registration_id)
        if file is not None and file.centre == centre:
            yield Notice(
                kind=NoticeKind.CALL_FLAGGED,
                subject=str(registration_id),
                audience=(Audience.CASE_TEAM,),
                reference=file.reference,
                detail={"called_at": at.isoformat()},
            )
