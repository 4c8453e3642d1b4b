"""Is she protected now? Heartbeats, silence and time, judged; nothing here asks a clock.

Silence is judged by reporting time, as EN 50136-1 classes it: from the loss of the link to its report.
A companion that was reported silent stays so until it is heard again, whatever the clocks, the alarm
or an outage of ours do meanwhile; and silence only ever adds faults.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from gateway.domain.conditions import Conditions, Heard, Limits, conditions
from schemas.protection import DeviceHeartbeat, Fault, FaultKind, ProtectionState

REPORT_MARGIN_S: Final = 10.0
"""Silence is judged so long before its reporting time ends: for writing down what was heard, for a
sweep, a commit, and a commit tried again."""

INSTALL_S: Final = 900.0
"""A new file without a companion, and a new companion that was never heard, are being installed so
long: as long as an enrolment code holds. Until then nothing is told of them."""

FRESH_S: Final = 300.0
"""A heartbeat signed further than this from our clock proves life only by being newer than any before
it: as far as a phone's clock may be wrong in any other request."""

REPORTING_CLASSES: Final[Mapping[str, float]] = MappingProxyType(
    {"T6": 20.0, "T5": 90.0, "T4": 180.0, "T3": 18_000.0, "T2": 90_000.0, "T1": 2_764_800.0}
)
"""The reporting times of EN 50136-1 in seconds: 20 s, 90 s, 180 s, 300 min, 25 h, 32 d."""

UNPROTECTING: Final = frozenset(
    {
        FaultKind.NO_COMPANION,
        FaultKind.COMPANION_SILENT,
        FaultKind.BUTTON_LINK_LOST,
        FaultKind.BUTTON_BATTERY_CRITICAL,
        FaultKind.PHONE_BATTERY_CRITICAL,
        FaultKind.PERMISSION_MISSING,
        FaultKind.PRESSES_WAITING,
        FaultKind.DEVICE_TAMPERED,
        FaultKind.DEVICE_FAILED,
    }
)
"""With one of these a press might not arrive; with any other it arrives with less."""

PATIENCE_S: Final[Mapping[FaultKind, float]] = MappingProxyType(
    {
        FaultKind.PERMISSION_MISSING: 60.0,
        FaultKind.CLOCK_WRONG: 60.0,
        FaultKind.NO_POSITION_SOURCE: 300.0,
        FaultKind.PRESSES_WAITING: 60.0,
    }
)
"""A condition that lasts so long becomes a fault; others at once. A minute is two heartbeats: one that
was slow, or that left in the middle of sending a press, is no fault."""

