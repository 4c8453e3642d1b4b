"""What the gateway needs from outside, as small protocols; adapters stand at the edge.

Each docstring says what failure looks like. Fakes in the tests implement these too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from dispatch.ports import Admission, AttachedConsole
from gateway.domain.alarm import Change, DeadlineKind
from gateway.domain.flood import Load
from gateway.domain.follow_up import Call, Happened
from gateway.domain.notice import Notice
from gateway.domain.people import Operator
from gateway.domain.response import Response
from gateway.domain.silence import Silence
from gateway.domain.track import Followed, PlacedFix, ShownFix
from schemas.alarm import AlarmView, RoutedBy, Share
from schemas.centre import CentreView
from schemas.overview import Overview
from schemas.press import Purpose
from schemas.protection import NoticeKind, NoticeView, ShelvingReason
from schemas.session import OperatorName
from schemas.timeline import AlarmNotes, Timeline
from schemas.track import Track
from schemas.unit import NewUnit, UnitChange, UnitView
from schemas.window import WindowView


class Clock(Protocol):
    """Time. Never fails."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC; it may step when the host's clock is set."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back. For waits and durations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRecord:
    """One press as it is committed. ``facts`` is JSON without anything personal but positions.

    ``centre`` is where a new alarm is opened; by registration, the database looks it up once more.
    ``shared`` are the centres that see it from the start. ``sent_id`` is the id the companion sent.
    An unverified press is committed under another one, ``press_id``, so that it never takes a real
    press's place; but where ``sent_id`` is committed already, it is that press once more and gets its
    receipt.
    """

    press_id: UUID
    sent_id: UUID
    registration_id: UUID
    companion_id: UUID
    centre: str
    alarm_id: UUID
    purpose: Purpose
    pressed_at: datetime
    received_at: datetime
    facts: dict[str, Any]
    raw: bytes
    response: Response
    routed_by: RoutedBy = RoutedBy.REGISTRATION
    shared: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """The first answer to a press, which every later try gets again.

    ``purpose`` is what it was taken as: the file and its test window decide before the phone does.
    """

    press_id: UUID
    alarm_id: UUID
    centre: str
    sequence: int
    committed_at: datetime
    seen_before: bool
    purpose: Purpose


class Presses(Protocol):
    """Where presses become durable."""

    async def commit(self, record: PressRecord) -> Committed:
        """Return once the press is committed, and no earlier.

        Raises ``CannotCommit`` when that is not known to have happened in time: the caller may
        and should try again with the same press.
        """


class Alarms(Protocol):
    """Alarms as stored. Raises ``DatabaseUnavailable`` when they cannot be read now."""

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmQuery:
    """Which closed alarms are wanted: at most ``limit``, raised before the alarm ``before``."""

    purposes: Sequence[Purpose]
    awaiting_review: bool
    before: UUID | None
    limit: int


class History(Protocol):
    """Looking back. Raises ``DatabaseUnavailable``."""

    async def closed(self, centres: Sequence[str], query: AlarmQuery) -> list[AlarmView]:
        """Return closed alarms of these centres, the one raised last first."""

    async def notes(self, alarm_id: UUID) -> AlarmNotes:
        """Return all notes of an alarm, newest first."""

    async def timeline(self, alarm_id: UUID) -> Timeline:
        """Return every event of an alarm in the order of commit."""

    async def centres(self) -> list[CentreView]:
        """Return the centres there are, by code."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Which operator's request a change answers; the same one is answered once."""

    operator_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True)
class Claimed:
    """A deadline that fell due and that this node may carry out."""

    deadline_id: int
    alarm_id: UUID
    kind: DeadlineKind
    level: int
    due_at: datetime
    tries: int = 0


