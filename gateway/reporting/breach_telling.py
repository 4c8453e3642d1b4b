"""Tells a victim that somebody is near, where the terms of a perimeter say so: a coded message, once.

As of her protection (``gateway.reporting.telling``): a system of the police's own makes a text of it that
says nothing, as whoever threatens her may read her phone. What is too old to help is told no more.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import httpx
import structlog

from gateway.door_timing import BREACH_TELL_AGAIN_S, BREACH_TELL_LOOK_S
from gateway.ports import Clock
from gateway.reporting.telling import TYPE
from gateway.timing import WEBHOOK_TRY_S
from gateway.webhooks import Outside

AT_ONCE: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachTelling:
    """One message to one victim; ``message`` is ``somebody_near`` or ``somebody_here``."""

    telling_id: UUID
    registration_id: UUID
    message: str
    made_at: datetime
    phone: str | None
    language: str | None


class BreachTellings(Protocol):
    """Messages that wait. All raise ``DatabaseUnavailable``."""

    async def claim(self, limit: int, again_s: float) -> Sequence[BreachTelling]:
        """Claim some that are due; each is due again after so long unless it is ended."""

    async def ended(self, telling: BreachTelling, outcome: str) -> None:
        """Say what became of one: ``told``, or ``unaddressed``; recorded in the journal."""


@dataclass(kw_only=True)
class VictimMessages:
    """The loop of one node; without a way out it has nothing to do."""

    due: BreachTellings
    texts: Outside | None
    clock: Clock

    async def run(self) -> None:
        """Send what is due, for ever. Raises ``DatabaseUnavailable``; it is begun anew."""
        if self.texts is None:
            return
        async with httpx.AsyncClient() as http:
            while True:
                for telling in await self.due.claim(AT_ONCE, BREACH_TELL_AGAIN_S):
                    await self._tell(telling, self.texts, http)
                await asyncio.sleep(BREACH_TELL_LOOK_S)

    async def _tell(self, telling: BreachTelling, texts: Outside, http: httpx.AsyncClient) -> None:
        if telling.phone is None:
            await self.due.ended(telling, "unaddressed")
        elif await self._sent(telling, texts, http):
            await self.due.ended(telling, "told")

    async def _sent(self, telling: BreachTelling, texts: Outside, http: httpx.AsyncClient) -> bool:
        now = self.clock.now()
        data = {"phone": telling.phone, "language": telling.language, "message": telling.message}
        body = json.dumps({"type": TYPE, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
        headers = texts.headers(str(telling.telling_id), body, int(now.timestamp()))
        try:
            async with asyncio.timeout(WEBHOOK_TRY_S):
                answer = await http.post(texts.url, content=body.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            structlog.get_logger().warning("breach_text_failed", error=type(error).__name__)
            return False
        return answer.is_success