COVERED_BY: Final[Mapping[FaultKind, FaultKind]] = MappingProxyType(
    {
        FaultKind.BUTTON_BATTERY_LOW: FaultKind.BUTTON_BATTERY_CRITICAL,
        FaultKind.PHONE_BATTERY_LOW: FaultKind.PHONE_BATTERY_CRITICAL,
    }
)
"""What need not be said beside what is worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionPolicy:
    """How companions are supervised.

    ``link_loss_s`` and ``link_loss_alarm_s``: a silent companion is reported within so long after it was
    last heard, the second while an alarm of hers is open. ``button_link_s``: so long a button's link may
    be down. ``heartbeat_s`` and ``heartbeat_alarm_s``: how often a companion is asked to say that it lives.
    """

    heartbeat_s: float = 25.0
    heartbeat_alarm_s: float = 10.0
    link_loss_s: float = 180.0
    link_loss_alarm_s: float = 90.0
    button_link_s: float = 180.0
    limits: Limits = field(default_factory=Limits)

    def silent_after_s(self, *, alarm_open: bool) -> float:
        """Return how long a companion may be unheard before it is judged silent."""
        return (self.link_loss_alarm_s if alarm_open else self.link_loss_s) - REPORT_MARGIN_S

    def patience_s(self, kind: FaultKind) -> float:
        """Return how long a condition lasts before it is a fault."""
        return self.button_link_s if kind is FaultKind.BUTTON_LINK_LOST else PATIENCE_S.get(kind, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One companion: what was heard of it last, and what was wrong when it was last judged."""

    companion_id: UUID
    enrolled_at: datetime
    heard: Heard | None = None
    before: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the centre was told last."""

    centre: str
    reference: str
    state: ProtectionState
    since: datetime
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """One registration as it stands. ``judged`` is false where no real victim is behind it any more."""

    registration_id: UUID
    centre: str
    reference: str
    created_at: datetime
    judged: bool = True
    alarm_open: bool = False
    companions: tuple[Watched, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One companion, judged: what is wrong, which of it is a fault by now, when time alone may change that.

    ``known`` is false while it is being installed.
    """

    companion_id: UUID
    wrong: Conditions
    faults: tuple[Fault, ...] = ()
    next_at: datetime | None = None
    known: bool = True

    @property
    def silent(self) -> bool:
        """Whether it was judged silent."""
        return FaultKind.COMPANION_SILENT in self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A registration, judged. ``state`` None: there is nothing to tell of it (yet, or any more).

    ``next_at``: when it must be judged again although nothing was heard; None: never.
    """

    state: ProtectionState | None
    since: datetime
    faults: tuple[Fault, ...] = ()
    companions: tuple[Condition, ...] = ()
    next_at: datetime | None = None

    def differs(self, file: Supervised) -> bool:
        """Whether the centre has to be told."""
        told = file.told
        if self.state is None or told is None:
            return self.state is not None or (told is not None and not file.judged)
        before = (told.centre, told.reference, told.state, {fault.kind for fault in told.faults})
        return before != (file.centre, file.reference, self.state, {fault.kind for fault in self.faults})


def reporting_class(seconds: float) -> str | None:
    """Name the narrowest class of EN 50136-1 that a reporting time meets; None: none."""
    return next((name for name, most_s in REPORTING_CLASSES.items() if seconds <= most_s), None)


def proves_life(signed_at: datetime, last: datetime | None, now: datetime) -> bool:
    """Whether a heartbeat signed at ``signed_at``, by the companion's clock, is none that was sent before.

    It is newer than ``last``, the newest that counted; or it is fresh, and ``last`` lies so far ahead
    that the companion's clock has been set right since.
    """
    fresh = timedelta(seconds=FRESH_S)
    return last is None or signed_at > last or (abs(signed_at - now) <= fresh and last > now + fresh)


def protection(faults: Sequence[Fault]) -> ProtectionState:
    """Return the one state that these faults leave."""
    if not faults:
        return ProtectionState.PROTECTED
    if UNPROTECTING.isdisjoint(fault.kind for fault in faults):
        return ProtectionState.DEGRADED
    return ProtectionState.UNPROTECTED


def judge(file: Supervised, policy: SupervisionPolicy, resumed_at: datetime, now: datetime) -> Judgement:
    """Judge a registration: she is as protected as by the best of her companions.

    ``resumed_at`` is since when this gateway has been judging without a pause: what could not be heard
    before it counts as silence only from there.
    """
    if not file.judged:
        return Judgement(state=None, since=now)
    companions = tuple(
        judge_companion(one, policy, alarm_open=file.alarm_open, resumed_at=resumed_at, now=now)
        for one in file.companions
    )
    known = [one for one in companions if one.known]
    next_at = _earliest(one.next_at for one in companions)
    if known:
        faults = min(known, key=_worth).faults
    else:
        installed_at = max(file.created_at, resumed_at) + timedelta(seconds=INSTALL_S)
        if file.told is None and (companions or now < installed_at):
            return Judgement(
                state=None, since=now, companions=companions, next_at=next_at if companions else installed_at
            )
        faults = (Fault(kind=FaultKind.NO_COMPANION, since=_since(file, FaultKind.NO_COMPANION, now)),)
    state = protection(faults)
    since = file.told.since if file.told is not None and file.told.state is state else now
    return Judgement(state=state, since=since, faults=faults, companions=companions, next_at=next_at)


def judge_companion(
    one: Watched, policy: SupervisionPolicy, *, alarm_open: bool, resumed_at: datetime, now: datetime
) -> Condition:
    """Judge one companion."""
    if one.heard is None:
        return _never_heard(one, resumed_at, now)
    heard_at = one.heard.received_at
    wrong = conditions(one.before, one.heard, policy.limits)
    said = one.heard.heartbeat
    regular_s = policy.silent_after_s(alarm_open=alarm_open)
    patience = timedelta(seconds=said.next_within_s if isinstance(said, DeviceHeartbeat) else regular_s)
    silent_at = max(heard_at, resumed_at) + patience
    later = [at for kind, since in wrong.items() if (at := _ripe_at(kind, since, policy)) > now]
    if now >= silent_at or one.before.get(FaultKind.COMPANION_SILENT) == heard_at:
        wrong[FaultKind.COMPANION_SILENT] = heard_at
    else:
        later.append(silent_at)
    return Condition(
        companion_id=one.companion_id,
        wrong=wrong,
        faults=_faults(wrong, policy, now),
        next_at=_earliest(later),
    )


def _never_heard(one: Watched, resumed_at: datetime, now: datetime) -> Condition:
    installed_at = max(one.enrolled_at, resumed_at) + timedelta(seconds=INSTALL_S)
    if now < installed_at and FaultKind.COMPANION_SILENT not in one.before:
        return Condition(companion_id=one.companion_id, wrong={}, next_at=installed_at, known=False)
    fault = Fault(kind=FaultKind.COMPANION_SILENT, since=one.enrolled_at)
    return Condition(companion_id=one.companion_id, wrong={fault.kind: fault.since}, faults=(fault,))


def _faults(wrong: Conditions, policy: SupervisionPolicy, now: datetime) -> tuple[Fault, ...]:
    """Return what has lasted, in the order of the kinds."""
    ripe = {kind for kind, since in wrong.items() if _ripe_at(kind, since, policy) <= now}
    return tuple(
        Fault(kind=kind, since=wrong[kind])
        for kind in FaultKind
        if kind in ripe and COVERED_BY.get(kind) not in ripe
    )


def _ripe_at(kind: FaultKind, since: datetime, policy: SupervisionPolicy) -> datetime:
    return since + timedelta(seconds=policy.patience_s(kind))


def _worth(one: Condition) -> tuple[int, int, UUID]:
    """Order companions, the best first; of equals always the same one, so that nothing flaps."""
    return list(ProtectionState).index(protection(one.faults)), len(one.faults), one.companion_id


def _since(file: Supervised, kind: FaultKind, now: datetime) -> datetime:
    told = file.told.faults if file.told is not None else ()
    return next((fault.since for fault in told if fault.kind is kind), now)


def _earliest(instants: Sequence[datetime | None] | Iterator[datetime | None]) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)
