import asyncio
import base64
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from gateway.domain.people import Companion
from gateway.http.exact_signature import verify_exact
from gateway.http.message_signatures import RELEVANT
from gateway.http.signatures import Finding, judge
from tests.integration.http.conftest import BASE, slug
from tests.support.clock import START
from tests.support.phone import Phone

URL = f"{BASE}/v1/presses"
BODY = json.dumps({"press_id": str(uuid4())}).encode()


@pytest.fixture
def verdict(companions, clock):
    async def judged(headers, body=BODY, urls=(URL,), method="POST"):
        return await judge(
            companions, clock.now(), method=method, urls=urls, headers=Headers(headers), body=body
        )

    return judged


@pytest.fixture
def headers(phone: Phone, clock):
    return phone.sign("POST", URL, created=clock.now(), body=BODY, nonce="n-1")


async def test_a_good_signature_holds(verdict, headers, phone):
    found = await verdict(headers)
    assert found.verified
    assert found.flags == ()
    assert found.nonce == "n-1"
    assert found.companion.companion_id == phone.companion_id


async def test_no_signature_is_missing(verdict):
    assert (await verdict({})).finding is Finding.MISSING


async def test_a_companion_nobody_enrolled_is_unknown(verdict, clock):
    found = await verdict(Phone().sign("POST", URL, created=clock.now(), body=BODY))
    assert found.finding is Finding.UNKNOWN
    assert not found.known


async def test_another_key_does_not_hold_and_is_still_known(verdict, phone, clock):
    stranger = Phone()
    stranger.companion_id = phone.companion_id
    found = await verdict(stranger.sign("POST", URL, created=clock.now(), body=BODY))
    assert found.finding is Finding.INVALID
    assert found.known


async def test_a_changed_body_is_noticed(verdict, headers):
    assert (await verdict(headers, body=BODY + b" ")).finding is Finding.BODY_CHANGED


async def test_a_body_taken_away_or_added_is_noticed(verdict, phone, clock, headers):
    assert (await verdict({**headers, "content-digest": ""}, body=b"")).finding is Finding.INVALID
    bare = phone.sign("POST", URL, created=clock.now())
    assert (await verdict(bare, body=b"")).verified
    assert (await verdict(bare, body=BODY)).finding is Finding.INVALID


async def test_another_method_or_address_does_not_hold(verdict, headers):
    assert (await verdict(headers, method="PUT")).finding is Finding.INVALID
    assert (await verdict(headers, urls=(f"{BASE}/v1/heartbeats",))).finding is Finding.INVALID


async def test_behind_a_proxy_any_of_our_addresses_will_do(verdict, headers):
    assert (await verdict(headers, urls=("http://10.0.0.1:8112/v1/presses", URL))).verified


async def test_a_revoked_companion_is_revoked_at_once(verdict, headers, companions, phone):
    assert (await verdict(headers)).verified
    await companions.revoke(phone.companion_id)
    found = await verdict(headers)
    assert found.finding is Finding.REVOKED
    assert not found.known


async def test_a_revocation_on_another_node_arrives_with_the_refresh(
    verdict, headers, companions, connection
):
    assert (await verdict(headers)).verified
    await connection.execute("UPDATE companion SET revoked_at = now()")
    await companions.refresh()
    assert (await verdict(headers)).finding is Finding.REVOKED


async def test_a_clock_a_day_off_is_flagged_only(verdict, headers, clock):
    clock.step(86_400)
    found = await verdict(headers)
    assert found.verified
    assert found.flags == ("created_skew",)


async def test_an_expired_key_is_flagged_only(verdict, headers, companions, phone, connection, clock):
    await connection.execute("UPDATE companion SET expires_at = $1", clock.now() - timedelta(days=1))
    companions.forget(phone.companion_id)
    found = await verdict(headers)
    assert found.verified
    assert found.flags == ("key_expired",)


@pytest.mark.parametrize(
    "change",
    [
        {"covered_component_ids": ("@method",)},
        {"covered_component_ids": ("@target-uri",)},
        {"label": "other"},
    ],
)
async def test_a_signature_over_too_little_does_not_hold(verdict, phone, clock, change):
    headers = phone.sign("POST", URL, created=clock.now(), body=BODY, **change)
    assert (await verdict(headers)).finding is Finding.INVALID


class _One:
    def __init__(self, companion: Companion) -> None:
        self._companion = companion

    async def find(self, companion_id):
        return self._companion if companion_id == self._companion.companion_id else None


_PHONE = Phone()
_COMPANION = Companion(
    companion_id=_PHONE.companion_id,
    centre="BE-VOV",
    registration_id=uuid4(),
    public_key_der=_PHONE.der,
    label="telefoon",
    version=None,
    enrolled_at=START,
    expires_at=None,
    revoked_at=None,
    last_seen_at=None,
)
_GOOD = _PHONE.sign("POST", URL, created=START, body=BODY)


@given(data=st.data())
def test_spoiled_headers_never_hold_and_never_break(data):
    headers = dict(_GOOD)
    name = data.draw(st.sampled_from(sorted(headers)))
    value = headers[name]
    start = data.draw(st.integers(0, len(value) - 1))
    end = data.draw(st.integers(start + 1, len(value)))
    headers[name] = (
        value[:start] + data.draw(st.text(st.characters(max_codepoint=255), max_size=30)) + value[end:]
    )
    headers = {key: text.encode("latin-1").decode("latin-1") for key, text in headers.items()}
    found = asyncio.run(
        judge(_One(_COMPANION), START, method="POST", urls=(URL,), headers=Headers(headers), body=BODY)  # type: ignore[arg-type] # only find() is asked
    )
    assert not found.verified or _same(headers)


