"""Measure what the case teams' schema adds to a press: the one commit, before it (0013) and with it.

``python deploy/measure_press_path.py`` makes both databases on one server and commits a press to each in
turn, so that whatever else the machine does meets both alike. It asserts nothing.
"""

import asyncio
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from gateway.clock import SystemClock
from gateway.domain.response import Response
from gateway.domain.uuid7 import uuid7
from gateway.ports import PressRecord
from gateway.store import forward, migrate
from gateway.store.connect import Connection, connected
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.writer import COMMIT, as_json
from schemas.press import Purpose

BEFORE: Final = "0013"
CENTRE: Final = "BE-VOV"
PRESSES: Final = 2_000
WARM_UP: Final = 100
SEALED: Final = bytes(3_000)
"""A file of the usual size; what is in it matters to nobody here."""

REGISTER: Final = """
INSERT INTO registration (registration_id, centre_id, reference, key_id, wrapped_key, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at)
VALUES ($1, $2, $1::uuid::text, 'none', $3, $3, $3, 1, '{}', now(), now())"""
ENROL: Final = """
INSERT INTO companion (companion_id, registration_id, public_key, label, enrolled_at)
VALUES ($1::uuid, $1::uuid, '', 'phone', now())"""


async def main() -> None:
    """Print both, in ms, and the difference."""
    with tempfile.TemporaryDirectory(prefix="msa-measure-") as kept, EmbeddedPostgres(Path(kept)) as server:
        before, now = await _made(server, "before", BEFORE), await _made(server, "now", migrate.head())
        async with (
            connected(before, application_name="before") as first,
            connected(now, application_name="now") as second,
        ):
            files = [uuid4() for _ in range(WARM_UP + PRESSES)]
            for database in (first, second):
                await database.executemany(REGISTER, [(file, CENTRE, SEALED) for file in files])
                await database.executemany(ENROL, [(file,) for file in files])
                await database.execute("VACUUM (ANALYZE)")
            took: tuple[list[float], list[float]] = [], []
            for place, file in enumerate(files):
                pair = [(first, took[0]), (second, took[1])]
                for database, times in pair if place % 2 else pair[::-1]:
                    times.append(await _press_ms(database, file))
    _say(f"before ({BEFORE})", took[0])
    _say(f"with files ({migrate.head()})", took[1])


async def _made(server: EmbeddedPostgres, name: str, revision: str) -> str:
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    await forward.run(server.dsn(name), revision)
    return server.dsn(name)


async def _press_ms(database: Connection, file: UUID) -> float:
    record = a_record(file)
    arguments = CENTRE, [as_json(record)], [record.raw]
    began = time.perf_counter()
    await database.fetch(COMMIT, *arguments)
    return (time.perf_counter() - began) * 1000


def a_record(file: UUID) -> PressRecord:
    """Return a press of the companion that is called as its file."""
    now = SystemClock().now()
    press = uuid4()
    return PressRecord(
        press_id=press,
        sent_id=press,
        registration_id=file,
        companion_id=file,
        centre=CENTRE,
        alarm_id=uuid7(now),
        purpose=Purpose.REAL,
        pressed_at=now,
        received_at=now,
        facts=_facts(now),
        raw=bytes(600),
        response=Response(),
    )


def _facts(now: datetime) -> dict[str, Any]:
    at = now.isoformat()
    fix = {"latitude": 51.05, "longitude": 3.72, "radius_m": 12.0, "fixed_at": at, "method": "gnss"}
    trail = {"pressed_at": at, "heard_at": at, "sent_at": at, "received_at": at, "committed_at": at}
    return {
        "pattern": "hold",
        "verified": True,
        "flags": [],
        "button": None,
        "phone_battery_pct": 80,
        "positions": [fix, fix, fix],
        "trail": trail,
    }


def _say(name: str, took: list[float]) -> None:
    took = sorted(took[WARM_UP:])
    p99 = took[int(len(took) * 0.99)]
    print(f"{name:20} mean {statistics.fmean(took):.3f}  p50 {statistics.median(took):.3f}  p99 {p99:.3f} ms")


if __name__ == "__main__":
    asyncio.run(main())
