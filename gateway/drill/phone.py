"""The victim's phone in a drill: it signs, presses, sends where she is and asks what she may feel."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.ports import Clock
from gateway.synthetic.signing import signature
from schemas.position import Position
from schemas.press import Press, ProvisionalReceipt, Receipt
from schemas.signals import Signals
from schemas.track import CancelAnswer, CancelWish, PositionBatch, PositionsReceipt

KEPT_PATIENCE_S: Final = 60.0
"""A press that is only kept is asked for so long; a database that stays away ends the drill."""


def public_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as the gateway keeps it."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, kw_only=True)
class Phone:
    """One enrolled companion; ``gateways`` are tried in order, as the bridge does."""

    companion_id: UUID
    registration_id: UUID
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    gateways: Sequence[str]
    clock: Clock
    http: httpx.AsyncClient = field(repr=False)

    async def press(self, press: Press, *, extra: dict[str, Any] | None = None, first: int = 0) -> Receipt:
        """Post a press until one gateway has given its receipt; ``extra`` fields go with it unchecked.

        A gateway that only keeps it is asked again when it says.

        Raises:
            httpx.HTTPError: no gateway answered.
            TimeoutError: it was still only kept after ``KEPT_PATIENCE_S``.
        """
        body = press.model_dump(mode="json", exclude_none=True) | (extra or {})
        async with asyncio.timeout(KEPT_PATIENCE_S):
            while True:
                answer = await self._to_any("POST", "/v1/presses", body, nonce=press.press_id, first=first)
                if answer.status_code != httpx.codes.ACCEPTED:
                    return Receipt.model_validate_json(answer.content)
                kept = ProvisionalReceipt.model_validate_json(answer.content)
                await asyncio.sleep(kept.again_after_s)

    async def once(self, press: Press, gateway: str) -> httpx.Response:
        """Post a press to one gateway, once. Raises ``httpx.HTTPError`` when no answer came."""
        body = press.model_dump(mode="json", exclude_none=True)
        return await self._send("POST", f"{gateway}/v1/presses", body, press.press_id)

    async def locate(self, alarm_id: UUID, batch: PositionBatch) -> PositionsReceipt:
        """Send fixes."""
        body = batch.model_dump(mode="json", exclude_none=True)
        answer = await self._to_any("POST", f"/v1/alarms/{alarm_id}/positions", body)
        return PositionsReceipt.model_validate_json(answer.content)

    async def cancel(self, alarm_id: UUID, word: str | None) -> CancelAnswer:
        """Ask to cancel, with one of her words."""
        body = CancelWish(word=word).model_dump(mode="json")
        answer = await self._to_any("POST", f"/v1/alarms/{alarm_id}/cancel", body)
        return CancelAnswer.model_validate_json(answer.content)

    async def feels(self, alarm_id: UUID, after: int) -> Signals:
        """Wait for what she may feel next."""
        answer = await self._to_any("GET", f"/v1/alarms/{alarm_id}/signals?after={after}", None)
        return Signals.model_validate_json(answer.content)

    async def _to_any(
        self, method: str, path: str, body: Any, *, nonce: UUID | None = None, first: int = 0
    ) -> httpx.Response:
        order = [*self.gateways[first:], *self.gateways[:first]]
        for gateway in order:
            try:
                answer = await self._send(method, f"{gateway}{path}", body, nonce or uuid4())
            except httpx.TransportError:
                if gateway == order[-1]:
                    raise
                continue
            return answer.raise_for_status()
        raise httpx.TransportError("no gateway is named")

    async def _send(self, method: str, url: str, body: Any, nonce: UUID) -> httpx.Response:
        content = None if body is None else httpx.Request("POST", url, json=body).content
        headers = signature(
            self.companion_id, self.key, method, url, content, nonce=nonce, created=self.clock.now()
        )
        if content is not None:
            headers["Content-Type"] = "application/json"
        return await self.http.request(method, url, content=content, headers=headers)


def a_fix(clock: Clock, latitude: float, longitude: float, age_s: float, radius_m: float = 8.0) -> Position:
    """Return where she was ``age_s`` ago, as her phone reports it."""
    return Position(
        latitude=latitude,
        longitude=longitude,
        radius_m=radius_m,
        confidence=0.68,
        fixed_at=clock.now(),
        age_s=age_s,
        method="gnss",
    )
