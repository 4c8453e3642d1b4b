"""Who may: access tokens, scopes, signatures."""

import json
from typing import Final
from uuid import uuid4

import httpx

from conformance.checks import Skipped, Suite, expect
from conformance.clock import unix_s
from conformance.peer import EVENTS, STRUCTURED, Peer
from conformance.signing import Signer

suite: Final = Suite()

RFC_6749: Final = "RFC 6749"
RFC_6750: Final = "RFC 6750 section 3"
RFC_9421: Final = "RFC 9421; docs/integrators.md"
PROBLEMS: Final = "RFC 9457; docs/wire-protocol.md"
SKEW_S: Final = 300


def slug(answer: httpx.Response) -> str:
    """Name the problem of a refusal. Raises ``Failed`` where it is none."""
    kind = answer.headers.get("content-type", "")
    expect(kind.startswith("application/problem+json"), f"the content-type is {kind}")
    return str(answer.json()["type"]).rpartition(":")[2]


def refused_as(answer: httpx.Response, status: int, problem: str) -> None:
    """Go on where it is this refusal."""
    expect(answer.status_code == status, f"the status is {answer.status_code}")
    expect(slug(answer) == problem, f"the problem is {slug(answer)}")


def _token_error(answer: httpx.Response, status: int, error: str) -> None:
    expect(answer.status_code == status, f"the status is {answer.status_code}")
    expect(answer.json().get("error") == error, f"error is {answer.json().get('error')}")
    expect("no-store" in answer.headers.get("cache-control", ""), "it may be stored by caches")


@suite.check(
    "token.basic", "200, token_type Bearer, expires_in, Cache-Control: no-store", f"{RFC_6749} section 5.1"
)
async def _basic(peer: Peer) -> None:
    answer = await peer.grant()
    expect(answer.status_code == 200, f"the status is {answer.status_code}")
    given = answer.json()
    expect(given["token_type"].lower() == "bearer", "token_type is not Bearer")
    expect(given["expires_in"] > 0, "expires_in is not more than 0")
    expect("no-store" in answer.headers.get("cache-control", ""), "it may be stored by caches")
    expect(set(given["scope"].split()) == peer.scopes, "scope is not that of the account")


@suite.check("token.form", "200 for client_id and client_secret in the form", f"{RFC_6749} section 2.3.1")
async def _form(peer: Peer) -> None:
    answer = await peer.grant(in_form=True)
    expect(answer.status_code == 200, f"the status is {answer.status_code}")


@suite.check("token.wrong_secret", "401 invalid_client, WWW-Authenticate", f"{RFC_6749} section 5.2")
async def _wrong_secret(peer: Peer) -> None:
    answer = await peer.grant(secret="wrong")  # noqa: S106 (it is no secret)
    _token_error(answer, 401, "invalid_client")
    expect(answer.headers.get("www-authenticate"), "WWW-Authenticate is missing")


@suite.check(
    "token.unknown_client", "the very answer that a wrong secret gets", "docs/integrators.md: not said which"
)
async def _unknown_client(peer: Peer) -> None:
    wrong = await peer.grant(secret="wrong")  # noqa: S106 (it is no secret)
    auth = httpx.BasicAuth(str(uuid4()), "wrong")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    content = "grant_type=client_credentials"
    nobody = await peer.call("POST", "/v1/token", content=content, headers=form, auth=auth)
    expect(nobody.status_code == 401, f"the status is {nobody.status_code}")
    same = (wrong.status_code, wrong.content) == (nobody.status_code, nobody.content)
    expect(same, "it shows whether there is such a client")


@suite.check("token.grant_type", "400 unsupported_grant_type", f"{RFC_6749} section 5.2")
async def _grant_type(peer: Peer) -> None:
    _token_error(await peer.grant(grant_type="password"), 400, "unsupported_grant_type")


@suite.check("token.unknown_scope", "400 invalid_scope", f"{RFC_6749} section 5.2")
async def _unknown_scope(peer: Peer) -> None:
    _token_error(await peer.grant(scope="everything"), 400, "invalid_scope")


