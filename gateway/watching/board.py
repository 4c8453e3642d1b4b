"""What one node knows of perimeters, trackers and watches, in memory; judging a fix waits for nothing.

A fix is judged by the perimeters that bind its tracker. Where these are many, those whose ring's box is far
from the fix are passed over, unless he is known to be near. What moves a watch is not done here: it is
handed on as ``Due``, and the watch is busy until that is done; what comes meanwhile is handed on behind it.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gateway.domain.perimeters.judging import VICTIM_LOST_S, Judgement, judge, nearing
from gateway.domain.perimeters.machine import INSIDE, Sign, Watch, step
from gateway.domain.perimeters.settling import Observed
from gateway.domain.perimeters.shape import Zone, zone_of
from gateway.domain.plausibility import judge_fix
from gateway.domain.position import radius_95
from gateway.ports.perimeters import (
    Book,
    JudgingPerimeter,
    KnownWatch,
    Sighted,
    TrackerFix,
    WatchKey,
    WornTracker,
)
from gateway.watching.binding import Bound
from schemas.perimeters import TrackerRole, VictimArea, WatchState
from schemas.position import Position

SEEN: Final = 16
"""So many judgements of a watch are remembered: what moves it, and whether he is nearing."""

FAR_SIGNS: Final = frozenset({Sign.UNSURE, Sign.CLEAR, Sign.FRINGE})
UNKNOWN: Final = KnownWatch()


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A judgement that moves a watch, or may."""

    perimeter: JudgingPerimeter
    tracker: WornTracker
    fix: TrackerFix
    judgement: Judgement
    nearing: bool | None

    @property
    def key(self) -> WatchKey:
        """Which watch."""
        return self.perimeter.perimeter_id, self.tracker.tracker_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One judgement of a watch. ``fixed_at``: of his fix."""

    observed: Observed
    fixed_at: datetime
    distance_m: float


@dataclass(kw_only=True)
class Board:
    """One node's. Nothing here waits, and nothing is lost of it that the database does not have."""

    _trackers: dict[tuple[UUID, bytes], tuple[WornTracker, ...]] = field(default_factory=dict)
    _worn: dict[UUID, WornTracker] = field(default_factory=dict)
    _bound: dict[UUID, Bound] = field(default_factory=dict)
    _moving: dict[UUID, tuple[JudgingPerimeter, ...]] = field(default_factory=dict)
    _zones: dict[tuple[UUID, int], Zone] = field(default_factory=dict)
    _watches: dict[WatchKey, KnownWatch] = field(default_factory=dict)
    _last: dict[UUID, TrackerFix] = field(default_factory=dict)
    _victims: dict[UUID, Position] = field(default_factory=dict)
    _seen: dict[WatchKey, deque[Seen]] = field(default_factory=dict)
    _judged: dict[WatchKey, datetime] = field(default_factory=dict)
    """Of when his fix was that was judged last, where a zone moves."""
    _busy: Counter[WatchKey] = field(default_factory=Counter)

    # --- what is known ----------------------------------------------------------------------

    def put(self, book: Book) -> tuple[WatchKey, ...]:
        """Go by another book from now on; return watches of what is no more in it."""
        self._worn = {one.tracker_id: one for one in book.trackers}
        by_hash: dict[tuple[UUID, bytes], list[WornTracker]] = defaultdict(list)
        for one in book.trackers:
            by_hash[one.integrator_id, one.subject_hash].append(one)
        self._trackers = {key: tuple(found) for key, found in by_hash.items()}
        kept = {(one.perimeter_id, one.version) for one in book.perimeters}
        self._zones = {key: zone for key, zone in self._zones.items() if key in kept}
        self._zones |= {
            (one.perimeter_id, one.version): zone
            for one in book.perimeters
            if (one.perimeter_id, one.version) not in self._zones
            and (zone := zone_of(one.area, None)) is not None
        }
        bound: dict[UUID, list[JudgingPerimeter]] = defaultdict(list)
        moving: dict[UUID, list[JudgingPerimeter]] = defaultdict(list)
        for perimeter in book.perimeters:
            for tracker_id in perimeter.trackers & self._worn.keys():
                bound[tracker_id].append(perimeter)
            if isinstance(perimeter.area, VictimArea):
                moving[perimeter.registration_id].append(perimeter)
        self._bound = {each: Bound.by(found, self._zones) for each, found in bound.items()}
        self._moving = {each: tuple(found) for each, found in moving.items()}
        self._last = {each: fix for each, fix in self._last.items() if each in self._worn}
        known = {(one.perimeter_id, each) for one in book.perimeters for each in one.trackers}
        gone = tuple(key for key in self._watches if key not in known)
        for key in gone:
            self._watches.pop(key)
            self._seen.pop(key, None)
            self._judged.pop(key, None)
        return gone

    def put_watches(self, watches: Iterable[tuple[WatchKey, KnownWatch]]) -> list[Due]:
        """Hear where watches stand for all nodes; return what this node saw later than what moved them."""
        found = []
        for key, stored in watches:
            if stored.version <= self._watches.get(key, UNKNOWN).version:
                continue
            self._watches[key] = stored
            due = self._seen_later(key, stored)
            if due is not None:
                found.append(self.again(due))
        return found

    def _seen_later(self, key: WatchKey, stored: KnownWatch) -> Due | None:
        last, moved_at = self._last.get(key[1]), stored.watch.fixed_at
        if last is None or moved_at is None or last.position.fixed_at <= moved_at:
            return None
        bound = (one for one in self.bound_by(key[1]) if one.perimeter_id == key[0])
        perimeter, tracker = next(bound, None), self._worn.get(key[1])
        judgement = None if perimeter is None else self.judged(perimeter, last)
        if perimeter is None or tracker is None or judgement is None:
            return None
        return Due(perimeter=perimeter, tracker=tracker, fix=last, judgement=judgement, nearing=None)

    def seen(self, key: WatchKey) -> Sequence[Seen]:
        """Return what this node judged of a watch lately."""
        return self._seen.get(key, ())

    def put_victims(self, victims: Mapping[UUID, Position]) -> list[Due]:
        """Hear where victims are; return what follows for those around whom a perimeter moves."""
        return [due for each, position in victims.items() for due in self.victim_moved(each, position)]

    @property
    def around_victims(self) -> tuple[UUID, ...]:
        """The registrations with a perimeter around the victim."""
        return tuple(self._moving)

    @property
    def of_victims(self) -> tuple[UUID, ...]:
        """The registrations of which the victim has a tracker."""
        return tuple({one.registration_id for one in self._worn.values() if one.role is TrackerRole.VICTIM})

    def sighted(self) -> list[Sighted]:
        """Return the perimeters around victims by which somebody is judged, and when she was seen last."""
        return [
            Sighted(
                perimeter_id=one.perimeter_id,
                registration_id=each,
                seen_at=None if (known := self._victims.get(each)) is None else known.fixed_at,
            )
            for each, found in self._moving.items()
            for one in found
            if not one.trackers.isdisjoint(self._worn)
        ]

    def moving(self, perimeter_id: UUID) -> JudgingPerimeter | None:
        """Return a perimeter around a victim."""
        found = (one for each in self._moving.values() for one in each if one.perimeter_id == perimeter_id)
        return next(found, None)

    def is_near(self, perimeter: JudgingPerimeter) -> bool:
        """Whether anybody was in the ring or the zone of a perimeter when it was judged last."""
        keys = ((perimeter.perimeter_id, each) for each in perimeter.trackers)
        return any(self.known(key).watch.state is not WatchState.FAR for key in keys)

    def tracker(self, tracker_id: UUID) -> WornTracker | None:
        """Return a tracker that is worn."""
        return self._worn.get(tracker_id)

    def worn(self, integrator_id: UUID, hashes: Iterable[bytes]) -> tuple[WornTracker, ...]:
        """Return the trackers that an integrator calls so, one a file."""
        return tuple(one for each in hashes for one in self._trackers.get((integrator_id, each), ()))

    def known(self, key: WatchKey) -> KnownWatch:
        """Return a watch as far as this node knows."""
        return self._watches.get(key, UNKNOWN)

    def set(self, key: WatchKey, watch: KnownWatch) -> None:
        """Know a watch so from now on."""
        self._watches[key] = watch

    def done(self, key: WatchKey) -> None:
        """Something that was due is done, or has failed."""
        self._busy[key] -= 1
        if self._busy[key] <= 0:
            del self._busy[key]

    def is_busy(self, key: WatchKey) -> bool:
        """Whether anything is due of a watch."""
        return key in self._busy

    def victim(self, registration_id: UUID) -> Position | None:
        """Return where she was seen last, as far as this node knows."""
        return self._victims.get(registration_id)

    def zone(self, perimeter: JudgingPerimeter) -> Zone | None:
        """Return a perimeter's zone as it lies now; None: it is around a victim of whom no place is known."""
        if isinstance(perimeter.area, VictimArea):
            return zone_of(perimeter.area, self._victims.get(perimeter.registration_id))
        return self._zones.get((perimeter.perimeter_id, perimeter.version))

    def states(self, registration_id: UUID) -> list[WatchState]:
        """Return how every watch of a file stands."""
        return [
            self._watches[perimeter.perimeter_id, each].watch.state
            for bound in self._bound.values()
            for perimeter in bound.perimeters
            if perimeter.registration_id == registration_id
            for each in perimeter.trackers
            if (perimeter.perimeter_id, each) in self._watches
        ]

    def inside(self, registration_id: UUID, besides: WatchKey) -> list[tuple[JudgingPerimeter, WornTracker]]:
        """Return where else a tracker is inside a perimeter of a file, and has not been seen to have left."""
        return [
            (perimeter, self._worn[tracker_id])
            for tracker_id, bound in self._bound.items()
            for perimeter in bound.perimeters
            if perimeter.registration_id == registration_id
            and (key := (perimeter.perimeter_id, tracker_id)) != besides
            and key in self._watches
            and self._watches[key].watch.state in INSIDE
        ]

    def bound_by(self, tracker_id: UUID) -> tuple[JudgingPerimeter, ...]:
        """Return the perimeters that bind a tracker."""
        bound = self._bound.get(tracker_id)
        return () if bound is None else bound.perimeters

    def was_near(self, tracker_id: UUID) -> bool:
        """Whether a tracker was in a ring or a zone when it was judged last."""
        keys = ((one.perimeter_id, tracker_id) for one in self.bound_by(tracker_id))
        return any(self.known(key).watch.state is not WatchState.FAR for key in keys)

    def last(self, tracker_id: UUID) -> TrackerFix | None:
        """Return a tracker's newest fix, as far as this node knows."""
        return self._last.get(tracker_id)

    # --- judging ----------------------------------------------------------------------------

    def fixed(self, tracker: WornTracker, position: Position, received_at: datetime) -> TrackerFix:
        """Return a fix with what is odd about it, given the one before."""
        before = self._last.get(tracker.tracker_id)
        flags = judge_fix(position, None if before is None else before.position, received_at)
        return TrackerFix(
            tracker_id=tracker.tracker_id,
            position=position,
            radius_m=radius_95(position),
            received_at=received_at,
            flags=flags,
        )

    def moved(self, tracker: WornTracker, fix: TrackerFix) -> list[Due]:
        """Judge a fix; return what moves a watch, or may: one that comes late is judged by its instant."""
        before = self._last.get(tracker.tracker_id)
        late = before is not None and fix.position.fixed_at < before.position.fixed_at
        if not late:
            self._last[tracker.tracker_id] = fix
        if tracker.role is TrackerRole.VICTIM:
            return [] if late else self.victim_moved(tracker.registration_id, fix.position)
        return [
            due
            for perimeter in self._near(tracker.tracker_id, fix.position)
            if (due := self._judge(perimeter, tracker, fix)) is not None
        ]

    def victim_moved(self, registration_id: UUID, position: Position) -> list[Due]:
        """Know where she is; judge everybody's last fix by the perimeters around her."""
        known = self._victims.get(registration_id)
        if known is not None and position.fixed_at <= known.fixed_at:
            return []
        self._victims[registration_id] = position
        found = []
        for perimeter in self._moving.get(registration_id, ()):
            for tracker_id in perimeter.trackers & self._worn.keys() & self._last.keys():
                due = self._judge(perimeter, self._worn[tracker_id], self._last[tracker_id])
                if due is not None:
                    found.append(due)
        return found

    def judged(self, perimeter: JudgingPerimeter, fix: TrackerFix) -> Judgement | None:
        """Return what a fix says of a perimeter as it lies now; None: it lies nowhere."""
        victim = None
        if isinstance(perimeter.area, VictimArea):
            victim = self._victims.get(perimeter.registration_id)
            if victim is None or _lost(victim, fix):
                return None
        zone = self.zone(perimeter)
        return None if zone is None else judge(zone, perimeter.ring_m, fix.position, fix.flags, victim=victim)

    def _judge(self, perimeter: JudgingPerimeter, tracker: WornTracker, fix: TrackerFix) -> Due | None:
        """Judge by one perimeter: whatever moves no watch is known and done with."""
        judgement = self.judged(perimeter, fix)
        if judgement is None:
            return None
        key = perimeter.perimeter_id, tracker.tracker_id
        if isinstance(perimeter.area, VictimArea):
            judgement = self._in_turn(key, fix, judgement)
        if not self._is_new(key, fix, judgement) and key not in self._busy:
            return None
        known = self._watches.get(key, UNKNOWN)
        after = step(known.watch, judgement.sign, judgement.probability, judgement.judged_by)
        if not may_move(known.watch, after, judgement) and key not in self._busy:
            if after is not known.watch:
                self._watches[key] = replace(known, watch=after)
            return None
        self._busy[key] += 1
        course = sorted((one.observed.at, one.distance_m) for one in self._seen[key])
        late = course[-1][0] > judgement.judged_by
        return Due(
            perimeter=perimeter,
            tracker=tracker,
            fix=fix,
            judgement=judgement,
            nearing=None if late else nearing(course),
        )

    def _is_new(self, key: WatchKey, fix: TrackerFix, judgement: Judgement) -> bool:
        """Remember a judgement; tell whether it was not made before."""
        seen = self._seen.setdefault(key, deque(maxlen=SEEN))
        if any(one.observed.at == judgement.judged_by for one in seen):
            return False
        observed = Observed(at=judgement.judged_by, sign=judgement.sign, probability=judgement.probability)
        seen.append(Seen(observed=observed, fixed_at=fix.position.fixed_at, distance_m=judgement.distance_m))
        return True

    def _in_turn(self, key: WatchKey, fix: TrackerFix, judgement: Judgement) -> Judgement:
        """Have his newer fix count though her own, by which he was judged last, is newer still."""
        at, last = fix.position.fixed_at, self._judged.get(key)
        self._judged[key] = at if last is None else max(at, last)
        known_at = self._watches.get(key, UNKNOWN).watch.fixed_at
        if known_at is None or judgement.judged_by > known_at or last is None or at <= last:
            return judgement
        return replace(judgement, judged_by=known_at + timedelta(microseconds=1))

    def again(self, due: Due) -> Due:
        """Hand on once more what has failed."""
        self._busy[due.key] += 1
        return due

    def _near(self, tracker_id: UUID, position: Position) -> Sequence[JudgingPerimeter]:
        bound = self._bound.get(tracker_id)
        if bound is None:
            return ()
        return bound.near(position, lambda one: self._is_awake((one.perimeter_id, tracker_id)))

    def _is_awake(self, key: WatchKey) -> bool:
        known = self._watches.get(key)
        return known is not None and known.watch.state is not WatchState.FAR


def may_move(known: Watch, after: Watch, judgement: Judgement) -> bool:
    """Whether a judgement may move a watch, on this node or with what others saw.

    What leads away counts with what other nodes saw of it; so does what comes late, unless it says that he
    was as far as he is.
    """
    if known.fixed_at is not None and judgement.judged_by <= known.fixed_at:
        return known.state is not WatchState.FAR or judgement.sign not in FAR_SIGNS
    return after.state is not known.state or after.run > 0


def _lost(victim: Position, fix: TrackerFix) -> bool:
    return abs((fix.position.fixed_at - victim.fixed_at).total_seconds()) > VICTIM_LOST_S
