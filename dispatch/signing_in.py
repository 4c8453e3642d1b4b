"""How a program signs in, and with what it then shows who it is."""

from http.cookies import SimpleCookie
from typing import Final

import httpx

COOKIE: Final = "__Host-msa"
SIGN_IN_WAIT_S: Final = 10.0  # argon2 takes a quarter of a second; the rest is the network


async def sign_in(base_url: str, username: str, password: str) -> str:
    """Sign in with a local account and return the session cookie's value.

    Raises ``httpx.HTTPStatusError`` when refused.
    """
    return await _session(base_url, "/v1/session", {"username": username, "password": password})


async def sign_in_with_link(base_url: str, token: str) -> str:
    """Sign in with the secret of a one-time link and return the session cookie's value.

    Raises ``httpx.HTTPStatusError`` when refused.
    """
    return await _session(base_url, "/v1/session/link", {"token": token})


async def _session(base_url: str, path: str, body: dict[str, str]) -> str:
    async with httpx.AsyncClient(base_url=base_url, timeout=SIGN_IN_WAIT_S) as http:
        response = await http.post(path, json=body, headers={"Origin": origin_of(base_url)})
    response.raise_for_status()
    # Not from the client's jar: that keeps a Secure cookie from an http address to itself.
    for header in response.headers.get_list("set-cookie"):
        if morsel := SimpleCookie(header).get(COOKIE):
            return morsel.value
    raise ValueError(f"the gateway answered without the cookie {COOKIE}")


def origin_of(base_url: str) -> str:
    """Return scheme, host and port of an address."""
    url = httpx.URL(base_url)
    return f"{url.scheme}://{url.netloc.decode()}"
