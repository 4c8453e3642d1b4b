"""The way to the mail server."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Self

import aiosmtplib

from gateway.domain.errors import MailFailed, MailRefused
from gateway.private_files import open_mode
from gateway.settings import Settings
from gateway.timing import MAIL_TRY_S

OURS: Final = frozenset({"localhost", "localhost.localdomain"})


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpPost:
    """``gateway.ports.reports.Post``: each mail over a connection of its own, as there are few a day."""

    host: str
    port: int
    tls: str
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return what the settings name; None where they name no server. Raises ``MailRefused``."""
        if settings.smtp_host is None:
            return None
        if settings.mail_from is None:
            raise MailRefused("MSA_MAIL_FROM is not set")
        if settings.smtp_tls == "none" and not is_here(settings.smtp_host):
            raise MailRefused("MSA_SMTP_TLS is none, and MSA_SMTP_HOST is not this machine")
        if (settings.smtp_username is None) != (settings.smtp_password_file is None):
            raise MailRefused("of MSA_SMTP_USERNAME and MSA_SMTP_PASSWORD_FILE one is missing")
        file = settings.smtp_password_file
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            sender=settings.mail_from,
            username=settings.smtp_username,
            password=None if file is None else _password(file),
        )

    async def send(self, message: EmailMessage, recipients: Sequence[str]) -> int:
        """Hand a mail over; return how many recipients were refused. Raises ``MailFailed``."""
        async with self._signed_in(MAIL_TRY_S) as client:
            refused, _ = await client.send_message(message, sender=self.sender, recipients=list(recipients))
        return len(refused)

    async def try_out(self, within_s: float) -> None:
        """Sign in at the server and leave, without a mail. Raises ``MailFailed``."""
        async with self._signed_in(within_s):
            pass

    @asynccontextmanager
    async def _signed_in(self, within_s: float) -> AsyncIterator[aiosmtplib.SMTP]:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            timeout=within_s,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
        )
        try:
            async with asyncio.timeout(within_s), client:
                yield client
        except aiosmtplib.SMTPResponseException as error:
            raise MailFailed(f"{type(error).__name__} {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ssl.SSLError) as error:
            raise MailFailed(type(error).__name__) from None


def is_here(host: str) -> bool:
    """Whether a host is this machine by its name or address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host in OURS


def _password(path: Path) -> str:
    try:
        mode = open_mode(path)
        written = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MailRefused(f"{path} cannot be read ({type(error).__name__})") from None
    if mode is not None:
        raise MailRefused(f"{path} is open to others (mode {mode}); chmod 600")
    if not written:
        raise MailRefused(f"{path} is empty")
    return written
