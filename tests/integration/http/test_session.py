from datetime import datetime, timedelta

import httpx
import pytest
from starlette.requests import HTTPConnection

from gateway.domain.errors import NotSignedIn, WrongOrigin
from gateway.http.principal import admit
from gateway.http.security import COOKIE
from gateway.passwords import hash_password
from schemas.session import Role
from tests.integration.http.conftest import BASE, slug

PASSWORD = "a long enough sentence"
KEPT = hash_password(PASSWORD)


@pytest.fixture
async def operator(operators):
    return await operators.add(
        "Anna", name="Anna V.", roles=[Role.OPERATOR], centres=["BE-VOV"], password_hash=KEPT
    )


async def sign_in(client: httpx.AsyncClient, username="anna", password=PASSWORD, **kwargs) -> httpx.Response:
    return await client.post("/v1/session", json={"username": username, "password": password}, **kwargs)


async def test_name_and_password_sign_in(client, operator, clock):
    answer = await sign_in(client, username="ANNA")
    assert answer.status_code == 201
    assert answer.json()["operator"] == {
        "operator_id": str(operator.operator_id),
        "name": "Anna V.",
        "roles": ["operator"],
        "centres": ["BE-VOV"],
    }
    assert (await client.get("/v1/session")).json() == answer.json()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, operator):
    cookie = (await sign_in(client)).headers["set-cookie"]
    assert cookie.startswith("__Host-msa=")
    for attribute in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=86400"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_the_database_keeps_no_secret(client, operator, connection):
    await sign_in(client)
    token = client.cookies[COOKIE]
    text = await connection.fetchval("SELECT string_agg(s::text, '') FROM operator_session s")
    assert token not in text
    assert token.encode().hex() not in text


async def test_a_wrong_password_and_an_unknown_name_get_one_answer(client, operator):
    wrong, unknown = await sign_in(client, password="x"), await sign_in(client, username="nobody")
    assert (wrong.status_code, slug(wrong)) == (401, "wrong-credentials")
    assert wrong.json() == unknown.json()
    assert "set-cookie" not in wrong.headers


async def test_an_account_without_password_does_not_open_with_an_empty_one(client, operators):
    await operators.add("link", name="L", roles=[Role.OPERATOR], centres=["BE-VOV"], password_hash=None)
    for password in (" ", "None", "x"):
        assert slug(await sign_in(client, username="link", password=password)) == "wrong-credentials"


async def test_signing_out_ends_the_session_for_every_copy(client, operator):
    await sign_in(client)
    copy = client.cookies[COOKIE]
    assert (await client.delete("/v1/session")).json() == {"continue_at": None}
    answer = await client.get("/v1/session", headers={"cookie": f"{COOKIE}={copy}"})
    assert (answer.status_code, slug(answer)) == (401, "not-signed-in")


async def test_a_session_that_has_run_out_looks_and_changes_nothing_until_its_watch_ends(
    client, operator, clock
):
    answer = (await sign_in(client)).json()
    clock.advance(12 * 3600 - 1)
    assert (await client.post("/change")).status_code == 200
    clock.advance(1)
    assert clock.now() == datetime.fromisoformat(answer["expires_at"])
    assert slug(await client.post("/change")) == "not-signed-in"
    assert (await client.get("/anyone")).status_code == 200
    assert (await client.get("/v1/session")).json() == answer
    clock.advance(12 * 3600 - 1)
    assert (await client.get("/anyone")).status_code == 200
    clock.advance(1)
    assert clock.now() == datetime.fromisoformat(answer["watch_until"])
    assert slug(await client.get("/anyone")) == "not-signed-in"


async def test_the_password_alone_makes_a_session_that_ran_out_command_again(client, operator, clock):
    await sign_in(client)
    clock.advance(12 * 3600)
    old = client.cookies[COOKIE]
    wrong = await client.post("/v1/session/again", json={"password": "x"})
    assert (slug(wrong), client.cookies[COOKIE]) == ("wrong-credentials", old)
    answer = await client.post("/v1/session/again", json={"password": PASSWORD})
    assert (answer.status_code, answer.json()["operator"]["name"]) == (201, "Anna V.")
    assert (await client.post("/change")).status_code == 200
    kept = await client.get("/anyone", headers={"cookie": f"{COOKIE}={old}"})
    assert slug(kept) == "not-signed-in"


async def test_who_watches_can_still_sign_out(client, operator, clock):
    await sign_in(client)
    clock.advance(12 * 3600)
    assert (await client.delete("/v1/session")).json() == {"continue_at": None}
    assert slug(await client.get("/anyone")) == "not-signed-in"


async def test_guessing_the_password_of_a_session_is_slowed_down_like_any(client, operator):
    await sign_in(client)
    for _ in range(9):
        again = await client.post("/v1/session/again", json={"password": "x"})
        assert slug(again) == "wrong-credentials"
    assert slug(await client.post("/v1/session/again", json={"password": PASSWORD})) == "too-many"


