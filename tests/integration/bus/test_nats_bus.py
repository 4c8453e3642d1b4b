"""NATS between nodes, with a real server: heard by the others alone, lost and back, in clear and sealed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from gateway import timing
from gateway.bus import nats_bus
from gateway.bus.nats_bus import NatsBus
from gateway.settings import Settings
from gateway.telemetry import Metrics
from tests.support.certificates import certified
from tests.support.nats_accounts import Accounts
from tests.support.nats_server import nats_server
from tests.support.wait import until

NO_HINTS: Final = (b"", b"BE-VOV", b"BE-VOV:-1", "BE-VOV:²".encode(), b"BE-VOV:" + b"9" * 19, b"\xff:1x")


@dataclass
class Ear:
    """A node's bus, and what it heard."""

    bus: NatsBus
    metrics: Metrics
    rings: list[tuple[str, int]] = field(default_factory=list)
    told: list[tuple[str, bytes]] = field(default_factory=list)
    asked: int = 0

    def ask(self) -> None:
        self.asked += 1

    def up(self) -> bool:
        return self.metrics.registry.get_sample_value("msa_doorbell_up") == 1

    def counted(self, subject: str, outcome: str) -> float:
        labels = {"subject": subject, "outcome": outcome}
        return self.metrics.registry.get_sample_value("msa_nats_messages_total", labels) or 0


@asynccontextmanager
async def a_node(*urls: str, waited_for: bool = True, **changes: Any) -> AsyncIterator[Ear]:
    rings: list[tuple[str, int]] = []
    metrics = Metrics()
    bus = NatsBus(Settings(nats_urls=urls, **changes), lambda centre, at: rings.append((centre, at)), metrics)
    ear = Ear(bus, metrics, rings)
    bus.listen(lambda centre, told: ear.told.append((centre, told)), ear.ask)
    running = asyncio.create_task(bus.run())
    try:
        if waited_for:
            await until("the bus is up", ear.up)
        yield ear
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_others_hear_the_newest_sequence_and_what_is_told_and_oneself_nothing(tmp_path: Path) -> None:
    async with nats_server(tmp_path) as nats, a_node(nats.url) as ours, a_node(nats.url) as theirs:
        for sequence in (1, 3, 2):
            ours.bus.announce("BE-VOV", sequence)
        ours.bus.tell("BE-VAN", b"\x00sealed")
        await until("it is heard", lambda: bool(theirs.rings and theirs.told))
        assert theirs.rings == [("BE-VOV", 3)]
        assert theirs.told == [("BE-VAN", b"\x00sealed")]
        theirs.bus.announce("BE-VOV", 4)
        await until("the other way too", lambda: ours.rings == [("BE-VOV", 4)])
        assert not ours.told


async def test_who_starts_later_is_told_again_and_so_is_who_was_away(tmp_path: Path) -> None:
    async with nats_server(tmp_path) as nats, a_node(nats.url) as ours:
        assert ours.asked == 1
        async with a_node(nats.url):
            await until("it is asked by the one that came", lambda: ours.asked == 2)
        nats.kill()
        await until("it is lost", lambda: not ours.up())
        await nats.start()
        await until("it is back and tells again", lambda: ours.asked == 3)


async def test_a_killed_server_is_logged_once_and_what_was_announced_meanwhile_is_rung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(nats_bus, "DOORBELL_PROBE_S", 0.05)
    async with nats_server(tmp_path) as nats, a_node(nats.url) as ours, a_node(nats.url) as theirs:
        with capture_logs() as logs:
            nats.kill()
            await until("both lost it", lambda: not ours.up() and not theirs.up())
            ours.bus.announce("BE-VOV", 7)
            ours.bus.tell("BE-VOV", b"who has it is asked again")
            await _refused(nats.port, 6)
            await nats.start()
            await until("both are back", lambda: ours.up() and theirs.up())
            ours.bus.announce("BE-VOV", 8)
            await until("it rings", lambda: ("BE-VOV", 8) in theirs.rings)
        assert sorted(entry["event"] for entry in logs) == ["doorbell_lost"] * 2 + ["doorbell_restored"] * 2
        assert not caplog.records, "nor does the library fill the log"
        assert ours.counted("provisional", "dropped") == 1
        assert not theirs.told


