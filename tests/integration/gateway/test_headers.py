"""What every answer of a node carries besides its body."""

from gateway.http.problems import CHALLENGES
from schemas.problems import ProblemKind
from tests.support.gateway import Running, a_press


async def test_every_answer_says_that_it_is_what_it_says(gateway: Running) -> None:
    receipt = await gateway.press(await gateway.a_companion())
    refused = await gateway.http.post(f"{gateway.url}/v1/presses", json=a_press())
    others = [await gateway.http.get(f"{gateway.url}{path}") for path in ("/livez", "/v1/alarms", "/none")]
    for answer in (receipt, refused, *others):
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    for answer in others:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for answer in (receipt, refused, others[1]):
        assert answer.headers["cache-control"] == "no-store"


async def test_a_401_says_what_to_come_back_with(gateway: Running) -> None:
    companion = await gateway.a_companion()
    alarm_id = (await gateway.press(companion)).json()["alarm_id"]
    signals = f"{gateway.url}/v1/alarms/{alarm_id}/signals"
    session = f"{gateway.url}/v1/session"
    signed = companion.signed("GET", signals)
    await gateway.http.get(signals, headers=signed)
    for refused, challenge in (
        (await gateway.http.post(f"{gateway.url}/v1/presses", json=a_press()), "Signature"),
        (await gateway.http.get(signals), "Signature"),
        (await gateway.http.get(signals, headers=companion.signed("GET", session)), "Signature"),
        (await gateway.http.get(signals, headers=signed), "Signature"),
        (await gateway.http.get(session), "Session"),
        (await gateway.http.post(session, json={"username": "a", "password": "b"}), "Session"),
    ):
        assert refused.status_code == 401
        assert refused.headers.get_list("www-authenticate") == [f'{challenge} realm="msa"']


def test_every_401_has_a_challenge_and_so_has_a_scope_that_lacks() -> None:
    unknown = {kind for kind in ProblemKind if kind.status == 401}
    assert unknown | {ProblemKind.SCOPE_MISSING} == set(CHALLENGES)
