"""A real mail server, which takes what it is given or refuses it as a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope

TAKEN = "250 OK"


@dataclass
class Mailbox:
    """What came in; ``answer`` is what the server says to the next mail, ``unknown`` whom it refuses."""

    port: int = 0
    answer: str = TAKEN
    unknown: set[str] = field(default_factory=set)
    envelopes: list[Envelope] = field(default_factory=list)
    tries: int = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient or not."""
        if address in self.unknown:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 (its name)
        """Take a mail or not."""
        self.tries += 1
        if self.answer == TAKEN:
            self.envelopes.append(envelope)
        return self.answer

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, read."""
        return [message_from_bytes(cast("bytes", one.content), policy=MAIL) for one in self.envelopes]


@asynccontextmanager
async def a_mail_server(port: int = 0) -> AsyncIterator[Mailbox]:
    """Run a mail server in this event loop."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", port)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
