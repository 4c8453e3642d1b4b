"""The engine: reads the streams on for the receivers, sends what is due, and says so where one fails.

Everything that must last is in the database (migration 0026): a node that dies, or that answers came too
late for, delays an alarm by a lease and doubles a call at most. Each receiver has its own bound of calls
under way; the loop waits for none of them, so none waits for another.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from gateway import door_timing as timing
from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.notice import Notice
from gateway.domain.receivers import Answer, Claimed, Told
from gateway.failing import failed
from gateway.outbound.calling import Calls
from gateway.outbound.judging import GONE, End, after, settles
from gateway.outbound.payload import Bodies, Body, gap_call
from gateway.ports import Clock, Gaps, Notices, Sendings, Trouble
from gateway.webhook_signature import Secret, signed_headers
from schemas.protection import NoticeKind

EXPIRED: Final = "expired"
"""Why a sending is dead whose event the stream has no more."""

UNREADABLE: Final = "unreadable"
"""Why a call was not made whose body cannot be: it is tried again, as a program is repaired."""

WRITERS: Final = 2
"""Connections that write down at once what became of calls: presses share the pool."""

AGENT: Final = "msa-gateway"
log = structlog.get_logger()


class SendingMetrics(Protocol):
    """What the engine counts."""

    def sent(self, outcome: End, seconds: float) -> None:
        """Count one try by what follows from it, so long after the event was made into a sending."""

    def waiting(self, number: int, oldest_s: float) -> None:
        """Say how much waits, and how long the oldest has."""


@dataclass(kw_only=True)
class Engine:
    """Sends. ``news`` returns what is set once something is committed."""

    sendings: Sendings
    gaps: Gaps
    notices: Notices
    calls: Calls
    clock: Clock
    metrics: SendingMetrics
    news: Callable[[], asyncio.Event]
    bodies: Bodies
    _busy: Counter[UUID] = field(default_factory=Counter)
    _failed: set[UUID] = field(default_factory=set)
    _hastened: dict[UUID, float] = field(default_factory=dict)
    _troubled: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _writing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WRITERS))

    # --- loops ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Read streams on, claim what is due and call, at news and each half second, for ever."""
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    news = self.news()
                    self._ended.clear()
                    more = await self._look(tasks.create_task)
                    await asyncio.sleep(timing.RECEIVER_PAUSE_S)
                    if not more:
                        await _either(news, self._ended, timing.RECEIVER_LOOK_S)
        finally:
            self._busy.clear()
            await self.calls.close()

    async def sweep(self) -> None:
        """Tell centres which receivers fail, and which do so no more, for ever."""
        while True:
            await asyncio.sleep(timing.RECEIVER_SWEEP_S)
            try:
                await self.tell()
            except DatabaseUnavailable as error:
                failed("receivers_told")
                log.warning("receivers_not_told", error=type(error).__name__)

    async def tell_gaps(self) -> None:
        """Tell receivers what they lack for good, for ever."""
        while True:
            await asyncio.sleep(timing.GAP_LOOK_S)
            try:
                await self.tell_of_gaps()
            except DatabaseUnavailable as error:
                failed("receivers_told")
                log.warning("gaps_not_told", error=type(error).__name__)

    async def clear(self) -> None:
        """Delete what is too old, for ever."""
        while True:
            await asyncio.sleep(timing.SENDINGS_CLEARED_S)
            try:
                await self.sendings.clear()
            except DatabaseUnavailable as error:
                failed("receivers_told")
                log.warning("sendings_not_cleared", error=type(error).__name__)

    # --- sending ----------------------------------------------------------------------------

    async def _look(self, begin: Callable[[Coroutine[Any, Any, None]], Any]) -> bool:
        """Begin what is due; return whether more is likely to be due at once."""
        try:
            fed = await self.sendings.feed()
            claimed = await self.sendings.claim(+self._busy)
        except Exception as error:  # noqa: BLE001 (the loop's edge: what is under way goes on, what waits waits)
            if not self._troubled:
                log.warning("receivers_wait", error=type(error).__name__)
            self._troubled = True
            return False
        self._troubled = False
        for one in claimed:
            self._busy[one.receiver_id] += 1
            begin(self._send(one))
        return bool(fed)

    async def _send(self, one: Claimed) -> None:
        try:
            await self.send(one)
        except DatabaseUnavailable as error:  # its lease ends, and it is sent again
            log.warning("sending_not_written", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 (a body of ours that cannot be made must not end the rest)
            log.error("sending_failed", error=type(error).__name__)  # noqa: TRY400 (its words may be somebody's)
        finally:
            self._busy[one.receiver_id] -= 1
            self._ended.set()

    async def send(self, one: Claimed) -> None:
        """Make one call and write down what became of it. Raises ``DatabaseUnavailable``."""
        if one.told is None:
            async with self._writing:
                await self.sendings.dead(one, EXPIRED)
            return
        answer = await self._call(one, one.told)
        age_s = (one.now - one.made_at).total_seconds()
        follows = after(
            answer,
            tries=one.tries,
            age_s=age_s,
            now=self.clock.now(),
            jitter=random.random(),  # noqa: S311 (jitter is not a secret)
        )
        self.metrics.sent(follows.end, (self.clock.now() - one.made_at).total_seconds())
        async with self._writing:
            await self._write(one, answer, follows.end, follows.pause_s)

    async def _call(self, one: Claimed, told: Told) -> Answer:
        made = self._body(one, told)
        if made is None:
            return Answer(error=UNREADABLE)
        return await self._posted(one.receiver_id, one.url, one.call_id, made, one.secrets)

    async def _posted(
        self, receiver_id: UUID, url: str, call_id: str, made: Body, secrets: Sequence[Secret]
    ) -> Answer:
        if not secrets:
            return Answer(error="no_secret")
        at_s = int(self.clock.now().timestamp())
        headers = {
            "content-type": made.media_type,
            "user-agent": AGENT,
            **signed_headers(call_id, at_s, made.body, secrets),
        }
        return await self.calls.post(receiver_id, url, headers, made.body)

    def _body(self, one: Claimed, told: Told) -> Body | None:
        try:
            return self.bodies.call(told, one.format, one.name, one.integrator_id)
        except Exception as error:  # noqa: BLE001 (what one alarm holds must not keep the others back)
            log.error("body_not_made", error=type(error).__name__, format=one.format)  # noqa: TRY400 (likewise)
            return None

    async def _write(self, one: Claimed, answer: Answer, end: End, pause_s: float) -> None:
        match end:
            case End.DELIVERED:
                await self.sendings.delivered(one)
                await self._hasten(one.receiver_id)
            case End.DEAD:
                await self.sendings.dead(one, answer.why)
            case End.GONE:
                await self.sendings.disable(one, pause_s, answer.why)
                await self.calls.forget(one.receiver_id)
            case End.AGAIN:
                await self.sendings.put_off(one, pause_s, answer.why)
        if end is not End.DELIVERED:
            self._failed.add(one.receiver_id)
            log.warning(
                "sending_put_off" if end is End.AGAIN else "sending_ended",
                receiver_id=str(one.receiver_id),
                call_id=one.call_id,
                tries=one.tries,
                error=answer.why,
            )

    async def _hasten(self, receiver_id: UUID) -> None:
        """Try what was put off long now that the receiver takes something again, now and then only.

        It may take everything but that: then each of its failures would bring the next at once.
        """
        if receiver_id not in self._failed:
            return
        self._failed.discard(receiver_id)
        now = self.clock.monotonic()
        if now >= self._hastened.get(receiver_id, now):
            self._hastened[receiver_id] = now + timing.RECEIVER_HASTEN_S
            await self.sendings.hasten(receiver_id)

    async def tell_of_gaps(self) -> None:
        """Tell receivers once what they lack for good. Raises ``DatabaseUnavailable``."""
        for gap in await self.gaps.claim():
            body = gap_call(gap, self.clock.now().isoformat())
            answer = await self._posted(gap.receiver_id, gap.url, gap.call_id, body, gap.secrets)
            if settles(answer):
                log.warning("receiver_lacks", receiver_id=str(gap.receiver_id), answer=answer.why)
                await self.gaps.told(gap)
            elif answer.status == GONE:
                await self.gaps.disable(gap)

    # --- telling ----------------------------------------------------------------------------

    async def tell(self) -> None:
        """Raise and clear notices until they say how the receivers are. Raises ``DatabaseUnavailable``."""
        for trouble in await self.sendings.troubles():
            await self.notices.tell(trouble.centre, [_notice(trouble)])
            await self.sendings.told(trouble)
        backlog = await self.sendings.backlog()
        self.metrics.waiting(backlog.waiting, backlog.oldest_s)


def _notice(trouble: Trouble) -> Notice:
    return Notice(
        kind=NoticeKind.RECEIVER_FAILED,
        subject=str(trouble.receiver_id),
        open=trouble.state is not None,
        detail={"receiver": trouble.name, "state": trouble.state},
    )


async def _either(one: asyncio.Event, other: asyncio.Event, at_most_s: float) -> None:
    """Wait for one of two, and not for ever."""
    waits = [asyncio.ensure_future(one.wait()), asyncio.ensure_future(other.wait())]
    try:
        await asyncio.wait(waits, timeout=at_most_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
