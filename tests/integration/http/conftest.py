"""A small application of the identity routers, on a real database."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI

from gateway.domain.people import Operator
from gateway.http import enrolment, problems, session
from gateway.http.principal import CurrentOperator, require_role
from gateway.http.services import Services
from gateway.http.signatures import SignedBy
from gateway.settings import Settings
from gateway.store.companions import Companions
from gateway.store.connect import Pool
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from schemas.registration import Registration
from schemas.session import Role
from tests.support.build import a_registration
from tests.support.clock import VirtualClock
from tests.support.phone import Phone

BASE = "https://gateway.test"


@pytest.fixture
def companions(pool: Pool, clock: VirtualClock) -> Companions:
    return Companions(pool, clock)


@pytest.fixture
def operators(pool: Pool, clock: VirtualClock) -> Operators:
    return Operators(pool, clock, session_hours=12)


@pytest.fixture
def registrations(pool: Pool, clock: VirtualClock) -> Registrations:
    return Registrations(pool, Keyring("k", {"k": b"k" * 32}), clock)


@pytest.fixture
async def registration(registrations: Registrations) -> Registration:
    one = a_registration()
    await registrations.save([one])
    return one


@pytest.fixture
async def phone(companions: Companions, registration: Registration) -> Phone:
    """An enrolled companion."""
    made = Phone()
    code, _ = await companions.new_code(registration.registration_id)
    made.companion_id = (await companions.enrol(code, made.der, "telefoon", None)).companion_id
    return made


@pytest.fixture
def app(clock, companions, operators, registrations) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(enrolment.router)
    app.include_router(session.router)
    app.state.services = Services(
        settings=Settings(public_urls=(BASE,)),
        clock=clock,
        companions=companions,
        operators=operators,
        registrations=registrations,
    )

    @app.get("/signed")
    @app.post("/signed", operation_id="post_signed")
    async def signed(companion: SignedBy) -> str:
        return str(companion.companion_id)

    @app.get("/anyone")
    async def anyone(operator: CurrentOperator) -> str:
        return operator.name

    @app.post("/change")
    async def change(operator: CurrentOperator) -> str:
        return operator.name

    @app.get("/supervisors")
    async def supervisors(operator: Annotated[Operator, Depends(require_role(Role.SUPERVISOR))]) -> str:
        return operator.name

    @app.get("/broken")
    async def broken() -> str:
        raise ValueError("Voorbeeld, Anna")

    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


def slug(response: httpx.Response) -> str:
    """Name the problem of a refusal, whose shape is checked on the way."""
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    return str(response.json()["type"]).rpartition(":")[2]
