"""The console in the terminal: attaches over a real websocket, and asks for trails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self
from uuid import UUID

import httpx

from dispatch.client import COOKIE, ConsoleClient, sign_in_with_link
from schemas.trail import AlarmTrail

HTTP_S: Final = 5.0


class Audience:
    """A signed-in operator without a browser."""

    def __init__(self, console: ConsoleClient, http: httpx.AsyncClient) -> None:
        self.console = console
        self._http = http

    @classmethod
    @asynccontextmanager
    async def seated(cls, url: str, link: str) -> AsyncIterator[Self]:
        """Sign in with a one-time link and attach."""
        cookie = await sign_in_with_link(url, link)
        async with (
            httpx.AsyncClient(base_url=url, timeout=HTTP_S, headers={"Cookie": f"{COOKIE}={cookie}"}) as http,
            ConsoleClient(url, cookie) as console,
        ):
            yield cls(console, http)

    async def trail(self, alarm_id: UUID) -> AlarmTrail:
        """Ask how long each leg took."""
        answer = await self._http.get(f"/v1/alarms/{alarm_id}/trail")
        answer.raise_for_status()
        return AlarmTrail.model_validate_json(answer.content)
