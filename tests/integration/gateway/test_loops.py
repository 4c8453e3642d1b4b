"""What only the running node shows: that the loops of its parts do run, each seen by its effect."""

import re
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from dispatch import timing
from gateway import enduring
from gateway.store.casework import device_watch
from gateway.store.connect import connected
from tests.support.gateway import Running, running
from tests.support.wait import until

UNPROTECTED = """
INSERT INTO protection (registration_id, centre_id, reference, state, since)
VALUES (gen_random_uuid(), 'BE-VOV', 'GE.1', 'unprotected', now())"""

READING = """
SELECT application_name FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND query LIKE '%AS epoch%FROM centre c LEFT JOIN centre_stream%'"""


async def test_another_nodes_press_arrives_by_the_doorbell_and_not_by_the_poll(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "POLL_S", 3600.0)
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        companion = await a.a_companion()

        async def listens() -> bool:
            return "msa_doorbell_up 1.0" in (await b.http.get(f"{b.url}/metrics")).text

        await until("the other node listens", listens)
        async with b.console(await b.a_session()) as console:
            await console.attached()
            receipt = (await a.press(companion)).json()
            assert (await console.next("event"))["alarm"]["alarm_id"] == receipt["alarm_id"]


async def test_streams_are_read_by_connections_that_no_request_can_take(gateway: Running) -> None:
    async with connected(gateway.database, application_name="test") as looking:

        async def are_read() -> bool:
            return {row["application_name"] for row in await looking.fetch(READING)} == {"msa streams"}

        await until("they are read", are_read)


async def test_a_console_hears_heartbeats_with_the_head_it_has_reached(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "HEARTBEAT_S", 0.5)
    async with gateway.console(await gateway.a_session()) as console:
        caught_up = await console.attached()
        while not (heard := await console.next("heartbeat"))["heads"]:
            pass  # one that was due before it was on the lane
        assert heard["heads"] == {"BE-VOV": caught_up["cursor"]}


async def test_a_console_that_never_answers_is_closed_with_4408(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "SWEEP_S", 0.05)
    monkeypatch.setattr(timing, "SILENCE_S", 0.2)
    async with gateway.console(await gateway.a_session()) as console:
        with pytest.raises(ConnectionClosed):
            await console.next("reconnect")  # which never comes
        assert console.socket.close_code == 4408


async def test_the_figures_that_a_node_counts_by_itself_are_there(database: str, tmp_path: Path) -> None:
    async with connected(database, application_name="test") as connection:
        await connection.execute(UNPROTECTED)
    async with running(database, tmp_path) as node:

        async def counted() -> bool:
            text = (await node.http.get(f"{node.url}/metrics")).text
            lag = re.search(r"^msa_event_loop_lag_seconds_count (\d+)", text, re.MULTILINE)
            return 'msa_protection{centre="BE-VOV",state="unprotected"} 1.0' in text and bool(
                lag and int(lag[1])
            )

        await until("protections and the loop's lag are counted", counted)


async def test_a_row_that_nobody_thought_of_ends_no_node_and_is_looked_at_again(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_watch, "DEVICES_LOOK_S", 0.05)
    monkeypatch.setattr(enduring, "LOOP_AGAIN_S", 0.05)
    async with (
        running(database, tmp_path) as node,
        connected(database, application_name="test") as connection,
    ):
        companion = await node.a_companion()
        with capture_logs() as logs:
            await connection.execute("UPDATE device_watch SET looked_at = '-infinity'")

            async def failed() -> bool:
                return any(one["event"] == "loop_failed" for one in logs)

            await until("the loop has failed", failed)
        assert (await node.press(companion)).status_code == 201
        await connection.execute("UPDATE device_watch SET looked_at = now() - interval '1 hour'")

        async def looked() -> bool:
            return bool(
                await connection.fetchval("SELECT looked_at > now() - interval '1 minute' FROM device_watch")
            )

        await until("it looks again", looked)
