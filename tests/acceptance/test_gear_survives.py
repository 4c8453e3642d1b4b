"""A panel's alarm at a node that is killed between the commit and its ACK."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.store.connect import create_pool
from gateway.store.doors.gear_accounts import PostgresGearAccounts
from gateway.store.sealing import Keyring, make_key_file
from tests.support.dc09_sender import Gear
from tests.support.gear import connected
from tests.support.integrators import a_client
from tests.support.processes import Node, free_port

KEY = bytes(range(16))
KILLED = -9


@pytest.fixture
async def node(database: str, tmp_path: Path) -> AsyncIterator[Node]:
    """A node that opens the door for gear, and is not started yet."""
    make_key_file(tmp_path / "kek")
    (tmp_path / "responses.toml").write_text("", encoding="utf-8")
    node = Node("a", database, tmp_path)
    node.settings["MSA_DC09_PORT"] = str(free_port())
    yield node
    node.kill()
    print(node.log_file.read_text())  # noqa: T201 (pytest shows it)


async def test_an_alarm_whose_ack_died_with_the_node_is_one_alarm(
    node: Node, database: str, tmp_path: Path
) -> None:
    async with create_pool(database, application_name="test") as pool:
        clock, keyring = SystemClock(), Keyring.read(tmp_path / "kek")
        arc = await a_client(pool, clock)
        await PostgresGearAccounts(pool, keyring, clock).add(arc.integrator.name, "1234", "", KEY)
        panel, port = Gear("1234", clock.now, key=KEY), int(node.settings["MSA_DC09_PORT"])
        await node.start("after_commit:1")
        peer = await connected(port)
        assert await peer.say(panel.event("Nri1/PA01", sequence="0042")) == b""
        await peer.close()
        assert await node.ended() == KILLED
        assert await pool.fetchval("SELECT count(*) FROM alarm") == 1
        await node.start()
        again = await connected(port)
        assert panel.read(await again.say(panel.event("Nri1/PA01", sequence="0042"))).word == "ACK"
        await again.close()
        assert await pool.fetchval("SELECT count(*) FROM alarm") == 1
