"""Where victims of open alarms, and offenders, are now, for every console live on a lane that sees them.

Beside the stream, never in it: unnumbered, the newest ``fixed_at`` wins, at most one a second each.
Events come first: positions are written in ticks of their own, a bounded number at once, and a console
that does not read on is told none until it has. What it missed it owes: the last of each then;
and so does a console that has just joined a lane. So a late frame is dropped, a place never.

Invariant: of anybody, a console is never sent an older position after a newer one, because whatever
is written is the newest as it is written.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from dispatch import timing
from dispatch.framing import text_frame
from dispatch.lane import Console
from dispatch.outlet import Outlet
from dispatch.ports import Clock, LastFix, LastFixes, Logged, LogUnavailable
from dispatch.withheld import Withheld

OVER: Final = frozenset({"alarm.closed", "alarm.expired"})
REOPENED: Final = "alarm.reopened"

OVER_REMEMBERED: Final = 4096
"""Alarms that are over: a poll that began before may still bring a position of one."""


class PositionMetrics(Protocol):
    """What is counted."""

    def positions_shown(self, fixed_at: Iterable[datetime], now: datetime) -> None:
        """Count positions written to the consoles of a centre, one an alarm."""

    def positions_held_back(self, count: int) -> None:
        """Count positions that a slow console was not sent."""


@dataclass(slots=True)
class _Followed:
    """Somebody of an open alarm with a position."""

    last: LastFix
    centres: set[str]
    next_at: dict[str, float] = field(default_factory=dict)
    """When the next may be told to a centre, were it not early (the generic cell rate algorithm)."""


Who = tuple[UUID, int]
"""The alarm, and which of those who are followed for it."""

Owed = dict[Who, None]


class Positions:
    """Tells consoles where victims are."""

    def __init__(
        self,
        source: LastFixes,
        live: Callable[[str], Mapping[Console, Outlet]],
        clock: Clock,
        metrics: PositionMetrics,
    ) -> None:
        self._source = source
        self._live = live
        self._clock = clock
        self._metrics = metrics
        self._followed: dict[Who, _Followed] = {}
        self._of: dict[UUID, set[int]] = defaultdict(set)
        self._due: dict[str, Owed] = defaultdict(dict)
        self._owed: dict[tuple[Console, str], Owed] = {}
        self._over: OrderedDict[UUID, None] = OrderedDict()

    # --- what happened ----------------------------------------------------------------------

    def take(self, fixes: Iterable[LastFix]) -> None:
        """Hear of last fixes, of any age and as often as may be; only what is newer counts."""
        for fix in fixes:
            if fix.alarm_id in self._over:
                continue
            who = fix.alarm_id, fix.number
            followed = self._followed.get(who)
            if followed is None:
                followed = self._followed[who] = _Followed(fix, set())
                self._of[fix.alarm_id].add(fix.number)
            elif fix.fixed_at > followed.last.fixed_at:
                followed.last = fix
            else:
                self._see(followed, fix.centres - followed.centres)
                continue
            self._see(followed, followed.centres | fix.centres)

    def heard(self, event: Logged) -> None:
        """Hear of an event: its centre sees the alarm; one that is over is followed no more."""
        if event.alarm_id is None:
            return
        if event.kind in OVER:
            for number in self._of.pop(event.alarm_id, ()):
                self._followed.pop((event.alarm_id, number), None)
            self._over[event.alarm_id] = None
            while len(self._over) > OVER_REMEMBERED:
                self._over.popitem(last=False)
        elif event.kind == REOPENED:
            self._over.pop(event.alarm_id, None)
        else:
            for number in self._of.get(event.alarm_id, ()):
                followed = self._followed[event.alarm_id, number]
                self._see(followed, {event.centre} - followed.centres)

    def joined(self, centre: str, console: Console) -> None:
        """Tell a console that is live on a lane from now on where everybody is."""
        everybody = [who for who, one in self._followed.items() if centre in one.centres]
        if everybody:
            self._owed[console, centre] = dict.fromkeys(everybody)
            self._pay(console, centre)

    # --- loops ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write what is due, tick by tick, for ever."""
        while True:
            await asyncio.sleep(timing.POSITION_TICK_S)
            self.tick()

    async def follow(self) -> None:
        """Look for what other nodes were told, for ever."""
        while True:
            with suppress(LogUnavailable):  # the next look tells it all
                self.take(await self._source.changed())
            await asyncio.sleep(timing.POSITION_POLL_S)

    def tick(self) -> None:
        """Write what is due now, and what slow consoles owe as far as they have read on."""
        for centre, due in self._due.items():
            if due and (ready := self._ready(centre, due)):
                self._write(centre, ready)
        for console, centre in list(self._owed):
            self._pay(console, centre)

    # --- inside -----------------------------------------------------------------------------

    def _see(self, followed: _Followed, centres: Iterable[str]) -> None:
        for centre in centres:
            followed.centres.add(centre)
            self._due[centre][followed.last.alarm_id, followed.last.number] = None

    def _ready(self, centre: str, due: Owed) -> dict[Who, bytes]:
        """Take so many that may be told now; the frame of each."""
        now, ready = self._clock.monotonic(), {}
        for who in tuple(due):
            followed = self._followed.get(who)
            if followed is None:
                del due[who]
            elif (next_at := followed.next_at.get(centre, now)) <= now + timing.POSITION_EARLY_S:
                del due[who]
                followed.next_at[centre] = max(next_at, now) + timing.POSITION_EVERY_S
                ready[who] = _frame(centre, followed.last)
                if len(ready) == timing.POSITIONS_A_TICK:
                    break
        return ready

    def _write(self, centre: str, ready: dict[Who, bytes]) -> None:
        frames = b"".join(ready.values())
        consoles = self._live(centre)
        if consoles:
            self._metrics.positions_shown(
                [self._followed[one].last.fixed_at for one in ready], self._clock.now()
            )
        for console, outlet in consoles.items():
            owed = self._owed.get((console, centre))
            if owed is None and outlet.unsent() <= timing.POSITION_BACKLOG_BYTES:
                outlet.write(frames if console.withheld is None else _known_to(console.withheld, ready))
            else:
                self._owed.setdefault((console, centre), {}).update(dict.fromkeys(ready))
                self._metrics.positions_held_back(len(ready))

    def _pay(self, console: Console, centre: str) -> None:
        """Write some of what a console owes, once it has read what it was sent before."""
        outlet = self._live(centre).get(console)
        if outlet is None:
            del self._owed[console, centre]
            return
        if outlet.unsent() > timing.POSITION_BACKLOG_BYTES:
            return
        owed = self._owed[console, centre]
        frames: list[bytes] = []
        while owed and len(frames) < timing.POSITIONS_A_TICK:
            who = next(iter(owed))
            del owed[who]
            followed = self._followed.get(who)
            if followed is not None and (console.withheld is None or console.withheld.knows(who[0])):
                frames.append(_frame(centre, followed.last))
        if not owed:
            del self._owed[console, centre]
        outlet.write(b"".join(frames))


def _known_to(withheld: Withheld, ready: Mapping[Who, bytes]) -> bytes:
    """Return the frames of those alarms that a console was told of."""
    return b"".join(frame for (alarm_id, _), frame in ready.items() if withheld.knows(alarm_id))


def _frame(centre: str, fix: LastFix) -> bytes:
    head = f'{{"type":"position","alarm_id":"{fix.alarm_id}","centre":"{centre}",'
    return text_frame(head.encode() + fix.payload + b"}")
