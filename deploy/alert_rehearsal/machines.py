"""Faults of processes, disks and certificates: killed, frozen, forgotten, full, ended."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.alert_rehearsal.stage import Stage
from deploy.alert_rehearsal.telling import write_targets
from gateway.clock import SystemClock
from tests.support.processes import free_port

STANDS_S: Final = 0.8
RUNS_S: Final = 0.3


async def kill_node(stage: Stage) -> None:
    """SIGKILL the second node."""
    stage.nodes[1].kill()


async def start_node(stage: Stage) -> None:
    """Start it again."""
    await stage.nodes[1].start()


async def freeze_node(stage: Stage) -> None:
    """SIGSTOP the second node."""
    stage.nodes[1].freeze()


async def thaw_node(stage: Stage) -> None:
    """SIGCONT."""
    stage.nodes[1].thaw()


async def end_canary(stage: Stage) -> None:
    """End the canary."""
    stage.canary.end()


async def start_canary(stage: Stage) -> None:
    """Start it again."""
    stage.canary.start()


async def forget_canary(stage: Stage) -> None:
    """Scrape no canary any more."""
    write_targets(stage.watch.targets, "canary")


async def remember_canary(stage: Stage) -> None:
    """Scrape it again."""
    write_targets(stage.watch.targets, "canary", f"127.0.0.1:{stage.canary.port}")


async def stutter(stage: Stage) -> None:
    """Stop the second node again and again for most of each second."""

    async def stop_and_go() -> None:
        while True:
            stage.nodes[1].freeze()
            await asyncio.sleep(STANDS_S)
            stage.nodes[1].thaw()
            await asyncio.sleep(RUNS_S)

    stage.held["stutter"] = asyncio.create_task(stop_and_go(), name="stutter")


async def run_smoothly(stage: Stage) -> None:
    """Let it run."""
    task = stage.held["stutter"]
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    stage.nodes[1].thaw()


async def freeze_all(stage: Stage) -> None:
    """Raise an alarm and stop both nodes past its next step."""
    await stage.raise_alarm()
    for node in stage.nodes:
        node.freeze()
    await asyncio.sleep(10)
    for node in stage.nodes:
        node.thaw()


async def end_certificate_soon(stage: Stage) -> None:
    """Start the second node anew with a certificate for alarm gear that ends in two days."""
    certificate, key = stage.directory / "gear.pem", stage.directory / "gear.key"
    _write_pair(certificate, key, timedelta(days=2))
    node = stage.nodes[1]
    node.settings |= {
        "MSA_DC09_PORT": str(free_port()),
        "MSA_DC09_TLS_CERTIFICATE": str(certificate),
        "MSA_DC09_TLS_KEY": str(key),
    }
    node.kill()
    await node.start()


async def renew_certificate(stage: Stage) -> None:
    """Put another in its place that ends in a year, and start it anew."""
    _write_pair(stage.directory / "gear.pem", stage.directory / "gear.key", timedelta(days=365))
    stage.nodes[1].kill()
    await stage.nodes[1].start()


async def fill_disk(stage: Stage) -> None:
    """Write to the disk of the second node's spool until it is nearly full."""
    folder = stage.directory / "spool-b"
    (folder / "filler").write_bytes(b"x" * int(stage.spool_disk_bytes * 0.95))


async def free_disk(stage: Stage) -> None:
    """Remove that."""
    (stage.directory / "spool-b" / "filler").unlink()


def _write_pair(certificate: Path, key: Path, lasts: timedelta) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gear.msa.example")])
    now = SystemClock().now()
    made = x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
    signed = (
        made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + lasts).sign(private, SHA256())
    )
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    key.touch(0o600)
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
