"""The half of the alarm's machine that runs in the database keeps to the table in the domain."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain import acts
from gateway.domain.acts import Actor
from gateway.domain.alarm import EventKind, after
from gateway.domain.errors import NotAllowedNow
from gateway.domain.response import Response
from gateway.ports import Proposal
from gateway.store.changes import COMMIT as CHANGE
from gateway.store.changes import as_json as change_json
from gateway.store.connect import Connection, connected
from gateway.store.writer import COMMIT, as_json
from schemas.alarm import AlarmState, AlarmView
from schemas.session import OperatorName
from tests.support.records import NOW, a_companion, a_record, an_operator

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
        operator = OperatorName(operator_id=await an_operator(connection), name="Op", centre="BE-VOV")
        model, sent, alarm = Model(), [], None
        for act in acts:
            match act:
                case "press":
                    record = a_record(companion)
                    sent.append(record)
                    kind = EventKind.PRESSED_AGAIN if model.state else EventKind.RAISED
                    assert model.happens(kind)
                    (row,) = await connection.fetch(COMMIT, "BE-VOV", [as_json(record)], [b""])
                    assert row["kind"] == kind
                    alarm = _agree(model, row["image"])
                case "press again" if sent:
                    (row,) = await connection.fetch(COMMIT, "BE-VOV", [as_json(sent[0])], [b""])
                    assert row["seen_before"]
                case "acknowledge" if alarm:
                    alarm = await _acknowledge(connection, model, alarm, operator)
                case "acknowledge stale" if alarm and alarm.state is AlarmState.RAISED:
                    stale = alarm.model_copy(update={"version": alarm.version + 1})
                    assert (await _commit(connection, stale, operator))["outcome"] == "changed"


async def _commit(connection: Connection, alarm: AlarmView, operator: OperatorName):
    change = acts.acknowledge(alarm, Actor(operator), NOW, Response())
    (row,) = await connection.fetch(CHANGE, [change_json(Proposal(change))], [None])
    return row


async def _acknowledge(
    connection: Connection, model: Model, alarm: AlarmView, operator: OperatorName
) -> AlarmView:
    if alarm.state is not AlarmState.RAISED:
        assert not model.happens(EventKind.ACKNOWLEDGED)
        return alarm
    assert model.happens(EventKind.ACKNOWLEDGED)
    row = await _commit(connection, alarm, operator)
    assert row["outcome"] == "committed"
    return _agree(model, row["image"])


def _agree(model: Model, image: str) -> AlarmView:
    alarm = AlarmView.model_validate_json(image)
    assert (alarm.state, alarm.version) == (model.state, model.version)
    return alarm
