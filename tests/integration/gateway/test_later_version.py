"""A node beside one of a later version, on one database."""

from typing import Final

from gateway.store.connect import connected
from schemas.frames import Event, server_frame
from tests.support.gateway import Running

LATER_KIND: Final = "alarm.of_a_later_version"
COPY: Final = "CREATE TEMP TABLE later AS SELECT * FROM stream_event WHERE centre_id = 'BE-VOV'"
CHANGE: Final = "UPDATE later SET sequence = 2, kind = $1"
PLANT: Final = "INSERT INTO stream_event SELECT * FROM later"
MOVE: Final = "UPDATE centre_stream SET last_sequence = 2 WHERE centre_id = 'BE-VOV'"


async def test_an_event_of_a_kind_that_a_later_version_tells_is_passed_on_and_stops_nothing(
    gateway: Running,
) -> None:
    companion = await gateway.a_companion()
    async with gateway.console(await gateway.a_session()) as console:
        await console.attached()
        await gateway.press(companion)
        raised = await console.next("event")
        async with connected(gateway.database, application_name="test") as later, later.transaction():
            await later.execute(COPY)
            await later.execute(CHANGE, LATER_KIND)
            await later.execute(PLANT)
            await later.execute(MOVE)

        told = server_frame.validate_python(await console.next("event"))
        assert isinstance(told, Event)
        assert (told.kind, told.cursor.sequence) == (LATER_KIND, 2)

        await gateway.press(companion)
        assert (await console.next("event"))["kind"] == "alarm.pressed_again"
        assert not gateway.node.done()
    async with gateway.console(await gateway.a_session()) as late:
        await late.attach(cursors={"BE-VOV": raised["cursor"]})
        assert [(await late.next("event"))["kind"] for _ in range(2)] == [LATER_KIND, "alarm.pressed_again"]