async def test_a_sign_in_says_how_to_sign_in_again(client, operator, operators):
    assert (await sign_in(client)).json()["again"] == "password"
    bare = await operators.add(
        "link", name="L", roles=[Role.OPERATOR], centres=["BE-VOV"], password_hash=None
    )
    token, _ = await operators.new_link(bare.operator_id)
    assert (await client.post("/v1/session/link", json={"token": token})).json()["again"] == "link"


async def test_disabling_an_account_ends_its_sessions_and_its_links(client, operator, operators):
    await sign_in(client)
    token, _ = await operators.new_link(operator.operator_id)
    assert await operators.disable("anna")
    assert slug(await client.get("/anyone")) == "not-signed-in"
    assert slug(await sign_in(client)) == "wrong-credentials"
    answer = await client.post("/v1/session/link", json={"token": token})
    assert slug(answer) == "wrong-credentials"


async def test_a_link_signs_in_once(client, operator, operators):
    token, _ = await operators.new_link(operator.operator_id)
    assert (await client.post("/v1/session/link", json={"token": token})).status_code == 201
    assert (await client.get("/anyone")).json() == "Anna V."
    again = await client.post("/v1/session/link", json={"token": token})
    assert (again.status_code, slug(again)) == (401, "wrong-credentials")


async def test_a_link_ends_after_fifteen_minutes(client, operator, operators, clock):
    token, expires_at = await operators.new_link(operator.operator_id)
    assert expires_at == clock.now() + timedelta(minutes=15)
    clock.advance(901)
    assert slug(await client.post("/v1/session/link", json={"token": token})) == "wrong-credentials"


async def test_guessing_one_name_is_slowed_down_and_other_names_are_not(client, operator, clock):
    for _ in range(10):
        assert slug(await sign_in(client, username="guess")) == "wrong-credentials"
    refused = await sign_in(client, username="guess")
    assert (refused.status_code, slug(refused)) == (429, "too-many")
    assert "retry-after" in refused.headers
    assert (await sign_in(client)).status_code == 201
    clock.advance(10)
    assert slug(await sign_in(client, username="guess")) == "wrong-credentials"


async def test_one_address_is_slowed_down_whatever_names_it_tries(client, clock):
    for _ in range(60):
        await client.post("/v1/session/link", json={"token": "t" * 43})
    assert slug(await client.post("/v1/session/link", json={"token": "t" * 43})) == "too-many"


# --- roles ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("path", "allowed"), [("/anyone", set(Role)), ("/supervisors", {Role.SUPERVISOR})])
async def test_each_role_reaches_what_it_may(client, operators, role, path, allowed):
    person = await operators.add("p", name="P", roles=[role], centres=[], password_hash=None)
    token, _ = await operators.begin(person)
    answer = await client.get(path, headers={"cookie": f"{COOKIE}={token}"})
    if role in allowed:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, slug(answer)) == (403, "not-yours")


@pytest.mark.parametrize("path", ["/anyone", "/supervisors", "/v1/session"])
async def test_nobody_reaches_nothing(client, path):
    for headers in ({}, {"cookie": f"{COOKIE}=made-up"}, {"cookie": f"{COOKIE}="}):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, slug(answer)) == (401, "not-signed-in")


# --- other sites ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "http://gateway.test"},
        {"origin": "https://gateway.test.evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_another_site_cannot_sign_in_or_out(client, operator, headers):
    answer = await sign_in(client, headers=headers)
    assert (answer.status_code, slug(answer)) == (403, "wrong-origin")
    await sign_in(client)
    assert slug(await client.delete("/v1/session", headers=headers)) == "wrong-origin"
    assert (await client.get("/anyone")).status_code == 200


async def test_our_own_pages_and_programs_can(client, operator):
    for headers in ({"origin": BASE}, {"sec-fetch-site": "same-origin"}, {}):
        assert (await sign_in(client, headers=headers)).status_code == 201
    there = {"origin": "http://127.0.0.1:8112"}
    assert (await sign_in(client, headers=there | {"host": "127.0.0.1:8112"})).status_code == 403


def _websocket(app, *headers: tuple[str, str]) -> HTTPConnection:
    scope = {
        "type": "websocket",
        "scheme": "wss",
        "path": "/v1/console",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "app": app,
    }
    return HTTPConnection(scope)


async def test_a_websocket_is_admitted_by_cookie_and_origin(app, operators, operator):
    token, _ = await operators.begin(operator)
    cookie, host = ("cookie", f"{COOKIE}={token}"), ("host", "gateway.test")
    session = await admit(_websocket(app, host, cookie, ("origin", BASE)))
    assert session.operator == operator
    with pytest.raises(WrongOrigin):
        await admit(_websocket(app, host, cookie, ("origin", "https://evil.test")))
    with pytest.raises(NotSignedIn):
        await admit(_websocket(app, host, ("origin", BASE)))
