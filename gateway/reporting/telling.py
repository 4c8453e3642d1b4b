"""Tells whom an officer named that protection is lacking, and that it is back: once a change.

To a victim goes a coded message by a webhook, which a system of the police's own turns into a text that
says nothing: whoever threatens her may read her phone.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import uuid5

import httpx
import structlog

from gateway.domain.errors import MailFailed, WebhookRefused
from gateway.failing import failed
from gateway.ports import Clock
from gateway.ports.reports import Post
from gateway.ports.tellings import Channel, DueTellings, Telling
from gateway.reporting.mail import protection_mail
from gateway.reporting.smtp import is_here
from gateway.settings import Settings
from gateway.timing import REPORT_RETRY_S, TELL_AT_ONCE, TELL_LOOK_S, WEBHOOK_TRY_S
from gateway.webhooks import Outside, read_secret

log: Final = structlog.get_logger()

CHECK: Final = "check_phone"
WELL: Final = "all_well"
TYPE: Final = "be.msa.text.wanted"


class TellingMetrics(Protocol):
    """What is counted of tellings."""

    def told_of_protection(self, channel: str, outcome: str) -> None:
        """Count one try."""


def texts_of(settings: Settings) -> Outside | None:
    """Return where texts are asked for; None where the settings name nothing. Raises ``WebhookRefused``."""
    url = settings.victim_webhook
    if url is None:
        return None
    if url.scheme != "https" and not is_here(url.host or ""):
        raise WebhookRefused("MSA_VICTIM_WEBHOOK is not https, and takes personal data to another machine")
    if settings.victim_webhook_secret_file is None:
        raise WebhookRefused("MSA_VICTIM_WEBHOOK_SECRET_FILE is not set")
    return Outside(str(url), read_secret(settings.victim_webhook_secret_file))


@dataclass(kw_only=True)
class ProtectionTellings:
    """The loop of one node; without a way out it has nothing to do."""

    due: DueTellings
    texts: Outside | None
    post: Post | None
    sender: str
    clock: Clock
    metrics: TellingMetrics
    _troubled: bool = False

    async def run(self) -> None:
        """Tell for ever."""
        async with httpx.AsyncClient(timeout=WEBHOOK_TRY_S) as http:
            while self.channels:
                try:
                    await self.look(http)
                    self._troubled = False
                except Exception as error:  # noqa: BLE001 (the task's edge: what is due stays due)
                    failed("protection_told")
                    if not self._troubled:
                        log.warning("protection_tellings_wait", error=type(error).__name__)
                    self._troubled = True
                await asyncio.sleep(TELL_LOOK_S)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways out that there are."""
        texts: tuple[Channel, ...] = () if self.texts is None else ("victim",)
        return texts if self.post is None else (*texts, "zone")

    async def look(self, http: httpx.AsyncClient) -> None:
        """Tell what is due. Raises ``DatabaseUnavailable``."""
        claimed = await self.due.claim(self.channels, TELL_AT_ONCE)
        await asyncio.gather(*(self._tell(one, http) for one in claimed))

    async def _tell(self, telling: Telling, http: httpx.AsyncClient) -> None:
        nobody = telling.phone is None if telling.channel == "victim" else not telling.mail
        if nobody:
            await self._ended(telling, "unaddressed")
        elif await (self._text(telling, http) if telling.channel == "victim" else self._mail(telling)):
            await self._ended(telling, "told")
        else:
            self.metrics.told_of_protection(telling.channel, "failed")
            pause_s = REPORT_RETRY_S[min(telling.tries, len(REPORT_RETRY_S)) - 1]
            await self.due.put_off(telling, pause_s)

    async def _ended(self, telling: Telling, outcome: str) -> None:
        self.metrics.told_of_protection(telling.channel, outcome)
        await self.due.told(telling, outcome)

    async def _text(self, telling: Telling, http: httpx.AsyncClient) -> bool:
        if self.texts is None:
            return False
        now = self.clock.now()
        data = {
            "phone": telling.phone,
            "language": telling.phone_language or telling.zone_language,
            "message": CHECK if telling.lacking else WELL,
        }
        body = json.dumps({"type": TYPE, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
        headers = self.texts.headers(_what(telling), body, int(now.timestamp()))
        try:
            async with asyncio.timeout(WEBHOOK_TRY_S):
                answer = await http.post(self.texts.url, content=body.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            log.warning("victim_text_failed", error=type(error).__name__)
            return False
        return answer.is_success

    async def _mail(self, telling: Telling) -> bool:
        if self.post is None:
            return False
        message = protection_mail(
            telling.reference,
            _what(telling),
            telling.number,
            telling.zone_language,
            self.sender,
            telling.mail,
            lacking=telling.lacking,
        )
        try:
            await self.post.send(message, telling.mail)
        except MailFailed as error:
            log.warning("protection_mail_failed", error=error.detail)
            return False
        return True


def _what(telling: Telling) -> str:
    """Return an id that is the same at each try, and says nothing of whom it is about."""
    said = f"{telling.channel}.{telling.number}.{telling.lacking}"
    return str(uuid5(telling.registration_id, said))
