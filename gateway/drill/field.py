"""What a drill of one fault is played on: two nodes, consoles on both, phones that press all the time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from gateway.clock import SystemClock
from gateway.drill.crowd import Crowd
from gateway.drill.findings import Findings
from gateway.drill.history import History, Store
from gateway.drill.judging import judge
from gateway.drill.phone import Phone
from gateway.drill.stage import Stage, Way, staged, straight
from gateway.drill.store_reading import read_store
from gateway.drill.verdict import Verdict
from gateway.drill.watching import Watcher, watching
from gateway.settings import Settings
from gateway.store.embedded import EmbeddedPostgres
from schemas.session import Role
from schemas.unit import NewUnit

CENTRES: Final = (
    *("BE-VOV", "BE-VAN", "BE-VBR", "BE-VLI", "BE-VWV", "BE-BRU"),
    *("BE-WBR", "BE-WHT", "BE-WLG", "BE-WLX", "BE-WNA"),
)
"""Those of the sample files: with two consoles a centre, one on each node, every press has its screen."""
CONSOLES: Final = 22
PHONES: Final = 33
"""Three a centre; odd, so that each phone tries the other node first from press to press."""
UNIT: Final = NewUnit(centre="BE-VOV", name="DRILL 1")
LOOK_S: Final = 0.02
SETTLE_S: Final = 60.0
FAULTS_SAID: Final = 20
ANSWER: Final = httpx.Timeout(2.5, connect=1.0)  # as the bridge: then it asks the next gateway


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a drill is: how long (s) and how often (a second) the phones press, how many look on."""

    seconds: float
    per_s: float
    consoles: int = CONSOLES
    phones: int = PHONES


@dataclass(frozen=True, kw_only=True)
class Stand:
    """What a drill is given: a directory, where to put what it finds, its size, what ends with it."""

    directory: Path
    findings: Findings
    size: Size
    stack: AsyncExitStack
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Field:
    """The stage with everybody on it."""

    stage: Stage
    server: EmbeddedPostgres
    findings: Findings
    size: Size
    history: History
    crowd: Crowd
    watchers: list[Watcher] = field(default_factory=list)

    def say(self, words: str) -> None:
        """Tell whoever looks on."""
        self.findings.say(words)

    @staticmethod
    def now() -> float:
        """Return monotonic seconds, as every instant of the history is."""
        return asyncio.get_running_loop().time()

    async def press_on(self, share: float) -> None:
        """Let the phones press for a share of the drill's time."""
        await asyncio.sleep(self.size.seconds * share)

    def on(self, node: str) -> list[Watcher]:
        """Return the consoles that are attached to a node now."""
        url = self.stage.urls[("a", "b").index(node)]
        return [watcher for watcher in self.watchers if watcher.node == url]

    async def look(self, what: str, holds: Callable[[], bool], within_s: float) -> float:
        """Wait until something is so; return when (monotonic s). Raises ``TimeoutError``, saying what."""
        try:
            async with asyncio.timeout(within_s):
                while not holds():  # noqa: ASYNC110 (somebody looks; what is looked at wakes nobody)
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise TimeoutError(f"{what}: not within {within_s:g} s") from None
        return self.now()

    async def settle(self, resets: frozenset[str] = frozenset(), *, within_s: float = SETTLE_S) -> Verdict:
        """Stop pressing, wait until every console has everything, and have the whole history judged."""
        self.say("no more presses; waiting until every console has everything")
        await self.crowd.stop(within_s)
        store = await self._caught_up()
        verdict = judge(self.history, store, resets=resets)
        presses = {one.press_id for one in self.history.tries}
        self.findings.show(
            "every press is committed exactly once, and told so",
            f"{len(presses)} presses, {len(self.history.tries)} tries, {len(store.presses)} rows",
            holds=verdict.holds and len(store.presses) == len(presses),
            bound="0 lost, 0 doubled",
        )
        self.findings.show(
            "the history checker finds nothing wrong on any console",
            f"{len(store.events)} events, {len(self.watchers)} consoles, {len(verdict.violations)} faults",
            holds=verdict.holds,
        )
        for violation in verdict.violations[:FAULTS_SAID]:
            self.say(f"{violation.kind}: {violation.what}")
        return verdict

    async def _caught_up(self) -> Store:
        async with asyncio.timeout(SETTLE_S):
            while True:
                store = await read_store(self.stage.database)
                if all(watcher.reached(dict(store.heads)) for watcher in self.watchers):
                    return store
                await asyncio.sleep(0.2)


async def played(
    stand: Stand, server: EmbeddedPostgres, tell: Callable[[Field], Awaitable[None]], way: Way = straight
) -> None:
    """Start everything, tell the story while the phones press, end everything."""
    stand.findings.say("PostgreSQL, two nodes, consoles, phones")
    async with served(server), prepared(stand, server, way) as field_:
        pressing = asyncio.create_task(field_.crowd.press_steadily(stand.size.per_s), name="phones")
        try:
            await tell(field_)
        finally:
            await field_.crowd.give_up()
            pressing.cancel()
            await asyncio.gather(pressing, return_exceptions=True)


@asynccontextmanager
async def served(server: EmbeddedPostgres) -> AsyncIterator[None]:
    """Run a PostgreSQL for a ``with`` block; what killed it meanwhile is no error."""
    await asyncio.to_thread(server.start)
    try:
        yield
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def prepared(stand: Stand, server: EmbeddedPostgres, way: Way) -> AsyncIterator[Field]:
    """Run nodes, consoles and phones for a ``with`` block; nobody presses yet."""
    settings = Settings(database_url=None, data_dir=stand.directory, port=0, node="drill")
    people = [
        (f"console {number}", CENTRES[number // 2 % len(CENTRES)], Role.OPERATOR)
        for number in range(stand.size.consoles)
    ]
    async with (
        AsyncExitStack() as stack,
        httpx.AsyncClient(timeout=ANSWER) as http,
        staged(server, settings, people, UNIT, stand.variables, victims=stand.size.phones, way=way) as stage,
    ):
        history = History()
        field_ = Field(
            stage=stage,
            server=server,
            findings=stand.findings,
            size=stand.size,
            history=history,
            crowd=Crowd(_phones(stage, http), history),
        )
        await _attach(field_, people, stack)
        yield field_


def _phones(stage: Stage, http: httpx.AsyncClient) -> list[Phone]:
    clock = SystemClock()
    return [
        Phone(
            companion_id=victim.companion_id,
            registration_id=victim.registration.registration_id,
            key=victim.key,
            gateways=stage.urls,
            clock=clock,
            http=http,
        )
        for victim in stage.victims
    ]


async def _attach(drilled: Field, people: Sequence[tuple[str, str, Role]], stack: AsyncExitStack) -> None:
    """Attach the consoles, every other one to the other node first, and wait until all are caught up."""
    for number, (name, centre, _) in enumerate(people):
        urls = drilled.stage.urls if number % 2 == 0 else drilled.stage.urls[::-1]
        cookie = drilled.stage.accounts[name].cookie
        watcher = await stack.enter_async_context(watching(name, urls, cookie, drilled.history, (centre,)))
        drilled.watchers.append(watcher)
    await drilled.look(
        "every console is caught up",
        lambda: all(bool(watcher.board.as_of) for watcher in drilled.watchers),
        SETTLE_S,
    )
    drilled.say(f"{len(people)} consoles on two nodes, {drilled.size.per_s:g} presses a second")
