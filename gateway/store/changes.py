"""Making changes to alarms durable: decided elsewhere, committed only on what they were decided on."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

import asyncpg
import structlog

from dispatch.ports import Logged
from gateway import tracing
from gateway.domain.alarm import Change, EventKind, UnitMove
from gateway.domain.errors import NotAllowedNow, SealBroken
from gateway.ports import Fate, Proposal, RequestKey, Verdict
from gateway.store.connect import Database, Pool, acquire
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer, sealed_of, units_told
from gateway.telemetry import Metrics
from gateway.timing import HELD_UP_S, HELD_UP_TRIES, RECONNECT_S
from schemas.alarm import Life

COMMIT: Final = """
SELECT outcome, alarm_id, version, committed_at AS at, kind, image::text AS image,
       image ->> 'purpose' AS purpose, done_by, sequences, units,
       registration_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version,
       notes_sealed, stream_epoch() AS epoch
  FROM commit_changes($1, $2)"""

NOTES: Final = """
SELECT registration_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version, notes_sealed
  FROM alarm WHERE alarm_id = $1 AND owner = centre_id AND version = $2"""

ANSWER: Final = "SELECT alarm_id, version FROM command WHERE operator_id = $1 AND request_id = $2"

NOTHING_ELSE: Final = frozenset(
    {
        EventKind.NOTED,
        EventKind.CALL_RECEIVED,
        EventKind.MESSAGE_RECEIVED,
        EventKind.MEDICAL_RECEIVED,
    }
)
"""Changes that say nothing without their note."""

LIFE: Final = frozenset(Life.model_fields)


class PostgresChanges:
    """``gateway.ports.Changes``; what is committed goes straight to ``publish``."""

    def __init__(
        self,
        pool: Pool,
        viewer: Viewer,
        keyring: Keyring,
        publish: Callable[[Sequence[Logged]], None],
        metrics: Metrics,
    ) -> None:
        self._pool = pool
        self._viewer = viewer
        self._keyring = keyring
        self._publish = publish
        self._metrics = metrics

    async def commit(self, proposals: Sequence[Proposal]) -> list[Verdict]:
        """Commit each that is still right, in this order, and tell consoles."""
        if not proposals:
            return []
        shared = len({centre for proposal in proposals for centre in proposal.change.centres}) > 1
        due = any(proposal.deadline is not None for proposal in proposals)  # which is claimed again soon
        async with acquire(self._pool) as database:
            notes = [await self._notes(database, proposal) for proposal in proposals]
            changes = [as_json(proposal, note) for proposal, note in zip(proposals, notes, strict=True)]
            try:
                rows = await _committed(database, changes, notes, HELD_UP_TRIES if shared and not due else 1)
            except asyncpg.UniqueViolationError:
                raise NotAllowedNow("a newer alarm of hers is open") from None
            except asyncpg.SerializationError:
                return [Verdict(Fate.CHANGED) for _ in proposals]  # half of what belongs together
        for proposal, row in zip(proposals, rows, strict=True):
            if row["image"] is not None:
                self._tell(proposal, row)
        return [Verdict(Fate(row["outcome"]), row["alarm_id"], row["version"]) for row in rows]

    async def answer(self, request: RequestKey) -> Verdict | None:
        """Return what the request was answered before."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(ANSWER, request.operator_id, request.request_id)
        return None if row is None else Verdict(Fate.REPEATED, row["alarm_id"], row["version"])

    async def _notes(self, database: Database, proposal: Proposal) -> bytes | None:
        """Return the alarm's notes with the new one on top, sealed; None where there is no new one."""
        change = proposal.change
        if change.note is None:
            return None
        row = await database.fetchrow(NOTES, change.alarm.alarm_id, change.alarm.version - 1)
        if row is None:
            return None  # it has changed, as the commit will find
        registration_id, sealed, kept = row["registration_id"], sealed_of(row), row["notes_sealed"]
        try:
            written = [] if kept is None else self._keyring.open_notes(registration_id, sealed, kept)
            notes = [change.note.model_dump(mode="json"), *written]
            return self._keyring.seal_notes(registration_id, sealed, notes)
        except SealBroken:
            if change.kind in NOTHING_ELSE:
                raise NotAllowedNow("her file does not open: nothing can be written with it") from None
            structlog.get_logger().warning("note_not_kept", alarm_id=str(change.alarm.alarm_id))
            return None  # what was done counts: an alarm that nobody can close would go round for ever

    def _tell(self, proposal: Proposal, row: asyncpg.Record) -> None:
        self._publish([*self._viewer.told(row, row["epoch"]), *units_told(row, row["epoch"])])
        alarm = proposal.change.alarm
        if proposal.change.kind is EventKind.ACKNOWLEDGED:
            took_s = (row["at"] - alarm.raised_at).total_seconds()
            self._metrics.acknowledgement.labels(alarm.centre, alarm.purpose).observe(
                took_s, tracing.exemplar(alarm.trail.trace_id)
            )
        elif alarm.escalation is not None and proposal.change.kind is EventKind.ESCALATED:
            for told in alarm.escalation.steps:
                self._metrics.escalations.labels(told, alarm.escalation.reason).inc()