class Deadlines(Protocol):
    """What falls due, by the database's clock. Raises ``DatabaseUnavailable``.

    What is claimed nobody else has until it is carried out, dropped, put off, or the node is dead.
    """

    async def clock(self) -> tuple[datetime, int]:
        """Return the database's time, and the newest ``deadline_id`` there is (0: none)."""

    async def due(self, limit: int) -> Sequence[Claimed]:
        """Claim what has fallen due, the longest overdue first."""

    async def hastened(self, limit: int, steps: Sequence[tuple[int, float]]) -> Sequence[Claimed]:
        """Claim what would have fallen due had the clock not been set back.

        Each step is ``(last_deadline_id, seconds)``. What was made in the future is due at once.
        """

    async def deserted(self, limit: int, levels: Mapping[str, int]) -> Sequence[Claimed]:
        """Claim the escalations, up to these levels, of alarms that these centres own."""

    async def drop(self, claimed: Sequence[Claimed]) -> None:
        """Forget deadlines whose act is not allowed any more, unless they were set anew."""

    async def put_off(self, claimed: Sequence[Claimed], by_s: Sequence[float]) -> None:
        """Let go of deadlines that could not be carried out, each for so many seconds."""

    async def mend(self) -> int:
        """Give each real raised alarm without a next level one that is due now; return how many."""

    async def count(self) -> Mapping[DeadlineKind, int]:
        """Return how many are open, by kind."""


class BareAlarms(Protocol):
    """Alarms without their files. Raises ``DatabaseUnavailable``."""

    async def bare(self, alarm_ids: Sequence[UUID]) -> Mapping[UUID, AlarmView | None]:
        """Return those there are, None for one that cannot be read: enough to decide, and sooner."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Who sits where: consoles a centre over all nodes, and the centres that are unattended."""

    consoles: Mapping[str, int]
    unattended: frozenset[str] = frozenset()

    @property
    def attended(self) -> frozenset[str]:
        """The centres where somebody sits."""
        return frozenset(centre for centre, consoles in self.consoles.items() if consoles)


class Attendances(Protocol):
    """Where each node writes down who attends. Raises ``DatabaseUnavailable``."""

    async def beat(self, consoles: Mapping[str, int]) -> None:
        """Say that this node lives, and how many consoles attend each centre here."""

    async def presence(self) -> Presence:
        """Return who sits where, as the nodes that live have said."""


class Consoles(Protocol):
    """Where each node writes down how its consoles are. Raises ``DatabaseUnavailable``."""

    async def tell(self, changed: Sequence[AttachedConsole], attached: Collection[UUID]) -> None:
        """Say how some are; those that are not ``attached`` any more are forgotten."""

    async def tell_sounds(self) -> None:
        """Write down what was noted of sirens since the last time; what cannot be written is kept."""

    async def tell_canaries(self, seen: Mapping[str, datetime]) -> None:
        """Say when canaries were last seen here, by centre."""


class Overviews(Protocol):
    """What supervisors see. Raises ``DatabaseUnavailable``."""

    async def of(self, centres: Collection[str]) -> Overview:
        """Return how these centres are now."""


class Sessions(Protocol):
    """The sessions of operators. Raises ``DatabaseUnavailable``."""

    async def changed(self, admissions: Sequence[Admission]) -> Mapping[int, Operator | None]:
        """Return, by place in ``admissions``, those whose grounds do not hold any more.

        With the operator whose roles or centres are others now; None: the session is over, or the
        account is disabled.
        """


class Neighbourhood(Protocol):
    """Which centres are beside each other."""

    @property
    def default(self) -> str:
        """The centre that takes what no other takes."""

    def neighbours(self, centre: str) -> Sequence[str]:
        """Return the centres that share a border with this one, the longest border first."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change to be committed, and what it answers: a request, a deadline, or nothing.

    ``with_previous``: together with the proposal before it, or neither.
    """

    change: Change
    request: RequestKey | None = None
    deadline: Claimed | None = None
    with_previous: bool = False


