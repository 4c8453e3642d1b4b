"""uvicorn's HTTP protocol with a deadline for a request to arrive whole.

uvicorn has none: a peer that trickles a byte at a time holds its connection for ever (slowloris).
"""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class PromptProtocol(HttpToolsProtocol):
    """Drops a connection whose request is not whole ``DEADLINE_S`` after it began."""

    DEADLINE_S: ClassVar[float] = 10.0
    """A request holds 64 KiB at most, which takes 8 s on the slowest link worth having (64 kbit/s)."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Expect a request soon: one that never begins is late as well."""
        super().connection_made(transport)
        self._expect()

    def on_message_begin(self) -> None:
        """Expect the rest of the request soon."""
        super().on_message_begin()
        self._expect()

    def on_message_complete(self) -> None:
        """Expect no more: how long the answer takes is another matter."""
        self._expect_no_more()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave deadlines to the websocket protocol."""
        self._expect_no_more()
        super().handle_websocket_upgrade()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is expected of who is gone."""
        self._expect_no_more()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._expect_no_more()
        self._late = asyncio.get_running_loop().call_later(self.DEADLINE_S, self.transport.abort)

    def _expect_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
