"""What the routers here are given, as ports; ``gateway.main`` puts it in ``app.state.services``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

from starlette.requests import HTTPConnection

from gateway.basemap import ServedBasemap
from gateway.domain.claims import Person
from gateway.domain.people import Account, Companion, Operator, Session
from gateway.domain.throttle import Throttle
from gateway.drawn_areas import DrawnAreas
from gateway.oidc.provider import Provider, UnderWay
from gateway.passwords import Passwords
from gateway.ports import Clock
from gateway.settings import Settings
from schemas.registration import ButtonPolicy


class Companions(Protocol):
    """Companions by id. All raise ``DatabaseUnavailable``."""

    async def find(self, companion_id: UUID) -> Companion | None:
        """Find one, mostly from memory; at most 5 s old."""

    async def enrol(self, code: str, public_key: bytes, label: str, version: str | None) -> Companion:
        """Use up a code. Raises ``EnrolmentCodeInvalid``."""

    async def take_nonce(self, companion_id: UUID, nonce: str, expires_at: datetime) -> bool:
        """Take a nonce; False when it was taken before."""


class Registrations(Protocol):
    """Registrations, unopened. Raises ``DatabaseUnavailable``."""

    async def policy(self, registration_id: UUID) -> ButtonPolicy:
        """Read how her button behaves."""


class Operators(Protocol):
    """Accounts and sessions. All raise ``DatabaseUnavailable``."""

    async def find(self, username: str) -> Account | None:
        """Find an account that may sign in."""

    async def use_link(self, token: str) -> Operator | None:
        """Use up a sign-in link."""

    async def centres(self) -> frozenset[str]:
        """Name the centres there are."""

    async def zones(self) -> Mapping[str, str]:
        """Name the police zones there are, each with its centre."""

    async def account(self, operator_id: UUID) -> Account | None:
        """Find an account that may sign in, by its id."""

    async def begin(self, operator: Operator, replaces: bytes | None = None) -> tuple[str, Session]:
        """Begin a session in place of the one this browser had, if any; return its secret too."""

    async def session(self, token: str) -> Session | None:
        """Find the session of a secret, while it commands or watches."""

    async def end(self, session: Session) -> None:
        """End a session."""


class SignIns(Protocol):
    """Sign-ins at the provider that are under way, and whom it knows. All raise ``DatabaseUnavailable``."""

    async def keep(self, sign_in: UnderWay) -> tuple[str, str]:
        """Keep one; return its state and its browser's secret."""

    async def take(self, state: str, browser: str) -> UnderWay | None:
        """Use one up."""

    async def recognise(self, person: Person) -> Operator | None:
        """Make or update a person's account; None when it is disabled."""

    async def forget(self, issuer: str, subject: str) -> None:
        """End the sessions of a person who may do nothing here any more."""


@dataclass(frozen=True, slots=True)
class ByProvider:
    """Signing in by the OpenID provider."""

    provider: Provider
    sign_ins: SignIns


@dataclass(frozen=True, kw_only=True)
class Throttles:
    """How often a stranger may try."""

    # A person mistypes a few times; a guesser gets six tries a minute.
    username: Throttle = field(default_factory=lambda: Throttle(burst=10, every_s=10))
    # A whole room changes shift behind one address.
    address: Throttle = field(default_factory=lambda: Throttle(burst=60, every_s=1))
    # 60 bits, 15 minutes: no guessing either way, but no free load on the database.
    enrolment: Throttle = field(default_factory=lambda: Throttle(burst=20, every_s=3))


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything the routers of identity need."""

    settings: Settings
    clock: Clock
    companions: Companions
    registrations: Registrations
    operators: Operators
    basemap: ServedBasemap = field(default_factory=ServedBasemap)
    drawn_areas: DrawnAreas | None = None
    oidc: ByProvider | None = None
    passwords: Passwords = field(default_factory=Passwords)
    throttles: Throttles = field(default_factory=Throttles)


def services_of(connection: HTTPConnection) -> Services:
    """Return what ``gateway.main`` (or a test) gave the application."""
    return cast("Services", connection.app.state.services)


def address_of(connection: HTTPConnection) -> str:
    """Return who knocks, for throttling."""
    return connection.client.host if connection.client else "unknown"
