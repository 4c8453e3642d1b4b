"""A sign-in that begins on one node and ends on another, as behind any load balancer."""

from pathlib import Path

import httpx

from gateway.http.oidc import COOKIE as UNDER_WAY
from gateway.http.security import COOKIE
from tests.support.gateway import running
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, oidc_provider, sign_in_there


async def test_a_browser_may_come_back_to_another_node_and_once_only(database: str, tmp_path: Path) -> None:
    secret = tmp_path / "client-secret"
    secret.touch(0o600)
    secret.write_text(CLIENT_SECRET, encoding="utf-8")
    with oidc_provider() as provider:
        told = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret_file": secret,
        }
        async with (
            running(database, tmp_path, node="a", **told) as a,
            running(database, tmp_path, node="b", **told) as b,
            httpx.AsyncClient() as browser,
        ):
            provider.serve(a.url)
            begun = await browser.get(f"{a.url}/v1/session/oidc")
            held = {"cookie": f"{UNDER_WAY}={begun.cookies[UNDER_WAY]}"}
            address = await sign_in_there(begun.headers["location"], "anna")
            answer = await browser.get(address.replace(a.url, b.url), headers=held)
            assert answer.headers["location"] == "/"
            for url in (a.url, b.url):
                again = await browser.get(address.replace(a.url, url), headers=held)
                assert again.headers["location"] == "/#refused=expired"
            async with a.console(answer.cookies[COOKIE]) as console:
                assert (await console.next("welcome"))["operator"]["name"] == "Anna V."
