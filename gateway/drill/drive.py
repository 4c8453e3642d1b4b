"""Where she was: driven from Gent to Ruiselede in West-Vlaanderen, by a phone without a network."""

from dataclasses import dataclass
from typing import Final

from gateway.drill.phone import a_fix
from gateway.ports import Clock
from schemas.position import Position
from schemas.track import PositionBatch, TrackFix

LATE_S: Final = 900.0
"""How long ago she pressed when the network is back."""

ROAD: Final = (
    (51.0543, 3.7174, 0.0),
    (51.0450, 3.6550, 0.2),
    (51.0350, 3.5500, 0.45),
    (51.0850, 3.4470, 0.7),
    (51.0397, 3.3939, 0.97),
)
"""Gent, Drongen, Nevele, Aalter, Ruiselede: latitude, longitude, and the share of ``LATE_S`` after which she
was there. 27 km, on average 110 km/h."""

STEP: Final = 1e-5
"""Degrees between two fixes once she stands: about a metre."""


@dataclass(slots=True)
class Drive:
    """The fixes of her phone; ``sent`` counts them."""

    clock: Clock
    sent: int = 0

    def begins(self) -> Position:
        """Return the fix that went with the press, two seconds older than it."""
        latitude, longitude, _ = ROAD[0]
        return a_fix(self.clock, latitude, longitude, LATE_S + 2)

    def kept(self) -> PositionBatch:
        """Return the drive as the phone kept it, the newest fix first."""
        fixes = [
            self._numbered(a_fix(self.clock, latitude, longitude, LATE_S * (1 - share)))
            for latitude, longitude, share in ROAD[1:]
        ]
        return PositionBatch(sent_at=self.clock.now(), phone_battery_pct=70, fixes=tuple(reversed(fixes)))

    def here(self) -> PositionBatch:
        """Return the fix of now, at the end of the road."""
        latitude, longitude, _ = ROAD[-1]
        fix = self._numbered(a_fix(self.clock, latitude + self.sent * STEP, longitude, 0.3))
        return PositionBatch(sent_at=self.clock.now(), fixes=(fix,))

    def _numbered(self, fix: Position) -> TrackFix:
        self.sent += 1
        return TrackFix(index=self.sent, **fix.model_dump())
