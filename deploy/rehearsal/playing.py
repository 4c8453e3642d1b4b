"""One play on the deployment: load and consoles all the time, something happens, everything is judged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.rehearsal.ground import Ground
from deploy.rehearsal.load import Load, Rates
from deploy.rehearsal.operating import caught_up, operate, seated
from gateway.drill.history import History, Store, Try
from gateway.drill.judging import judge
from gateway.drill.store_reading import read_store
from gateway.drill.verdict import Verdict
from gateway.drill.watching import Watcher
from gateway.synthetic.wallet import Wallet
from schemas.frames import Welcome
from schemas.press import Receipt

SETTLE_S: Final = 60.0
LOOK_S: Final = 0.2


@dataclass(slots=True)
class Play:
    """What goes on; ``marks`` are instants (loop's clock, s) of what was done, in words."""

    ground: Ground
    load: Load
    watchers: list[Watcher]
    began: float
    marks: list[tuple[float, str]] = field(default_factory=list)
    ended: float = 0.0
    verdict: Verdict | None = None

    @property
    def history(self) -> History:
        """What every client was told."""
        return self.ground.history

    def mark(self, words: str) -> float:
        """Say and keep when something was done; return the instant."""
        now = asyncio.get_running_loop().time()
        self.marks.append((now, words))
        self.ground.say(f"{now - self.began:6.1f} s of the play: {words}")
        return now

    def consoles_on(self, node: str) -> list[Watcher]:
        """Return the consoles whose link is to a node now."""
        return [one for one in self.watchers if node_of(one) == node]


def node_of(watcher: Watcher) -> str | None:
    """Return the node that a console's link goes to, by that node's own word; None while it has none."""
    if watcher.node is None or not watcher.history.links:
        return None
    frames = watcher.history.links[-1].frames
    return next((frame.node for _, frame in frames if isinstance(frame, Welcome)), None)


@asynccontextmanager
async def playing(
    ground: Ground, rates: Rates, *, at_least: int = 0, resets: frozenset[str] = frozenset()
) -> AsyncIterator[Play]:
    """Have load and consoles during a block; afterwards let everything settle, and judge it.

    The verdict is the history checker's on everything since this began; ``resets`` are the reasons that
    the block gave consoles to begin anew.
    """
    ground.history = History()  # what was pressed in an earlier play is in the database, too
    load = Load(ground.url, ground.people, ground.history)
    stop, done = asyncio.Event(), asyncio.Event()
    async with seated(ground.url, ground.people.accounts, ground.history) as watchers:
        play = Play(ground, load, watchers, asyncio.get_running_loop().time())
        sending = asyncio.create_task(load.run(rates, stop, at_least), name="load")
        operating = [asyncio.create_task(operate(one, done), name="operator") for one in _operators(watchers)]
        try:
            yield play
            stop.set()
            await sending
            play.ended = play.mark("the load ends")
            store = await _settled(play)
        finally:
            done.set()
            for task in (sending, *operating):
                task.cancel()
            await asyncio.gather(sending, *operating, return_exceptions=True)
    _witness(play.history, store, ground.directory / "canary")
    ground.earlier += play.history.tries
    whole = History(ground.earlier, play.history.commands, play.history.consoles)
    play.verdict = judge(whole, store, resets=resets)


def _operators(watchers: list[Watcher]) -> list[Watcher]:
    """One console a centre acts; the others watch."""
    first: dict[tuple[str, ...], Watcher] = {}
    for one in watchers:
        first.setdefault(one.history.centres, one)
    return list(first.values())


async def _settled(play: Play) -> Store:
    """Wait until every alarm is closed and every console has everything; return the database."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SETTLE_S
    while True:
        opened = sum(len(list(one.board.open_alarms())) for one in play.watchers)
        if not opened or loop.time() > end:
            store = await read_store(play.ground.cluster.url)
            heads = dict(store.heads)
            behind = [one.history.name for one in play.watchers if not _reached(one, heads)]
            if loop.time() > end:
                play.ground.say(
                    f"did not settle: {opened} open on consoles, behind: {', '.join(behind) or 'none'}"
                )
                return store
            if not behind and not any(one.state != "closed" for one in store.alarms):
                return store
        await asyncio.sleep(LOOK_S)


def _reached(watcher: Watcher, heads: dict[str, int]) -> bool:
    return caught_up(watcher) and watcher.reached(heads)


def _witness(history: History, store: Store, canary: Path) -> None:
    """Add what canaries pressed, which their own program sent and judged, to what was pressed."""
    theirs = {one.registration_id for one in Wallet(canary).every()} if canary.exists() else set()
    for row in store.presses:
        if row.registration_id in theirs:
            receipt = Receipt(
                press_id=row.press_id,
                alarm_id=row.alarm_id,
                centre=row.centre,
                sequence=row.sequence,
                committed_at=row.committed_at,
            )
            told = Try(
                press_id=row.press_id,
                registration_id=row.registration_id,
                node="canary",
                began=0.0,
                ended=0.0,
                status=201,
                receipt=receipt,
            )
            history.tries.append(told)
