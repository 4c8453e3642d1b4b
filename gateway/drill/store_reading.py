"""Read from the database what ``judging.judge`` needs, past the gateway's own code."""

from typing import Final

from gateway.drill.history import Store, StoredAlarm, StoredCommand, StoredEvent, StoredPress
from gateway.store.connect import Role, connected

HEADS: Final = "SELECT centre_id, last_sequence FROM centre_stream"
PRESSES: Final = """
SELECT press_id, registration_id, centre_id AS centre, alarm_id, sequence, committed_at FROM press"""
EVENTS: Final = "SELECT centre_id AS centre, sequence, kind, at, alarm_id, image FROM stream_event"
ALARMS: Final = """
SELECT centre_id AS centre, alarm_id, registration_id, purpose, state, version, alarm_image(a) AS image
  FROM alarm a"""
COMMANDS: Final = "SELECT request_id, alarm_id, version FROM command"


async def read_store(database: str) -> Store:
    """Return the whole database, as of one snapshot of it."""
    async with (
        connected(database, application_name="history checker", role=Role.TOOL) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        heads = await connection.fetch(HEADS)
        presses = await connection.fetch(PRESSES)
        events = await connection.fetch(EVENTS)
        alarms = await connection.fetch(ALARMS)
        commands = await connection.fetch(COMMANDS)
    return Store(
        heads={row["centre_id"]: row["last_sequence"] for row in heads},
        presses=[StoredPress(**row) for row in presses],
        events=[StoredEvent(**row) for row in events],
        alarms=[StoredAlarm(**row) for row in alarms],
        commands=[StoredCommand(**row) for row in commands],
    )
