"""What consoles are told of presses that are only kept: the alarm that each would raise, here and elsewhere.

The alarm is as ``commit_presses`` would raise it, but for what runs in the database alone: no ladder climbs
and nobody is followed before it is stored, so nothing says that. A test window is not looked for: a press is
real until the database says that it is a test.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

import structlog

from dispatch.provisional import OnlyKept
from dispatch.provisional import Provisionals as Consoles
from gateway.domain.errors import SealBroken
from gateway.ports import Committed, KeptPress, KnownFile, Neighbours, PressRecord
from gateway.settings import Settings
from gateway.store.neighbour_seal import NeighbourSeal
from gateway.store.view import NOT_ENRICHED, Viewer
from gateway.streaming import Streaming
from schemas.alarm import AlarmSource, AlarmState, Life
from schemas.frames import ProvisionalOver
from schemas.press import Purpose

OF_PRESSES: Final = frozenset({"real", "stand_in"})
"""Populations whose presses are what they say; of any other all presses are what it is."""

AT_ONCE: Final = 50
"""Presses told again to other nodes before whatever else waits has its turn: some 2 ms."""

SEALED: Final = ("key_id", "wrapped_key", "person_sealed", "circumstances_sealed", "sealed_version")

FileOf = Callable[[UUID], KnownFile | None]


class ShownProvisionals:
    """``gateway.ports.Provisionals``, at this node's consoles and at those of its neighbours."""

    def __init__(
        self,
        node: str,
        viewer: Viewer,
        file_of: FileOf,
        consoles: Consoles,
        neighbours: Neighbours,
        seal: NeighbourSeal,
    ) -> None:
        self._node = node
        self._viewer = viewer
        self._file_of = file_of
        self._consoles = consoles
        self._neighbours = neighbours
        self._seal = seal
        self._kept: dict[UUID, tuple[OnlyKept, ...]] = {}
        self._asked = asyncio.Event()
        self._log = structlog.get_logger()
        neighbours.listen(self.heard, self._asked.set)

    @classmethod
    def of(cls, settings: Settings, streaming: Streaming, file_of: FileOf, neighbours: Neighbours) -> Self:
        """Put it together."""
        seal = NeighbourSeal(streaming.keyring)
        return cls(settings.node, streaming.viewer, file_of, streaming.provisionals, neighbours, seal)

    # --- this node's own --------------------------------------------------------------------

    def show(self, kept: KeptPress) -> None:
        """Tell the consoles of its centres, at this node and at the others."""
        try:
            told = self._kept[kept.record.press_id] = self._told_of(kept)
        except Exception as error:  # noqa: BLE001 (it is on the disk: a fault in showing it must not refuse the press)
            self._log.error("provisional_not_shown", error=type(error).__name__)
            return
        for press in told:
            self._consoles.tell(press, "here")
            self._tell_neighbours(press.centre, press.payload)

    def over(self, kept: KeptPress, committed: Committed) -> None:
        """Tell them that it is committed."""
        for press in self._kept.pop(kept.record.press_id, ()):
            self._consoles.over(press.centre, press.press_id, committed.alarm_id)
            over = ProvisionalOver(centre=press.centre, press_id=press.press_id, alarm_id=committed.alarm_id)
            self._tell_neighbours(press.centre, over.model_dump_json().encode())

    def _tell_neighbours(self, centre: str, frame: bytes) -> None:
        self._neighbours.tell(centre, self._seal.seal(centre, frame))

    # --- the other nodes' -------------------------------------------------------------------

    def heard(self, centre: str, message: bytes) -> None:
        """Hear what another node tells of a centre; what cannot be read is logged and left."""
        try:
            payload = self._seal.open(centre, message)
            frame = json.loads(payload)
            if frame["type"] == "provisional":
                self._consoles.tell(_only_kept(frame, payload), "neighbour")
            elif frame["type"] == "provisional_over":
                self._consoles.over(centre, UUID(frame["press_id"]), UUID(frame["alarm_id"]))
        except (SealBroken, ValueError, LookupError, TypeError) as error:
            self._log.warning("neighbour_not_understood", centre=centre, error=type(error).__name__)

    async def run(self) -> None:
        """Tell again whenever another node asks, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self.tell_again()

    async def tell_again(self) -> None:
        """Tell the other nodes all that is kept here: one of them may have heard nothing of it."""
        told = [press for each in self._kept.values() for press in each]
        for number, press in enumerate(told, 1):
            if press.press_id in self._kept:
                self._tell_neighbours(press.centre, press.payload)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    # --- inside -----------------------------------------------------------------------------

    def _told_of(self, kept: KeptPress) -> tuple[OnlyKept, ...]:
        record = kept.record
        file = self._file_of(record.registration_id)
        alarm = self._alarm_json(record, file)
        read_at = file.read_at.isoformat() if file else None
        told = []
        for centre in dict.fromkeys((record.centre, *(share.centre for share in record.shared))):
            head = {
                "type": "provisional",
                "centre": centre,
                "press_id": str(record.press_id),
                "node": self._node,
                "kept_at": kept.kept_at.isoformat(),
                "file_read_at": read_at,
            }
            payload = json.dumps(head).encode().removesuffix(b"}") + b',"alarm":%b}' % alarm
            told.append(
                OnlyKept(
                    centre=centre,
                    press_id=record.press_id,
                    registration_id=record.registration_id,
                    node=self._node,
                    purpose=_purpose(record, file),
                    pressed_at=record.pressed_at,
                    received_at=record.received_at,
                    owned=centre == record.centre,
                    payload=payload,
                )
            )
        return tuple(told)

    def _alarm_json(self, record: PressRecord, file: KnownFile | None) -> bytes:
        image = json.dumps(_image(record, file), ensure_ascii=False)
        if file is None:
            return image.encode().removesuffix(b"}") + NOT_ENRICHED
        row = {name: file.sealed[name] for name in SEALED}
        about = {"image": image, "registration_id": record.registration_id, "notes_sealed": None}
        return self._viewer.alarm_json({**row, **about})


def _image(record: PressRecord, file: KnownFile | None) -> Mapping[str, Any]:
    """Return what ``alarm_image`` makes of a fresh alarm, without what runs in the database alone."""
    life = Life(routed_by=record.routed_by, shared=record.shared)
    return {
        "source": AlarmSource().model_dump(mode="json"),
        "breach": None,
        **record.facts,
        **life.model_dump(mode="json"),
        "alarm_id": str(record.alarm_id),
        "centre": record.centre,
        "registration_id": str(record.registration_id),
        "reference": file.reference if file else None,
        "purpose": _purpose(record, file),
        "state": AlarmState.RAISED,
        "version": 1,
        "raised_at": record.received_at.isoformat(),
        "press_count": 1,
        "last_pressed_at": record.pressed_at.isoformat(),
        "acknowledged_by": None,
        "acknowledged_at": None,
    }


def _purpose(record: PressRecord, file: KnownFile | None) -> Purpose:
    """Return what it is taken as: the file decides before the phone does, as far as it is known."""
    if file is None or file.population in OF_PRESSES:
        return record.purpose
    return Purpose(file.population)


def _only_kept(frame: Mapping[str, Any], payload: bytes) -> OnlyKept:
    alarm = frame["alarm"]
    return OnlyKept(
        centre=frame["centre"],
        press_id=UUID(frame["press_id"]),
        registration_id=UUID(alarm["registration_id"]),
        node=frame["node"],
        purpose=alarm["purpose"],
        pressed_at=datetime.fromisoformat(alarm["last_pressed_at"]),
        received_at=datetime.fromisoformat(alarm["trail"]["received_at"]),
        owned=frame["centre"] == alarm["centre"],
        payload=payload,
    )
