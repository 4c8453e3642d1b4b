"""Measure the lane of trackers: 1,000 fixes a second by 500 perimeters, with presses alongside.

``python deploy/measure_perimeters.py [seconds]`` starts a node of its own on an embedded PostgreSQL, with 500
files that each have a perimeter and two trackers, and posts their fixes as CloudEvents in batches, open-loop;
presses are posted twice a second, first alone and then with the fixes. One offender in a hundred walks
through a zone and out again every half minute. It asserts nothing.
"""

import asyncio
import base64
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.integrators import Integrator
from gateway.domain.perimeters.shape import Plane
from gateway.ports.perimeters import Book, JudgingPerimeter, WornTracker
from gateway.settings import Settings
from gateway.store import migrate
from gateway.store.companions import Companions
from gateway.store.connect import Pool, create_pool
from gateway.store.doors.accounts import PostgresAccounts
from gateway.store.doors.perimeter_seal import SealedTerms, SubjectHashes, seal_label, seal_terms
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.synthetic.door import PressRefusedError, a_press, post
from gateway.synthetic.enrolling import enrolled
from gateway.synthetic.people import exercise_file
from gateway.synthetic.wallet import SyntheticCompanion, Wallet
from gateway.watching.board import Board
from schemas.integrators import IntegratorScope
from schemas.perimeters import CircleArea, TamperedNear, TrackerRole, VictimTold
from schemas.position import Position
from schemas.press import Purpose

FILES: Final = 500
TRACKERS: Final = 1_000
BATCH: Final = 100
PER_S: Final = 1_000
PRESSES_PER_S: Final = 2
WALKERS: Final = 10
FIXES: Final = 3_000
CENTRE: Final = "BE-VOV"
PORT: Final = 8193

SHOWN: Final = ("msa_event_loop_lag", "msa_press_commit_seconds_sum", "msa_press_commit_seconds_count")

PERIMETER: Final = """
INSERT INTO perimeter (perimeter_id, registration_id, version, state, starts_on, ends_on, trackers,
                       victim_told, tampered_near, key_id, wrapped_key, terms_sealed, made_at, changed_at)
VALUES ($1, $2, 1, 'in_force', $3, $4, $5, 'never', 'notice', $6, $7, $8, now(), now())"""
TRACKER: Final = """
INSERT INTO tracker (tracker_id, registration_id, integrator_id, subject_hash, role, key_id, wrapped_key,
                     label_sealed, supervised_s, added_at)
VALUES ($1, $2, $3, $4, 'offender', $5, $6, $7, 86400, now())"""
COUNTS: Final = """
SELECT (SELECT count(*) FROM tracker_fix) AS recent, (SELECT count(*) FROM offender_fix) AS kept,
       (SELECT count(*) FROM alarm WHERE owner = centre_id AND facts ? 'breach') AS breaches,
       (SELECT count(*) FROM perimeter_watch) AS watches"""