class Fate(StrEnum):
    """What became of a proposal. Only ``committed`` changed anything."""

    COMMITTED = "committed"
    REPEATED = "repeated"
    CHANGED = "changed"
    GONE = "gone"
    UNIT_TAKEN = "unit_taken"
    NO_CENTRE = "no_centre"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a proposal.

    ``repeated``: the first answer again. ``changed``: decide anew on what is stored now. ``gone``: the
    deadline was carried out or set anew, or is no more. ``no_centre``: nobody would have owned it.
    """

    fate: Fate
    alarm_id: UUID | None = None
    version: int | None = None


class Changes(Protocol):
    """Where changes to alarms become durable, and events in every stream they concern."""

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        """Commit each that is still right, in this order, and tell consoles.

        Raises ``DatabaseUnavailable`` when that is not known to have happened, and
        ``NotAllowedNow`` when an alarm was to be reopened beside a newer open one.
        """

    async def answer(self, request: RequestKey) -> Verdict | None:
        """Return what the request was answered before; None: it was not."""


class Units(Protocol):
    """The units of the centres. Raises ``DatabaseUnavailable``."""

    async def find(self, unit_id: UUID) -> UnitView | None:
        """Return a unit."""

    async def of_centres(self, centres: Sequence[str]) -> list[UnitView]:
        """Return the units of these centres, by centre and name."""

    async def add(self, unit: NewUnit, by: OperatorName | None) -> UnitView:
        """Make a unit. Raises ``UnknownCentre``, and ``FieldInvalid`` for a name that is taken."""

    async def change(self, unit: UnitView, wanted: UnitChange, by: OperatorName | None) -> UnitView:
        """Change a unit. Raises ``NotAllowedNow`` while it serves, ``FieldInvalid`` for a taken name."""

    async def set_duty(self, unit: UnitView, on_duty: bool, by: OperatorName, request: RequestKey) -> None:  # noqa: FBT001 (the fact itself)
        """Put it on or off duty. Raises ``NotAllowedNow`` while it serves an alarm."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """For how long a notice is put aside, and why."""

    for_s: float
    reason: ShelvingReason


class Notices(Protocol):
    """The notices of the centres. Raises ``DatabaseUnavailable``."""

    async def tell(self, centre: str, notices: Sequence[Notice]) -> int:
        """Raise or clear notices; return how many were news. One that is open and says the same is not."""

    async def open_of(
        self, centre: str, kinds: Sequence[NoticeKind], subjects: Sequence[str]
    ) -> set[tuple[NoticeKind, str]]:
        """Return which notices of these kinds about these subjects are open, as (kind, subject)."""

    async def find(self, centre: str, notice_id: UUID) -> NoticeView | None:
        """Return an open notice."""

    async def clear(self, centre: str, notice_id: UUID, by: OperatorName | None) -> bool:
        """Clear an open notice; False when there is none."""

    async def shelve(
        self, centre: str, notice_id: UUID, by: OperatorName, shelf: Shelf | None, request: RequestKey
    ) -> None:
        """Put an open notice aside, or (None) take it back; the same request again changes nothing.

        Raises:
            NotFound: there is no such open notice.
        """


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events of a centre's stream whose consequences this node may carry out."""

    centre: str
    after: int
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A centre that nobody attended since ``vacant_since``, and that somebody attends again."""

    centre: str
    vacant_since: datetime
    unattended_since: datetime
    diverted: int


class FollowUps(Protocol):
    """What has yet to follow from what is committed. Raises ``DatabaseUnavailable``.

    Everything is done at least once, by whichever node; nothing is forgotten when one dies over it.
    """

    async def claim(self) -> Sequence[Stretch]:
        """Claim, of each centre with new events, the oldest whose consequences are not done."""

    async def read(self, stretch: Stretch) -> Sequence[Happened]:
        """Return what happened to alarms in it, in order, as far as something can follow from it."""

    async def done(self, stretch: Stretch) -> None:
        """Say that everything that follows from it was done."""

    async def returned(self) -> Sequence[Returned]:
        """Return the centres that are attended again, and have not been told of it."""

    async def welcomed(self, returned: Returned) -> None:
        """Say that the centre was told."""

    async def untrue(self) -> Sequence[tuple[str, str]]:
        """Return the centres with a notice that another is unattended, which it is not: (centre, other)."""

    async def loads(self) -> Sequence[Load]:
        """Return how busy each centre is."""

    async def silences(self) -> Sequence[Silence]:
        """Return how many are silent in each centre."""


class CallOutcome(StrEnum):
    """How a call ended: it got through, or the alarm was answered first."""

    DELIVERED = "delivered"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ClaimedCall:
    """A call that this node is to make, after ``tries`` that failed. ``answered``: it is of no more use."""

    call: Call
    tries: int
    answered: bool


class Calls(Protocol):
    """Calls to the outside that are to be made. Raises ``DatabaseUnavailable``."""

    async def add(self, calls: Sequence[Call]) -> None:
        """Keep calls until they are made; one that is known is left alone."""

    async def claim(self, limit: int) -> Sequence[ClaimedCall]:
        """Claim calls that are due."""

    async def end(self, call: ClaimedCall, outcome: CallOutcome) -> None:
        """Say that nothing remains to be done about it."""

    async def put_off(self, call: ClaimedCall, by_s: float) -> None:
        """Try again in so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixBatch:
    """Fixes that a companion sends for an alarm, under a nonce that it signed."""

    alarm_id: UUID
    companion_id: UUID
    registration_id: UUID
    nonce: str
    received_at: datetime
    fixes: tuple[PlacedFix, ...]


