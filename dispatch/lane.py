"""A centre's lane on this node, and the consoles on it, as the hub sees them."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from dispatch import timing
from dispatch.framing import text_frame
from dispatch.outlet import Outlet
from dispatch.ports import Logged
from dispatch.withheld import Withheld

_consoles: Final = itertools.count()


@dataclass(eq=False, slots=True)
class Console:
    """One attached screen as the hub sees it."""

    outlet: Outlet
    restart: Callable[[str], None]
    """Serve this centre anew: its log cannot be continued."""
    slot: int = field(default_factory=lambda: next(_consoles) % timing.BEAT_SLOTS)
    """When within the heartbeat's interval this console's is due."""
    canary: bool = False
    """It watches the system: it attends nothing, and is told of canaries only."""
    withheld: Withheld | None = None
    """What its operator must not know of; None, as nearly always: nothing."""


@dataclass(slots=True)
class Lane:
    """One centre's stream on this node."""

    epoch: str
    head: int
    consoles: dict[Console, Outlet] = field(default_factory=dict)
    canaries: dict[Console, Outlet] = field(default_factory=dict)
    """Canary consoles, apart: whatever is written to ``consoles`` they are not sent."""
    guarded: dict[Console, Outlet] = field(default_factory=dict)
    """Consoles from which something is withheld, apart: they attend as others do."""
    returning: dict[Console, float] = field(default_factory=dict)
    """Consoles that were live until then (s, monotonic) and are being served anew."""
    wanted: int = 0
    """The highest sequence known to be committed; above ``head`` there is something to read."""
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    unsent: deque[tuple[int, float]] = field(default_factory=deque)
    """Sequences above ``head`` that are known to be committed, and since when (s, monotonic)."""

    def want(self, sequence: int, now: float) -> None:
        """Hear that a sequence is committed."""
        self.wanted = max(self.wanted, sequence)
        is_news = sequence > self.head and (not self.unsent or sequence > self.unsent[-1][0])
        if is_news and len(self.unsent) < timing.UNSENT_REMEMBERED:
            self.unsent.append((sequence, now))

    def doubt(self, head: int, asked_at: float) -> None:
        """Hear what the head of the log was: what was told above it before it was asked for is not there."""
        if self.unsent:
            self.unsent = deque(mark for mark in self.unsent if mark[0] <= head or mark[1] >= asked_at)

    def advance(self, head: int) -> None:
        """Note that everything up to ``head`` has been written to the consoles."""
        self.head = head
        self.wanted = max(self.wanted, head)
        while self.unsent and self.unsent[0][0] <= head:
            self.unsent.popleft()

    def room_of(self, console: Console) -> dict[Console, Outlet]:
        """Return those among whom a console stands on this lane."""
        if console.canary:
            return self.canaries
        return self.consoles if console.withheld is None else self.guarded

    def attending(self, since: float) -> AbstractSet[Console]:
        """Return the consoles that are live, or were until after ``since``; canary ones attend nothing."""
        anew = {one for one, left_at in self.returning.items() if left_at > since and not one.canary}
        return self.consoles.keys() | self.guarded.keys() | anew


def written(consoles: Mapping[Console, Outlet], frames: bytes) -> list[Console]:
    """Write to every console that reads fast enough; return the others."""
    slow = []
    for console, outlet in consoles.items():
        if outlet.unsent() > timing.WRITE_BUFFER_BYTES:
            slow.append(console)
        else:
            outlet.transport.write(frames)
    return slow


def written_each(consoles: Mapping[Console, Outlet], events: Sequence[Logged]) -> list[Console]:
    """Write to each what it may be told of these; return those that do not read fast enough."""
    slow = []
    for console, outlet in consoles.items():
        if outlet.unsent() > timing.WRITE_BUFFER_BYTES:
            slow.append(console)
        elif console.withheld is not None:
            told = map(console.withheld.told, events)
            outlet.transport.write(b"".join(map(text_frame, told)))
    return slow
