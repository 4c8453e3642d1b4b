"""One exchange with a gateway over HTTP, and what its answer means.

Whatever a network does is an answer too: ``Unknown``, never an exception.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import httpx
from pydantic import ValidationError

from ble_bridge import timing
from ble_bridge.ports import Refused, Unknown
from schemas.base import Wire
from schemas.problems import Problem

_W = TypeVar("_W", bound=Wire)

# Neither "send the same again" (408, 429) nor "you are not let in" (401, 403) is a verdict on the
# press: keys are restored and clocks put right, so these are tried again like any failure.
_TEMPORARY: Final = {401, 403, 408, 429}

# The one failure a gateway can have with a single press.
_CHOKED: Final = 500


def client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return a client whose every wait has an end."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(timing.HTTP_ANSWER_S, connect=timing.HTTP_CONNECT_S),
        limits=httpx.Limits(max_connections=8, keepalive_expiry=2 * timing.KEEP_WARM_S),
        transport=transport,
        follow_redirects=False,
        trust_env=False,  # a proxy from the environment would break the signed target
    )


async def send(
    http: httpx.AsyncClient,
    method: str,
    url: httpx.URL,
    *,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    timeout: httpx.Timeout | None = None,  # noqa: ASYNC109 (httpx's own word for a set of limits)
) -> httpx.Response | Unknown:
    """Send one request; what fails on the way is ``Unknown``."""
    headers = headers or {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        return await http.request(method, url, headers=headers, content=body, timeout=timeout or http.timeout)
    except httpx.HTTPError as error:
        return Unknown(type(error).__name__)


async def first(
    model: type[_W],
    ask: Callable[[httpx.URL], Awaitable[httpx.Response | Unknown]],
    gateways: Sequence[httpx.URL],
) -> tuple[httpx.URL, _W] | Refused | Unknown:
    """Ask each in turn; return the first ``model`` and who gave it, else the gravest answer."""
    answers: list[Refused | Unknown] = []
    for base in gateways:
        answer = read(model, await ask(base))
        if not isinstance(answer, Refused | Unknown):
            return base, answer
        answers.append(answer)
    return gravest(answers)


def read(model: type[_W], response: httpx.Response | Unknown) -> _W | Refused | Unknown:
    """Return the ``model`` that a response holds; a captive portal also answers 200."""
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
        return Refused(status, words(response))
    return Unknown(f"http_{status}", is_way=status != _CHOKED)


def gravest(answers: Sequence[Refused | Unknown]) -> Refused | Unknown:
    """Return what stands for all: who cannot say outweighs those that refuse, for it may yet accept."""
    refused: Refused | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Refused):
            refused = refused or answer
    return refused or Unknown("no_gateway")


def words(response: httpx.Response) -> str:
    """Return the gateway's own words for a refusal."""
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return f"http_{response.status_code}"
    return f"{problem.type.rsplit(':', 1)[-1]}: {problem.title}"
