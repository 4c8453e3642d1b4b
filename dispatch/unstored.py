"""Presses that a console was told of and that are not in the database yet. Pure; part of ``dispatch.board``.

Beside the streams, so no cursor says whether they still last. They end

- with ``provisional_over``;
- with an alarm of the same registration, by event or snapshot, that was pressed last no earlier;
- with ``caught_up``, where the same node keeps them and has not told them again since the centre was
  attached: a node tells all that it keeps as soon as that is asked. What another node keeps stays: this link
  cannot know.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.base import CentreId
from schemas.frames import Provisional, ProvisionalOver


@dataclass(slots=True)
class _Told:
    """A press as it was told last; ``since_attached``, by centre: told again since that was attached."""

    frame: Provisional
    since_attached: dict[CentreId, bool] = field(default_factory=dict)


class Unstored:
    """What was told of them."""

    def __init__(self) -> None:
        self._told: Final[dict[UUID, _Told]] = {}
        self._of: Final[dict[UUID, set[UUID]]] = defaultdict(set)

    def presses(self) -> Mapping[UUID, Provisional]:
        """Return each press once, those told first first."""
        return {press_id: told.frame for press_id, told in self._told.items()}

    def take(self, frame: Provisional, alarms: Iterable[AlarmView]) -> bool:
        """Hear of one; False where it was known, or ``alarms`` have it already."""
        told = self._told.get(frame.press_id)
        if told is None:
            if any(_has(alarm, frame) for alarm in alarms):
                return False
            self._told[frame.press_id] = _Told(frame, {frame.centre: True})
            self._of[frame.alarm.registration_id].add(frame.press_id)
            return True
        told.frame = frame
        told.since_attached[frame.centre] = True
        return False

    def over(self, frame: ProvisionalOver) -> bool:
        """Hear that one is stored, which holds for every centre; False where it was not known."""
        return self._drop(frame.press_id)

    def stored(self, alarm: AlarmView) -> None:
        """Drop what an alarm has."""
        for press_id in tuple(self._of.get(alarm.registration_id, ())):
            if _has(alarm, self._told[press_id].frame):
                self._drop(press_id)

    def attached(self, centre: CentreId) -> None:
        """Note that an attach of ``centre`` is on its way: what lasts is told again."""
        for told in self._told.values():
            if centre in told.since_attached:
                told.since_attached[centre] = False

    def caught_up(self, centre: CentreId, node: str) -> None:
        """Drop of this centre what ``node`` keeps no more: it has not told it again."""
        for told in tuple(self._told.values()):
            if told.frame.node == node and told.since_attached.get(centre) is False:
                self._leave(told, centre)

    def keep(self, centres: Iterable[CentreId]) -> None:
        """Drop what is of none of these centres."""
        followed = set(centres)
        for told in tuple(self._told.values()):
            for centre in told.since_attached.keys() - followed:
                self._leave(told, centre)

    def _leave(self, told: _Told, centre: CentreId) -> None:
        told.since_attached.pop(centre)
        if not told.since_attached:
            self._drop(told.frame.press_id)

    def _drop(self, press_id: UUID) -> bool:
        told = self._told.pop(press_id, None)
        if told is None:
            return False
        of = self._of[told.frame.alarm.registration_id]
        of.discard(press_id)
        if not of:
            del self._of[told.frame.alarm.registration_id]
        return True


def _has(alarm: AlarmView, frame: Provisional) -> bool:
    pressed = frame.alarm
    return (
        alarm.registration_id == pressed.registration_id and alarm.last_pressed_at >= pressed.last_pressed_at
    )
