"""Presses that are only kept, for every console attached to a centre that they concern.

Beside the streams, and not on the lanes: while the log cannot be read no console joins one, and those that
were on one may be read anew. So whoever attaches is told, at once, all that lasts; then each as it comes,
and each end. Nothing numbered is touched.

A console that does not read on is told later what it is owed, as far as it reads; over that nobody loses a
link. One past the bound of its lane is closed, as the hub does it. What comes new goes first: of thousands
that one who attaches is owed others have seen each, of the newest nobody. The others go the first kept first.

Invariant: once a console was told that a press is over it is not told of that press any more.
"""

import asyncio
import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol
from uuid import UUID

from dispatch import canary, timing
from dispatch.framing import text_frame
from dispatch.lane import Console
from dispatch.ports import Clock, Logged
from schemas.frames import ProvisionalOver
from schemas.problems import CloseCode

OVER_REMEMBERED: Final = 4096
"""Presses that are over: what another node told of one may still be on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyKept:
    """A press that is only kept, as one centre is told it.

    ``payload`` is its ``Provisional`` frame as JSON, encoded once; ``node`` keeps it. ``owned``: the centre
    would own the alarm, and does not merely see it.
    """

    centre: str
    press_id: UUID
    registration_id: UUID
    node: str
    purpose: str
    pressed_at: datetime
    received_at: datetime
    owned: bool
    payload: bytes = field(repr=False)


Teller = Literal["here", "neighbour"]
"""Who told of it: this node's own spool, or another node."""


class ProvisionalMetrics(Protocol):
    """What is counted; canaries are not."""

    def provisional_shown(self, by: Teller) -> None:
        """Count a press that consoles here are told of."""

    def provisional_delivered(self, took_s: float) -> None:
        """Observe how long after its receiving a press was written to consoles here."""

    def provisionals_open(self, centre: str, number: int) -> None:
        """Say how many of a centre last."""

    def slow_console(self, centre: str) -> None:
        """Count one console closed because it did not read fast enough."""


