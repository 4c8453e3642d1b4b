"""``msa gear``: accounts of alarm gear, with their keys sealed."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.gear import app
from gateway.domain.errors import DatabaseUnavailable
from gateway.store.connect import connected, create_pool
from gateway.store.doors.gear_accounts import PostgresGearAccounts
from gateway.store.sealing import Keyring
from tests.integration.cli.conftest import data
from tests.support.clock import START, VirtualClock

INTEGRATOR = """
INSERT INTO integrator (integrator_id, name, scopes, events_per_s, created_at)
VALUES ($1, 'Example ARC', '{events:alarms}', 50, $2)"""


def gear(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def arc(database: str, msa) -> str:
    async def add() -> None:
        async with connected(database, application_name="test") as connection:
            await connection.execute(INTEGRATOR, uuid4(), START)

    asyncio.run(add())
    return "Example ARC"


def test_an_account_is_added_known_sealed_listed_and_ended(database: str, arc: str, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("00112233445566778899AABBCCDDEEFF\n")
    assert gear("add-account", "12ab", "--integrator", arc, "--key-file", str(key_file)).exit_code == 0
    assert gear("add-account", "77E", "--integrator", arc, "--in-clear", "--line", "L1").exit_code == 0
    twice = gear("add-account", "12AB", "--integrator", arc, "--in-clear")
    assert (twice.exit_code, "in use" in twice.output) == (1, True)
    nobody = gear("add-account", "12AC", "--integrator", "Nobody", "--in-clear")
    assert (nobody.exit_code, "no such integrator" in nobody.output) == (1, True)
    listed = gear("list", "--json")
    assert [(one["account"], one["line"], one["encrypted"]) for one in data(listed)] == [
        ("12AB", "", True),
        ("77E", "L1", False),
    ]
    assert "00112233" not in listed.output
    assert "Example ARC" in gear("list").output
    asyncio.run(_found(database, tmp_path))
    assert gear("end-account", "12AB").exit_code == 0
    assert gear("end-account", "12AB").exit_code == 1
    assert gear("add-account", "12AB", "--integrator", arc, "--in-clear").exit_code == 0


async def _found(database: str, directory: Path) -> None:
    clock, keyring = VirtualClock(), Keyring.read(directory / "kek")
    async with create_pool(database, application_name="test") as pool:
        accounts = PostgresGearAccounts(pool, keyring, clock)
        found = await accounts.find("12AB", "L7")
        assert found is not None
        assert found.key == bytes.fromhex("00112233445566778899AABBCCDDEEFF")
        assert "0011" not in repr(found)
        assert await accounts.find("77E", "L1") is not None
        assert await accounts.find("77E", "L2") is None
        told = await pool.fetch("SELECT facts FROM journal WHERE kind = 'integrator.changed'")
        assert len(told) == 2
        sealed = await pool.fetchval("SELECT key_sealed FROM gear_account WHERE account = '12AB'")
        assert bytes.fromhex("00112233445566778899AABBCCDDEEFF") not in sealed
        # a key that is moved to another account does not open there
        await pool.execute(
            "INSERT INTO gear_account SELECT gen_random_uuid(), integrator_id, 'FFF', '', key_id,"
            " row_key, key_sealed, created_at, NULL FROM gear_account WHERE account = '12AB'"
        )
        clock.advance(6)
        assert await accounts.find("FFF", "L1") is None
        assert await accounts.find("12AB", "L7") == found
        await pool.execute("DELETE FROM gear_account WHERE account = 'FFF'")
    with pytest.raises(DatabaseUnavailable):
        await PostgresGearAccounts(pool, keyring, clock).find("12AB", "L1")


@pytest.mark.parametrize(
    "arguments",
    [
        ("12AB", "--integrator", "x"),
        ("12AB", "--integrator", "x", "--in-clear", "--line", "9"),
        ("not hex", "--integrator", "x", "--in-clear"),
        ("12AB", "--integrator", "x", "--key-file", "/nowhere"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(arguments: tuple[str, ...]) -> None:
    assert gear("add-account", *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0123456789abcdeZ", 16),
        ("z" * 24, 24),
        ("z" * 32, 32),
        ("ab" * 16, 16),
        ("ab" * 24, 24),
        ("ab" * 32, 32),
        ("z" * 48, None),
        ("short", None),
    ],
)
def test_a_key_is_hex_digits_or_characters(arc: str, tmp_path: Path, text: str, size: int | None) -> None:
    (tmp_path / "key").write_text(text)
    added = gear("add-account", "AAA", "--integrator", arc, "--key-file", str(tmp_path / "key"), "--json")
    assert added.exit_code == (2 if size is None else 0)
