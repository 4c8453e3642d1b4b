"""The checks themselves: what a gateway that is not one would pass."""

import asyncio
import json
import re
from collections.abc import Callable

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.checks import Outcome, Result, run_all
from conformance.command import CHECKS
from conformance.peer import Given, Peer
from conformance.receiver import Call, listening
from conformance.signing import Signer

SCOPES = ("events:alarms", "events:chat", "events:positions", "streams:read")
ACCOUNT = {
    "sandbox": True,
    "centres": ["BE-VOV"],
    "scopes": SCOPES,
}
TOKEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 900, "scope": " ".join(SCOPES)}


def tried(answer: Callable[[httpx.Request], httpx.Response]) -> dict[str, Result]:
    """Try everything on something that is no gateway."""

    async def run() -> list[Result]:
        given = Given(
            url="http://gateway.test",
            client_id="c",
            secret="s3cret",
            signer=Signer("00000000-0000-4000-8000-000000000000", Ed25519PrivateKey.generate()),
        )
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(base_url=given.url, transport=transport) as http:
            peer = Peer(given, http)
            peer.account = ACCOUNT
            return await run_all(peer, CHECKS, deadline_s=20)

    return {one.check.name: one for one in asyncio.run(run())}


def passed(results: dict[str, Result]) -> set[str]:
    return {name for name, one in results.items() if one.outcome is Outcome.PASSED}


def test_whatever_says_yes_to_everything_passes_only_what_asks_for_a_bare_yes():
    assert passed(tried(lambda _: httpx.Response(200, json=TOKEN))) == {"token.form", "signature.good"}


def test_whatever_says_no_to_everything_passes_only_one_kind_of_no():
    problem = {"type": "urn:msa:problem:malformed", "status": 400, "errors": []}
    headers = {"content-type": "application/problem+json"}

    def refuse(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/token":
            return httpx.Response(200, json=TOKEN)
        return httpx.Response(400, json=problem, headers=headers)

    assert passed(tried(refuse)) == {"token.form", "poison.not_json", "poison.nested", "poison.mode"}


def test_whatever_is_out_of_order_or_silent_passes_nothing():
    assert not passed(tried(lambda _: httpx.Response(500, text="<html>")))

    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut", request=request)

    results = tried(cut)
    assert not passed(results)
    assert "could not be read" in str(results["token.basic"].why)


def test_nothing_secret_is_written_down():
    results = tried(lambda _: httpx.Response(200, json=TOKEN))
    written = json.dumps([one.as_json() for one in results.values()], ensure_ascii=False)
    assert "s3cret" not in written
    assert "Bearer t" not in written
    assert not re.search(r"signature: (?!…)", written)


def test_each_check_has_a_name_of_its_own_and_a_document():
    assert len({one.name for one in CHECKS}) == len(CHECKS)
    assert all(one.reference and one.expected for one in CHECKS)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"webhook-timestamp": "1"}, False),
        ({"webhook-id": "msg_2"}, False),
        ({"webhook-signature": "v1,"}, False),
    ],
)
def test_the_standards_own_example_of_a_webhook_is_verified_and_a_changed_one_is_not(change, holds):
    # the vector of the standard's reference libraries
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        **change,
    }
    call = Call(headers, b'{"test": 2432232314}', 204)
    wrong = call.verified("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330.0)
    assert (wrong is None) is holds


async def test_the_receiver_fails_the_first_call_and_takes_the_others():
    async with listening("127.0.0.1", 0) as receiver, httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{receiver.port}"
        answers = [(await http.post(url, content=b"{}")).status_code for _ in range(2)]
        assert answers == [503, 204]
        assert [call.body for call in await receiver.until(2)] == [b"{}", b"{}"]
