"""Presses and changes committed straight by the store's two functions, past the gateway's adapters."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from gateway.domain.alarm import Change
from gateway.ports import Claimed, Proposal, RequestKey
from gateway.store.changes import COMMIT as COMMIT_CHANGES
from gateway.store.changes import as_json as change_as_json
from gateway.store.connect import Database
from gateway.store.writer import COMMIT as COMMIT_PRESSES
from gateway.store.writer import as_json as press_as_json
from schemas.alarm import AlarmView
from schemas.commands import Transfer
from tests.support.records import a_record

DEADLINE = "SELECT deadline_id, alarm_id, kind, level, due_at FROM deadline WHERE alarm_id = $1 AND kind = $2"


async def pressed(
    database: Database, companion: tuple[UUID, UUID], centre: str = "BE-VOV", **changes: Any
) -> AlarmView:
    """Commit one press; return the alarm after it."""
    record = a_record(companion, centre, **changes)
    (row,) = await database.fetch(COMMIT_PRESSES, centre, [press_as_json(record)], [record.raw])
    return AlarmView.model_validate_json(row["image"])


async def proposed(
    database: Database,
    change: Change,
    request: RequestKey | None = None,
    deadline: Claimed | None = None,
) -> asyncpg.Record:
    """Propose one change; return what became of it."""
    proposal = Proposal(change, request, deadline)
    (row,) = await database.fetch(COMMIT_CHANGES, [change_as_json(proposal)], [None])
    return row


async def changed(database: Database, change: Change) -> AlarmView:
    """Commit one change, which must be committed; return the alarm after it."""
    row = await proposed(database, change)
    assert row["outcome"] == "committed", row["outcome"]
    return AlarmView.model_validate_json(row["image"])


async def claimed(database: Database, alarm: AlarmView, kind: str) -> Claimed:
    """Return a deadline of the alarm as a node that claims it holds it."""
    row = await database.fetchrow(DEADLINE, alarm.alarm_id, kind)
    assert row is not None
    return Claimed(**row)


def to(centre: str, alarm: AlarmView) -> Transfer:
    """The command that hands an alarm to a centre."""
    return Transfer(request_id=uuid4(), alarm_id=alarm.alarm_id, expected_version=alarm.version, to=centre)
