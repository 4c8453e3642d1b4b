"""What must be so of an alarm, written down a second time and shorter: the machine's reference.

Each act answers whether it is allowed, and changes the model only if it is. No times, no texts,
nobody's name but the holder's: just what the guarantees are about. What falls due is not kept but
follows from the rest.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from schemas.alarm import AlarmState, AlarmView, TrackingState
from schemas.outcome import NEEDS_SECOND_LOOK, Outcome
from schemas.press import Purpose
from schemas.unit import UnitStatus

RAISED, ACKNOWLEDGED, CLOSED = AlarmState.RAISED, AlarmState.ACKNOWLEDGED, AlarmState.CLOSED
FOLLOWED: Final = frozenset({TrackingState.LIVE, TrackingState.LOST})


class Owed(StrEnum):
    """What falls due on an alarm, as the store names it."""

    ESCALATE = "escalate"
    LAPSE = "lapse"
    TRACKING_ENDING = "tracking_ending"
    TRACKING_END = "tracking_end"
    EXPIRE = "expire"


@dataclass
class Model:
    """One alarm."""

    purpose: Purpose
    owner: str
    state: AlarmState = RAISED
    version: int = 1
    presses: int = 1
    holder: UUID | None = None
    level: int = 0
    seen: list[str] = field(default_factory=list)
    serving: set[UUID] = field(default_factory=set)
    tracking: TrackingState = TrackingState.OFF
    ending_told: bool = False
    cancels: int = 0
    coerced: bool = False
    news: int = 1
    breach: tuple[bool, bool] | None = None
    crossed_to: str | None = None
    closer: UUID | None = None
    unconfirmed: bool = False
    notes: int = 0
    lapses: int = 0
    reopened: int = 0

    def __post_init__(self) -> None:
        self.seen = [self.owner]
        self._follow()

    @property
    def real(self) -> bool:
        return self.purpose is Purpose.REAL

    @property
    def open(self) -> bool:
        return self.state is not CLOSED

    def owed(self) -> set[Owed]:
        """What falls due: never an open alarm that nothing comes to, never anything on a closed one."""
        found = set()
        if self.open and not self.real:
            found.add(Owed.EXPIRE)
        if self.real and self.state is RAISED:
            found.add(Owed.ESCALATE)
        if self.real and self.state is ACKNOWLEDGED and not self.serving:
            found.add(Owed.LAPSE)
        if self.tracking in FOLLOWED:
            found |= {Owed.TRACKING_END} if self.ending_told else {Owed.TRACKING_END, Owed.TRACKING_ENDING}
        return found

    # --- what the victim and her phone do ---------------------------------------------------

    def press(self) -> bool:
        return self._if(self.open, presses=self.presses + 1, news=self.version + 1) and self._follow()

    def cancel(self, word: str) -> bool:
        return self._if(
            self.open,
            cancels=self.cancels + 1,
            coerced=self.coerced or word == "duress",
            news=self.version + 1,
        )

    def judge(self, *, inside: bool, certain: bool) -> bool:
        standing = inside, inside and certain
        news = {"news": self.version + 1} if inside else {}
        return self._if(self.open and standing != self.breach, breach=standing, **news)

    def cross(self, centre: str) -> bool:
        allowed = self.open and centre not in {self.owner, self.crossed_to}
        return self._if(allowed, crossed_to=centre) and self._seen_by(centre)

    def come_back(self) -> bool:
        return self._if(self.crossed_to is not None, crossed_to=None)

    def lose_position(self) -> bool:
        return self._if(self.tracking is TrackingState.LIVE, tracking=TrackingState.LOST)

    def restore_position(self) -> bool:
        return self._if(self.tracking is TrackingState.LOST, tracking=TrackingState.LIVE)

    # --- what time does ---------------------------------------------------------------------

    def escalate(self, level: int, centres: list[str]) -> bool:
        allowed = self.real and self.state is RAISED and level > self.level
        return self._if(allowed, level=level) and self._seen_by(*centres)

    def lapse(self) -> bool:
        allowed = self.real and self.state is ACKNOWLEDGED and not self.serving
        return self._if(allowed, lapses=self.lapses + 1) and self._raise()

    def say_tracking_ends(self) -> bool:
        return self._if(self.tracking in FOLLOWED, ending_told=True)

    def end_tracking(self) -> bool:
        return self._if(self.tracking in FOLLOWED, tracking=TrackingState.ENDED)

    def expire(self) -> bool:
        return self._if(self.open and not self.real) and self._end(None, second_look=False)

    # --- what operators do ------------------------------------------------------------------

    def acknowledge(self, who: UUID) -> bool:
        return self._if(self.state is RAISED, state=ACKNOWLEDGED, holder=who)

    def assign(self, unit: UUID, its_centre: str) -> bool:
        allowed = self.state is ACKNOWLEDGED and its_centre in self.seen and unit not in self.serving
        return self._if(allowed, serving=self.serving | {unit})

    def report(self, unit: UUID, status: UnitStatus) -> bool:
        cleared = {unit} if status is UnitStatus.CLEARED else set()
        return self._if(self.open and unit in self.serving, serving=self.serving - cleared)

    def note(self) -> bool:
        return self._if(allowed=True, notes=self.notes + 1)

    def transfer(self, who: UUID, centre: str, *, own: bool) -> bool:
        allowed = self.open and centre != self.owner
        if not self._if(allowed, owner=centre, crossed_to=None, notes=self.notes + 1):
            return False
        self._seen_by(centre)
        if not own:
            return self._raise()
        self.state, self.holder = ACKNOWLEDGED, who
        return True

    def close(self, who: UUID, outcome: Outcome, saw_version: int) -> bool:
        allowed = self.state is ACKNOWLEDGED and saw_version >= self.news
        second_look = self.real and outcome in NEEDS_SECOND_LOOK
        return self._if(allowed, notes=self.notes + 1) and self._end(who, second_look=second_look)

    def review(self, who: UUID, *, supervisor: bool) -> bool:
        allowed = not self.open and self.unconfirmed and supervisor and who != self.closer
        return self._if(allowed, unconfirmed=False, notes=self.notes + 1)

    def reopen(self, *, another_is_open: bool) -> bool:
        allowed = not self.open and not another_is_open
        if not self._if(allowed, reopened=self.reopened + 1, unconfirmed=False, notes=self.notes + 1):
            return False
        if self._follow() and self.tracking is TrackingState.LIVE:
            self.tracking = TrackingState.LOST  # until her phone, which stopped, sends again
        return self._raise()

    def happen(self, allowed: bool) -> bool:  # noqa: FBT001 (said by whoever asks)
        """Something that changes nothing the model knows of."""
        return self._if(allowed)

    # --- how ----------------------------------------------------------------------------------

    def _if(self, allowed: bool, **changes: object) -> bool:  # noqa: FBT001 (what it is about)
        if allowed:
            self.version += 1
            for name, value in changes.items():
                setattr(self, name, value)
        return allowed

    def _raise(self) -> bool:
        self.state, self.holder, self.level = RAISED, None, 0
        return True

    def _end(self, who: UUID | None, *, second_look: bool) -> bool:
        self.state, self.closer, self.unconfirmed = CLOSED, who, second_look
        self.serving, self.crossed_to = set(), None
        if self.tracking is not TrackingState.OFF:
            self.tracking = TrackingState.ENDED
        return True

    def _follow(self) -> bool:
        if self.purpose is not Purpose.CANARY:
            self.tracking, self.ending_told = TrackingState.LIVE, False
        return True

    def _seen_by(self, *centres: str) -> bool:
        self.seen += [centre for centre in centres if centre not in self.seen]
        return True


def compare(model: Model, alarm: AlarmView) -> None:
    """Fail unless the alarm is as the model says."""
    closure, cancel = alarm.closure, alarm.cancel
    holder = alarm.acknowledged_by.operator_id if alarm.acknowledged_by is not None else None
    found = {
        "state": alarm.state,
        "version": alarm.version,
        "presses": alarm.press_count,
        "holder": holder,
        "level": alarm.escalation.level if alarm.escalation is not None else 0,
        "owner": alarm.centre,
        "serving": {unit.unit_id for unit in alarm.units if unit.status is not UnitStatus.CLEARED},
        "tracking": alarm.tracking,
        "cancels": cancel.count if cancel is not None else 0,
        "coerced": cancel is not None and cancel.coerced,
        "news": alarm.news_version,
        "crossed_to": alarm.crossed_to,
        "unconfirmed": closure is not None and closure.needs_second_look,
        "lapses": alarm.lapses,
        "reopened": alarm.reopened,
    }
    wanted = {name: getattr(model, name) for name in found}
    assert found == wanted
    shares = [share.centre for share in alarm.shared]
    assert len(set(shares)) == len(shares)
    assert alarm.centre not in shares, "who owns it does not also share it"
    assert {alarm.centre, *shares} == set(model.seen), "whoever saw it goes on seeing it"
    assert (closure is None) is model.open
    assert (alarm.acknowledged_at is None) is (holder is None)
    assert (alarm.escalates_at is not None) is (Owed.ESCALATE in model.owed())
    assert (alarm.lapses_at is not None) is (Owed.LAPSE in model.owed())
    assert (alarm.tracking_until is not None) is (Owed.TRACKING_END in model.owed())
