"""One press in the outbox, and how it is told at each sending. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from ble_bridge.decoding import Step
from schemas.position import Position
from schemas.press import Press, Purpose, Receipt

_LONGEST_S: Final = 31_536_000.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A press as heard, with the monotonic instants that age it.

    ``press`` holds everything but what changes with each sending. ``completed_s`` (None when the
    button could not tell) and ``heard_s`` count within ``era``; ``attempts`` are the sendings that
    failed; ``parked`` says why every gateway refuses it.
    """

    press: Press
    era: str
    heard_s: float
    completed_s: float | None
    step: Step | None = None
    attempts: int = 0
    parked: str | None = None
    receipt: Receipt | None = None

    @property
    def is_real(self) -> bool:
        """Whether it comes before everything else."""
        return self.press.purpose is Purpose.REAL

    def failed(self, parked: str | None) -> Self:
        """Return the entry after one more sending without a receipt."""
        return replace(self, attempts=self.attempts + 1, parked=parked)

    def as_sent(self, *, era: str, monotonic: float, now: datetime) -> Press:
        """Return the press for a sending at this instant: ages recomputed, the attempt counted.

        Within the era in which it was heard the monotonic clock is the judge. After a reboot only
        the wall clock is left; where that contradicts itself (it was set back) no age is told.
        """
        since_heard = self._since(self.heard_s, self.press.heard_at, era=era, monotonic=monotonic, now=now)
        age = (
            None
            if self.completed_s is None
            else self._since(self.completed_s, self.press.pressed_at, era=era, monotonic=monotonic, now=now)
        )
        return self.press.model_copy(
            update={
                "sent_at": now,
                "age_ms": None if age is None else round(age * 1000, 3),
                "attempt": min(self.attempts + 1, 1_000_000),
                "positions": tuple(_older(position, since_heard) for position in self.press.positions),
            }
        )

    def _since(
        self, then_s: float, then_at: datetime | None, *, era: str, monotonic: float, now: datetime
    ) -> float | None:
        if era == self.era:
            seconds = monotonic - then_s
        elif then_at is not None:
            seconds = (now - then_at).total_seconds()
        else:
            return None
        return seconds if 0 <= seconds <= _LONGEST_S else None


def _older(position: Position, seconds: float | None) -> Position:
    known = position.age_s is not None and seconds is not None
    age = min(position.age_s + seconds, _LONGEST_S) if known else None  # type: ignore[operator] # both known
    return position.model_copy(update={"age_s": age})
