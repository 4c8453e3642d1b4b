"""The canary's console on one node: attached to every centre, signed in anew when it has to be."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import httpx
import structlog

from dispatch.client import ConsoleClient, ConsoleClosedError, sign_in
from gateway.canary.account import CanaryAccount
from gateway.canary.timing import ARRIVALS_KEPT, SIGN_IN_AGAIN_S
from schemas.alarm import AlarmState
from schemas.frames import Event
from schemas.outcome import Outcome

log = structlog.get_logger()


class NodeConsole:
    """``node`` is its name in metrics, ``url`` its base URL."""

    def __init__(self, node: str, url: str, account: CanaryAccount, centres: Sequence[str]) -> None:
        self.node = node
        self.url = url
        self._account = account
        self._centres = tuple(centres)
        self._client: ConsoleClient | None = None
        self._arrived: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._awaited: dict[tuple[str, int], asyncio.Event] = {}

    async def run(self) -> None:
        """Keep a console attached until cancelled."""
        while True:
            try:
                cookie = await sign_in(self.url, self._account.username, self._account.password)
                await self._attend(cookie)
            except (httpx.HTTPError, ValueError, ConsoleClosedError) as error:
                log.warning("canary_console_lost", node=self.node, error=type(error).__name__)
            await asyncio.sleep(SIGN_IN_AGAIN_S)

    @property
    def ready(self) -> bool:
        """Whether it is live on the stream of every centre."""
        if self._client is None:
            return False
        centres = self._client.board.centres
        return all(name in centres and centres[name].caught_up for name in self._centres)

    async def seen(self, centre: str, sequence: int) -> float:
        """Return when (loop's time, s) an event came, also one that came before it was asked for."""
        key = (centre, sequence)
        if key not in self._arrived:
            awaited = self._awaited.setdefault(key, asyncio.Event())
            try:
                await awaited.wait()
            finally:
                self._awaited.pop(key, None)
        return self._arrived[key]

    async def answer(self, alarm_id: UUID) -> None:
        """Do what an operator does: it is drawn, taken and closed. Raises ``CommandError``."""
        client = self._client
        alarm = None if client is None else client.board.find(alarm_id)
        if client is None or alarm is None:
            return  # closed already: of two presses on one alarm the first answer was for both
        await client.delivered(alarm_id)
        if alarm.state is AlarmState.RAISED:
            await client.acknowledge(alarm_id)
        await client.close(alarm_id, Outcome.TEST, "Canary.")

    async def _attend(self, cookie: str) -> None:
        async with ConsoleClient(self.url, cookie, centres=self._centres) as client:
            self._client = client
            try:
                async for told in client:
                    if isinstance(told, Event):
                        self._note(told)
            finally:
                self._client = None

    def _note(self, event: Event) -> None:
        key = (event.centre, event.cursor.sequence)
        self._arrived[key] = asyncio.get_running_loop().time()
        while len(self._arrived) > ARRIVALS_KEPT:
            self._arrived.popitem(last=False)
        with suppress(KeyError):
            self._awaited[key].set()