class Stores:
    """What enrolling needs."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        clock = SystemClock()
        self.registrations = Registrations(pool, keyring, clock)
        self.companions = Companions(pool, clock)


def middle(number: int) -> tuple[float, float]:
    """Return where a perimeter is: on a grid over East Flanders."""
    return 50.85 + 0.012 * (number // 25), 3.45 + 0.02 * (number % 25)


def judged_in_memory() -> None:
    """Print what one fix costs whose tracker all 500 perimeters bind, far from all and within one."""
    tracker = WornTracker(
        tracker_id=uuid4(), registration_id=uuid4(), integrator_id=uuid4(), integrator="Tags",
        subject_hash=b"", role=TrackerRole.OFFENDER, centre=CENTRE, reference="",
    )  # fmt: skip
    every = tuple(
        JudgingPerimeter(
            perimeter_id=uuid4(), version=1, registration_id=tracker.registration_id, centre=CENTRE,
            reference="", name="", ring_m=300, trackers=frozenset({tracker.tracker_id}),
            area=CircleArea(latitude=middle(number)[0], longitude=middle(number)[1], radius_m=300),
            victim_told=VictimTold.NEVER, tampered_near=TamperedNear.NOTICE, purpose=Purpose.REAL,
        )
        for number in range(FILES)
    )  # fmt: skip
    board = Board()
    board.put(Book(perimeters=every, trackers=(tracker,)))
    at = SystemClock().now()
    for name, place in (("far from all", (51.2, 4.2)), ("within one", middle(250))):
        began = time.perf_counter()
        for number in range(FIXES):
            at += timedelta(seconds=1)
            position = Position(latitude=place[0], longitude=place[1], radius_m=12 + number % 3, fixed_at=at)
            board.moved(tracker, board.fixed(tracker, position, at))
        took = (time.perf_counter() - began) / FIXES * 1e6
        print(f"a fix judged by 500 perimeters, {name}: {took:.0f} us")


async def main(seconds: int) -> None:
    """Print what was seen."""
    judged_in_memory()
    with (
        tempfile.TemporaryDirectory(prefix="msa-measure-") as kept,
        EmbeddedPostgres(Path(kept) / "pg") as server,
    ):
        url = server.dsn()
        (Path(kept) / "kek").write_text(f"kek-1 {base64.b64encode(os.urandom(32)).decode()}\n")
        (Path(kept) / "kek").chmod(0o600)
        await migrate.upgrade(url)
        environment = {
            **os.environ, "MSA_DATABASE_URL": url, "MSA_PORT": str(PORT),
            "MSA_DATA_DIR": kept, "MSA_PUBLIC_URLS": json.dumps([f"http://127.0.0.1:{PORT}"]),
        }  # fmt: skip
        os.environ |= environment
        async with create_pool(url, application_name="measure") as pool:
            subjects, secret, pressers = await seeded(pool, kept)
            node = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).with_name("msa")), "serve", env=environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                await measured(pool, secret, subjects, pressers, seconds, node.pid)
            finally:
                node.terminate()
                await node.wait()


async def seeded(pool: Pool, kept: str) -> tuple[list[str], tuple[UUID, str], list[SyntheticCompanion]]:
    """Make files, trackers and perimeters; return subjects, the account, and who presses."""
    keyring = Keyring.of(Settings())
    stores, wallet = Stores(pool, keyring), Wallet(Path(kept))
    account = Integrator(
        integrator_id=uuid4(), name="Tags", scopes=frozenset({IntegratorScope.TRACKERS}), events_per_s=2000,
        created_at=SystemClock().now(),
    )  # fmt: skip
    secret = await PostgresAccounts(pool, SystemClock()).add(account)
    hashes, today = SubjectHashes(keyring), day_of(SystemClock().now())
    files = [exercise_file(CENTRE, number) for number in range(FILES + 20)]
    await stores.registrations.save(files)
    pressers = [await enrolled(stores, wallet, file) for file in files[FILES:]]
    trackers, perimeters, subjects = [], [], []
    for number, file in enumerate(files[:FILES]):
        worn = []
        for _ in range(TRACKERS // FILES):
            tracker_id, subject = uuid4(), f"TAG-{len(subjects)}"
            label = seal_label(keyring, tracker_id, subject)
            trackers.append(
                (tracker_id, file.registration_id, account.integrator_id,
                 hashes.written(account.integrator_id, subject), label.key_id, label.wrapped_key,
                 label.sealed)
            )  # fmt: skip
            subjects.append(subject)
            worn.append(tracker_id)
        perimeter_id = uuid4()
        latitude, longitude = middle(number)
        area = CircleArea(latitude=latitude, longitude=longitude, radius_m=300)
        sealed = seal_terms(keyring, perimeter_id, SealedTerms(name="Home", area=area, ring_m=None))
        perimeters.append(
            (perimeter_id, file.registration_id, today, today + timedelta(days=30), worn,
             sealed.key_id, sealed.wrapped_key, sealed.sealed)
        )  # fmt: skip
    async with pool.acquire() as database:
        await database.executemany(TRACKER, trackers)
        await database.executemany(PERIMETER, perimeters)
    return subjects, (account.integrator_id, secret), pressers


async def measured(
    pool: Pool,
    account: tuple[UUID, str],
    subjects: list[str],
    pressers: list[SyntheticCompanion],
    seconds: int,
    pid: int,
) -> None:
    """Run presses alone, then presses and fixes."""
    url = f"http://127.0.0.1:{PORT}"
    async with httpx.AsyncClient(timeout=10) as http:
        await started(http, url)
        answer = await http.post(
            f"{url}/v1/token", auth=(str(account[0]), account[1]), data={"grant_type": "client_credentials"}
        )
        token = answer.json()["access_token"]
        alone = await presses(http, url, pressers, min(20, seconds))
        say("presses alone", alone)
        before = cpu_s(pid)
        began = time.monotonic()
        took, fates, late = Lane(http, url, token, subjects), Counter[str](), []
        beside, _ = await asyncio.gather(
            presses(http, url, pressers, seconds), took.run(seconds, fates, late)
        )
        wall = time.monotonic() - began
        say("presses beside", beside)
        say("a batch of 100 fixes", took.times)
        sent = sum(fates.values())
        print(f"{sent / wall:.0f} fixes/s over {wall:.1f} s: {dict(fates)}; behind at most {max(late):.2f} s")
        print(
            f"the node's threads: {cpu_s(pid) - before:.1f} s of one core, {(cpu_s(pid) - before) / wall:.0%}"
        )
        said = (await http.get(f"{url}/metrics")).text
        print("\n".join(line for line in said.splitlines() if line.startswith(SHOWN)))
    async with pool.acquire() as database:
        print(dict((await database.fetch(COUNTS))[0]))


class Lane:
    """Posts fixes in batches, each due at its instant whatever became of those before."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str, subjects: list[str]) -> None:
        self._http, self._url, self._subjects = http, url, subjects
        self._headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents-batch+json"
        }  # fmt: skip
        self.times: list[float] = []

    async def run(self, seconds: int, fates: Counter[str], late: list[float]) -> None:
        """Send for so many seconds."""
        began, tasks = time.monotonic(), []
        for number in range(seconds * PER_S // BATCH):
            due = began + number * BATCH / PER_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.append(asyncio.create_task(self._send(number, due, fates, late)))
        await asyncio.gather(*tasks)

    async def _send(self, number: int, due: float, fates: Counter[str], late: list[float]) -> None:
        at = number * BATCH / PER_S
        first = number * BATCH % len(self._subjects)
        events = [self._event(one % len(self._subjects), at) for one in range(first, first + BATCH)]
        began = time.monotonic()
        late.append(began - due)
        answer = await self._http.post(
            f"{self._url}/v1/events", headers=self._headers, content=json.dumps(events)
        )
        self.times.append((time.monotonic() - due) * 1000)
        for result in answer.json().get("results", [{"fate": str(answer.status_code)}] * BATCH):
            fates[result["fate"]] += 1

    def _event(self, number: int, at: float) -> dict[str, Any]:
        latitude, longitude = middle(number // 2)
        walks = number % (TRACKERS // WALKERS) == 0
        off = 900 * abs(math.cos(math.pi * at / 30)) if walks else 3_000 + 10 * math.sin(at + number)
        place = Plane.around(latitude, longitude).back(0.0, off)
        fix = {"latitude": place[0], "longitude": place[1], "radius_m": 12, "method": "gnss",
               "fixed_at": SystemClock().now().isoformat()}  # fmt: skip
        return {"specversion": "1.0", "id": str(uuid4()), "source": "/tags", "type": "be.msa.tracker.moved",
                "subject": self._subjects[number], "data": {"positions": [fix]}}  # fmt: skip


async def presses(
    http: httpx.AsyncClient, url: str, pressers: list[SyntheticCompanion], seconds: int
) -> list[float]:
    """Post presses open-loop; return how long each took, in ms."""
    began, took, tasks = time.monotonic(), [], []

    async def one(number: int, due: float) -> None:
        try:
            await post(http, url, pressers[number % len(pressers)], a_press(SystemClock().now()))
        except PressRefusedError as error:
            print(f"a press was not answered {due - began:.0f} s on: {error}")
        took.append((time.monotonic() - due) * 1000)

    for number in range(seconds * PRESSES_PER_S):
        due = began + number / PRESSES_PER_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return took


async def started(http: httpx.AsyncClient, url: str) -> None:
    """Wait for the node, and for its book."""
    for _ in range(300):
        try:
            if (await http.get(f"{url}/startupz")).is_success:
                await asyncio.sleep(3)
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit("the node did not start")


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process, in s."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(name: str, took: list[float]) -> None:
    """Print a distribution."""
    took = sorted(took)
    p95, p99 = (took[min(len(took) - 1, int(len(took) * share))] for share in (0.95, 0.99))
    print(
        f"{name:22} n {len(took):5} p50 {statistics.median(took):.1f} p95 {p95:.1f} p99 {p99:.1f}"
        f" max {took[-1]:.1f} ms"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
