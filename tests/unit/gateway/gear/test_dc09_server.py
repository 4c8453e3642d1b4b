"""The TCP door: what a slow, huge, half-open or lying peer costs, and whom."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.door_timing import DC09_WRONG_MAX
from gateway.gear.dc09 import server as tcp
from gateway.gear.dc09.server import Dc09Server
from tests.support.certificates import certified
from tests.support.clock import START
from tests.support.dc09_sender import Connection, Gear
from tests.support.gear import KEY, GearStage
from tests.support.wait import until

Connect = Callable[..., Awaitable[Connection]]


@pytest.fixture
def stage() -> GearStage:
    return GearStage()


@pytest.fixture
async def server(stage: GearStage) -> AsyncIterator[Dc09Server]:
    async with stage.listening() as listening:
        yield listening


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connections that end with the test."""
    made: list[Connection] = []

    async def connected(port: int, **more: Any) -> Connection:
        made.append(await Connection.to(port, **more))
        return made[-1]

    yield connected
    for one in made:
        await one.close()


@pytest.fixture
def panel(stage: GearStage) -> Gear:
    return Gear("1234", stage.clock.now, key=KEY)


async def test_many_messages_go_over_one_connection_each_with_its_answer(
    stage: GearStage, server: Dc09Server, panel: Gear, connect: Connect
) -> None:
    peer = await connect(server.port)
    for frame in (panel.null(), panel.event("Nri1/PA01"), panel.event("NRP0")):
        assert panel.read(await peer.say(frame)).word == "ACK"
    one, two = panel.event("NPA1"), panel.event("NPA2")
    peer.writer.write(one + two)
    assert [panel.read(await peer.heard()).sequence for _ in range(2)] == ["0003", "0004"]
    assert len(stage.intake.taken) == 5
    await peer.close()


async def test_a_peer_that_dribbles_is_ended_and_a_press_beside_it_is_taken(
    stage: GearStage, server: Dc09Server, panel: Gear, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    monkeypatch.setattr(tcp, "DC09_FRAME_S", 0.05)
    slow, silent = await connect(server.port), await connect(server.port)
    slow.writer.write(panel.event("Nri1/PA01")[:-1])
    assert await slow.heard() == b""
    assert await silent.heard() == b""
    quick = await connect(server.port)
    assert panel.read(await quick.say(panel.event("Nri1/PA01"))).word == "ACK"
    assert len(stage.intake.taken) == 1


async def test_a_peer_that_shows_an_account_may_be_silent_but_not_dribble(
    server: Dc09Server, panel: Gear, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    monkeypatch.setattr(tcp, "DC09_FRAME_S", 0.1)
    peer, other = await connect(server.port), await connect(server.port)
    await peer.say(panel.null())
    assert await other.heard() == b""  # it has waited for longer than a frame may take
    assert panel.read(await peer.say(panel.null())).word == "ACK"
    peer.writer.write(b"\n0000")
    assert await peer.heard() == b""


async def test_a_huge_frame_is_refused_while_it_comes(
    server: Dc09Server, panel: Gear, connect: Connect
) -> None:
    peer = await connect(server.port)
    assert panel.read(await peer.say(b'\n00000FFF"' + b"A" * 8000)).word == "NAK"


async def test_a_peer_that_lies_on_and_on_is_ended(
    server: Dc09Server, stage: GearStage, connect: Connect
) -> None:
    liar, said = Gear("1234", stage.clock.now, key=bytes(16)), 0
    peer = await connect(server.port)
    while reply := await peer.say(liar.event("Nri1/PA01")):
        assert liar.read(reply).word == "DUH"
        said += 1
    assert said == DC09_WRONG_MAX


async def test_what_is_not_known_to_be_committed_ends_the_connection_unanswered(
    stage: GearStage, server: Dc09Server, panel: Gear, connect: Connect
) -> None:
    stage.integrators.away = True
    peer = await connect(server.port)
    raw = panel.event("Nri1/PA01")
    assert await peer.say(raw) == b""
    stage.integrators.away = False
    again = await connect(server.port)
    assert panel.read(await again.say(raw)).word == "ACK"


async def test_a_fault_of_ours_in_one_message_ends_one_connection(
    stage: GearStage, server: Dc09Server, panel: Gear, connect: Connect
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    stage.intake.before = fail
    peer = await connect(server.port)
    assert await peer.say(panel.event("Nri1/PA01")) == b""
    stage.intake.before = None
    again = await connect(server.port)
    assert panel.read(await again.say(panel.event("Nri1/PA01"))).word == "ACK"


async def test_one_address_has_no_more_than_its_share(
    stage: GearStage, server: Dc09Server, panel: Gear, monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    monkeypatch.setattr(tcp, "DC09_CONNECTIONS_PER_ADDRESS", 2)
    held = [await connect(server.port) for _ in range(2)]
    for peer in held:
        assert panel.read(await peer.say(panel.null())).word == "ACK"
    beyond = await connect(server.port)
    assert await beyond.say(panel.null()) == b""
    await held[0].close()
    await until("one connection is left", lambda: server._of_address.total() == 1)
    assert panel.read(await (await connect(server.port)).say(panel.null())).word == "ACK"
    assert stage.metrics.gear.labels("dc09", "refused")._value.get() >= 1


async def test_a_peer_that_leaves_in_the_middle_leaves_nothing(
    stage: GearStage, server: Dc09Server, connect: Connect
) -> None:
    peer = await connect(server.port)
    peer.writer.write(b"\n1234")
    peer.writer.transport.abort()
    await until("nothing is left of it", lambda: not server._tasks)
    assert server._of_address.total() == 0
    assert stage.metrics.gear_connections._value.get() == 0


async def test_a_certificate_that_is_read_again_is_shown_to_who_connects_then(
    stage: GearStage, panel: Gear, tmp_path: Path, connect: Connect
) -> None:
    (tmp_path / "new").mkdir()
    served, _ = certified(tmp_path, "localhost")
    new, _ = certified(tmp_path / "new", "localhost")
    before, after = (ssl.create_default_context(cafile=str(path)) for path in (served, new))
    async with stage.listening(dc09_tls_certificate=served, dc09_tls_key=served) as server:
        peer = await connect(server.port, ssl=before, server_hostname="localhost")
        served.write_bytes(new.read_bytes())
        server.reread()()
        assert panel.read(await peer.say(panel.event("Nri1/PA01"))).word == "ACK", "who is connected stays so"
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(server.port, ssl=before, server_hostname="localhost")
        again = await connect(server.port, ssl=after, server_hostname="localhost")
        assert panel.read(await again.say(panel.event("Nri1/PA01"))).word == "ACK"
        served.write_bytes(b"no certificate")
        with pytest.raises(ssl.SSLError):
            server.reread()
        await connect(server.port, ssl=after, server_hostname="localhost")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START - timedelta(days=9999))
        .not_valid_after(START + timedelta(days=9999))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return chain, private


async def test_it_speaks_tls_where_it_has_a_certificate(
    stage: GearStage, panel: Gear, certificate: tuple[Path, Path], connect: Connect
) -> None:
    chain, key = certificate
    async with stage.listening(dc09_tls_certificate=chain, dc09_tls_key=key) as server:
        trusting = ssl.create_default_context(cafile=str(chain))
        peer = await connect(server.port, ssl=trusting, server_hostname="localhost")
        assert panel.read(await peer.say(panel.event("Nri1/PA01"))).word == "ACK"
        plain = await connect(server.port)
        assert b"ACK" not in await plain.say(panel.event("Nri1/PA01"))
        await peer.close()
    assert len(stage.intake.taken) == 1
