"""The way to the gateways: signed HTTP over connections that are kept warm.

A time-out or a cut means "unknown", never "not stored": the caller sends the same again. Only a body
that is the receipt of this very press counts as one; a captive portal also answers 200.
"""

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from ble_bridge import timing
from ble_bridge.ports import Answer, Clock, Receipted, Refused, Unknown
from ble_bridge.signing import Signer, public_pem
from schemas.base import Wire
from schemas.enrolment import CompanionPolicy, Enrolment, EnrolmentRequest
from schemas.press import Press, Receipt
from schemas.problems import Problem
from schemas.protection import CompanionHeartbeat
from schemas.signals import Signals
from schemas.track import PositionBatch, PositionsReceipt

_W = TypeVar("_W", bound=Wire)

# Neither "send the same again" (408, 429) nor "you are not let in" (401, 403) is a verdict on the
# press: keys are restored and clocks put right, so these are tried again like any failure.
_TEMPORARY: Final = {401, 403, 408, 429}

# The one failure a gateway can have with a single press.
_CHOKED: Final = 500


class EnrolmentRefusedError(Exception):
    """The gateway did not accept the code; its words say why."""


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
        self._http, self._beside = _client(transport), _client(transport)
        self._answered = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self._beside.aclose()

    async def post(self, as_of_now: Callable[[], Press]) -> Answer:
        """Send a press to each gateway in turn until one gives its receipt."""
        answers: list[Answer] = []
        for base in self._gateways:
            answer = await self._post_to(base, as_of_now())
            if isinstance(answer, Receipted):
                return answer
            answers.append(answer)
        return _gravest(answers)

    async def signals(self, alarm_id: UUID, after: int) -> Signals | Refused | Unknown:
        """Ask each gateway in turn; the first that answers 200 is believed."""
        patience = httpx.Timeout(
            timing.HTTP_ANSWER_S,
            connect=timing.HTTP_CONNECT_S,
            read=self._signals_wait_s + timing.SIGNALS_GRACE_S,
        )

        async def ask(base: httpx.URL) -> httpx.Response | Unknown:
            url = base.join(f"v1/alarms/{alarm_id}/signals").copy_with(params={"after": after})
            return await self._send("GET", url, nonce=uuid4(), timeout=patience, http=self._beside)

        return await self._first_answer(Signals, ask)

    async def positions(
        self, alarm_id: UUID, as_of_now: Callable[[], PositionBatch]
    ) -> PositionsReceipt | Refused | Unknown:
        """Send fixes of an alarm's track to each gateway in turn until one has them."""

        async def send(base: httpx.URL) -> httpx.Response | Unknown:
            url = base.join(f"v1/alarms/{alarm_id}/positions")
            body = as_of_now().model_dump_json(exclude_none=True).encode()
            return await self._send("POST", url, nonce=uuid4(), body=body, http=self._beside)

        answer = await self._first_answer(PositionsReceipt, send)
        is_other = isinstance(answer, PositionsReceipt) and answer.alarm_id != alarm_id
        return Unknown("receipt_of_another_alarm") if is_other else answer

    async def heartbeat(self, heartbeat: CompanionHeartbeat) -> CompanionPolicy | Refused | Unknown:
        """Tell the gateways in the order in which presses go to them, until one knows."""
        body = heartbeat.model_dump_json(exclude_none=True).encode()

        async def tell(base: httpx.URL) -> httpx.Response | Unknown:
            return await self._send("POST", base.join("v1/heartbeats"), nonce=uuid4(), body=body)

        answer = await _first(CompanionPolicy, tell, self._gateways)
        return answer if isinstance(answer, Refused | Unknown) else answer[1]

    async def keep_warm(self) -> None:
        """Touch the first gateway's liveness, which does no work there."""
        await self._send("GET", self._gateways[0].join("livez"), nonce=None)

    async def _post_to(self, base: httpx.URL, press: Press) -> Answer:
        body = press.model_dump_json(exclude_none=True).encode()
        response = await self._send("POST", base.join("v1/presses"), nonce=press.press_id, body=body)
        if isinstance(response, Unknown):
            return response
        if not response.is_success:
            return _failure(response)
        try:
            receipt = Receipt.model_validate_json(response.content)
        except ValidationError:
            return Unknown("unreadable_receipt")
        if receipt.press_id != press.press_id:
            return Unknown("receipt_of_another_press", is_way=False)
        return Receipted(receipt, sent_at=press.sent_at or self._clock.now(), received_at=self._clock.now())

    async def _first_answer(
        self, model: type[_W], ask: Callable[[httpx.URL], Awaitable[httpx.Response | Unknown]]
    ) -> _W | Refused | Unknown:
        """Ask the gateway that answered last, then the others, until one gives a ``model``.

        A gateway that keeps silent costs seconds; that is too long before each second's position.
        """
        last = self._answered
        answer = await _first(model, ask, self._gateways[last:] + self._gateways[:last])
        if not isinstance(answer, Refused | Unknown):
            self._answered = self._gateways.index(answer[0])
            return answer[1]
        return answer

    async def _send(
        self,
        method: str,
        url: httpx.URL,
        *,
        nonce: UUID | None,
        body: bytes | None = None,
        timeout: httpx.Timeout | None = None,  # noqa: ASYNC109 (httpx's own word for a set of limits)
        http: httpx.AsyncClient | None = None,
    ) -> httpx.Response | Unknown:
        headers = {} if nonce is None else self._signer.headers(method, url, nonce, body)
        if body is not None:
            headers["Content-Type"] = "application/json"
        http = http or self._http
        try:
            return await http.request(
                method, url, headers=headers, content=body, timeout=timeout or http.timeout
            )
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)


