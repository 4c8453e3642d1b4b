"""Signing in by a real OpenID provider, and everything that is refused on the way."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import structlog
from fastapi import FastAPI

from dispatch.ports import Admission
from gateway.clock import SystemClock
from gateway.domain.claims import ClaimRules
from gateway.http import oidc
from gateway.http.security import COOKIE
from gateway.http.services import ByProvider
from gateway.oidc.client import Client
from gateway.oidc.provider import Provider
from gateway.passwords import hash_password
from gateway.settings import Settings
from gateway.store.connect import Connection, Pool
from gateway.store.oidc_sign_ins import OidcSignIns
from gateway.timing import OIDC_KEYS_AGAIN_S, OIDC_SIGN_IN_S
from schemas.session import Role
from tests.integration.http.conftest import BASE, slug
from tests.support.clock import VirtualClock
from tests.support.oidc_provider import (
    ANNA,
    CLIENT_ID,
    CLIENT_SECRET,
    OidcProvider,
    oidc_provider,
    sign_in_there,
)

START = "/v1/session/oidc"


@pytest.fixture
def clock() -> VirtualClock:
    """The provider's clock is the machine's."""
    return VirtualClock(SystemClock().now())


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    with oidc_provider() as one:
        yield one


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    """The provider with one account and one client, whatever the test before it changed."""
    running.tell(accounts={"anna": ANNA})
    running.serve(BASE)
    return running


def use(app: FastAPI, pool: Pool, clock: VirtualClock, provider: OidcProvider, **changes: Any) -> Provider:
    """Let people sign in at this provider."""
    client = Client(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        secret=CLIENT_SECRET,
        scopes="openid profile",
        name="The provider",
        rules=ClaimRules(),
    )
    used = Provider(replace(client, **changes), clock)
    app.state.services = replace(app.state.services, oidc=ByProvider(used, OidcSignIns(pool, clock)))
    return used


@pytest.fixture
def used(app: FastAPI, pool: Pool, clock: VirtualClock, provider: OidcProvider) -> Provider:
    app.include_router(oidc.router)
    return use(app, pool, clock, provider)


async def set_out(client: httpx.AsyncClient, **params: str) -> str:
    answer = await client.get(START, params=params)
    assert answer.status_code == 303
    return answer.headers["location"]


async def back(client: httpx.AsyncClient, address: str) -> str:
    """Come back from the provider; return where that leads."""
    answer = await client.get(address)
    assert answer.status_code == 303
    return answer.headers["location"]


async def signs_in(client: httpx.AsyncClient, login: str = "anna", **params: str) -> str:
    return await back(client, await sign_in_there(await set_out(client, **params), login))


async def test_somebody_signs_in_by_the_provider_and_is_an_operator_here(client, used):
    asked = parse_qs(urlsplit(await set_out(client)).query)
    assert {key: asked[key] for key in ("response_type", "code_challenge_method", "scope")} == {
        "response_type": ["code"],
        "code_challenge_method": ["S256"],
        "scope": ["openid profile"],
    }
    assert len(asked["state"][0]) == 43
    assert len(asked["nonce"][0]) == 48
    answer = await client.get(await sign_in_there(await set_out(client), "anna"))
    assert answer.headers["location"] == "/"
    session, under_way = answer.headers.get_list("set-cookie")
    for attribute in ("__Host-msa=", "HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=86400"):
        assert attribute in session
    assert under_way.startswith('__Host-msa-oidc=""')
    assert "Max-Age=0" in under_way
    view = (await client.get("/v1/session")).json()
    assert view["operator"] | {"operator_id": ""} == {
        "operator_id": "",
        "name": "Anna V.",
        "roles": ["operator"],
        "centres": ["BE-VOV"],
    }
    assert view["again"] == "oidc"
    assert (await client.get("/v1/session/ways")).json() == {"local": True, "provider": "The provider"}


async def test_the_way_back_is_tied_to_its_browser_by_a_cookie_of_its_own(client, used):
    cookie = (await client.get(START)).headers["set-cookie"]
    for attribute in ("__Host-msa-oidc=", "HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert attribute in cookie


async def test_the_same_person_is_the_same_operator_with_what_she_may_do_now(
    client, used, provider, operators
):
    await signs_in(client)
    first = (await client.get("/v1/session")).json()["operator"]
    held = await operators.session(client.cookies[COOKIE])
    admission = Admission(held.token_hash, held.operator.view(), held.expires_at)
    client.cookies.clear()
    chief = {"name": "Anna W.", "roles": ["supervisor", "superuser"], "centres": ["BE-VAN", "BE-XXX"]}
    provider.tell(accounts={"anna": chief})
    await signs_in(client)
    then = (await client.get("/v1/session")).json()["operator"]
    assert then == {
        "operator_id": first["operator_id"],
        "name": "Anna W.",
        "roles": ["supervisor"],
        "centres": ["BE-VAN"],
    }
    changed = await operators.changed([admission])
    assert changed[0].roles == {Role.SUPERVISOR}


@pytest.mark.parametrize(
    "claims",
    [
        {"name": "N"},
        {"name": "N", "roles": ["operator"]},
        {"name": "N", "roles": ["operator"], "centres": ["BE-XXX"]},
        {"name": "N", "roles": ["canary", "root"], "centres": ["BE-VOV"]},
        {"name": "N", "centres": ["BE-VOV"]},
        {"name": " ", "roles": ["admin"]},
    ],
)
async def test_nobody_enters_by_an_absent_or_unknown_claim(client, used, provider, claims):
    provider.tell(accounts={"nobody": claims})
    assert await signs_in(client, "nobody") == "/#refused=not-allowed"
    assert COOKIE not in client.cookies


async def test_who_is_granted_nothing_any_more_loses_the_sessions_she_has(client, used, provider):
    await signs_in(client)
    held = client.cookies[COOKIE]
    provider.tell(accounts={"anna": {"name": "Anna V."}})
    assert await signs_in(client) == "/#refused=not-allowed"
    answer = await client.get("/v1/session", headers={"cookie": f"{COOKIE}={held}"})
    assert slug(answer) == "not-signed-in"


async def test_a_disabled_account_stays_closed_whatever_the_provider_says(client, used, operators):
    await signs_in(client)
    (account,) = await operators.every()
    assert await operators.disable(account.username)
    assert await signs_in(client) == "/#refused=not-allowed"
    assert (await operators.every())[0].disabled_at is not None


async def test_a_local_account_is_never_taken_by_its_name(client, used, provider, operators):
    await operators.add("anna", name="Anna", roles=[Role.SUPERVISOR], centres=["BE-VAN"], password_hash=None)
    await signs_in(client)
    assert (await client.get("/v1/session")).json()["operator"]["roles"] == ["operator"]
    assert {one.username for one in await operators.every() if not one.username.startswith("oidc:")} == {
        "anna"
    }


# --- what is refused ------------------------------------------------------------------------


async def test_a_way_back_counts_once_and_in_the_browser_that_set_out(client, used):
    address = await sign_in_there(await set_out(client), "anna")
    cookie = client.cookies[oidc.COOKIE]
    client.cookies.clear()
    assert await back(client, address) == "/#refused=expired"
    client.cookies.set(oidc.COOKIE, "x" * 43)
    assert await back(client, address) == "/#refused=expired"
    client.cookies.set(oidc.COOKIE, cookie)
    assert await back(client, address.replace("state=", "state=x")) == "/#refused=expired"
    client.cookies.set(oidc.COOKIE, cookie)
    assert await back(client, address) == "/"
    client.cookies.clear()
    client.cookies.set(oidc.COOKIE, cookie)
    assert await back(client, address) == "/#refused=expired"
    assert COOKIE not in client.cookies


async def test_a_code_that_was_used_is_refused_in_another_sign_in(client, used):
    first = await sign_in_there(await set_out(client), "anna")
    assert await back(client, first) == "/"
    client.cookies.clear()
    second = await set_out(client)
    state = parse_qs(urlsplit(second).query)["state"][0]
    answered = parse_qs(urlsplit(first).query)
    replayed = f"{oidc.CALLBACK}?code={answered['code'][0]}&state={state}&iss={answered['iss'][0]}"
    assert await back(client, replayed) == "/#refused=expired"
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("column", "refusal"), [("nonce", "failed"), ("code_verifier", "expired"), ("redirect_uri", "expired")]
)
async def test_an_answer_to_another_question_is_refused(
    client, used, connection: Connection, column, refusal
):
    address = await sign_in_there(await set_out(client), "anna")
    other = "https://gateway.test/elsewhere" if column == "redirect_uri" else "o" * 48
    await connection.execute(f"UPDATE oidc_sign_in SET {column} = $1", other)
    assert await back(client, address) == f"/#refused={refusal}"
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("late_s", [OIDC_SIGN_IN_S, 300.0])
async def test_a_sign_in_and_an_id_token_that_are_too_old_are_refused(client, used, clock, late_s):
    address = await sign_in_there(await set_out(client), "anna")
    clock.advance(late_s)  # an ID token of this provider lives for a minute
    assert await back(client, address) == "/#refused=expired"
    assert COOKIE not in client.cookies


async def test_a_new_key_of_the_provider_is_found_but_not_looked_for_without_end(
    client, used, provider, clock
):
    assert await signs_in(client) == "/"
    provider.tell(rotate=True)
    assert await signs_in(client) == "/#refused=failed"
    clock.advance(OIDC_KEYS_AGAIN_S)
    assert await signs_in(client) == "/"


async def test_a_token_signed_with_the_secret_of_two_is_not_believed(client, used, provider):
    provider.serve(BASE, id_token_signed_response_alg="HS256")
    assert await signs_in(client) == "/#refused=failed"


async def test_an_answer_of_another_issuer_or_of_none_is_refused(client, used):
    for change in ("iss=https%3A%2F%2Fevil.test", ""):
        address = await sign_in_there(await set_out(client), "anna")
        head, _, _ = address.partition("iss=")
        assert await back(client, head + change) == "/#refused=failed"


@pytest.mark.parametrize(
    ("error", "refusal"), [("access_denied", "denied"), ("temporarily_unavailable", "unreachable")]
)
async def test_what_the_provider_refuses_is_said_in_words_of_ours(client, used, error, refusal):
    state = parse_qs(urlsplit(await set_out(client)).query)["state"][0]
    address = f"{oidc.CALLBACK}?error={error}&error_description=Anna&state={state}&iss={used.client.issuer}"
    assert await back(client, address) == f"/#refused={refusal}"


async def test_a_provider_that_is_away_is_said_before_and_after(app, client, pool, clock):
    app.include_router(oidc.router)
    with oidc_provider() as provider:
        provider.serve(BASE)
        use(app, pool, clock, provider)
        address = await sign_in_there(await set_out(client), "anna")
    assert await back(client, address) == "/#refused=unreachable"
    use(app, pool, clock, provider)
    assert await set_out(client) == "/#refused=unreachable"


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    app, client, pool, clock, used, provider
):
    use(app, pool, clock, provider, issuer=f"{provider.issuer}/")
    assert await set_out(client) == "/#refused=failed"


async def test_one_address_cannot_set_out_without_end_but_everybody_under_way_comes_back(client, used, clock):
    address = await sign_in_there(await set_out(client), "anna")
    cookie = client.cookies[oidc.COOKIE]
    while (refused := await set_out(client)).startswith("http"):
        pass
    assert refused == "/#refused=too-many"
    client.cookies.clear()
    client.cookies.set(oidc.COOKIE, cookie)
    assert await back(client, address) == "/"
    clock.advance(1)
    assert (await set_out(client)).startswith("http")


async def test_another_site_cannot_make_a_browser_set_out(client, used):
    for site in ("cross-site", "same-site"):
        answer = await client.get(START, headers={"sec-fetch-site": site})
        assert (answer.status_code, slug(answer)) == (403, "wrong-origin")


async def test_nobody_is_led_to_another_site(client, used):
    there = {"next": "https://evil.test", "return_to": "//evil.test", "redirect_uri": "https://evil.test"}
    asked = parse_qs(urlsplit(await set_out(client, **there)).query)
    assert asked["redirect_uri"] == [f"{BASE}{oidc.CALLBACK}"]
    address = await sign_in_there(await set_out(client, **there), "anna")
    assert await back(client, f"{address}&next=https://evil.test") == "/"


async def test_nothing_of_a_person_or_a_secret_is_logged(client, used, provider):
    provider.tell(accounts={"nobody": {"name": "Nobody Known"}})
    with structlog.testing.capture_logs() as logged:
        address = await sign_in_there(await set_out(client), "nobody")
        await back(client, address)
        await back(client, address)
    assert [line["refusal"] for line in logged] == ["not-allowed", "expired"]
    answered = parse_qs(urlsplit(address).query)
    for secret in ("nobody", "Nobody", answered["code"][0], answered["state"][0]):
        assert secret not in str(logged)


# --- ways in, again and out -----------------------------------------------------------------


async def test_signing_in_again_asks_the_person_anew(client, used):
    await signs_in(client)
    asked = parse_qs(urlsplit(await set_out(client, again="true")).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])


async def test_that_the_provider_remembers_her_is_not_enough_to_sign_in_again(client, used, clock):
    clock.advance(100)  # to the gateway she proved who she is well before she set out
    assert await signs_in(client) == "/"
    assert await signs_in(client, again="true") == "/#again&refused=failed"


async def test_the_session_that_was_there_ends_and_its_tabs_come_back(client, used, operators):
    await signs_in(client)
    old = client.cookies[COOKIE]
    held = await operators.session(old)
    address = await sign_in_there(await set_out(client, again="true"), "anna")
    client.cookies.delete(COOKIE)  # as a browser that comes from another site
    assert await back(client, address) == "/#again"
    assert await operators.session(old) is None
    admission = Admission(held.token_hash, held.operator.view(), held.expires_at)
    assert (await operators.changed([admission]))[0] == held.operator


async def test_a_refusal_in_another_tab_says_so(client, used, provider):
    provider.tell(accounts={"nobody": {}})
    assert await signs_in(client, "nobody", again="true") == "/#again&refused=not-allowed"


async def test_what_an_id_token_lacks_is_asked_for(app, client, pool, clock):
    with oidc_provider(userinfo=True) as provider:
        provider.serve(BASE)
        app.include_router(oidc.router)
        use(app, pool, clock, provider)
        assert await signs_in(client) == "/"
    assert (await client.get("/v1/session")).json()["operator"]["name"] == "Anna V."


async def test_a_public_client_needs_no_secret(app, client, pool, clock, used, provider):
    provider.serve(BASE, token_endpoint_auth_method="none")
    use(app, pool, clock, provider, secret=None)
    assert await signs_in(client) == "/"


async def test_signing_out_goes_on_at_the_provider(client, used, provider):
    await signs_in(client)
    left = (await client.delete("/v1/session")).json()["continue_at"]
    assert left.startswith(f"{provider.issuer}/session/end?client_id=msa&post_logout_redirect_uri=")
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(left)).status_code == 200


async def test_without_local_accounts_only_the_canary_enters_past_the_provider(app, client, used, operators):
    services = app.state.services
    app.state.services = replace(services, settings=Settings(public_urls=(BASE,), local_accounts=False))
    kept = hash_password("a long enough sentence")
    for name, role in (("anna", Role.OPERATOR), ("canary", Role.CANARY)):
        await operators.add(name, name=name, roles=[role], centres=["BE-VOV"], password_hash=kept)
    given = {"username": "anna", "password": "a long enough sentence"}
    assert slug(await client.post("/v1/session", json=given)) == "wrong-credentials"
    account = await operators.find("anna")
    token, _ = await operators.new_link(account.operator.operator_id)
    assert slug(await client.post("/v1/session/link", json={"token": token})) == "wrong-credentials"
    assert (await client.post("/v1/session", json=given | {"username": "canary"})).status_code == 201
    assert (await client.get("/v1/session/ways")).json()["local"] is False


async def test_without_a_provider_there_is_no_such_way(app, client):
    app.include_router(oidc.router)
    for path in (START, oidc.CALLBACK):
        assert slug(await client.get(path)) == "not-found"
    assert (await client.get("/v1/session/ways")).json() == {"local": True, "provider": None}
