"""``msa conformance`` against a real gateway, as an integrator runs it: a program that has read the docs."""

import asyncio
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.clock import SystemClock
from gateway.domain.receivers import NewReceiver
from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.perimeter_seal import SubjectHashes
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring, make_key_file
from gateway.webhook_signature import Algorithm
from schemas.receivers import ReceiverFormat
from tests.support.build import a_registration
from tests.support.gateway import Running, running
from tests.support.integrators import Client, SigningKey, a_client
from tests.support.processes import free_port

DEADLINE_S = 60
PUT_ON = """
INSERT INTO tracker (tracker_id, registration_id, integrator_id, subject_hash, role, key_id, label_sealed,
                     supervised_s, added_at)
VALUES (gen_random_uuid(), $1, $2, $3, 'offender', 'k', '', 300, $4)"""


async def conformance(gateway: Running, client: Client, directory: Path, *more: str):
    """Run the command; return its exit status, its standard output and its standard error."""
    secret = directory / f"{client.integrator.integrator_id}.secret"
    secret.write_text(client.secret)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "conformance", gateway.url,
        "--client-id", str(client.integrator.integrator_id), "--secret-file", str(secret), *more,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(DEADLINE_S):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def what_it_needs(pool: Pool, keyring: Keyring, client: Client, directory: Path) -> tuple[str, ...]:
    """Give an account a key, a tracker and a receiver; return the options that say so."""
    clock, whose = SystemClock(), client.integrator.integrator_id
    key = await SigningKey(edwards=True).kept(PostgresAccounts(pool, clock), client.integrator)
    pem, webhook_secret, port = directory / "key.pem", directory / "webhook", free_port()
    pem.write_bytes(key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file = a_registration()
    await Registrations(pool, keyring, clock).save([file])
    blind = SubjectHashes(keyring).written(whose, "tag-1")
    await pool.execute(PUT_ON, file.registration_id, whose, blind, clock.now())
    new = NewReceiver(
        integrator_id=whose,
        name="conformance",
        url=f"http://127.0.0.1:{port}/",
        format=ReceiverFormat.CLOUDEVENTS,
        centres=(),
        purposes=(),
    )
    _, secret = await PostgresReceivers(pool, keyring).add(new, client.integrator, Algorithm.HMAC)
    webhook_secret.write_text(secret.given)
    return (
        "--key-file", str(pem), "--key-id", str(key.key_id), "--tracker", "tag-1",
        "--listen", f"127.0.0.1:{port}", "--webhook-secret-file", str(webhook_secret),
    )  # fmt: skip


async def test_the_gateway_passes_what_a_sandbox_tries_alone_and_another_account_tries_nothing(
    database, cluster_directory, pool: Pool, tmp_path
):
    make_key_file(cluster_directory / "kek")
    client = await a_client(pool, SystemClock(), sandbox=True)
    # before the node starts, which reads trackers every two seconds
    options = await what_it_needs(pool, Keyring.read(cluster_directory / "kek"), client, tmp_path)
    async with running(database, cluster_directory, receiver_loopback=True) as gateway:
        code, out, err = await conformance(gateway, client, tmp_path, *options, "--json")
        not_run = await conformance(gateway, await a_client(pool, SystemClock()), tmp_path)
    told = json.loads(out)
    failed = [one for one in told["checks"] if one["outcome"] == "failed"]
    assert not failed, failed
    assert (code, err) == (0, "")
    assert told["skipped"] == 0
    assert client.secret not in out
    assert not_run[:2] == (2, "")
    assert "no sandbox" in not_run[2]
    assert await pool.fetchval("SELECT count(*) FROM alarm WHERE purpose = 'real'") == 0
