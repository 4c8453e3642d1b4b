"""Whatever ``POST /v1/token`` is sent is answered by RFC 6749, and only the right secret gets a token."""

import asyncio
import base64
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from gateway import secret_text
from gateway.domain.integrators import Integrator
from gateway.domain.throttle import Throttle
from gateway.door_metrics import DoorMetrics
from gateway.http import problems
from gateway.http.doors import token
from gateway.http.doors.services import TokenThrottles
from schemas.integrators import IntegratorScope
from tests.support.clock import START, VirtualClock

CLIENT, SECRET = uuid4(), "right"
FORM = b"application/x-www-form-urlencoded"


class OneClient:
    """``gateway.ports.Credentials`` with one account, whose secret held here before."""

    def seen(self, client_id: UUID, secret: str) -> bool:
        return client_id == CLIENT and secret_text.hash_of(secret) == secret_text.hash_of(SECRET)

    async def client(self, client_id: UUID, secret: str) -> Integrator | None:
        if secret_text.hash_of(secret) != secret_text.hash_of(SECRET) or client_id != CLIENT:
            return None
        return Integrator(
            integrator_id=CLIENT, name="one", scopes=frozenset({IntegratorScope.CHAT}), created_at=START
        )

    async def new_token(self, integrator: Integrator, scopes: frozenset[IntegratorScope]) -> str | None:
        return "t"


def an_app() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(token.router)
    never = Throttle(burst=10**6, every_s=1e-6)
    app.state.services = SimpleNamespace(clock=VirtualClock())
    app.state.doors = SimpleNamespace(
        credentials=OneClient(),
        metrics=DoorMetrics(CollectorRegistry()),
        token_throttles=TokenThrottles(client=never, address=never, known=never),
    )
    return app


APP = an_app()


def asked(body: bytes, headers: dict[bytes, bytes]) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(APP)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as http:
            return await http.post("/v1/token", content=body, headers=headers)

    return asyncio.run(ask())


def basic(text: bytes) -> bytes:
    return b"Basic " + base64.b64encode(text)


RIGHT = basic(f"{CLIENT}:{SECRET}".encode())
words = st.text(max_size=12) | st.sampled_from(["client_credentials", str(CLIENT), SECRET, "events:chat", ""])
names = st.sampled_from(["grant_type", "client_id", "client_secret", "scope"]) | st.text(max_size=6)
pairs = st.lists(st.tuples(names, words), max_size=6)
forms = pairs.map(lambda some: urlencode(some, errors="replace").encode())
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20).map(str.encode)
credentials = st.none() | printable | st.binary(max_size=40).map(basic) | st.just(RIGHT)
kinds = st.sampled_from([FORM, FORM + b"; charset=x", b"text/plain"])


@settings(max_examples=80)
@given(forms | st.binary(max_size=80), credentials, kinds)
@example(b"grant_type=client_credentials&scope=%ff", basic(b"\xff:\xff"), FORM)
@example(b"grant_type=client_credentials", basic(b":"), FORM)
def test_every_request_is_answered_and_only_the_right_secret_gets_a_token(body, authorization, kind):
    headers = {b"content-type": kind} | ({} if authorization is None else {b"authorization": authorization})
    answer = asked(body, headers)
    assert answer.status_code in {200, 400, 401}, answer.text
    if answer.status_code == 200:
        right = authorization == RIGHT
        assert right or (str(CLIENT).encode() in body and SECRET.encode() in body)
    else:
        assert answer.json()["error"] in {
            "invalid_request",
            "invalid_client",
            "invalid_scope",
            "unsupported_grant_type",
        }
        assert (answer.status_code == 401) == ("www-authenticate" in answer.headers)


def test_the_right_secret_does_get_one():
    grant = b"grant_type=client_credentials"
    headers = {b"content-type": FORM, b"authorization": RIGHT}
    assert asked(grant, headers).json()["scope"] == "events:chat"
