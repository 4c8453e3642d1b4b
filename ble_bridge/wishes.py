"""Passes on that she wishes to cancel.

Her alarm goes on whatever she says; only a person at the centre closes it. Her word may be the safe
one or the one that means that she is forced, and nothing here knows which: not what is kept, not how
long anything takes, not a word of what is shown. So a wish is treated like a press: kept first, then
sent, and kept until a gateway knows.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog

from ble_bridge import timing
from ble_bridge.clock import SystemClock
from ble_bridge.outbox import Outbox, Wish
from ble_bridge.ports import Clock, Gateway, Unknown
from ble_bridge.state import StateDirectory
from ble_bridge.uplink import Uplink
from schemas.track import CancelWish

_log = structlog.get_logger(__name__)

_WORD_LETTERS = 200


class Wishes:
    """Sends what waits whenever ``wake`` is called: something else has just got through."""

    def __init__(self, outbox: Outbox, gateway: Gateway, clock: Clock) -> None:
        self._outbox, self._gateway, self._clock = outbox, gateway, clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Try now."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; what another process keeps is found at the next ``wake``."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.send()
            except Exception:  # noqa: BLE001 (the task's edge: a fault of ours must not end the sending)
                _log.exception("wishes.unexpected")

    async def send(self) -> None:
        """Send each wish that waits, and erase those a gateway knows or that are long past."""
        wishes = await self._outbox.wishes()
        if not wishes:
            return
        alarm_id = await self._alarm()
        for wish in wishes:
            if alarm_id is not None and not await self._is_known(alarm_id, wish):
                return
            if alarm_id is not None or self._age(wish) > timedelta(hours=timing.KEEP_WISH_H):
                await self._outbox.forget_wish(wish)

    async def _is_known(self, alarm_id: UUID, wish: Wish) -> bool:
        """Tell a gateway; a refusal is a verdict too, for sending it again would change nothing."""
        answer = await self._gateway.cancel(alarm_id, CancelWish(word=wish.word))
        return not isinstance(answer, Unknown)

    async def _alarm(self) -> UUID | None:
        """Return the newest alarm; None while the press that opens it still waits for its receipt."""
        if any(entry.is_real and entry.parked is None for entry in await self._outbox.waiting()):
            return None
        for is_real in (True, False):
            entry = await self._outbox.newest_receipted(is_real=is_real)
            if entry is None or entry.receipt is None:
                continue
            if self._clock.now() - entry.receipt.committed_at < timedelta(hours=timing.KEEP_WISH_H):
                return entry.receipt.alarm_id
        return None

    def _age(self, wish: Wish) -> timedelta:
        return self._clock.now() - wish.wished_at


async def pass_on(directory: StateDirectory, word: str | None) -> None:
    """Keep a wish and try to pass it on, for ``timing.WISH_S`` at most.

    Raises NotEnrolledError, OSError, ValueError or sqlite3.Error for what is wrong on this machine; a
    network that is lost is nothing to raise for.
    """
    clock, enrolment = SystemClock(), directory.enrolment()
    async with (
        Outbox(directory.outbox, clock) as outbox,
        Uplink(enrolment, directory.key(), clock) as uplink,
    ):
        await outbox.put_wish(spoken(word))
        with suppress(TimeoutError):
            async with asyncio.timeout(timing.WISH_S):
                await Wishes(outbox, uplink, clock).send()


def spoken(word: str | None) -> str | None:
    """Return a word as it can travel: what no wire can carry is left out, and nothing is refused."""
    letters = "".join(letter for letter in word or "" if letter.isprintable())
    return letters.strip()[:_WORD_LETTERS] or None