class BatchFate(StrEnum):
    """What became of a batch. ``unknown``: there is no such alarm of hers."""

    TAKEN = "taken"
    REPLAYED = "replayed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a batch and its fixes. ``unwanted``: fixed while the alarm was not followed."""

    fate: BatchFate
    stored: int
    known: int
    unwanted: int
    followed: Followed
    at: datetime


class FixWriter(Protocol):
    """Where fixes become durable."""

    async def keep(self, batch: FixBatch) -> Kept:
        """Return once its fixes are committed.

        Raises ``Overloaded`` when too many wait already, and ``CannotCommit`` when they are not known
        to be committed in time: the companion keeps them and sends them again.
        """


class Tracks(Protocol):
    """Tracks as stored. Raises ``DatabaseUnavailable``."""

    async def read(self, alarm_id: UUID, before: datetime | None, limit: int) -> Track:
        """Return the newest ``limit`` fixes before an instant, in time order, and the last of all."""


class NewestFixes(Protocol):
    """Where victims are now. Raises ``DatabaseUnavailable``."""

    async def newest(self, alarm_ids: Sequence[UUID]) -> dict[UUID, tuple[ShownFix, ...]]:
        """Return the last few fixes of each that has any, newest first."""

    async def silent(self, for_s: float, limit: int) -> Sequence[UUID]:
        """Return alarms that are followed live and had no fix for so long, the longest first."""


class Windows(Protocol):
    """Test windows of registrations. All raise ``NotFound`` and ``DatabaseUnavailable``."""

    async def find(self, registration_id: UUID) -> WindowView:
        """Return whose registration it is."""

    async def open(self, registration_id: UUID, minutes: int, by: OperatorName | None) -> WindowView:
        """Take her real presses as tests for some minutes; 0 ends that. Raises ``NotAllowedNow``."""


class Unopened(Protocol):
    """Files that this node could not open when it showed their alarms."""

    async def readable(self) -> dict[UUID, UUID]:
        """Return the open alarms whose file opens now, with their registrations.

        Raises ``DatabaseUnavailable``.
        """

    def forget(self, registration_id: UUID) -> None:
        """Forget one: consoles have been told."""


@dataclass(frozen=True, slots=True)
class FirstDelivery:
    """When an alarm was first written to consoles, and first drawn on one."""

    fanned_out_at: datetime | None
    painted_at: datetime
    delivered_at: datetime
