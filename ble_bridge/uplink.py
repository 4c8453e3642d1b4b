"""The way to the gateways: signed HTTP over connections that are kept warm.

A time-out or a cut means "unknown", never "not stored": the caller sends the same again. Only a body
that is the receipt of this very press counts as one; a captive portal also answers 200.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID, uuid4

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from ble_bridge import timing
from ble_bridge.exchange import client, first, gravest, read, send
from ble_bridge.ports import Answer, Clock, Kept, Receipted, Refused, Unknown
from ble_bridge.signing import Signer
from ble_bridge.trace_context import traceparent
from schemas.base import Wire
from schemas.enrolment import Enrolment
from schemas.press import Press, ProvisionalReceipt, Receipt
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer
from schemas.signals import Signals
from schemas.track import CancelAnswer, CancelWish, PositionBatch, PositionsReceipt

_W = TypeVar("_W", bound=Wire)
_log = structlog.get_logger(__name__)


class Uplink:
    """The gateways of one enrolment, tried in order. Use it with ``async with``."""

    def __init__(
        self,
        enrolment: Enrolment,
        private_key: ec.EllipticCurvePrivateKey,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._gateways = [httpx.URL(base.rstrip("/") + "/") for base in enrolment.gateways]
        self._signals_wait_s = enrolment.policy.signals_wait_s
        self._clock = clock
        self._signer = Signer(enrolment.companion_id, private_key, clock)
        # Presses have connections of their own: none is ever busy with something else.
        self._http, self._beside = client(transport), client(transport)
        self._answered = 0
        self._slow_by = timedelta()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self._beside.aclose()

    async def post(self, as_of_now: Callable[[], Press]) -> Answer:
        """Send a press to each gateway in turn until one gives its receipt.

        Where one only keeps it, the next may yet commit it, and shows it at consoles of its own in any case.
        """
        kept: Kept | None = None
        failed: list[Refused | Unknown] = []
        for base in self._gateways:
            answer = await self._post_to(base, as_of_now())
            if isinstance(answer, Receipted):
                return answer
            if isinstance(answer, Kept):
                kept = kept or answer
            else:
                failed.append(answer)
        return kept or gravest(failed)

    async def signals(self, alarm_id: UUID, after: int) -> Signals | Refused | Unknown:
        """Ask each gateway in turn; the first that answers 200 is believed."""
        patience = httpx.Timeout(
            timing.HTTP_ANSWER_S,
            connect=timing.HTTP_CONNECT_S,
            read=self._signals_wait_s + timing.SIGNALS_GRACE_S,
        )

        async def ask(base: httpx.URL) -> httpx.Response | Unknown:
            url = base.join(f"v1/alarms/{alarm_id}/signals").copy_with(params={"after": after})
            return await self._ask(self._beside, "GET", url, timeout=patience)

        return await self._beside_presses(Signals, ask)

    async def positions(
        self, alarm_id: UUID, as_of_now: Callable[[], PositionBatch]
    ) -> PositionsReceipt | Refused | Unknown:
        """Send fixes of an alarm's track to each gateway in turn until one has them."""

        async def ask(base: httpx.URL) -> httpx.Response | Unknown:
            url = base.join(f"v1/alarms/{alarm_id}/positions")
            return await self._ask(self._beside, "POST", url, as_of_now())

        answer = await self._beside_presses(PositionsReceipt, ask)
        is_other = isinstance(answer, PositionsReceipt) and answer.alarm_id != alarm_id
        return Unknown("receipt_of_another_alarm") if is_other else answer

    async def cancel(self, alarm_id: UUID, wish: CancelWish) -> CancelAnswer | Refused | Unknown:
        """Pass on that she wishes to cancel; nothing in the answer tells what her word meant."""

        async def ask(base: httpx.URL) -> httpx.Response | Unknown:
            return await self._ask(self._beside, "POST", base.join(f"v1/alarms/{alarm_id}/cancel"), wish)

        return await self._beside_presses(CancelAnswer, ask)

    async def heartbeat(self, heartbeat: CompanionHeartbeat) -> HeartbeatAnswer | Refused | Unknown:
        """Tell the gateways in the order in which presses go to them, until one knows."""

        async def ask(base: httpx.URL) -> httpx.Response | Unknown:
            return await self._ask(self._http, "POST", base.join("v1/heartbeats"), heartbeat)

        answer = await first(HeartbeatAnswer, ask, self._gateways)
        return answer if isinstance(answer, Refused | Unknown) else answer[1]

    async def keep_warm(self) -> None:
        """Touch the first gateway's liveness, which does no work there."""
        await send(self._http, "GET", self._gateways[0].join("livez"))

    async def _post_to(self, base: httpx.URL, press: Press) -> Answer:
        body, url = press.model_dump_json(exclude_none=True).encode(), base.join("v1/presses")
        # Dated by this machine's own clock, however wrong: a press is never refused for that, and
        # the gateway sees how wrong it is.
        signed = self._signer.headers("POST", url, press.press_id, body)
        headers = {**signed, "traceparent": traceparent(press.press_id)}
        response = await send(self._http, "POST", url, headers=headers, body=body)
        if isinstance(response, httpx.Response) and response.status_code == httpx.codes.ACCEPTED:
            return _kept(press, read(ProvisionalReceipt, response))
        receipt = read(Receipt, response)
        if isinstance(receipt, Refused | Unknown):
            return receipt
        if receipt.press_id != press.press_id:
            return Unknown("receipt_of_another_press", is_way=False)
        return Receipted(receipt, sent_at=press.sent_at or self._clock.now(), received_at=self._clock.now())

    async def _beside_presses(
        self, model: type[_W], ask: Callable[[httpx.URL], Awaitable[httpx.Response | Unknown]]
    ) -> _W | Refused | Unknown:
        """Ask the gateway that answered last, then the others, until one gives a ``model``.

        A gateway that keeps silent costs seconds; that is too long before each second's position.
        """
        last = self._answered
        answer = await first(model, ask, self._gateways[last:] + self._gateways[:last])
        if isinstance(answer, Refused | Unknown):
            return answer
        self._answered = self._gateways.index(answer[0])
        return answer[1]

    async def _ask(
        self,
        http: httpx.AsyncClient,
        method: str,
        url: httpx.URL,
        wire: Wire | None = None,
        timeout: httpx.Timeout | None = None,  # noqa: ASYNC109 (httpx's own word for a set of limits)
    ) -> httpx.Response | Unknown:
        """Send anything but a press, signed; once more where only the date was wrong."""
        body = None if wire is None else wire.model_dump_json(exclude_none=True).encode()

        async def once() -> httpx.Response | Unknown:
            headers = self._signer.headers(method, url, uuid4(), body, slow_by=self._slow_by)
            return await send(http, method, url, headers=headers, body=body, timeout=timeout)

        response = await once()
        return await once() if self._learns_the_time(response) else response

    def _learns_the_time(self, response: httpx.Response | Unknown) -> bool:
        """Take the gateway's date where it refuses ours: what is no press is refused for its date."""
        if isinstance(response, Unknown) or response.status_code != httpx.codes.UNAUTHORIZED:
            return False
        try:
            there = parsedate_to_datetime(response.headers.get("date", ""))
            slow_by = there - self._clock.now()
        except (TypeError, ValueError):  # no date, or one that names no zone
            return False
        if abs(slow_by - self._slow_by) < timedelta(seconds=timing.CLOCK_WRONG_S):
            return False
        _log.warning("clock.wrong", slow_by_s=round(slow_by.total_seconds()))
        self._slow_by = slow_by
        return True


def _kept(press: Press, answer: ProvisionalReceipt | Refused | Unknown) -> Kept | Refused | Unknown:
    """Read what a gateway says that could only keep a press; nobody lets himself be put off for long."""
    if isinstance(answer, Refused | Unknown):
        return answer
    if answer.press_id != press.press_id:
        return Unknown("receipt_of_another_press", is_way=False)
    return Kept(min(answer.again_after_s, timing.KEPT_RETRY_MAX_S))
