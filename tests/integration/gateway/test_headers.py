"""What every answer of a node carries besides its body."""

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
