"""Many phones that press at a steady rate; each press is sent again until it has its receipt."""

import asyncio
import contextlib
import itertools
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

import httpx
from pydantic import ValidationError

from gateway.drill.history import History, Try
from gateway.drill.phone import Phone
from schemas.press import Press, ProvisionalReceipt, Receipt

AGAIN_FIRST_S: Final = 0.5
"""Longest pause before all gateways are tried anew, which doubles up to 16 s: a bridge's, so that what falls
behind once can catch up again."""


KEPT_AGAIN_MAX_S: Final = 40.0
"""A press that is only kept is asked for more and more seldom: one process plays thousands of phones."""


ASKING_MAX: Final = 16
"""Kept presses that are asked for at once: new ones never queue behind them."""


class Crowd:
    """Every try is kept in ``history``; ``first`` of a press is the gateway that is tried first."""

    def __init__(self, phones: Sequence[Phone], history: History) -> None:
        self._phones = phones
        self._history = history
        self._turn = itertools.count()
        self._random = random.Random(812)  # noqa: S311 (jitter, the same on each run)
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()
        self._asking = asyncio.Semaphore(ASKING_MAX)

    async def press_steadily(self, per_s: float) -> None:
        """Press so often until ``stop``, whatever becomes of the presses before."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in itertools.count():
            await asyncio.sleep(max(0.0, began + number / per_s - loop.time()))
            if self._stopped.is_set():
                return
            self.press()

    def press(self) -> None:
        """Have the next phone press; it is on its way from here on."""
        turn = next(self._turn)
        phone = self._phones[turn % len(self._phones)]
        task = asyncio.create_task(self._pressed(phone, turn), name=f"press {turn}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self, within_s: float) -> None:
        """Press no more, and wait until every press has its receipt. Raises ``TimeoutError``."""
        self._stopped.set()
        async with asyncio.timeout(within_s):
            await asyncio.gather(*self._under_way)

    async def give_up(self) -> None:
        """End what is still under way."""
        self._stopped.set()
        for task in tuple(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _pressed(self, phone: Phone, turn: int) -> None:
        press_id = uuid4()
        pressed_at = asyncio.get_running_loop().time()
        first = turn % len(phone.gateways)
        order = [*phone.gateways[first:], *phone.gateways[:first]]
        kept = 0
        for attempt in itertools.count(1):
            gateway = order[(attempt - 1) % len(order)]
            age_ms = (asyncio.get_running_loop().time() - pressed_at) * 1000
            press = Press(press_id=press_id, sent_at=phone.clock.now(), age_ms=age_ms, attempt=attempt)
            async with self._asking if kept else contextlib.nullcontext():
                answer = await self._once(phone, press, gateway)
            if isinstance(answer, Receipt):
                return
            if isinstance(answer, ProvisionalReceipt):
                kept += 1
                again_s = min(answer.again_after_s * 2 ** min(kept - 1, 6), KEPT_AGAIN_MAX_S)
                await asyncio.sleep(again_s * self._random.uniform(0.75, 1.25))
            elif attempt % len(order) == 0:
                rounds = attempt // len(order)
                await asyncio.sleep(self._random.uniform(0, AGAIN_FIRST_S * 2 ** min(rounds - 1, 5)))

    async def _once(self, phone: Phone, press: Press, gateway: str) -> Receipt | ProvisionalReceipt | None:
        began = asyncio.get_running_loop().time()
        status, answer = None, None
        try:
            response = await phone.once(press, gateway)
            status = response.status_code
            model = ProvisionalReceipt if status == httpx.codes.ACCEPTED else Receipt
            answer = model.model_validate_json(response.content) if response.is_success else None
        except (httpx.HTTPError, ValidationError):
            pass  # unknown: it may be committed or not
        self._history.tries.append(
            Try(
                press_id=press.press_id,
                registration_id=phone.registration_id,
                node=gateway,
                began=began,
                ended=asyncio.get_running_loop().time(),
                status=status,
                receipt=answer if isinstance(answer, Receipt) else None,
            )
        )
        return answer


def accepted_s(tries: Sequence[Try], since: float, until: float) -> dict[UUID, float]:
    """Return how long each press that was first sent in between took to its first 2xx, provisional or not."""
    by_press: dict[UUID, list[Try]] = defaultdict(list)
    for one in tries:
        by_press[one.press_id].append(one)
    found = {}
    for press_id, each in by_press.items():
        began = min(one.began for one in each)
        ended = [one.ended for one in each if one.status is not None and 200 <= one.status < 300]
        if since <= began < until and ended:
            found[press_id] = min(ended) - began
    return found


class CommittedAnew:
    """Whether a try that began after an instant has a receipt, of a new press or of one that was only kept.

    Asked often, it reads on.
    """

    def __init__(self, tries: Sequence[Try], since: float) -> None:
        self._tries = tries
        self._since = since
        self._read = 0

    def __call__(self) -> bool:
        """Tell whether there is one among the tries since the last call."""
        fresh = self._tries[self._read :]
        self._read += len(fresh)
        return any(one.told is not None and one.began >= self._since for one in fresh)


def receipted_s(history: History, since: float) -> list[float]:
    """Return how long after an instant each press that was only kept had its receipt."""
    kept = {one.press_id for one in history.tries if one.status == httpx.codes.ACCEPTED}
    first: dict[UUID, float] = {}
    for one in history.tries:
        if one.told is not None and one.press_id in kept:
            first[one.press_id] = min(one.ended, first.get(one.press_id, one.ended))
    return [at - since for at in first.values()]