class Provisionals:
    """Tells consoles of presses that are only kept. A ``dispatch.hub.Beside``."""

    def __init__(self, clock: Clock, metrics: ProvisionalMetrics) -> None:
        self._clock = clock
        self._metrics = metrics
        self._open: dict[str, dict[UUID, OnlyKept]] = defaultdict(dict)
        self._neighbours: dict[str, set[UUID]] = defaultdict(set)
        self._over: OrderedDict[tuple[str, UUID], None] = OrderedDict()
        self._attached: dict[str, dict[Console, None]] = defaultdict(dict)
        self._owed: dict[tuple[Console, str], OrderedDict[UUID, None]] = {}
        self._lasting: Counter[str] = Counter()

    # --- what happened ----------------------------------------------------------------------

    def tell(self, press: OnlyKept, by: Teller) -> None:
        """Tell the consoles of its centre, unless they know of it or it is over."""
        lasting = self._open[press.centre]
        if press.press_id in lasting or (press.centre, press.press_id) in self._over:
            return
        if len(lasting) < timing.PROVISIONALS_MAX:  # beyond it who attaches later is told by the stream alone
            lasting[press.press_id] = press
            self._say_open(press, 1)
            if by == "neighbour":
                self._neighbours[press.centre].add(press.press_id)
        told = [self._told(console, press) for console in tuple(self._attached[press.centre])]
        self._count(press, by, written=any(told))

    def over(self, centre: str, press_id: UUID, alarm_id: UUID) -> None:
        """Tell the same consoles that it is in the database."""
        press = self._end(centre, press_id)
        if press is None:
            return  # the stream says it
        over = ProvisionalOver(centre=centre, press_id=press_id, alarm_id=alarm_id)
        frame = text_frame(over.model_dump_json().encode())
        for console in tuple(self._attached[centre]):
            if _may_know(console, press):
                self._write(console, centre, frame)

    def heard(self, event: Logged) -> None:
        """End what a neighbour told and the stream has: its own word may have been lost, and so may it."""
        of_others = self._neighbours.get(event.centre)
        if not of_others or event.alarm_id is None:
            return
        alarm = json.loads(event.payload)["alarm"]
        pressed_at = datetime.fromisoformat(alarm["last_pressed_at"])
        for press_id in tuple(of_others):
            press = self._open[event.centre][press_id]
            if str(press.registration_id) == alarm["registration_id"] and press.pressed_at <= pressed_at:
                self._end(event.centre, press_id)

    def joined(self, centre: str, console: Console) -> None:
        """Hear that a console is live on a lane: it was told when it attached."""

    # --- consoles ---------------------------------------------------------------------------

    def attached(self, console: Console, centres: Iterable[str]) -> None:
        """Tell a console that attached these centres all that lasts there, and from now on what comes."""
        for centre in centres:
            self._attached[centre][console] = None
            lasting = OrderedDict.fromkeys(
                one.press_id for one in self._open[centre].values() if _may_know(console, one)
            )
            if lasting:
                self._owed[console, centre] = lasting
                self._pay(console, centre)

    def left(self, console: Console) -> None:
        """Tell a console nothing more."""
        for centre, consoles in self._attached.items():
            consoles.pop(console, None)
            self._owed.pop((console, centre), None)

    # --- the loop ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Write what consoles are owed as far as they read, for ever."""
        while True:
            await asyncio.sleep(timing.PROVISIONAL_TICK_S)
            self.tick()

    def tick(self) -> None:
        """Write some of what each console is owed."""
        for console, centre in tuple(self._owed):
            self._pay(console, centre)

    # --- inside -----------------------------------------------------------------------------

    def _told(self, console: Console, press: OnlyKept) -> bool:
        """Write it to a console, or owe it; tell whether it was written."""
        if not _may_know(console, press):
            return False
        if console.outlet.unsent() <= timing.PROVISIONAL_BACKLOG_BYTES:
            console.outlet.write(text_frame(press.payload))
            return True
        if self._keeps_up(console, press.centre) and press.press_id in self._open[press.centre]:
            owed = self._owed.setdefault((console, press.centre), OrderedDict())
            owed[press.press_id] = None
            owed.move_to_end(press.press_id, last=False)
        return False

    def _pay(self, console: Console, centre: str) -> None:
        """Write some of what a console is owed, once it has read what it was sent before."""
        owed, room = self._owed[console, centre], timing.PROVISIONAL_BACKLOG_BYTES - console.outlet.unsent()
        frames: list[bytes] = []
        while owed and room > 0:
            press_id, _ = owed.popitem(last=False)
            press = self._open[centre].get(press_id)
            if press is not None:
                frames.append(text_frame(press.payload))
                room -= len(frames[-1])
        if not owed:
            del self._owed[console, centre]
        if frames:
            console.outlet.write(b"".join(frames))

    def _write(self, console: Console, centre: str, frame: bytes) -> None:
        if self._keeps_up(console, centre):
            console.outlet.write(frame)

    def _keeps_up(self, console: Console, centre: str) -> bool:
        """Whether it reads fast enough; one that does not is closed."""
        if console.outlet.unsent() <= timing.WRITE_BUFFER_BYTES:
            return True
        self._metrics.slow_console(centre)
        self.left(console)
        console.outlet.close(CloseCode.TOO_SLOW, "too slow: resume", timing.CLOSE_GRACE_S)
        return False

    def _end(self, centre: str, press_id: UUID) -> OnlyKept | None:
        self._over[centre, press_id] = None
        while len(self._over) > OVER_REMEMBERED:
            self._over.popitem(last=False)
        self._neighbours[centre].discard(press_id)
        press = self._open[centre].pop(press_id, None)
        if press is not None:
            self._say_open(press, -1)
        return press

    def _count(self, press: OnlyKept, by: Teller, *, written: bool) -> None:
        if press.purpose == canary.CANARY or not press.owned:
            return
        self._metrics.provisional_shown(by)
        if written:
            took = self._clock.now() - press.received_at
            self._metrics.provisional_delivered(max(0.0, took.total_seconds()))

    def _say_open(self, press: OnlyKept, change: int) -> None:
        if press.purpose != canary.CANARY:
            self._lasting[press.centre] += change
            self._metrics.provisionals_open(press.centre, self._lasting[press.centre])


def _may_know(console: Console, press: OnlyKept) -> bool:
    """Whether a console is told of it: canary consoles of canaries only, nobody of what is kept from her."""
    if console.canary or press.purpose == canary.CANARY:
        return console.canary and press.purpose == canary.CANARY
    return console.withheld is None or not console.withheld.hides(press.payload)
