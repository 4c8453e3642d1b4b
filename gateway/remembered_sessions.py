"""Sessions that this node has seen to hold, for while the database cannot say: in memory, and not for long.

A console that loses its link during an outage comes back by it. Who has never been seen here is refused, as
is whose session this node knows to be over.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from gateway.domain.people import Session
from gateway.ports import Clock
from gateway.timing import SESSION_BY_MEMORY_S

REMEMBERED_MAX: Final = 10_000
"""Some 1 kB each: more than the consoles of a node, and those of its neighbours that may come over."""


@dataclass(slots=True)
class _Seen:
    session: Session
    confirmed_at: float


class RememberedSessions:
    """By the hash of their secret; what was confirmed longest ago goes first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: OrderedDict[bytes, _Seen] = OrderedDict()

    def confirm(self, session: Session) -> None:
        """Remember a session that the database has just told."""
        self._seen[session.token_hash] = _Seen(session, self._clock.monotonic())
        self._seen.move_to_end(session.token_hash)
        while len(self._seen) > REMEMBERED_MAX:
            self._seen.popitem(last=False)

    def confirm_again(self, token_hash: bytes) -> None:
        """Note that the database has just said that nothing about it changed."""
        if (seen := self._seen.get(token_hash)) is not None:
            self.confirm(seen.session)

    def forget(self, token_hash: bytes | None) -> None:
        """Forget one that is over, or is other than it was."""
        if token_hash is not None:
            self._seen.pop(token_hash, None)

    def find(self, token_hash: bytes) -> Session | None:
        """Return one that held within ``SESSION_BY_MEMORY_S`` and has not run out since."""
        seen = self._seen.get(token_hash)
        if seen is None or self._clock.monotonic() - seen.confirmed_at > SESSION_BY_MEMORY_S:
            return None
        return seen.session if seen.session.watch_until > self._clock.now() else None
