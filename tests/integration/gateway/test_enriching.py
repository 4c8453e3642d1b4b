"""An alarm whose file could not be opened is shown without it, and with it once it opens."""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway import enriching
from gateway.store.connect import Pool
from gateway.store.sealing import KEY_BYTES, Keyring
from gateway.store.unopened import UnopenedFiles
from tests.support.changing import pressed
from tests.support.desk import a_desk
from tests.support.gateway import running
from tests.support.records import a_companion


def add_key(key_file: Path, key_id: str) -> None:
    """Put a new key on top, which wraps from then on."""
    line = f"{key_id} {base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n"
    key_file.write_text(line + key_file.read_text())


async def test_a_key_that_is_put_in_place_brings_the_file_to_every_console_of_every_node(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enriching, "ENRICH_RETRY_S", 0.05)
    async with running(database, tmp_path, node="a") as a, running(database, tmp_path, node="b") as b:
        whole = a.settings.kek_file.read_text()
        add_key(a.settings.kek_file, "kek-2")
        companion = await a.a_companion(victim="Later, Anna")
        with_both = a.settings.kek_file.read_text()
        a.settings.kek_file.write_text(whole)
        async with a_desk(a, "BE-VOV") as here, a_desk(b, "BE-VOV") as there:
            await a.press(companion)
            for desk in (here, there):
                raised = (await desk.last_told("alarm.raised"))["alarm"]
                assert (raised["enriched"], raised["person"]) == (False, None)
            assert (await here.ask("acknowledge", raised["alarm_id"]))["type"] == "result"
            a.settings.kek_file.write_text(with_both)
            for desk in (here, there):
                alarm: dict[str, Any] = {"enriched": False}
                while not alarm["enriched"]:
                    alarm = (await desk.told("alarm.enriched", 1 + count(desk.events)))[-1]["alarm"]
                assert alarm["person"]["victim"]["name"] == "Later, Anna"
                assert alarm["state"] == "acknowledged"


def count(events: Sequence[dict[str, Any]]) -> int:
    return sum(event["kind"] == "alarm.enriched" for event in events)


async def test_what_is_no_open_alarms_file_any_more_is_forgotten(pool: Pool, tmp_path: Path) -> None:
    counted: list[int] = []
    unopened = UnopenedFiles(
        pool, Keyring("k", {"k": bytes(32)}), tmp_path / "none", lambda: counted.append(1)
    )
    assert await unopened.readable() == {}
    async with pool.acquire() as connection:
        companion = await a_companion(connection)
        await pressed(connection, companion)
        await connection.execute("UPDATE alarm SET wrapped_key = '\\x00'")
    for registration_id in (companion[0], uuid4()):
        unopened.failed(registration_id)
    assert await unopened.readable() == {}
    assert unopened._registrations == {companion[0]}
    async with pool.acquire() as connection:
        await connection.execute("UPDATE alarm SET wrapped_key = NULL")
    assert await unopened.readable() == {}
    assert unopened._registrations == set[UUID]()
    assert len(counted) == 2


async def test_a_key_file_that_cannot_be_read_changes_nothing(pool: Pool, tmp_path: Path) -> None:
    key_file = tmp_path / "kek"
    keyring = Keyring("k", {"k": bytes(32)})
    unopened = UnopenedFiles(pool, keyring, key_file, lambda: None)
    unopened.failed(uuid4())
    key_file.write_text("nonsense\n")
    key_file.chmod(0o600)
    assert await unopened.readable() == {}
    assert list(keyring.keys) == ["k"]
