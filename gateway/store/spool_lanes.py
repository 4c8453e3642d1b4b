"""Whose kept presses wait behind each other: a lane of each centre and registration, each in its order."""

from collections.abc import Collection, Sequence
from uuid import UUID

from gateway.ports import Waiting

Lane = dict[UUID, Waiting]


class Lanes:
    """In memory, and changed with every press: what is asked costs the same however many are kept."""

    def __init__(self) -> None:
        self._centres: dict[str, dict[UUID, Lane]] = {}

    def add(self, waiting: Waiting) -> None:
        """Put one at the end of its lane."""
        lanes = self._centres.setdefault(waiting.centre, {})
        lanes.setdefault(waiting.registration_id, {})[waiting.press_id] = waiting

    def remove(self, waiting: Waiting) -> None:
        """Take one out; a lane that is empty is gone, and so is a centre."""
        lanes = self._centres[waiting.centre]
        lane = lanes[waiting.registration_id]
        del lane[waiting.press_id]
        if not lane:
            del lanes[waiting.registration_id]
        if not lanes:
            del self._centres[waiting.centre]

    @property
    def centres(self) -> Collection[str]:
        """Centres of which something is kept."""
        return tuple(self._centres)

    def registrations(self, centre: str) -> Sequence[UUID]:
        """Return whose presses are kept of a centre."""
        return tuple(self._centres.get(centre, ()))

    def lane(self, centre: str, registration_id: UUID) -> Sequence[Waiting]:
        """Return what is kept of a registration at a centre, those kept first first."""
        return tuple(self._centres.get(centre, {}).get(registration_id, {}).values())

    def has(self, registration_id: UUID) -> bool:
        """Tell whether anything of the registration is kept, at any centre."""
        return any(registration_id in lanes for lanes in self._centres.values())