@suite.check("bearer.none", "401 token-missing, WWW-Authenticate: Bearer without an error", RFC_6750)
async def _no_token(peer: Peer) -> None:
    content = json.dumps(peer.event("be.msa.chat.said", {"text": "x"}))
    answer = await peer.call("POST", EVENTS, content=content, headers={"Content-Type": STRUCTURED})
    refused_as(answer, 401, "token-missing")
    asked = answer.headers.get("www-authenticate", "")
    expect(asked.startswith("Bearer"), "Bearer is not asked for")
    expect("error=" not in asked, "an error is told where nothing was sent")


@suite.check("bearer.wrong", '401 token-invalid, error="invalid_token"', RFC_6750)
async def _wrong_token(peer: Peer) -> None:
    event = peer.event("be.msa.chat.said", {"text": "x"})
    answer = await peer.send(event, Authorization="Bearer wrong")
    refused_as(answer, 401, "token-invalid")
    expect('error="invalid_token"' in answer.headers.get("www-authenticate", ""), "invalid_token is not told")


@suite.check("bearer.scope", "a token of one scope has that one; 403 scope-missing beyond it", RFC_6750)
async def _scope(peer: Peer) -> None:
    events = sorted(scope for scope in peer.scopes if scope in KIND_OF_SCOPE)
    if len(events) < 2:
        raise Skipped("the account has fewer than two scopes for events")
    answer = await peer.grant(scope=events[0])
    expect(answer.status_code == 200, f"the status is {answer.status_code}")
    expect(answer.json()["scope"] == events[0], "it has another scope than was asked for")
    kind, data = KIND_OF_SCOPE[events[1]]
    narrow = f"Bearer {answer.json()['access_token']}"
    refused = await peer.send(peer.event(kind, data), Authorization=narrow)
    refused_as(refused, 403, "scope-missing")


@suite.check("signature.good", "200 without any token", RFC_9421)
async def _signed(peer: Peer) -> None:
    answer = await _sign(peer, _signer(peer), unix_s())
    expect(answer.status_code == 200, f"the status is {answer.status_code}")


@suite.check("signature.replayed", "401 signature-replayed for a nonce that was used", RFC_9421)
async def _replayed(peer: Peer) -> None:
    signer, nonce = _signer(peer), str(uuid4())
    await _sign(peer, signer, unix_s(), nonce=nonce)
    refused_as(await _sign(peer, signer, unix_s(), nonce=nonce), 401, "signature-replayed")


@suite.check("signature.skew", "401 signature-replayed when created is 310 s off, either way", RFC_9421)
async def _skew(peer: Peer) -> None:
    for off in (-SKEW_S - 10, SKEW_S + 10):
        refused_as(await _sign(peer, _signer(peer), unix_s() + off), 401, "signature-replayed")


@suite.check("signature.body", "401 signature-invalid for another body than was signed", RFC_9421)
async def _body(peer: Peer) -> None:
    url = f"{peer.given.url}{EVENTS}"
    signed = _signer(peer).headers("POST", url, b'{"a":1}', created=unix_s())
    headers = {"Content-Type": STRUCTURED, **signed}
    refused_as(await peer.call("POST", EVENTS, content=b'{"a":2}', headers=headers), 401, "signature-invalid")


def _signer(peer: Peer) -> Signer:
    if peer.given.signer is None:
        raise Skipped("give --key-file and --key-id")
    return peer.given.signer


async def _sign(peer: Peer, signer: Signer, created: float, nonce: str | None = None) -> httpx.Response:
    url = f"{peer.given.url}/v1/integrator"
    headers = signer.headers("GET", url, b"", created=created, nonce=nonce)
    return await peer.call("GET", "/v1/integrator", headers=headers)


KIND_OF_SCOPE: Final = {
    "events:alarms": ("be.msa.alarm.cancel_requested", {}),
    "events:positions": ("be.msa.position.updated", {"positions": []}),
    "events:calls": ("be.msa.call.received", {"caller_number": "+3200000000"}),
    "events:chat": ("be.msa.chat.said", {"text": "conformance"}),
    "events:medical": ("be.msa.medical.updated", {"text": "conformance"}),
    "events:conditions": ("be.msa.device.condition", {"condition": "ok"}),
}
"""An event of each scope that asks for it, and that nobody is woken by."""
