"""Companions that press and try again as the bridge does, recorded for the history checker.

The same ``press_id`` until a 2xx: each gateway in turn, the first retry at once, then full jitter.
Waits are tenths of the bridge's, so that a test is not mostly waiting.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import httpx
from pydantic import ValidationError

from gateway.drill.history import History, Try
from schemas.press import Receipt
from tests.support.gateway import Companion, a_press
from tests.support.wait import until

ANSWER_S: Final = 2.0  # shorter than the gateway's own deadline (3 s), so that "unknown" is common
RETRY_FIRST_S: Final = 0.05
RETRY_MAX_S: Final = 0.4
PACE_S: Final = 0.1  # between a companion's presses: five of them make fifty presses a second
SETTLE_S: Final = 30.0


class Presser:
    """One companion; ``urls`` are its gateways in the order in which it tries them."""

    def __init__(
        self, companion: Companion, urls: Sequence[str], http: httpx.AsyncClient, history: History
    ) -> None:
        self.companion = companion
        self._urls = urls
        self._http = http
        self._history = history
        self._random = random.Random(companion.companion_id.int)

    async def press(self, **changes: Any) -> Receipt:
        """Press once; return the receipt, however many tries it takes."""
        press = a_press(**changes)
        failures = 0
        while True:
            for url in self._urls:
                receipt = await self.once(press, url)
                if receipt is not None:
                    return receipt
            if failures:
                await asyncio.sleep(
                    self._random.uniform(0, min(RETRY_MAX_S, RETRY_FIRST_S * 2.0 ** min(failures, 8)))
                )
            failures += 1

    async def once(self, press: dict[str, Any], base: str, *, within_s: float = ANSWER_S) -> Receipt | None:
        """Send a press once; None when it was not answered 2xx in time."""
        url = f"{base}/v1/presses"
        body = json.dumps(press).encode()
        began = self._now()
        status, receipt = None, None
        try:
            response = await self._http.post(
                url, content=body, headers=self.companion.signed("POST", url, body), timeout=within_s
            )
            status = response.status_code
            receipt = Receipt.model_validate_json(response.content) if response.is_success else None
        except (httpx.HTTPError, ValidationError):
            pass  # unknown: it may be committed or not
        tried = Try(
            press_id=UUID(press["press_id"]),
            registration_id=self.companion.registration_id,
            node=base,
            began=began,
            ended=self._now(),
            status=status,
            receipt=receipt,
        )
        self._history.tries.append(tried)
        return tried.told

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class Load:
    """Companions that keep pressing until told to stop."""

    def __init__(self, pressers: Sequence[Presser], pace_s: float) -> None:
        self.receipts: list[Receipt] = []
        self._pace_s = pace_s
        self._going = True
        self._tasks = [asyncio.create_task(self._keep_pressing(presser)) for presser in pressers]

    async def more(self, presses: int, within_s: float = 20.0) -> None:
        """Wait until so many more presses were receipted."""
        wanted = len(self.receipts) + presses
        await until(f"{presses} more receipts", lambda: len(self.receipts) >= wanted, within_s)

    async def stop(self) -> None:
        """Press no more; wait until every press has its receipt."""
        self._going = False
        async with asyncio.timeout(SETTLE_S):
            await asyncio.gather(*self._tasks)

    async def cancel(self) -> None:
        """Give up whatever is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_pressing(self, presser: Presser) -> None:
        while self._going:
            self.receipts.append(await presser.press())
            await asyncio.sleep(presser._random.uniform(0, 2 * self._pace_s))


@asynccontextmanager
async def load(pressers: Sequence[Presser], pace_s: float = PACE_S) -> AsyncIterator[Load]:
    """Press for a ``with`` block; what is still under way at its end is given up."""
    pressing = Load(pressers, pace_s)
    try:
        yield pressing
    finally:
        await pressing.cancel()
