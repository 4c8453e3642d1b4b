"""What is in force today, opened into memory, and where each watch stands; looked for each second.

A look that finds nothing new reads counters alone. What is opened of a perimeter is remembered by version.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from gateway.domain.casework.days import day_of
from gateway.domain.known import known_or
from gateway.domain.perimeters.machine import Watch
from gateway.domain.perimeters.shape import ring_of
from gateway.domain.rows import Row
from gateway.door_timing import ARM_ANEW_S, BOOK_OVERLAP_S
from gateway.ports import Clock
from gateway.ports.perimeters import (
    Book,
    JudgingPerimeter,
    KnownWatch,
    OverNotice,
    TrackerFix,
    WatchKey,
    WatchRecord,
    WornTracker,
)
from gateway.store.connect import Pool, acquire
from gateway.store.doors.perimeter_seal import SealedTerms, open_terms
from gateway.store.sealing import Keyring
from schemas.perimeters import TamperedNear, TrackerRole, VictimTold, WatchState
from schemas.position import Position
from schemas.press import Purpose
from schemas.protection import NoticeKind
from schemas.registration import Population

# Whatever changes what is in force changes one of these. No instant does: of two nodes one is behind, and of
# two changes the earlier may be committed last.
MARK: Final = """
SELECT (SELECT count(*) FROM perimeter) AS perimeters, (SELECT sum(version) FROM perimeter) AS changes,
       (SELECT count(*) FROM tracker) AS trackers, (SELECT max(added_at) FROM tracker) AS added,
       (SELECT count(*) FROM tracker WHERE ended_at IS NULL) AS worn,
       (SELECT count(*) FROM perimeter p JOIN registration r USING (registration_id)
         WHERE p.state = 'in_force' AND r.state NOT IN ('refused', 'closed', 'archived')) AS watched,
       $1::date AS today"""

PERIMETERS: Final = """
SELECT p.*, r.centre_id, r.reference, r.population
  FROM perimeter p JOIN registration r USING (registration_id)
 WHERE p.state = 'in_force' AND p.wrapped_key IS NOT NULL AND $1 BETWEEN p.starts_on AND p.ends_on
   AND r.state NOT IN ('refused', 'closed', 'archived')
 ORDER BY p.perimeter_id"""

TRACKERS: Final = """
SELECT t.tracker_id, t.registration_id, t.integrator_id, t.subject_hash, t.role, r.centre_id, r.reference,
       i.name AS integrator, t.number,
       greatest(t.number, count(*) OVER (PARTITION BY t.registration_id, t.role))::integer AS of
  FROM tracker t JOIN registration r USING (registration_id) JOIN integrator i USING (integrator_id)
 WHERE t.ended_at IS NULL"""

WATCHES: Final = """
SELECT now() AS at, w.* FROM (SELECT) AS once
  LEFT JOIN perimeter_watch w ON w.changed_at > $1"""

WITH_ALARM: Final = """
SELECT DISTINCT registration_id FROM alarm
 WHERE state <> 'closed' AND purpose <> 'canary' AND registration_id = ANY ($1)"""

# Her own tracker, or her open alarm, whichever was seen last.
VICTIMS: Final = """
SELECT w.registration_id, x.position
  FROM unnest($1::uuid[]) AS w (registration_id)
 CROSS JOIN LATERAL (
    SELECT y.position FROM (
        (SELECT f.fixed_at, jsonb_build_object('latitude', f.latitude, 'longitude', f.longitude,
                'radius_m', f.radius_m, 'confidence', 0.95, 'fixed_at', f.fixed_at, 'method', f.method,
                'mock', f.mock) AS position
           FROM tracker t JOIN tracker_fix f USING (tracker_id)
          WHERE t.registration_id = w.registration_id AND t.role = 'victim' AND t.ended_at IS NULL
          ORDER BY f.fixed_at DESC LIMIT 1)
         UNION ALL
        (SELECT l.fixed_at, fix_position(f)
           FROM alarm a JOIN last_fix l USING (alarm_id)
           JOIN track_fix f USING (alarm_id, companion_id, index)
          WHERE a.registration_id = w.registration_id AND a.state <> 'closed' AND a.owner = a.centre_id
          ORDER BY l.fixed_at DESC LIMIT 1)) AS y
     ORDER BY y.fixed_at DESC LIMIT 1) AS x"""

# What fixes move still: of a perimeter that is in force today, a tracker that it binds and that is worn.
MOVES: Final = """
EXISTS (SELECT FROM perimeter p JOIN registration r USING (registration_id) JOIN tracker t
            ON t.tracker_id = w.tracker_id
         WHERE p.perimeter_id = w.perimeter_id AND p.state = 'in_force'
           AND $1 BETWEEN p.starts_on AND p.ends_on AND r.state NOT IN ('refused', 'closed', 'archived')
           AND t.tracker_id = ANY (p.trackers) AND t.ended_at IS NULL)"""

# No watch of hers that is still watched is nearer than far; or the tracker is worn no more.
OVER: Final = f"""
SELECT n.centre_id, n.kind, n.subject FROM notice n
 WHERE n.kind = 'perimeter' AND n.cleared_at IS NULL AND NOT EXISTS (
       SELECT FROM perimeter_watch w
        WHERE w.registration_id::text = n.subject AND w.state <> 'far' AND {MOVES})
   AND EXISTS (SELECT FROM perimeter_watch w WHERE w.registration_id::text = n.subject AND w.state <> 'far')
 UNION ALL