def _same(headers: dict[str, str]) -> bool:
    """Whether the changed header still says the same bytes."""
    return {name: _said(value) for name, value in headers.items()} == {
        name: _said(value) for name, value in _GOOD.items()
    }


def _said(value: str) -> str:
    """Write a header without spaces, and its base64 decoded: padding and unused bits carry no meaning."""
    squeezed = "".join(value.split())
    return re.sub(r":([^:]*):", lambda found: base64.b64decode(found[1] + "==").hex(), squeezed)


# --- other requests, which are refused -------------------------------------------------------


def _get(phone: Phone, clock, **changes):
    return phone.sign("GET", f"{BASE}/signed?after=1", created=clock.now(), **changes)


async def test_a_companions_own_request_is_let_through(client, phone, clock):
    answer = await client.get("/signed?after=1", headers=_get(phone, clock))
    assert answer.json() == str(phone.companion_id)
    body = b'{"a":1}'
    headers = phone.sign("POST", f"{BASE}/signed", created=clock.now(), body=body)
    assert (await client.post("/signed", content=body, headers=headers)).status_code == 200


async def test_an_unsigned_request_is_refused(client):
    answer = await client.get("/signed")
    assert (answer.status_code, slug(answer)) == (401, "signature-missing")


async def test_an_unknown_companions_request_is_refused(client, clock):
    answer = await client.get("/signed?after=1", headers=_get(Phone(), clock))
    assert (answer.status_code, slug(answer)) == (401, "signature-missing")


async def test_a_request_for_something_else_is_refused(client, phone, clock):
    answer = await client.get("/signed?after=2", headers=_get(phone, clock))
    assert (answer.status_code, slug(answer)) == (401, "signature-invalid")


async def test_a_request_that_comes_again_is_refused(client, phone, clock):
    headers = _get(phone, clock)
    assert (await client.get("/signed?after=1", headers=headers)).status_code == 200
    answer = await client.get("/signed?after=1", headers=headers)
    assert (answer.status_code, slug(answer)) == (401, "signature-replayed")


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_request_of_another_time_is_refused(client, phone, clock, seconds):
    headers = _get(phone, clock)
    clock.advance(seconds)
    answer = await client.get("/signed?after=1", headers=headers)
    assert (answer.status_code, slug(answer)) == (401, "signature-replayed")


async def test_a_nonce_is_remembered_as_long_as_its_request_is_believed(client, phone, clock, companions):
    headers = phone.sign("GET", f"{BASE}/signed", created=clock.now() + timedelta(seconds=299))
    assert (await client.get("/signed", headers=headers)).status_code == 200
    clock.advance(598)
    await companions.refresh()
    assert slug(await client.get("/signed", headers=headers)) == "signature-replayed"


async def test_nonces_are_forgotten_when_nobody_would_believe_them(
    client, phone, clock, companions, connection
):
    await client.get("/signed?after=1", headers=_get(phone, clock))
    clock.advance(601)
    await companions.refresh()
    assert await connection.fetchval("SELECT count(*) FROM companion_nonce") == 0


async def test_a_revoked_companions_request_is_refused(client, phone, clock, companions):
    await companions.revoke(phone.companion_id)
    answer = await client.get("/signed?after=1", headers=_get(phone, clock))
    assert (answer.status_code, slug(answer)) == (403, "companion-revoked")


async def test_a_nonce_too_long_is_refused(client, phone, clock):
    answer = await client.get("/signed?after=1", headers=_get(phone, clock, nonce="n" * 101))
    assert slug(answer) == "signature-invalid"


def _exact_form() -> dict[str, str]:
    return _PHONE.sign("POST", URL, created=START, body=BODY, nonce=str(uuid4()))


@pytest.mark.parametrize(
    "spoil",
    [
        {},
        {"body": b"{}"},
        {"method": "PUT"},
        {"url": "https://elsewhere.example/v1/presses"},
        {"signature": "msa=:" + "A" * 86 + "==:"},
        {"signature-input": None},
        {"content-digest": "sha-256=:" + "A" * 43 + "=:"},
    ],
)
def test_the_exact_form_is_accepted_only_where_the_library_accepts_it(spoil):
    method, url, body = spoil.get("method", "POST"), spoil.get("url", URL), spoil.get("body", BODY)
    headers = {name.lower(): value for name, value in _exact_form().items()}
    for name in RELEVANT:
        if name in spoil:
            headers[name] = spoil[name] or headers[name].replace(";alg=", ";tag=")
    exact = verify_exact(_COMPANION.public_key, str(_COMPANION.companion_id), method, url, headers, body)
    assert (exact is not None) == (spoil == {})


@given(st.text(max_size=60), st.sampled_from(RELEVANT))
def test_no_header_makes_the_exact_form_raise_or_hold(text, name):
    headers = {key.lower(): value for key, value in _exact_form().items()}
    headers[name] = text
    key_id = str(_COMPANION.companion_id)
    assert verify_exact(_COMPANION.public_key, key_id, "POST", URL, headers, BODY) is None
