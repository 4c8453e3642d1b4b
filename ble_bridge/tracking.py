"""The tracking of one alarm: until when, how often, which number a fix gets. Pure; time is an argument.

The gateway says ``until`` on its own clock, which may differ from the phone's by days. It is
compared with the receipt's ``committed_at``, which is on the gateway's clock too, and the result is
counted from the moment the receipt arrived here. Where an alarm was reopened, what told so stands for
the receipt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from ble_bridge import timing
from ble_bridge.backlog import Backlog, WaitingFix
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix
from schemas.enrolment import CompanionPolicy
from schemas.press import Receipt
from schemas.track import TrackingPolicy

# A source computes a fix's instant anew each time it is asked; that does not make it another fix.
_SAME_FIX_S: Final = 0.01
_NEVER: Final = float("-inf")


@dataclass(slots=True)
class Tracking:
    """``began`` is when the receipt arrived here, ``committed_at`` about the same on the gateway's clock.

    Fixes are taken for ``length_s`` from then. ``next_index`` was never used before. While it is
    ``early`` there is no receipt and no alarm yet, only the ``press_id`` in its place: fixes are
    gathered, and numbered once the alarm is known.
    """

    alarm_id: UUID
    is_real: bool
    began: Moment
    committed_at: datetime
    length_s: float
    next_index: int = 1
    backlog: Backlog = field(default_factory=Backlog)
    is_early: bool = False
    is_unnumbered: bool = False
    is_stopped: bool = False
    told_every_s: float | None = None
    _looked_s: float = _NEVER
    _fixed_s: float = _NEVER

    @classmethod
    def begun(cls, receipt: Receipt, *, is_real: bool, now: Moment, length_s: float) -> Self:
        """Return the tracking that begins with a receipt."""
        tracking = cls(receipt.alarm_id, is_real, now, receipt.committed_at, 0.0)
        tracking.pressed(receipt, now, length_s)
        return tracking

    @classmethod
    def early(cls, press_id: UUID, *, is_real: bool, now: Moment, length_s: float) -> Self:
        """Return the tracking that begins with a press, before its receipt."""
        length_s = min(length_s, timing.TRACK_MOST_S)
        return cls(press_id, is_real, now, now.at, length_s, is_early=True, is_unnumbered=True)

    def receipted(self, receipt: Receipt, now: Moment, length_s: float) -> None:
        """Take the alarm of the receipt, and begin the duration with it; number what was gathered next."""
        self.alarm_id, self.is_early, self.next_index = receipt.alarm_id, False, 1
        self.pressed(receipt, now, length_s)

    def number_anew(self, first: int) -> Sequence[WaitingFix]:
        """Give what was gathered early its indexes, from ``first`` on, and return it."""
        early = self.backlog.batch(len(self.backlog))
        numbered = [replace(fix, index=index) for index, fix in enumerate(early, first)]
        self.backlog, self.next_index, self.is_unnumbered = Backlog(numbered), first + len(numbered), False
        return numbered

    def prolong(self, now: Moment, length_s: float) -> None:
        """Begin the duration anew with a press that has no receipt yet."""
        self.began, self.length_s = now, min(length_s, timing.TRACK_MOST_S)

    def pressed(self, receipt: Receipt, now: Moment, length_s: float) -> None:
        """Begin the duration anew: she pressed again."""
        self.anew(receipt.committed_at, now, length_s)

    def anew(self, at: datetime, now: Moment, length_s: float) -> None:
        """Begin the duration anew; ``at`` is ``now`` on the gateway's clock."""
        self.began, self.committed_at = now, at
        self.length_s = min(length_s, timing.TRACK_MOST_S)
        self.is_stopped = False

    def stop(self) -> None:
        """Take no more, and send nothing of what waits: her alarm is over."""
        self.is_stopped = True

    def heed(self, policy: TrackingPolicy) -> None:
        """Do what an answer says of rate and duration."""
        if policy.state == "stop":
            self.stop()
        self.told_every_s = policy.every_s
        if policy.until is not None:
            length_s = (policy.until - self.committed_at).total_seconds()
            self.length_s = min(max(0.0, length_s), timing.TRACK_MOST_S)

    @property
    def may_send(self) -> bool:
        """Whether something waits that can be sent."""
        return bool(self.backlog) and not self.is_unnumbered and not self.is_stopped

    def left_s(self, now: Moment) -> float:
        """Return for how long fixes are still taken; negative since when they are not."""
        since_s = now.since(self.began)
        # Nobody knows how long it was: the gateway's next answer will say stop if it is over.
        return self.length_s if since_s is None else self.length_s - since_s

    def every_s(self, policy: CompanionPolicy, battery_pct: int | None) -> float:
        """Return the seconds from one fix to the next."""
        is_low = battery_pct is not None and battery_pct < policy.tracking_low_pct
        own_s = policy.tracking_low_every_s if is_low else policy.tracking_every_s
        every_s = own_s if self.told_every_s is None else self.told_every_s
        return min(max(every_s, timing.TRACK_EVERY_LEAST_S), timing.TRACK_EVERY_MOST_S)

    def due_s(self, every_s: float) -> float:
        """Return when to look at the source again, on the monotonic clock."""
        return self._looked_s + every_s

    def look(self, now: Moment, every_s: float) -> None:
        """Note that the source is looked at; a look that is a little late does not shift the next."""
        due_s = self.due_s(every_s)
        self._looked_s = due_s if 0 <= now.s - due_s < every_s else now.s

    def take(self, fix: Fix, now: Moment) -> WaitingFix | None:
        """Return the fix numbered, to be added to the backlog; None when it was taken before."""
        if fix.fixed_s <= self._fixed_s + _SAME_FIX_S:
            return None
        self._fixed_s = fix.fixed_s
        waiting = WaitingFix(self.next_index, fix, now.era)
        self.next_index += 1
        return waiting
