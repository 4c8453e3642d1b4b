"""Alarms that one centre's stream has closed and another's has not yet: they stay off the screen.

An alarm may stand in several streams, each with its own pace. Pure; part of ``dispatch.board``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.base import CentreId


@dataclass(slots=True)
class _Closing:
    version: int
    awaited: dict[CentreId, bool]  # who has not told it yet; True: attached again since it was known


class Closings:
    """The version at which each alarm was closed, until every centre that may show it has got there.

    A centre has, once its stream told that version, or once it caught up from an attach sent after
    the closing was known.
    """

    def __init__(self) -> None:
        self._closings: dict[UUID, _Closing] = {}

    def hides(self, alarm: AlarmView) -> bool:
        """Whether this image is older than a closing that is known."""
        closing = self._closings.get(alarm.alarm_id)
        return closing is not None and alarm.version <= closing.version

    def told(self, centre: CentreId, closed: AlarmView, behind: Iterable[CentreId]) -> None:
        """Note that ``centre`` told a closing; those ``behind`` may still show what went before it."""
        closing = self._closings.get(closed.alarm_id)
        if closing is None or closing.version < closed.version:
            closing = _Closing(closed.version, dict.fromkeys(behind, False))
            self._closings[closed.alarm_id] = closing
        elif closing.version == closed.version:
            closing.awaited.pop(centre, None)
        self._drop_settled()

    def attached(self, centre: CentreId) -> None:
        """Note that an attach of ``centre`` is on its way: what it leads to comes after these closings."""
        for closing in self._closings.values():
            if centre in closing.awaited:
                closing.awaited[centre] = True

    def caught_up(self, centre: CentreId) -> None:
        """Note that ``centre`` has told all there was when it was last attached."""
        for closing in self._closings.values():
            if closing.awaited.get(centre):
                del closing.awaited[centre]
        self._drop_settled()

    def keep(self, centres: Iterable[CentreId]) -> None:
        """Wait no more for a centre that is not among these."""
        followed = set(centres)
        for closing in self._closings.values():
            closing.awaited = {name: since for name, since in closing.awaited.items() if name in followed}
        self._drop_settled()

    def _drop_settled(self) -> None:
        self._closings = {alarm_id: each for alarm_id, each in self._closings.items() if each.awaited}
