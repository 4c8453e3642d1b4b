"""Several centres' streams as one picture, in which an alarm stands once. Part of ``dispatch.board``."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from dispatch.centre_board import CentreBoard
from dispatch.closings import Closings
from schemas.alarm import AlarmView
from schemas.base import CentreId
from schemas.frames import PositionFrame


class Picture:
    """The centres that are followed, and what they tell together."""

    def __init__(self) -> None:
        self.centres: dict[CentreId, CentreBoard] = {}
        self.closings = Closings()

    def follow(self, names: Sequence[CentreId]) -> None:
        """Follow these centres, those that were followed already from where they are."""
        self.centres = {name: self.centres.get(name, CentreBoard()) for name in names}
        self.closings.keep(names)

    def open_alarms(self) -> Iterable[AlarmView]:
        """Return every open alarm once, at its highest version, centre by centre."""
        everywhere = dict.fromkeys(each for centre in self.centres.values() for each in centre.alarms)
        return (alarm for each in everywhere if (alarm := self.find(each)) is not None)

    def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return an open alarm as the stream that is furthest tells it."""
        images = (alarm for centre in self.centres.values() if (alarm := centre.alarms.get(alarm_id)))
        newest = max(images, key=lambda alarm: alarm.version, default=None)
        return None if newest is None or self.closings.hides(newest) else newest

    def position(self, alarm_id: UUID) -> PositionFrame | None:
        """Return the newest position frame of the victim of an open alarm."""
        return next((frame for frame in self._newest(alarm_id) if frame.who == "victim"), None)

    def offenders(self, alarm_id: UUID) -> tuple[PositionFrame, ...]:
        """Return the newest position frame of each offender of an open alarm, in their order."""
        return tuple(frame for frame in self._newest(alarm_id) if frame.who == "offender")

    def _newest(self, alarm_id: UUID) -> list[PositionFrame]:
        if self.find(alarm_id) is None:
            return []
        told = [
            frame
            for centre in self.centres.values()
            for key, frame in centre.positions.items()
            if key[0] == alarm_id
        ]
        told.sort(key=lambda frame: frame.position.fixed_at)
        newest = {(frame.who, frame.number): frame for frame in told}
        return [newest[key] for key in sorted(newest)]

    def closed(self, teller: CentreId, alarm: AlarmView) -> None:
        """Note a closing that ``teller``'s stream told: slower streams do not bring the alarm back."""
        audience = {alarm.centre, *(share.centre for share in alarm.shared)}
        behind = []
        for name, centre in self.centres.items():
            held = centre.alarms.get(alarm.alarm_id)
            if name != teller and (name in audience if held is None else held.version <= alarm.version):
                behind.append(name)
        self.closings.told(teller, alarm, behind)