async def _committed(
    database: Database, changes: list[dict[str, Any]], notes: list[bytes | None], tries: int
) -> list[asyncpg.Record]:
    """Commit; where a stream is held up, the others are let go of before the next try."""
    while True:
        try:
            return await database.fetch(COMMIT, changes, notes)
        except asyncpg.LockNotAvailableError:
            tries -= 1
            if not tries:
                raise
            await asyncio.sleep(RECONNECT_S)


def as_json(proposal: Proposal, notes: bytes | None = None) -> dict[str, Any]:
    """Return the proposal as ``commit_changes`` reads it, with the ``notes`` that go with it.

    A note that could not be sealed with the others, as the alarm had changed, is not to be lost.
    """
    change, request, deadline = proposal.change, proposal.request, proposal.deadline
    alarm = change.alarm
    by = alarm.acknowledged_by
    life = alarm.model_dump(mode="json", include=set(LIFE))
    if by is not None and by.centre is not None:
        life["acknowledged_centre"] = by.centre
    return {
        "alarm_id": str(alarm.alarm_id),
        "version": alarm.version,
        "kind": change.kind,
        "state": alarm.state,
        "owner": alarm.centre,
        "centres": change.centres,
        "life": life,
        "facts": _facts(change),
        "acknowledged": None if by is None else {"operator_id": str(by.operator_id), "name": by.name},
        "by": None if change.by is None else change.by.model_dump(mode="json"),
        "operator_id": None if request is None else str(request.operator_id),
        "request_id": None if request is None else str(request.request_id),
        "deadline_id": None if deadline is None else deadline.deadline_id,
        "deadline_level": None if deadline is None else deadline.level,
        "settled": sorted(change.settled),
        "due": [{"kind": due.kind, "level": due.level, "after_s": due.after_s} for due in change.due],
        "with_previous": proposal.with_previous,
        "despite_presses": change.despite_presses and (change.note is None or notes is not None),
        "units": [_move_json(move) for move in change.units],
        "patience_s": HELD_UP_S,
    }


def _facts(change: Change) -> dict[str, Any] | None:
    """Return what an event writes into an alarm's facts; None: nothing."""
    if change.kind not in {EventKind.BREACHED, EventKind.RETREATED} or change.alarm.breach is None:
        return None
    return {"breach": change.alarm.breach.model_dump(mode="json")}


def _move_json(move: UnitMove) -> dict[str, Any]:
    return {
        "unit_id": str(move.unit_id),
        "status": move.status,
        "force": move.force,
        "taken_from": None if move.taken_from is None else str(move.taken_from),
    }
