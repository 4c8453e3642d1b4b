"""uvicorn's HTTP protocol with a deadline for a request to arrive whole.

uvicorn has none: a peer that trickles a byte at a time holds its connection for ever (slowloris).
"""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.timing import NEVER_ASKED_S


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

    def on_headers_complete(self) -> None:
        """Answer; a node that leaves says that the connection ends with it."""
        super().on_headers_complete()
        if self.cycle is not None and getattr(self.config, "leaving", False):
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """End a connection that is idle; one that has not said yet what it wants may, and soon."""
        if self.cycle is None or (self._late is not None and self.cycle.response_complete):
            self._expect(NEVER_ASKED_S)
        else:
            super().shutdown()

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

    def _expect(self, within_s: float | None = None) -> None:
        self._expect_no_more()
        deadline_s = self.DEADLINE_S if within_s is None else within_s
        self._late = asyncio.get_running_loop().call_later(deadline_s, self.transport.abort)

    def _expect_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