async def test_a_frozen_server_is_noticed_by_its_pings_and_a_thawed_one_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module_attribute in ("BUS_PING_S", "BUS_CONNECT_S"):
        monkeypatch.setattr(f"gateway.bus.connecting.{module_attribute}", 0.3)
    async with nats_server(tmp_path) as nats, a_node(nats.url) as ours, a_node(nats.url) as theirs:
        with capture_logs() as logs:
            nats.freeze()
            await until("both lost it", lambda: not ours.up() and not theirs.up())
            nats.thaw()
            await until("both are back", lambda: ours.up() and theirs.up())
            ours.bus.announce("BE-VOV", 8)
            await until("it rings", lambda: ("BE-VOV", 8) in theirs.rings)
        assert sorted(entry["event"] for entry in logs) == ["doorbell_lost"] * 2 + ["doorbell_restored"] * 2
        assert not caplog.records


async def test_what_no_node_of_ours_says_rings_nothing(tmp_path: Path) -> None:
    async with nats_server(tmp_path) as nats, a_node(nats.url) as ours:
        import nats as client  # noqa: PLC0415 (its name is the fixture's too)

        stranger = await client.connect(nats.url)
        for payload in (
            b"",
            b"BE-VOV",
            b"BE-VOV:-1",
            "BE-VOV:²".encode(),
            b"BE-VOV:" + b"9" * 19,
            b"\xff:1x",
        ):
            await stranger.publish(nats_bus.DOORBELL, payload)
        await stranger.publish(f"{nats_bus.PROVISIONAL}BE-VOV", bytes(timing.TOLD_BYTES_MAX + 1))
        await stranger.publish(nats_bus.DOORBELL, b"BE-VOV:5")
        await until("the right one rings", lambda: ours.rings == [("BE-VOV", 5)])
        assert ours.counted("doorbell", "refused") == 6
        await until("too much is refused", lambda: ours.counted("provisional", "refused") == 1)
        assert not ours.told
        await stranger.close()


async def test_over_tls_by_the_authority_that_is_named_and_with_a_credentials_key(tmp_path: Path) -> None:
    ours, _ = certified(tmp_path, "localhost")
    strange, _ = certified(tmp_path, "elsewhere.example")
    accounts = Accounts()
    settings = f"""
tls {{ cert_file: "{ours}", key_file: "{ours}" }}
{accounts.settings}"""
    async with nats_server(tmp_path, settings) as nats:
        url = f"tls://localhost:{nats.port}"
        right: dict[str, Any] = {
            "nats_ca_file": ours,
            "nats_credentials_file": accounts.user(tmp_path / "node.creds"),
        }
        async with a_node(url, **right) as one, a_node(url, **right) as other:
            one.bus.announce("BE-VOV", 1)
            await until("it rings", lambda: other.rings == [("BE-VOV", 1)])
        stranger = Accounts().user(tmp_path / "stranger.creds")
        for wrong in (
            {**right, "nats_ca_file": strange},
            {**right, "nats_credentials_file": stranger},
            {**right, "nats_credentials_file": tmp_path / "missing.creds"},
        ):
            await _never_up(url, wrong)


async def test_a_server_that_speaks_in_clear_is_refused_where_tls_is_asked_for(tmp_path: Path) -> None:
    async with nats_server(tmp_path) as nats:
        await _never_up(f"tls://127.0.0.1:{nats.port}", {})


async def _refused(port: int, times: int) -> None:
    """Stand where the server was, and hang up so many times."""
    tries: list[int] = []

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tries.append(port)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", port):
        await until("both tried again and again", lambda: len(tries) >= times)


async def _never_up(url: str, changes: dict[str, Any]) -> None:
    with capture_logs() as logs:
        async with a_node(url, waited_for=False, **changes) as node:
            await until("it is refused", lambda: any(entry["event"] == "doorbell_lost" for entry in logs))
            assert not node.up()
            assert not node.asked
