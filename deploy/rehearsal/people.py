"""Who presses and who watches in a rehearsal: files with enrolled companions, operators with sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from gateway.clock import SystemClock
from gateway.settings import Settings
from gateway.store.companions import Companions
from gateway.store.connect import Role as ConnectionRole
from gateway.store.connect import create_pool
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.synthetic.wallet import public_half
from loadtests.samples import registrations
from loadtests.signing import Companion
from schemas.session import Role

PLACES: Final = {
    "BE-VOV": (51.054, 3.717),
    "BE-VAN": (51.219, 4.402),
    "BE-WLG": (50.633, 5.567),
    "BE-BRU": (50.846, 4.352),
}
"""Centres, and where those who press there are (degrees of WGS84)."""
CENTRES: Final = tuple(PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sit at a console, and the session's cookie."""

    name: str
    centres: tuple[str, ...]
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody; ``centres`` says of a companion where it is."""

    companions: tuple[Companion, ...]
    centres: Mapping[UUID, str]
    accounts: tuple[Account, ...]


async def gathered(settings: Settings, companions: int, seats: int) -> People:
    """Make ``companions`` victims, spread over ``CENTRES``, and ``seats`` operators a centre.

    All companions share a key pair, which nothing forbids and which saves making them.
    """
    database, clock = settings, SystemClock()
    async with create_pool(database, application_name="msa rehearsal", role=ConnectionRole.TOOL) as pool:
        files = [
            one
            for number, centre in enumerate(CENTRES)
            for one in registrations(_share(companions, number), centre)
        ]
        await Registrations(pool, Keyring.of(settings), clock).save(files)
        key, enrolling = ec.generate_private_key(ec.SECP256R1()), Companions(pool, clock)
        phones = [await _enrolled(enrolling, file.registration_id, key) for file in files]
        operators = Operators(pool, clock, settings.session_hours)
        accounts = [
            await _account(operators, f"{centre} {number}", (centre,))
            for centre in CENTRES
            for number in range(1, seats + 1)
        ]
    centres = {phone.companion_id: file.centre for phone, file in zip(phones, files, strict=True)}
    return People(tuple(phones), centres, tuple(accounts))


def _share(companions: int, number: int) -> int:
    return companions // len(CENTRES) + (number < companions % len(CENTRES))


async def _enrolled(
    companions: Companions, registration_id: UUID, key: ec.EllipticCurvePrivateKey
) -> Companion:
    code, _ = await companions.new_code(registration_id)
    made = await companions.enrol(code, public_half(key), "rehearsal", None)
    return Companion(made.companion_id, registration_id, key)


async def _account(operators: Operators, name: str, centres: Sequence[str]) -> Account:
    operator = await operators.add(
        f"rehearsal-{uuid4().hex[:8]}",
        name=name,
        roles=[Role.OPERATOR],
        centres=list(centres),
        password_hash=None,
    )
    cookie, _ = await operators.begin(operator)
    return Account(name=name, centres=tuple(centres), cookie=cookie)
