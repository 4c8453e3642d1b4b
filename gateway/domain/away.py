"""Which centres' presses the database is known not to commit now: pure, and one breaker a centre.

Of each centre for itself: a single stream that is held up must not send every other press to the disk.
"""

from enum import StrEnum


class Happening(StrEnum):
    """What moves a centre's breaker."""

    KEPT = "kept"
    COMMITTED = "committed"
    EMPTIED = "emptied"
    """Nothing of the centre is kept any more: nothing would ever find out that the database is back."""


IS_AWAY_AFTER = {Happening.KEPT: True, Happening.COMMITTED: False, Happening.EMPTIED: False}


class Away:
    """The breakers. While one is open no press waits for the database, but for those that probe it."""

    def __init__(self) -> None:
        self._centres: set[str] = set()

    def note(self, centre: str, happening: Happening) -> None:
        """Take in what happened to a press of this centre."""
        if IS_AWAY_AFTER[happening]:
            self._centres.add(centre)
        else:
            self._centres.discard(centre)

    def of(self, centre: str) -> bool:
        """Tell whether presses of this centre are kept without asking the database."""
        return centre in self._centres
