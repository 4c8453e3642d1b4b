"""Data keys wrapped anew by the key file's current key, so that nothing sealed needs an older one.

What is sealed stays as it is: of each row its key's id and its wrapped data key are written, in place. A
node that read the row before opens it with the older key, one that reads it after with the current one, so
nothing has to stand still meanwhile. The sealed log leaves both columns out (``log_records``).
"""

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.store.connect import Connection, Database
from gateway.store.row_seal import KEY_INFO
from gateway.store.sealing import NONCE_BYTES, Keyring

AT_ONCE: Final = 50
"""Rows of one transaction: some milliseconds, in which a press for one of these alarms waits."""

# Steps are only ever added to, but for the columns that no record of the log has.
UNLOCK: Final = "SELECT set_config('msa.disposal', 'rewrapping', true)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A table with a data key a row; ``bound``: what that is bound to, by columns and ``{key}``."""

    table: str
    primary: tuple[str, ...]
    bound: str
    column: str = "wrapped_key"

    def use(self, row: Mapping[str, object], key_id: str) -> bytes:
        """Return what the wrapped key of a row is bound to under a key."""
        return self.bound.format_map({**row, "key": key_id}).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """What became of a table's rows: wrapped anew, and left as their key is not in the file."""

    table: str
    rewrapped: int
    unreadable: int


FILE: Final = "registration:{registration_id}:wrapped_key:{key}"
ROW: Final = KEY_INFO.decode()

TABLES: Final = (
    Kept(table="registration", primary=("registration_id",), bound=FILE),
    Kept(table="registration_version", primary=("registration_id", "sealed_version"), bound=FILE),
    Kept(table="alarm", primary=("alarm_id",), bound=FILE),
    Kept(
        table="registration_step",
        primary=("registration_id", "number"),
        bound="registration_step:{registration_id}:{number}:key:{key}",
    ),
    Kept(
        table="registration_photo",
        primary=("registration_id", "photo_of", "photo_version"),
        bound=ROW + "registration_photo:{registration_id}:{photo_of}:{photo_version}",
    ),
    Kept(
        table="risk_request", primary=("request_id",), bound=ROW + "risk_request:{request_id}:ground_sealed"
    ),
    Kept(table="denial", primary=("denial_id",), bound=ROW + "denial:{denial_id}:words"),
    Kept(table="glass", primary=("glass_id",), bound=ROW + "glass:{glass_id}:words"),
    Kept(table="hotspot", primary=("hotspot_id",), bound=ROW + "hotspot:{hotspot_id}:flag_sealed"),
    Kept(table="perimeter", primary=("perimeter_id",), bound=ROW + "perimeter:{perimeter_id}:terms_sealed"),
    Kept(
        table="perimeter_version",
        primary=("perimeter_id", "version"),
        bound=ROW + "perimeter:{perimeter_id}:terms_sealed",
    ),
    Kept(table="tracker", primary=("tracker_id",), bound=ROW + "tracker:{tracker_id}:label_sealed"),
    Kept(table="inbox_event", primary=("number",), bound=ROW + "event:{event_key}", column="row_key"),
    Kept(table="event_quarantine", primary=("event_key",), bound=ROW + "event:{event_key}", column="row_key"),
    Kept(
        table="receiver_secret",
        primary=("secret_id",),
        bound=ROW + "receiver_secret:{secret_id}:secret",
        column="secret_key",
    ),
    Kept(
        table="gear_account",
        primary=("account_id",),
        bound=ROW + "gear_account:{account_id}:key",
        column="row_key",
    ),
)


async def named(connection: Database) -> dict[str, dict[str, int]]:
    """Return of each key that a row names how many rows of which table need it."""
    found: dict[str, dict[str, int]] = {}
    for kept in TABLES:
        rows = await connection.fetch(
            f"SELECT key_id, count(*) AS rows FROM {kept.table}"  # noqa: S608 (names from above)
            f" WHERE {kept.column} IS NOT NULL GROUP BY key_id"
        )
        for row in rows:
            found.setdefault(row["key_id"], {})[kept.table] = row["rows"]
    return found


async def rewrap(connection: Connection, keyring: Keyring) -> AsyncIterator[Rewrapped]:
    """Wrap all data keys anew that another key than the current one wraps, table by table."""
    for kept in TABLES:
        yield await _rewrap(connection, keyring, kept)


def rewrapped(keyring: Keyring, kept: Kept, row: Mapping[str, object]) -> tuple[str, bytes] | None:
    """Return a row's data key under the current key, and that key's id; None where it cannot be opened."""
    key_id, wrapped, current = str(row["key_id"]), row[kept.column], keyring.current
    key = keyring.keys.get(key_id)
    if key is None or not isinstance(wrapped, bytes):
        return None
    try:
        data_key = AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], kept.use(row, key_id))
    except (InvalidTag, ValueError):
        return None
    nonce = os.urandom(NONCE_BYTES)
    return current, nonce + AESGCM(keyring.keys[current]).encrypt(nonce, data_key, kept.use(row, current))


async def _rewrap(connection: Connection, keyring: Keyring, kept: Kept) -> Rewrapped:
    primary = ", ".join(kept.primary)
    after = ", ".join(f"${number}" for number in range(3, 3 + len(kept.primary)))
    first = f"""
SELECT * FROM {kept.table} WHERE key_id <> $1 AND {kept.column} IS NOT NULL
 ORDER BY {primary} LIMIT $2 FOR UPDATE"""  # noqa: S608 (names from above)
    following = first.replace(" ORDER BY", f" AND ({primary}) > ({after}) ORDER BY")
    done = unreadable = 0
    last: tuple[object, ...] = ()
    while True:
        async with connection.transaction():
            await connection.execute(UNLOCK)
            found = await connection.fetch(following if last else first, keyring.current, AT_ONCE, *last)
            rows = [dict(row) for row in found]
            for row in rows:
                if (new := rewrapped(keyring, kept, row)) is None:
                    unreadable += 1
                else:
                    await _put(connection, kept, row, new)
                    done += 1
        if len(rows) < AT_ONCE:
            return Rewrapped(table=kept.table, rewrapped=done, unreadable=unreadable)
        last = tuple(rows[-1][column] for column in kept.primary)


async def _put(connection: Connection, kept: Kept, row: Mapping[str, object], new: tuple[str, bytes]) -> None:
    place = " AND ".join(f"{column} = ${number}" for number, column in enumerate(kept.primary, 3))
    await connection.execute(
        f"UPDATE {kept.table} SET key_id = $1, {kept.column} = $2 WHERE {place}",  # noqa: S608 (likewise)
        *new,
        *(row[column] for column in kept.primary),
    )
