"""A made-up victim's press through a gateway's real door: signed, posted, receipted."""

from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID, uuid4

import httpx
from pydantic import ValidationError

from gateway.synthetic.signing import signature
from gateway.synthetic.wallet import SyntheticCompanion
from schemas.position import Position
from schemas.press import Press, ProvisionalReceipt, Receipt
from schemas.problems import Problem

_R = TypeVar("_R", Receipt, ProvisionalReceipt)

PRESS_WAIT_S: Final = 5.0
"""A companion waits so long for an answer; the gateway commits, or says that it cannot, within 3 s."""


class PressRefusedError(Exception):
    """The gateway did not answer with this press's receipt; the words say what it did."""


class PressKeptError(PressRefusedError):
    """The gateway only keeps the press on its disk; it commits it by itself when its database is back."""

    def __init__(self) -> None:
        super().__init__("kept on the node's disk, not yet stored: its database is away")


def a_press(at: datetime, position: Position | None = None) -> Press:
    """Return a press like any phone's; whom the file is about makes it an exercise or a canary."""
    return Press(
        press_id=uuid4(),
        pressed_at=at,
        sent_at=at,
        age_ms=0,
        positions=() if position is None else (position,),
        companion_version="synthetic",
    )


def signed(companion: SyntheticCompanion, url: str, press: Press, body: bytes) -> dict[str, str]:
    """Return the headers that sign a press for ``url``."""
    headers = signature(
        companion.companion_id, companion.key, "POST", url, body, nonce=press.press_id, created=press.sent_at
    )
    return {"Content-Type": "application/json", **headers}


async def post(
    http: httpx.AsyncClient, base_url: str, companion: SyntheticCompanion, press: Press
) -> Receipt:
    """Post a press once and return its receipt.

    Raises:
        PressKeptError: kept, and not committed.
        PressRefusedError: refused, not reached, or answered with something else.
    """
    url = f"{base_url.rstrip('/')}/v1/presses"
    body = press.model_dump_json(exclude_none=True).encode()
    try:
        answer = await http.post(
            url, content=body, headers=signed(companion, url, press, body), timeout=PRESS_WAIT_S
        )
    except httpx.HTTPError as error:
        raise PressRefusedError(type(error).__name__) from None
    if not answer.is_success:
        raise PressRefusedError(_words(answer))
    if answer.status_code == httpx.codes.ACCEPTED:
        _receipt(ProvisionalReceipt, answer, press.press_id)
        raise PressKeptError
    return _receipt(Receipt, answer, press.press_id)


def _receipt(model: type[_R], answer: httpx.Response, press_id: UUID) -> _R:
    try:
        receipt = model.model_validate_json(answer.content)
    except ValidationError:
        raise PressRefusedError("the answer is no receipt") from None
    if receipt.press_id != press_id:
        raise PressRefusedError("the receipt is of another press")
    return receipt


def _words(answer: httpx.Response) -> str:
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        return f"status {answer.status_code}"
    return f"{problem.status} {problem.type.rsplit(':', 1)[-1]}"