async def enrol(gateway: str, code: str, request: EnrolmentRequest) -> Enrolment:
    """Make this companion known with a one-time code.

    Raises EnrolmentRefusedError when the gateway says no, httpx.HTTPError when it is not reached.
    """
    async with _client(None) as http:
        base = httpx.URL(gateway.rstrip("/") + "/")
        response = await http.post(
            base.join("v1/enrolments/").join(quote(code, safe="")),
            content=request.model_dump_json(exclude_none=True),
            headers={"Content-Type": "application/json"},
        )
    if not response.is_success:
        raise EnrolmentRefusedError(_words(response))
    try:
        return Enrolment.model_validate_json(response.content)
    except ValidationError as error:
        raise EnrolmentRefusedError("the answer is not an enrolment: is this a gateway?") from error


def enrolment_request(key: ec.EllipticCurvePrivateKey, label: str, version: str) -> EnrolmentRequest:
    """Return the request that makes ``key`` known."""
    return EnrolmentRequest(public_key=public_pem(key), label=label, companion_version=version)


def _client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=httpx.Timeout(timing.HTTP_ANSWER_S, connect=timing.HTTP_CONNECT_S),
        limits=httpx.Limits(max_connections=8, keepalive_expiry=2 * timing.KEEP_WARM_S),
        transport=transport,
        follow_redirects=False,
        trust_env=False,  # a proxy from the environment would break the signed target
    )


async def _first(
    model: type[_W],
    ask: Callable[[httpx.URL], Awaitable[httpx.Response | Unknown]],
    gateways: Sequence[httpx.URL],
) -> tuple[httpx.URL, _W] | Refused | Unknown:
    answers: list[Refused | Unknown] = []
    for base in gateways:
        answer = _read(model, await ask(base))
        if not isinstance(answer, Refused | Unknown):
            return base, answer
        answers.append(answer)
    return _gravest(answers)


def _read(model: type[_W], response: httpx.Response | Unknown) -> _W | Refused | Unknown:
    if isinstance(response, Unknown):
        return response
    if not response.is_success:
        return _failure(response)
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        return Unknown("unreadable_answer")


def _failure(response: httpx.Response) -> Unknown | Refused:
    status = response.status_code
    if 400 <= status < 500 and status not in _TEMPORARY:
        return Refused(status, _words(response))
    return Unknown(f"http_{status}", is_way=status != _CHOKED)


def _gravest(answers: Sequence[Answer | Refused | Unknown]) -> Refused | Unknown:
    """One gateway that cannot say outweighs those that refuse: it may yet accept."""
    refused: Refused | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Refused):
            refused = refused or answer
    return refused or Unknown("no_gateway")


def _words(response: httpx.Response) -> str:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return f"http_{response.status_code}"
    return f"{problem.type.rsplit(':', 1)[-1]}: {problem.title}"
