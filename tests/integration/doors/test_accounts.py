"""Who another system is: tokens and signatures at an application of their own, on a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import uuid4

import httpx
import pytest
from fastapi import Depends, FastAPI
from prometheus_client import CollectorRegistry

from gateway.domain.errors import NotAllowedNow, NotFound
from gateway.domain.integrators import Integrator
from gateway.door_metrics import DoorMetrics
from gateway.door_timing import (
    CREDENTIALS_CACHED_S,
    KEYS_LOOK_S,
    STRANGER_TRIES,
    STRANGER_TRY_S,
    TOKEN_S,
    TOKEN_TRIES,
)
from gateway.http import problems
from gateway.http.doors import token
from gateway.http.doors.principal import Principals, scoped_to
from gateway.http.doors.services import DoorServices
from gateway.http.services import Services
from gateway.outbound.payload import Bodies
from gateway.secret_text import hash_of
from gateway.settings import Settings
from gateway.store.companions import Companions
from gateway.store.connect import create_pool
from gateway.store.doors.credentials import PostgresCredentials
from gateway.store.doors.integrators import PostgresIntegrators
from gateway.store.doors.streams import PostgresStreams
from gateway.store.operators import Operators
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from schemas.integrators import IntegratorScope
from tests.integration.http.conftest import BASE, slug
from tests.support.integrators import SigningKey, a_client

KEYRING = Keyring("k", {"k": b"k" * 32})


@pytest.fixture
def app(pool, clock) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(token.router)
    integrators = PostgresIntegrators(pool, KEYRING, clock)
    credentials = PostgresCredentials(pool, KEYRING, clock)
    metrics = DoorMetrics(CollectorRegistry())
    app.state.services = Services(
        settings=Settings(public_urls=(BASE,)),
        clock=clock,
        companions=Companions(pool, clock),
        operators=Operators(pool, clock, session_hours=12),
        registrations=Registrations(pool, KEYRING, clock),
    )
    app.state.doors = DoorServices(
        integrators=integrators,
        credentials=credentials,
        principals=Principals(integrators, credentials, clock=clock, public_urls=(BASE,), metrics=metrics),
        metrics=metrics,
        streams=PostgresStreams(pool, Viewer(KEYRING, lambda _: None)),
        bodies=Bodies("msa.example"),
    )

    @app.api_route("/who", methods=["GET", "POST"])
    async def who(integrator: Annotated[Integrator, Depends(scoped_to())]) -> list[str]:
        return sorted(integrator.scopes)

    @app.post("/alarms")
    async def alarms(
        integrator: Annotated[Integrator, Depends(scoped_to(IntegratorScope.ALARMS))],
    ) -> str:
        return integrator.name

    return app


@pytest.fixture
async def http(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, str(answer.json()["error"])


async def test_a_client_gets_a_token_and_what_it_asked_of_its_scopes(http, client, clock, connection):
    answer = await http.post("/v1/token", auth=client.basic, data={"grant_type": "client_credentials"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", TOKEN_S)
    assert given["scope"] == "events:alarms events:chat"
    assert (await http.get("/who", headers=bearer(given["access_token"]))).json() == [
        "events:alarms",
        "events:chat",
    ]

    in_form = {"client_id": str(client.integrator.integrator_id), "client_secret": client.secret}
    narrow = await http.post(
        "/v1/token", data={"grant_type": "client_credentials", "scope": "events:chat", **in_form}
    )
    held = bearer(narrow.json()["access_token"])
    assert (await http.get("/who", headers=held)).json() == ["events:chat"]
    refused = await http.post("/alarms", headers=held)
    assert slug(refused) == "scope-missing"
    assert refused.status_code == 403
    assert refused.json()["detail"] == "events:alarms"
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]

    kept = str(await connection.fetch("SELECT * FROM integrator_token"))
    kept += str(await connection.fetch("SELECT * FROM integrator_secret"))
    assert given["access_token"] not in kept
    assert client.secret not in kept
    clock.advance(TOKEN_S - 1)
    assert (await http.get("/who", headers=held)).status_code == 200
    clock.advance(1)
    assert slug(await http.get("/who", headers=held)) == "token-invalid", "it is remembered past its end"


async def test_without_a_token_it_is_said_what_to_send(http):
    nothing = await http.get("/who")
    assert (nothing.status_code, slug(nothing)) == (401, "token-missing")
    assert nothing.headers["www-authenticate"] == 'Bearer realm="msa", Signature realm="msa"'
    for wrong in ("x", "x" * 43, "é" * 43, ""):
        headers = {"Authorization": f"Bearer {wrong}".encode()}
        unknown = await http.get("/who", headers=headers)
        assert (unknown.status_code, slug(unknown)) == (401, "token-invalid")
        assert 'error="invalid_token"' in unknown.headers["www-authenticate"]


async def test_a_wrong_request_for_a_token_is_refused_as_the_standard_says(http, client):
    grant = {"grant_type": "client_credentials"}
    known, secret = str(client.integrator.integrator_id), client.secret

    async def asked(auth=client.basic, **form: str) -> tuple[int, str]:
        return refusal(await http.post("/v1/token", auth=auth, data=form))

    assert await asked() == (400, "invalid_request")
    assert await asked(grant_type="password") == (400, "unsupported_grant_type")
    assert await asked(**grant, scope="events:calls") == (400, "invalid_scope")
    assert await asked(**grant, scope="everything") == (400, "invalid_scope")
    assert await asked(**grant, client_secret=secret) == (400, "invalid_request")
    assert await asked(**grant, client_id=str(uuid4())) == (400, "invalid_request")
    twice = "grant_type=client_credentials&grant_type=client_credentials"
    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in (twice, b"grant_type=%FF%FE\xff", "&".join(f"a{n}=1" for n in range(30))):
        answer = await http.post("/v1/token", auth=client.basic, content=body, headers=form)
        assert refusal(answer) == (400, "invalid_request")
    assert refusal(await http.post("/v1/token", auth=client.basic, json=grant)) == (400, "invalid_request")

    answers = [
        await http.post("/v1/token", auth=(name, given), data=grant)
        for name, given in ((known, "wrong"), (str(uuid4()), secret), ("nobody", secret), (known, ""))
    ]
    answers.append(await http.post("/v1/token", data=grant))
    answers.append(await http.post("/v1/token", data=grant, headers={"Authorization": "Basic !"}))
    assert {refusal(answer) for answer in answers} == {(401, "invalid_client")}
    assert {answer.headers["www-authenticate"].partition(" ")[0] for answer in answers} == {"Basic"}
    assert len({answer.content for answer in answers[:4]}) == 1, "it shows whether there is such a client"


async def test_who_guesses_is_slowed_down_and_another_client_is_not(http, client, pool, clock):
    grant = {"grant_type": "client_credentials"}
    wrong = httpx.BasicAuth(str(client.integrator.integrator_id), "wrong")
    codes = [
        (await http.post("/v1/token", auth=wrong, data=grant)).status_code for _ in range(TOKEN_TRIES + 1)
    ]
    assert codes == [401] * TOKEN_TRIES + [429]
    other = await a_client(pool, clock)
    assert await other.token(http)
    made_up = [httpx.BasicAuth(str(uuid4()), "wrong") for _ in range(10 * TOKEN_TRIES)]
    assert (await http.post("/v1/token", auth=made_up[0], data=grant)).status_code == 401
    for one in made_up:
        last = await http.post("/v1/token", auth=one, data=grant)
    assert last.status_code == 429
    assert await other.token(http), "behind the same address"
    clock.advance(60)
    assert await client.token(http)


async def test_made_up_tokens_are_bound_by_their_address_and_no_token_of_ours_is_refused_for_them(
    http, client, pool, clock, connection
):
    async def asked(token: str) -> int:
        answer = await http.get("/who", headers=bearer(token))
        return int(answer.status_code)

    codes = [await asked(f"{number:043d}") for number in range(STRANGER_TRIES + 1)]
    assert codes == [401] * STRANGER_TRIES + [429]
    token = await client.token(http)  # as another node would have made it: never seen here
    assert await asked(token) == 200
    older = "o" * 43  # as a program made it that knows of no marks
    assert await asked(older) == 429
    await connection.execute("UPDATE integrator_token SET token_hash = $1", hash_of(older))
    clock.advance(STRANGER_TRY_S)
    assert [await asked(older), await asked(older)] == [200, 200]
    clock.advance(CREDENTIALS_CACHED_S)
    for number in range(STRANGER_TRIES):
        await asked(f"{number:043d}")
    assert [await asked("x" * 43), await asked(older)] == [429, 200]


async def test_an_old_secret_holds_until_its_end_and_the_new_one_at_once(http, client, accounts, clock):
    new = replace(client, secret=await accounts.rotate_secret(client.integrator, timedelta(days=7)))
    assert await client.token(http)
    assert await new.token(http)
    newest = replace(client, secret=await accounts.rotate_secret(client.integrator, timedelta(days=7)))
    with pytest.raises(httpx.HTTPStatusError):
        await client.token(http)
    clock.advance(6 * 86_400)
    assert await new.token(http)
    clock.advance(2 * 86_400)
    with pytest.raises(httpx.HTTPStatusError):
        await new.token(http)
    assert await newest.token(http)


async def test_tokens_taken_back_and_a_disabled_account_hold_no_longer_than_a_node_remembers(
    http, client, accounts, clock, connection
):
    held = bearer(await client.token(http))
    assert (await http.get("/who", headers=held)).status_code == 200
    assert await accounts.revoke_tokens(client.integrator) == 1
    clock.advance(CREDENTIALS_CACHED_S)
    assert slug(await http.get("/who", headers=held)) == "token-invalid"

    held = bearer(await client.token(http))
    await accounts.change(replace(client.integrator, scopes=frozenset({IntegratorScope.CHAT})))
    assert (await http.get("/who", headers=held)).json() == ["events:chat"]
    await accounts.disable(client.integrator)
    assert await connection.fetchval("SELECT count(*) FROM integrator_token") == 0
    clock.advance(CREDENTIALS_CACHED_S)
    assert slug(await http.get("/who", headers=held)) == "token-invalid"
    with pytest.raises(httpx.HTTPStatusError):
        await client.token(http)
    with pytest.raises(NotAllowedNow):
        await accounts.rotate_secret(client.integrator, timedelta())


@pytest.mark.parametrize("edwards", [False, True])
async def test_a_signed_request_holds_once_and_only_as_it_was_signed(http, client, accounts, clock, edwards):
    key = await SigningKey(edwards=edwards).kept(accounts, client.integrator)
    url, body = f"{BASE}/who", b'{"a":1}'
    headers = key.sign("POST", url, created=clock.now(), body=body)
    assert (await http.post(url, content=body, headers=headers)).json() == ["events:alarms", "events:chat"]
    again = await http.post(url, content=body, headers=headers)
    assert slug(again) == "signature-replayed"
    assert again.headers["www-authenticate"].startswith("Signature")

    def fresh(**changes) -> dict[str, str]:
        return key.sign("POST", url, body=body, **{"created": clock.now(), **changes})

    async def refused(headers, content=body, at=url) -> str:
        return slug(await http.post(at, content=content, headers=headers))

    assert await refused(fresh(), content=b'{"a":2}') == "signature-invalid"
    assert await refused(fresh(), at=f"{url}?more=1") == "signature-invalid"
    assert await refused(fresh(covered_component_ids=("@method",))) == "signature-invalid"
    assert await refused(fresh(nonce="")) == "signature-invalid"
    assert await refused(fresh(nonce="n" * 101)) == "signature-invalid"
    assert await refused(key.sign("POST", url, created=clock.now())) == "signature-invalid"
    assert await refused(fresh(created=clock.now() - timedelta(seconds=301))) == "signature-replayed"
    assert await refused(fresh(expires=clock.now() - timedelta(seconds=1))) == "signature-replayed"
    stranger = SigningKey(edwards=edwards)
    assert await refused(stranger.sign("POST", url, created=clock.now(), body=body)) == "signature-invalid"
    stranger.key_id = key.key_id
    assert await refused(stranger.sign("POST", url, created=clock.now(), body=body)) == "signature-invalid"

    newer = await SigningKey().kept(accounts, client.integrator)
    await accounts.end_key(client.integrator, key.key_id, timedelta(days=1))
    assert (await http.post(url, content=body, headers=fresh())).status_code == 200
    clock.advance(86_400)
    assert await refused(fresh()) == "signature-invalid"
    signed = newer.sign("POST", url, created=clock.now(), body=body)
    assert (await http.post(url, content=body, headers=signed)).status_code == 200
    with pytest.raises(NotFound):
        await accounts.end_key(client.integrator, uuid4(), timedelta())


async def test_a_key_that_is_known_waits_for_no_look_at_one_that_nobody_has(
    database, client, accounts, clock
):
    key = await SigningKey().kept(accounts, client.integrator)
    async with create_pool(database, application_name="test", max_size=1) as one:
        credentials = PostgresCredentials(one, KEYRING, clock)
        assert await credentials.key(key.key_id) is not None
        clock.advance(KEYS_LOOK_S)
        async with one.acquire():  # and there is no other connection
            stranger = asyncio.create_task(credentials.key(uuid4()))
            await asyncio.sleep(0)
            assert await credentials.key(key.key_id) is not None
            assert not stranger.done()
        assert await stranger is None


async def test_a_token_that_outlives_its_account_is_worth_nothing(http, client, connection, clock):
    held = bearer(await client.token(http))
    await connection.execute("UPDATE integrator SET disabled_at = $1", clock.now())
    assert slug(await http.get("/who", headers=held)) == "token-invalid"


async def test_what_has_run_out_is_deleted(http, client, clock, connection, pool, accounts):
    key = await SigningKey().kept(accounts, client.integrator)
    headers = key.sign("GET", f"{BASE}/who", created=clock.now())
    assert (await http.get("/who", headers=headers)).status_code == 200
    await client.token(http)
    await accounts.rotate_secret(client.integrator, timedelta(hours=1))
    clock.advance(3601)
    await PostgresCredentials(pool, KEYRING, clock).forget_expired()
    for table, left in (("integrator_token", 0), ("integrator_nonce", 0), ("integrator_secret", 1)):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == left
