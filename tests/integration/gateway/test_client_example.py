"""The program in the Python client's documentation, run as it stands there."""

import asyncio
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from dispatch import client
from dispatch.client import ConsoleClient
from gateway.clock import SystemClock
from gateway.passwords import hash_password
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from schemas.alarm import AlarmState
from schemas.session import Role
from tests.support.gateway import DEADLINE_S, Running
from tests.support.processes import START_S

ROOT = Path(__file__).parents[3]


def the_example() -> str:
    """Return the indented block of the module's docstring."""
    assert client.__doc__ is not None
    found = re.search(r"\n\n((?:    .*\n|\n)+)", client.__doc__)
    assert found is not None
    return textwrap.dedent(found[1])


async def test_the_documented_program_takes_an_alarm(gateway: Running) -> None:
    async with create_pool(gateway.database, application_name="test") as pool:
        operators = Operators(pool, SystemClock(), gateway.settings.session_hours)
        await operators.add(
            "program",
            name="Program",
            roles=[Role.OPERATOR],
            centres=("BE-VOV",),
            password_hash=hash_password("a long password"),
        )
    watching = await gateway.a_session()
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        the_example(),
        cwd=ROOT,
        env={
            "MSA_URL": gateway.url,
            "MSA_OPERATOR": "program",
            "MSA_PASSWORD": "a long password",
            "PYTHONPATH": str(ROOT),
        },
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(START_S + DEADLINE_S), ConsoleClient(gateway.url, watching) as console:
            await gateway.press(await gateway.a_companion())
            async for _ in console:
                taken = [
                    alarm for alarm in console.board.open_alarms() if alarm.state is AlarmState.ACKNOWLEDGED
                ]
                if taken:
                    break
            assert taken[0].acknowledged_by is not None
            assert taken[0].acknowledged_by.name == "Program"
    finally:
        program.kill()
        await program.communicate()
