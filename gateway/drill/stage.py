"""What stands before a drill begins: a fresh database, two nodes, consoles' accounts, units, a victim."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4, uuid5

from cryptography.hazmat.primitives.asymmetric import ec

from gateway.clock import SystemClock
from gateway.demo.programs import Program, program
from gateway.demo.stage import SAMPLES, made_anew
from gateway.drill.phone import public_der
from gateway.settings import Settings
from gateway.store.companions import Companions
from gateway.store.connect import Role as ConnectionRole
from gateway.store.connect import create_pool
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.store.units import PostgresUnits
from gateway.store.view import Viewer
from schemas.registration import Registration
from schemas.session import Role
from schemas.unit import NewUnit

DATABASE: Final = "drill"
START_S: Final = 30.0
NODES: Final = ("a", "b")
DRILL: Final = "drill"

Way = Callable[[str, str], Awaitable[str]]
"""From a node's name, or ``DRILL``, and the database's URL to the URL by which that one reaches it."""


@dataclass(frozen=True, kw_only=True)
class Victim:
    """Her file and her phone's key."""

    registration: Registration
    companion_id: UUID
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who can sit at a console, and the secret of the session."""

    name: str
    centre: str
    cookie: str


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything a story needs."""

    database: str
    settings: Settings
    victims: tuple[Victim, ...]
    accounts: dict[str, Account]
    unit_id: UUID
    nodes: dict[str, Program]
    urls: tuple[str, ...]

    @property
    def victim(self) -> Victim:
        """The one of BE-VOV, whom a story with a single victim is about."""
        return self.victims[0]


async def straight(_: str, database: str) -> str:
    """Reach the database as everybody does."""
    return database


@asynccontextmanager
async def staged(
    server: EmbeddedPostgres,
    settings: Settings,
    people: Sequence[tuple[str, str, Role]],
    unit: NewUnit,
    variables: dict[str, str],
    *,
    victims: int = 1,
    way: Way = straight,
) -> AsyncIterator[Stage]:
    """Make the database anew, fill it with sample files and ``people`` (name, centre, role), run two nodes.

    There is one ``unit`` on duty; ``variables`` are further settings of the nodes. So many ``victims`` have
    a phone, the first of them in BE-VOV.
    """
    database = await made_anew(server, DATABASE)
    enrolled = await _filled(database, settings, _files(victims), victims)
    unit_id = await _unit(database, settings, unit)
    accounts = await _accounts(database, settings, people)
    async with AsyncExitStack() as stack:
        nodes = {}
        for name in NODES:
            # What a drill that broke off has left there is of a database that is gone.
            await asyncio.to_thread(shutil.rmtree, _spool(settings, name), ignore_errors=True)
            nodes[name] = await stack.enter_async_context(
                _node(name, await way(name, database), settings, variables)
            )
        urls = tuple([(await nodes[name].heard("started", START_S))["url"] for name in NODES])
        yield Stage(
            database=await way(DRILL, database),
            settings=settings,
            victims=enrolled,
            accounts=accounts,
            unit_id=unit_id,
            nodes=nodes,
            urls=urls,
        )


@asynccontextmanager
async def _node(
    name: str, database: str, settings: Settings, variables: dict[str, str]
) -> AsyncIterator[Program]:
    environment = {
        "MSA_DATABASE_URL": database,
        "MSA_DATA_DIR": str(settings.data_dir),
        "MSA_KEY_FILE": str(settings.kek_file),
        "MSA_PORT": "0",
        "MSA_NODE": name,
        "MSA_SPOOL_DIR": str(_spool(settings, name)),
        **variables,
    }
    log = str(settings.data_dir / f"node-{name}.log")
    async with program("serve", environment=environment, log=log) as running:
        yield running


def _spool(settings: Settings, name: str) -> Path:
    return settings.data_dir / f"spool-{name}"


def _files(number: int) -> list[Registration]:
    """Return at least so many files, that of BE-VOV first: the samples, and the same people again."""
    samples = [Registration.model_validate_json(line) for line in SAMPLES.read_text().splitlines()]
    samples.sort(key=lambda file: file.centre != "BE-VOV")
    again = (
        file.model_copy(
            update={
                "registration_id": uuid5(file.registration_id, str(turn)),
                "reference": f"{file.reference} ({turn})",
            }
        )
        for turn in itertools.count(2)
        for file in samples
    )
    return [*samples, *itertools.islice(again, max(0, number - len(samples)))]


async def _filled(
    database: str, settings: Settings, files: Sequence[Registration], phones: int
) -> tuple[Victim, ...]:
    """Save the files, and enrol a phone for each of the first ``phones``."""
    clock, enrolled = SystemClock(), []
    async with create_pool(database, application_name="msa drill", role=ConnectionRole.TOOL) as pool:
        await Registrations(pool, Keyring.of(settings), clock).save(files)
        companions = Companions(pool, clock)
        for file in files[:phones]:
            key = ec.generate_private_key(ec.SECP256R1())
            code, _ = await companions.new_code(file.registration_id)
            companion = await companions.enrol(code, public_der(key), "drill", None)
            enrolled.append(Victim(registration=file, companion_id=companion.companion_id, key=key))
    return tuple(enrolled)


async def _unit(database: str, settings: Settings, unit: NewUnit) -> UUID:
    viewer = Viewer(Keyring.of(settings), lambda _: None)
    async with create_pool(database, application_name="msa drill", role=ConnectionRole.TOOL) as pool:
        made = await PostgresUnits(pool, viewer, lambda _: None).add(unit, None)
    return made.unit_id


async def _accounts(
    database: str, settings: Settings, people: Sequence[tuple[str, str, Role]]
) -> dict[str, Account]:
    accounts = {}
    async with create_pool(database, application_name="msa drill", role=ConnectionRole.TOOL) as pool:
        operators = Operators(pool, SystemClock(), settings.session_hours)
        for name, centre, role in people:
            operator = await operators.add(
                f"drill-{uuid4().hex[:8]}", name=name, roles=[role], centres=[centre], password_hash=None
            )
            cookie, _ = await operators.begin(operator)
            accounts[name] = Account(name=name, centre=centre, cookie=cookie)
    return accounts
