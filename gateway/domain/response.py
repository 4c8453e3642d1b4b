"""The policy by which alarms are answered and followed: every number with its unit and its reason."""

from dataclasses import dataclass, field
from typing import Final

from gateway.domain.alarm import DeadlineKind, Due
from gateway.domain.ladder import Ladder
from schemas.press import Purpose

POSITION_LOST_S: Final = 30.0
"""No fix for so long while one is expected each second: said as lost. The console calls a fix stale
at the same age."""

TRACKING_ENDING_S: Final = 300.0
"""So long before tracking ends it is said, so that somebody can call her: < the shortest tracking."""

TEST_PRESSES: Final = 3
"""So many real presses are taken as one test within a test window. Whoever presses once more is told
nothing new by the button, and may be in danger: from then on her presses are real."""

EXPIRE_S: Final = {Purpose.TEST: 900.0, Purpose.EXERCISE: 3600.0, Purpose.CANARY: 60.0}
"""What is not real and nobody closed is closed by itself: an installer's test, an exercise, a canary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """How one centre answers. Raises ``ValueError`` when a number makes no sense.

    ``lapse_s``: an acknowledgement without a unit falls back after so long. ``moved_m``: a move of so
    many metres after assignment is told. ``tracking_s``: how long a press, or a reopening, is followed.
    """

    ladder: Ladder = field(default_factory=Ladder)
    lapse_s: float = 120.0
    moved_m: float = 200.0
    tracking_s: float = 7200.0

    def __post_init__(self) -> None:
        if self.lapse_s <= 0 or self.moved_m <= 0:
            raise ValueError("lapse_s and moved_m are positive")
        if self.tracking_s <= TRACKING_ENDING_S:
            raise ValueError(f"tracking_s is more than {TRACKING_ENDING_S:.0f} s, when its end is announced")

    def due_when_raised(self, purpose: Purpose) -> tuple[Due, ...]:
        """Return the deadlines of a fresh alarm: only a real one climbs the ladder."""
        first = self.ladder.due(1) if purpose is Purpose.REAL else Due(DeadlineKind.EXPIRE, EXPIRE_S[purpose])
        return (first, *self.due_when_pressed(purpose))

    def due_when_pressed(self, purpose: Purpose) -> tuple[Due, ...]:
        """Return the deadlines that each press, and a reopening, sets anew: tracking starts over."""
        if purpose is Purpose.CANARY:
            return ()
        return (
            Due(DeadlineKind.TRACKING_ENDING, self.tracking_s - TRACKING_ENDING_S),
            Due(DeadlineKind.TRACKING_END, self.tracking_s),
        )