SELECT n.centre_id, n.kind, n.subject
  FROM notice n JOIN tracker t ON n.subject IN (t.tracker_id::text, t.tracker_id || ' silent')
 WHERE n.kind = 'tracker_fault' AND n.cleared_at IS NULL AND t.ended_at IS NOT NULL"""  # noqa: S608 (words of ours)

# A version never comes twice: what a breach is committed under follows from it.
FORGET: Final = f"""
UPDATE perimeter_watch w
   SET version = w.version + 1, state = 'far', since = clock_timestamp(), alarm_id = NULL,
       probability = NULL, distance_m = NULL, changed_at = clock_timestamp()
 WHERE w.state <> 'far' AND NOT {MOVES}"""  # noqa: S608 (words of ours)

# Of an alarm that is gone nobody knows that it is open.
ARM_ANEW: Final = """
UPDATE perimeter_watch w
   SET version = w.version + 1, state = 'pre_alert', since = clock_timestamp(), alarm_id = NULL,
       changed_at = clock_timestamp()
 WHERE w.state IN ('possible_breach', 'breach', 'leaving') AND w.alarm_id IS NOT NULL
   AND NOT EXISTS (
       SELECT FROM alarm a WHERE a.alarm_id = w.alarm_id AND (a.state <> 'closed'
          OR (a.life #>> '{closure,at}')::timestamptz > now() - make_interval(secs => $1)))"""

FIND: Final = "SELECT * FROM perimeter_watch WHERE perimeter_id = $1 AND tracker_id = $2"

# What is older than MOVES_READ moves was minutes ago.
TOLD: Final = """
SELECT m.state, m.fixed_at, m.probability FROM perimeter_move m
 WHERE m.perimeter_id = $1 AND m.tracker_id = $2 AND m.version < $3 ORDER BY m.version DESC LIMIT $4"""
MOVES_READ: Final = 20
SEEN: Final = """
SELECT tracker_id, fixed_at, received_at, radius_m, flags,
       jsonb_build_object('latitude', latitude, 'longitude', longitude, 'radius_m', original_radius_m,
           'confidence', original_confidence, 'fixed_at', fixed_at, 'method', method, 'mock', mock,
           'speed_mps', speed_mps, 'heading_deg', heading_deg) AS position
  FROM tracker_fix WHERE tracker_id = $1 AND fixed_at > $2"""

MOVE: Final = "SELECT * FROM move_watch($1, $2, $3, $4, $5, $6, $7, $8, $9)"

EVER: Final = datetime.min.replace(tzinfo=UTC)


class PostgresPerimeterBooks:
    """``gateway.ports.perimeters.PerimeterBooks`` and ``Watches``."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock
        self._mark: dict[str, Any] | None = None
        self._opened: dict[tuple[UUID, int], SealedTerms] = {}
        self._since = EVER

    async def changed(self) -> Book | None:
        """Return the whole book if it has changed."""
        today = day_of(self._clock.now())
        async with acquire(self._pool) as database:
            mark = dict((await database.fetch(MARK, today))[0])
            if mark == self._mark:
                return None
            perimeters = await database.fetch(PERIMETERS, today)
            trackers = await database.fetch(TRACKERS)
        found = tuple(one for row in perimeters if (one := self._judging(row)) is not None)
        self._opened = {
            (one.perimeter_id, one.version): self._opened[one.perimeter_id, one.version] for one in found
        }
        self._mark = mark
        worn = tuple(_worn(row) for row in trackers if row["role"] in set(TrackerRole))
        return Book(perimeters=found, trackers=worn)

    async def watches(self) -> Sequence[tuple[WatchKey, KnownWatch]]:
        """Return watches that changed since it was last asked."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(WATCHES, self._since)
        self._since = rows[0]["at"] - timedelta(seconds=BOOK_OVERLAP_S)
        return [
            ((row["perimeter_id"], row["tracker_id"]), _known(row))
            for row in rows
            if row["perimeter_id"] is not None
        ]

    async def with_alarm(self, registrations: Sequence[UUID]) -> frozenset[UUID]:
        """Return those that have an open alarm."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(WITH_ALARM, list(registrations))
        return frozenset(row["registration_id"] for row in rows)

    async def victims(self, registrations: Sequence[UUID]) -> Mapping[UUID, Position]:
        """Return where each of these victims was seen last, of those that were within minutes or an alarm."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(VICTIMS, list(registrations))
        return {row["registration_id"]: fix for row in rows if (fix := _position(row)) is not None}

    async def over(self) -> Sequence[OverNotice]:
        """Return notices that are open about what is watched no more."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OVER, day_of(self._clock.now()))
        return [
            OverNotice(centre=row["centre_id"], kind=NoticeKind(row["kind"]), subject=row["subject"])
            for row in rows
        ]

    async def forget(self) -> None:
        """Have the watches of perimeters and trackers that are no more begin from far."""
        async with acquire(self._pool) as database:
            await database.execute(FORGET, day_of(self._clock.now()))

    async def arm_anew(self) -> None:
        """Have who is inside still raise an alarm anew, once that of his breach was closed for a while."""
        async with acquire(self._pool) as database:
            await database.execute(ARM_ANEW, ARM_ANEW_S)

    async def record(self, key: WatchKey, since: datetime) -> WatchRecord:
        """Return a watch as it is stored now, its last moves, and the tracker's fixes since."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIND, *key)
            seen = await database.fetch(SEEN, key[1], since)
            moves = [] if row is None else await database.fetch(TOLD, *key, row["version"], MOVES_READ)
        fixes = tuple(fix for one in seen if (fix := _fix(one)) is not None)
        if row is None:
            return WatchRecord(fixes=fixes)
        told = (*(_moved(one) for one in reversed(moves)), _moved(row))
        return WatchRecord(stored=_known(row), told=told, fixes=fixes)

    async def move(
        self, key: WatchKey, registration_id: UUID, seen: KnownWatch, to: KnownWatch
    ) -> KnownWatch | None:
        """Store ``to`` in the place of ``seen``."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(
                MOVE,
                *key,
                registration_id,
                seen.version,
                to.watch.state,
                to.watch.fixed_at,
                to.watch.peak,
                to.distance_m,
                to.alarm_id,
            )
        return None if row is None else _known(row)

    def _judging(self, row: Row) -> JudgingPerimeter | None:
        """Open one; None where it does not open here: others are judged all the same."""
        key = row["perimeter_id"], row["version"]
        sealed = self._opened.get(key) or open_terms(self._keyring, row)
        if sealed is None:
            return None
        self._opened[key] = sealed
        return JudgingPerimeter(
            perimeter_id=row["perimeter_id"],
            version=row["version"],
            registration_id=row["registration_id"],
            purpose=Purpose.EXERCISE if row["population"] == Population.EXERCISE else Purpose.REAL,
            centre=row["centre_id"],
            reference=row["reference"],
            name=sealed.name,
            area=sealed.area,
            ring_m=ring_of(sealed.area, sealed.ring_m),
            trackers=frozenset(row["trackers"]),
            changed_at=row["changed_at"],
            victim_told=known_or(VictimTold, row["victim_told"], VictimTold.NEVER),
            tampered_near=known_or(TamperedNear, row["tampered_near"], TamperedNear.ALARM),
        )


def _worn(row: Row) -> WornTracker:
    return WornTracker(
        tracker_id=row["tracker_id"],
        registration_id=row["registration_id"],
        integrator_id=row["integrator_id"],
        integrator=row["integrator"],
        subject_hash=row["subject_hash"],
        role=TrackerRole(row["role"]),
        centre=row["centre_id"],
        reference=row["reference"],
        number=row["number"],
        of=row["of"],
    )


def _position(row: Row) -> Position | None:
    """Read a fix; None: it cannot be read, which hides nobody else's."""
    try:
        return Position.model_validate(row["position"])
    except ValidationError:
        return None


def _known(row: Row) -> KnownWatch:
    return KnownWatch(
        watch=_moved(row), version=row["version"], alarm_id=row["alarm_id"], distance_m=row["distance_m"]
    )


def _moved(row: Row) -> Watch:
    """Read where a watch stands; what only a later program knows is far: a fix within raises an alarm."""
    state = known_or(WatchState, row["state"], WatchState.FAR)
    return Watch(state=state, fixed_at=row["fixed_at"], peak=row["probability"] or 0.0)


def _fix(row: Row) -> TrackerFix | None:
    position = _position(row)
    if position is None:
        return None
    return TrackerFix(
        tracker_id=row["tracker_id"],
        position=position,
        radius_m=row["radius_m"],
        received_at=row["received_at"],
        flags=tuple(flag for flag in row["flags"] if flag),
    )
