"""Measure what receivers that hang cost one that is well, and a press.

``python deploy/measure_receivers.py`` commits presses at a steady pace to a gateway and a database of its
own, first with every receiver well and then with all but one hanging, and prints how long after the commit
that one had each event. It asserts nothing.
"""

import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from deploy.measure_press_path import ENROL, REGISTER, a_record
from gateway.clock import SystemClock
from gateway.demo.programs import program
from gateway.demo.stage import made_anew
from gateway.domain.integrators import Integrator
from gateway.domain.receivers import NewReceiver
from gateway.settings import Settings
from gateway.store.connect import Connection, Pool, connected, create_pool
from gateway.store.doorbell import ANNOUNCE, CHANNEL
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.sealing import Keyring, make_key_file
from gateway.store.writer import COMMIT, as_json
from schemas.integrators import IntegratorScope
from schemas.press import Purpose
from schemas.receivers import ReceiverFormat, ReceiverView

CENTRE: Final = "BE-VOV"
HANGING: Final = 3
A_SECOND: Final = 5
PHASE_S: Final = 30

SEALED: Final = bytes(3_000)


@dataclass
class Phase:
    """What was seen of some seconds, in ms."""

    commits: list[float] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    wanted: int = 0


async def main() -> None:
    """Print both, and the difference."""
    with tempfile.TemporaryDirectory(prefix="msa-measure-") as kept, EmbeddedPostgres(Path(kept)) as server:
        settings = Settings(database_url=None, data_dir=Path(kept))
        make_key_file(settings.kek_file)
        database = await made_anew(server, "measured")
        async with (
            create_pool(database, application_name="measure") as pool,
            connected(database, application_name="presses") as presses,
            _outside() as outside,
            _gateway(settings, database),
        ):
            receivers = PostgresReceivers(pool, Keyring.of(settings))
            hanging = await _told(pool, receivers, outside)
            well = await _press(presses, outside)
            outside.hanging = True
            beside = await _press(presses, outside)
            waiting = sum([(await receivers.find(one.name)).waiting for one in hanging])
    _say(f"{HANGING + 1} receivers well", well)
    _say(f"{HANGING} of them hang", beside)
    print(f"calls to those that hang: {outside.hung}; events that wait for them at the end: {waiting}")


async def _press(database: Connection, outside: "Outside") -> Phase:
    """Press at a steady pace, each a victim of her own; return what was seen of it."""
    phase = Phase()
    outside.arrived.clear()
    files = [uuid4() for _ in range(A_SECOND * PHASE_S)]
    await database.executemany(REGISTER, [(file, CENTRE, SEALED) for file in files])
    await database.executemany(ENROL, [(file,) for file in files])
    began = time.perf_counter()
    for place, file in enumerate(files):
        await asyncio.sleep(max(0.0, began + place / A_SECOND - time.perf_counter()))
        record = replace(a_record(file), purpose=Purpose.TEST)  # nobody climbs a ladder for it
        at = time.perf_counter()
        (row,) = await database.fetch(COMMIT, CENTRE, [as_json(record)], [record.raw])
        phase.commits.append((time.perf_counter() - at) * 1000)
        await database.execute(ANNOUNCE, CHANNEL, [f"{CENTRE}:{row['sequence']}"])
    for _ in range(200):
        if len(outside.arrived) < len(files):
            await asyncio.sleep(0.05)
    phase.wanted, phase.arrivals = len(files), list(outside.arrived.values())
    return phase


@asynccontextmanager
async def _gateway(settings: Settings, database: str) -> AsyncIterator[None]:
    environment = {
        "MSA_DATABASE_URL": database,
        "MSA_DATA_DIR": str(settings.data_dir),
        "MSA_KEY_FILE": str(settings.kek_file),
        "MSA_PORT": "0",
        "MSA_RECEIVER_LOOPBACK": "true",
    }
    log = str(settings.data_dir / "gateway.log")
    async with program("serve", environment=environment, log=log) as running:
        await running.heard("started", 60)
        yield


async def _told(pool: Pool, receivers: PostgresReceivers, outside: "Outside") -> list[ReceiverView]:
    """Add the healthy receiver and those that hang; return the latter."""
    of = Integrator(
        integrator_id=uuid4(),
        name="measured",
        scopes=frozenset({IntegratorScope.STREAMS}),
        centres=frozenset({CENTRE}),
        created_at=SystemClock().now(),
    )
    await PostgresAccounts(pool, SystemClock()).add(of)
    found = []
    for number in range(HANGING + 1):
        new = NewReceiver(
            integrator_id=of.integrator_id,
            name=f"receiver {number}",
            url=outside.hangs if number else outside.well,
            format=ReceiverFormat.CLOUDEVENTS,
            centres=(),
            purposes=(Purpose.TEST,),
            kinds=("alarm.raised",),
        )
        found.append((await receivers.add(new, of))[0])
    return found[1:]


@dataclass
class Outside:
    """The receivers, in this process: one that always answers at once, and others until they hang."""

    well: str = ""
    hangs: str = ""
    hanging: bool = False
    hung: int = 0
    arrived: dict[UUID, float] = field(default_factory=dict)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer at once, and note how long after the commit that was, in ms."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                event = json.loads(await _body(reader))
                late = SystemClock().now() - datetime.fromisoformat(event["time"])
                self.arrived.setdefault(UUID(event["subject"]), late.total_seconds() * 1000)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async def hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer at once; or take it, and say nothing until the other side has gone."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await _body(reader)
                if self.hanging:
                    self.hung += 1
                    await reader.read()
                    break
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    length = next(line for line in head if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.partition(b":")[2]))


@asynccontextmanager
async def _outside() -> AsyncIterator[Outside]:
    outside = Outside()
    async with (
        await asyncio.start_server(outside.take, "127.0.0.1", 0) as well,
        await asyncio.start_server(outside.hang, "127.0.0.1", 0) as hangs,
    ):
        outside.well, outside.hangs = (
            f"http://127.0.0.1:{one.sockets[0].getsockname()[1]}/" for one in (well, hangs)
        )
        yield outside


def _say(name: str, phase: Phase) -> None:
    def figures(took: list[float]) -> str:
        took = sorted(took)
        p99 = took[int(len(took) * 0.99)] if took else float("nan")
        return f"p50 {statistics.median(took):6.1f}  p99 {p99:6.1f}  longest {took[-1]:6.1f} ms"

    print(f"{name:22} arrived {len(phase.arrivals)} of {phase.wanted}")
    print(f"  committed to received  {figures(phase.arrivals)}")
    print(f"  a press's commit       {figures(phase.commits)}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
