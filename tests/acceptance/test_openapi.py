"""A running gateway is what its OpenAPI document says: schemathesis with all its checks.

Every call with its examples, every boundary of its schemas and a few drawn requests; ``make openapi`` draws
many more.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import pytest

from gateway.clock import SystemClock
from gateway.domain.integrators import Integrator
from gateway.domain.uuid7 import uuid7
from gateway.store.connect import create_pool
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.credentials import PostgresCredentials
from gateway.store.operators import Operators
from gateway.store.sealing import Keyring
from schemas.integrators import IntegratorScope
from schemas.session import Role
from tests.support.gateway import Running, running

CONFIG: Final = Path(__file__).parents[1] / "cases" / "schemathesis" / "schemathesis.toml"
RUN_S: Final = 300.0
DRAWN: Final = os.environ.get("MSA_OPENAPI_DRAWN", "4")
"""Requests drawn for each call."""

NO_PERSON: Final = {Role.INTEGRATOR, Role.CANARY}


async def test_a_running_gateway_is_as_its_document_says(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path) as node:
        credentials = {"MSA_SESSION": await _an_operator(node), "MSA_TOKEN": await _an_integrator(node)}
        options = ("--phases", "examples,coverage,fuzzing", "--max-examples", DRAWN)
        code, said = await _schemathesis(f"{node.url}/openapi.json", credentials, *options)
    if code:
        pytest.fail(said.partition("= WARNINGS =")[0][-8000:], pytrace=False)


async def _an_operator(node: Running) -> str:
    """Let somebody sign in who may do everything."""
    async with create_pool(node.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), 12)
        operator = await operators.add(
            "everybody",
            name="Everybody",
            roles=set(Role) - NO_PERSON,
            centres=("BE-VOV", "BE-VAN"),
            zones=(),
            password_hash=None,
        )
        token, _ = await operators.begin(operator)
    return token


async def _an_integrator(node: Running) -> str:
    """Let a sandbox account in that may do everything."""
    clock = SystemClock()
    integrator = Integrator(
        integrator_id=uuid7(clock.now()),
        name="Schemathesis",
        scopes=frozenset(IntegratorScope),
        centres=frozenset({"BE-VOV"}),
        sandbox=True,
        created_at=clock.now(),
    )
    async with create_pool(node.database, application_name="test") as pool:
        await PostgresAccounts(pool, clock).add(integrator)
        credentials = PostgresCredentials(pool, Keyring("k", {"k": bytes(32)}), clock)
        token = await credentials.new_token(integrator, integrator.scopes)
    assert token is not None
    return token


async def _schemathesis(url: str, credentials: dict[str, str], *options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(CONFIG), "run", url, *options),
        env={**os.environ, **credentials},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(RUN_S):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
