"""The part of the composition root for perimeters: the lane of trackers, and the offender on consoles."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from uuid import uuid4

from dispatch.positions import Positions as PositionFanOut
from gateway.door_metrics import DoorMetrics
from gateway.doors_ground import Ground
from gateway.enduring import enduring
from gateway.ingest.accept import Ingest
from gateway.ports import Trackers
from gateway.reporting.breach_telling import VictimMessages
from gateway.reporting.telling import texts_of
from gateway.store.connect import connect
from gateway.store.doors.breach_tellings import PostgresBreachTellings
from gateway.store.doors.offender_tracks import PostgresOffenderFixes, offender_fixes
from gateway.store.doors.open_alarms import PostgresOpenAlarms
from gateway.store.doors.perimeter_book import PostgresPerimeterBooks
from gateway.store.doors.perimeter_seal import SubjectHashes
from gateway.store.doors.perimeter_sights import PostgresSights
from gateway.store.doors.tracker_fixes import PostgresTrackerFixes
from gateway.store.doors.tracker_states import PostgresTrackerStates
from gateway.watching.board import Board
from gateway.watching.following import Following
from gateway.watching.keeping import PerimeterKeeping
from gateway.watching.lane import TrackerLane
from gateway.watching.sight import SightKeeping


@dataclass(frozen=True, kw_only=True)
class PerimeterParts:
    """``lane`` is where events of trackers go."""

    lane: Trackers
    loops: tuple[Callable[[], Any], ...]

    @classmethod
    def of(cls, ground: Ground, measured: DoorMetrics) -> Self:
        """Put it together; nothing runs yet."""
        pool, clock, storing, streaming = ground.pool, ground.clock, ground.storing, ground.streaming
        board, books = Board(), PostgresPerimeterBooks(pool, streaming.keyring, clock)
        states = PostgresTrackerStates(pool)
        fan_out, fixes = _positions(ground)
        tellings = PostgresBreachTellings(pool=pool, keyring=streaming.keyring)
        messages = VictimMessages(due=tellings, texts=texts_of(ground.settings), clock=clock)
        following = _following(ground, measured, board, books, fixes, tellings)
        lane = TrackerLane(
            board=board,
            following=following,
            hashes=SubjectHashes(streaming.keyring),
            fixes=fixes,
            states=states,
            notices=storing.notices,
            effects=ground.effects,
            judged=measured.tracker_fixes.inc,
            clock=clock,
        )
        keeping = PerimeterKeeping(
            board=board,
            books=books,
            lane=lane,
            following=following,
            sight=SightKeeping(board=board, sights=PostgresSights(pool), notices=storing.notices),
            states=states,
            notices=storing.notices,
            told=partial(_tell, measured),
        )
        loops = (
            fixes.run,
            fixes.sweep,
            following.run,
            keeping.run,
            fan_out.run,
            fan_out.follow,
            messages.run,
        )
        return cls(lane=lane, loops=tuple(enduring(loop) for loop in loops))


def _positions(ground: Ground) -> tuple[PositionFanOut, PostgresTrackerFixes]:
    """Return what shows an offender's positions on consoles, and what keeps them."""
    pool, node = ground.pool, uuid4()
    fan_out = PositionFanOut(
        PostgresOffenderFixes(pool, node), ground.streaming.hub.live, ground.clock, ground.metrics
    )
    ground.streaming.hub.accompany(fan_out)
    fixes = PostgresTrackerFixes(
        lambda: connect(ground.database, application_name="msa trackers"),
        pool,
        node,
        lambda rows: fan_out.take(offender_fixes(rows)),
    )
    return fan_out, fixes


def _following(
    ground: Ground,
    measured: DoorMetrics,
    board: Board,
    books: PostgresPerimeterBooks,
    fixes: PostgresTrackerFixes,
    tellings: PostgresBreachTellings,
) -> Following:
    storing, clock = ground.storing, ground.clock
    return Following(
        board=board,
        books=books,
        watches=books,
        fixes=fixes,
        ingest=Ingest(storing.writers, clock, ground.centres.respond, ground.centres.areas),
        notices=storing.notices,
        alarms=storing.alarms,
        hers=PostgresOpenAlarms(ground.pool),
        changes=storing.changes,
        tellings=tellings,
        moved=lambda state: measured.watches_moved.labels(state).inc(),
        clock=clock,
    )


def _tell(measured: DoorMetrics, perimeters: int, trackers: int) -> None:
    measured.perimeters.set(perimeters)
    measured.trackers.set(trackers)
