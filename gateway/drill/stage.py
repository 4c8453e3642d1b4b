"""What stands before a drill begins: a fresh database, two nodes, consoles' accounts, units, a victim."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

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
    victim: Victim
    accounts: dict[str, Account]
    unit_id: UUID
    nodes: dict[str, Program]
    urls: tuple[str, ...]


@asynccontextmanager
async def staged(
    server: EmbeddedPostgres,
    settings: Settings,
    people: Sequence[tuple[str, str, Role]],
    unit: NewUnit,
    variables: dict[str, str],
) -> AsyncIterator[Stage]:
    """Make the database anew, fill it with sample files and ``people`` (name, centre, role), run two nodes.

    There is one ``unit`` on duty; ``variables`` are further settings of the nodes.
    """
    database = await made_anew(server, DATABASE)
    files = [Registration.model_validate_json(line) for line in SAMPLES.read_text().splitlines()]
    victim = await _filled(database, settings, files)
    unit_id = await _unit(database, settings, unit)
    accounts = await _accounts(database, settings, people)
    async with AsyncExitStack() as stack:
        nodes = {}
        for name in NODES:
            nodes[name] = await stack.enter_async_context(_node(name, database, settings, variables))
        urls = tuple([(await nodes[name].heard("started", START_S))["url"] for name in NODES])
        yield Stage(
            database=database,
            settings=settings,
            victim=victim,
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
        **variables,
    }
    log = str(settings.data_dir / f"node-{name}.log")
    async with program("serve", environment=environment, log=log) as running:
        yield running


async def _filled(database: str, settings: Settings, files: Sequence[Registration]) -> Victim:
    hers = next(file for file in files if file.centre == "BE-VOV")
    key = ec.generate_private_key(ec.SECP256R1())
    clock = SystemClock()
    async with create_pool(database, application_name="msa drill", role=ConnectionRole.TOOL) as pool:
        await Registrations(pool, Keyring.of(settings), clock).save(files)
        companions = Companions(pool, clock)
        code, _ = await companions.new_code(hers.registration_id)
        companion = await companions.enrol(code, public_der(key), "drill", None)
    return Victim(registration=hers, companion_id=companion.companion_id, key=key)


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
