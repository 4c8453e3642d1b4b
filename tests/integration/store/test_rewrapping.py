"""Data keys wrapped anew: everything opens by the new key alone, whatever table it stands in."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from gateway.clock import SystemClock
from gateway.domain.errors import SealBroken
from gateway.store import rewrapping
from gateway.store.casework import hotspot_seal, photos, risk, steps, words
from gateway.store.connect import Connection, Pool
from gateway.store.doors import gear_accounts, letters, perimeter_seal, receiver_secrets
from gateway.store.registrations import Registrations
from gateway.store.rewrapping import TABLES, Kept, named, rewrap, rewrapped
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring, SealedWords
from schemas.circumstances import PhotoOf
from tests.support.build import a_registration

ID = UUID(int=7)
OLD, NEW = {"old": b"o" * 32}, {"new": b"n" * 32}
KEYED = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'key_id'
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND a.atttypid = 'text'::regtype"""

ROWS: dict[str, tuple[dict[str, object], str]] = {
    "registration_photo": (
        {"registration_id": ID, "photo_of": "victim", "photo_version": 3},
        photos._use(ID, PhotoOf.VICTIM, 3),
    ),
    "risk_request": ({"request_id": ID}, risk._use(ID)),
    "denial": ({"denial_id": ID}, words._use("denial", ID)),
    "glass": ({"glass_id": ID}, words._use("glass", ID)),
    "hotspot": ({"hotspot_id": ID}, hotspot_seal._use(ID)),
    "perimeter": ({"perimeter_id": ID}, perimeter_seal._use(ID)),
    "perimeter_version": ({"perimeter_id": ID, "version": 2}, perimeter_seal._use(ID)),
    "tracker": ({"tracker_id": ID}, perimeter_seal._label_use(ID)),
    "inbox_event": ({"event_key": ID}, letters._use(ID)),
    "event_quarantine": ({"event_key": ID}, letters._use(ID)),
    "receiver_secret": ({"secret_id": ID}, receiver_secrets._use(ID)),
    "gear_account": ({"account_id": ID}, gear_accounts._use(ID)),
}


def both() -> Keyring:
    return Keyring("new", {**NEW, **OLD})


def kept(table: str) -> Kept:
    return next(one for one in TABLES if one.table == table)


async def test_no_table_with_sealed_rows_is_forgotten(connection: Connection) -> None:
    found = {row["relname"] for row in await connection.fetch(KEYED)}
    assert found == {one.table for one in TABLES}


@pytest.mark.parametrize("table", ROWS)
def test_a_row_opens_by_the_new_key_alone(table: str) -> None:
    columns, use = ROWS[table]
    sealed = seal_row(Keyring("old", OLD), use, b"what was written")
    row: dict[str, Any] = {**columns, "key_id": "old", kept(table).column: sealed.wrapped_key}
    new = rewrapped(both(), kept(table), row)
    assert new is not None
    assert open_row(Keyring("new", NEW), use, RowSeal(*new, sealed.sealed)) == b"what was written"
    assert rewrapped(Keyring("new", NEW), kept(table), row) is None, "a key that is not there opens nothing"


def test_a_ground_of_a_step_opens_by_the_new_key_alone() -> None:
    place = steps._row(ID, 2)
    sealed = Keyring("old", OLD).seal_words(place, "the ground")
    row = {"registration_id": ID, "number": 2, "key_id": "old", "wrapped_key": sealed.wrapped_key}
    new = rewrapped(both(), kept("registration_step"), row)
    assert new is not None
    again = SealedWords(key_id=new[0], wrapped_key=new[1], sealed=sealed.sealed)
    assert Keyring("new", NEW).open_words(place, again) == "the ground"
    with pytest.raises(SealBroken):
        Keyring("new", NEW).open_words(steps._row(ID, 3), again)


async def test_files_and_their_steps_are_wrapped_anew_while_others_are_saved(
    pool: Pool, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "AT_ONCE", 2)
    clock = SystemClock()
    before = Registrations(pool, Keyring("old", OLD), clock)
    files = [a_registration(reference=f"GE.{number}/2026") for number in range(5)]
    await before.save(files)
    while_it_works = [a_registration(reference="GE.6/2026"), files[0]]

    async def work() -> None:
        async for _ in rewrap(connection, both()):
            await asyncio.sleep(0)

    await asyncio.gather(work(), Registrations(pool, both(), clock).save(while_it_works))
    assert (await named(connection)).keys() == {"new"}
    after = Registrations(pool, Keyring("new", NEW), clock)
    read: Callable[[], Any] = after.export
    references = {file.reference async for file in read()}
    assert references == {file.reference for file in (*files, while_it_works[0])}
