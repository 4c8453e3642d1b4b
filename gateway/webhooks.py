"""The ladder's way out: tells a system outside that nobody answers, as Standard Webhooks.

Signed (``gateway.webhook_signature``), sent at least once, and again until it is answered 2xx or somebody
has the alarm. The id is the same at each try, so that the receiver knows one it had before.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx
import structlog

from gateway.domain.errors import WebhookRefused
from gateway.domain.notice import Notice
from gateway.failing import failed
from gateway.ports import CallOutcome, Calls, ClaimedCall, Clock, Notices
from gateway.private_files import open_mode
from gateway.settings import Settings
from gateway.timing import (
    WEBHOOK_AT_ONCE,
    WEBHOOK_FAILED_AFTER,
    WEBHOOK_LOOK_S,
    WEBHOOK_RETRY_S,
    WEBHOOK_TRY_S,
)
from gateway.webhook_signature import SECRET_PREFIX, Secret, read_hmac_secret, signed_headers
from schemas.protection import NoticeKind


@dataclass(frozen=True, slots=True)
class Outside:
    """Where to call, and the secret to sign with."""

    url: str
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Outside | None":
        """Return what the settings name; None where they name nothing.

        Raises ``WebhookRefused`` when only half of it is there, or the secret cannot be used.
        """
        if settings.escalation_webhook is None:
            return None
        if settings.escalation_webhook_secret_file is None:
            raise WebhookRefused("MSA_ESCALATION_WEBHOOK_SECRET_FILE is not set")
        return cls(str(settings.escalation_webhook), read_secret(settings.escalation_webhook_secret_file))

    def headers(self, call_id: str, body: str, at_s: int) -> dict[str, str]:
        """Return the headers of a call made at ``at_s`` (Unix seconds)."""
        signed = signed_headers(call_id, at_s, body.encode(), [Secret(self.secret)])
        return {"content-type": "application/json", **signed}


def read_secret(path: Path) -> bytes:
    """Read ``whsec_`` and base64 of 24 to 64 bytes, from a file of mode 0600. Raises ``WebhookRefused``."""
    try:
        mode = open_mode(path)
        written = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WebhookRefused(f"{path} cannot be read ({type(error).__name__})") from None
    if mode is not None:
        raise WebhookRefused(f"{path} is open to others (mode {mode}); chmod 600")
    secret = read_hmac_secret(written)
    if secret is None:
        raise WebhookRefused(f"{path} does not hold {SECRET_PREFIX} and base64 of 24 to 64 bytes")
    return secret.key


class WebhookMetrics(Protocol):
    """What the calls count."""

    def called(self, outcome: str) -> None:
        """Count one try, by what became of it."""


@dataclass(kw_only=True)
class Webhooks:
    """Makes the calls that wait."""

    outside: Outside
    calls: Calls
    notices: Notices
    clock: Clock
    metrics: WebhookMetrics
    _troubled: bool = False

    def reread(self, settings: Settings) -> Callable[[], None]:
        """Read the secret again; the returned call has calls signed with it. Raises ``WebhookRefused``."""
        outside = Outside.of(settings)

        def put() -> None:
            self.outside = outside or self.outside

        return put

    async def run(self) -> None:
        """Call for ever."""
        async with httpx.AsyncClient(timeout=WEBHOOK_TRY_S) as http:
            while True:
                try:
                    await self.look(http)
                    self._troubled = False
                except Exception as error:  # noqa: BLE001 (the task's edge: what waits is called again)
                    failed("webhooks")
                    if not self._troubled:
                        structlog.get_logger().warning("webhooks_wait", error=type(error).__name__)
                    self._troubled = True
                await asyncio.sleep(WEBHOOK_LOOK_S)

    async def look(self, http: httpx.AsyncClient) -> None:
        """Make the calls that are due. Raises ``DatabaseUnavailable``."""
        claimed = await self.calls.claim(WEBHOOK_AT_ONCE)
        await asyncio.gather(*(self._try(one, http) for one in claimed))

    async def _try(self, one: ClaimedCall, http: httpx.AsyncClient) -> None:
        if one.answered:
            await self._end(one, CallOutcome.ANSWERED)
        elif await self._got_through(one, http):
            await self._end(one, CallOutcome.DELIVERED)
        else:
            await self._failed(one)

    async def _got_through(self, one: ClaimedCall, http: httpx.AsyncClient) -> bool:
        """Call; whatever is not an answer 2xx in time is a failure."""
        body = one.call.body
        headers = self.outside.headers(one.call.call_id, body, int(self.clock.now().timestamp()))
        try:
            async with asyncio.timeout(WEBHOOK_TRY_S):
                answer = await http.post(self.outside.url, content=body.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            why = type(error).__name__
        else:
            if answer.is_success:
                return True
            why = str(answer.status_code)
        structlog.get_logger().warning("webhook_failed", call_id=one.call.call_id, error=why)
        return False

    async def _failed(self, one: ClaimedCall) -> None:
        self.metrics.called("failed")
        tries = one.tries + 1
        await self.calls.put_off(one, WEBHOOK_RETRY_S[min(tries, len(WEBHOOK_RETRY_S)) - 1])
        if tries >= WEBHOOK_FAILED_AFTER:
            await self.notices.tell(one.call.centre, [self._notice(one, is_open=True)])

    async def _end(self, one: ClaimedCall, outcome: CallOutcome) -> None:
        self.metrics.called(outcome)
        await self.calls.end(one, outcome)
        if one.tries >= WEBHOOK_FAILED_AFTER:
            await self.notices.tell(one.call.centre, [self._notice(one, is_open=False)])

    def _notice(self, one: ClaimedCall, *, is_open: bool) -> Notice:
        return Notice(kind=NoticeKind.WEBHOOK_FAILED, subject=str(one.call.alarm_id), open=is_open)
