"""The half of the alarm's machine that runs in the database keeps to the table in the domain."""

import asyncio
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.alarm import EventKind, after
from gateway.domain.errors import NotAllowedNow
from gateway.store.alarms import ACKNOWLEDGE
from gateway.store.connect import Connection, connected
from gateway.store.writer import COMMIT, as_json
from schemas.alarm import AlarmState, AlarmView
from tests.support.records import a_companion, a_record, an_operator

ACTS = st.lists(st.sampled_from(["press", "press again", "acknowledge", "acknowledge stale"]), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_sql_and_domain_agree_after_any_acts(database: str, acts: list[str]) -> None:
    asyncio.run(_story(database, acts))


class Model:
    """What the table says."""

    def __init__(self) -> None:
        self.state: AlarmState | None = None
        self.version = 0

    def happens(self, kind: EventKind) -> bool:
        try:
            self.state = after(self.state, kind)
        except NotAllowedNow:
            return False
        self.version += 1
        return True


async def _story(database: str, acts: list[str]) -> None:
    async with connected(database, application_name="test") as connection:
        companion = await a_companion(connection)
        operator = await an_operator(connection)
        model, sent, alarm_id = Model(), [], None
        for act in acts:
            match act:
                case "press":
                    record = a_record(companion)
                    sent.append(record)
                    kind = EventKind.PRESSED_AGAIN if model.state else EventKind.RAISED
                    assert model.happens(kind)
                    (row,) = await connection.fetch(COMMIT, "BE-VOV", [as_json(record)], [b""])
                    assert row["kind"] == kind
                    alarm_id = row["alarm_id"]
                    _agree(model, AlarmView.model_validate_json(row["image"]))
                case "press again" if sent:
                    (row,) = await connection.fetch(COMMIT, "BE-VOV", [as_json(sent[0])], [b""])
                    assert row["seen_before"]
                case "acknowledge" if alarm_id:
                    await _acknowledge(connection, model, alarm_id, operator, model.version)
                case "acknowledge stale" if alarm_id:
                    stale = model.version + 1
                    assert not await connection.fetch(
                        ACKNOWLEDGE, "BE-VOV", alarm_id, stale, operator, "Op", uuid4()
                    )


async def _acknowledge(
    connection: Connection, model: Model, alarm_id: UUID, operator: UUID, version: int
) -> None:
    row = await connection.fetchrow(ACKNOWLEDGE, "BE-VOV", alarm_id, version, operator, "Op", uuid4())
    if model.happens(EventKind.ACKNOWLEDGED):
        assert row is not None
        _agree(model, AlarmView.model_validate_json(row["image"]))
    else:
        assert row is None


def _agree(model: Model, alarm: AlarmView) -> None:
    assert (alarm.state, alarm.version) == (model.state, model.version)
