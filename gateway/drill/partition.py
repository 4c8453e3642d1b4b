"""``partition``: one node is cut from PostgreSQL, wholly and then in one direction only; the other is not."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import httpx

from gateway.drill.field import Field
from gateway.drill.proxy import Proxy, postgres_proxy
from gateway.drill.screens import kept, shown_s
from gateway.drill.watching import Watcher

NOTICED_S: Final = 5.0
SHOWN_S: Final = 3.0
BACK_S: Final = 10.0
UNTOUCHED_S: Final = 0.5
NEWS_S: Final = 10.0
IN_FLIGHT_S: Final = 0.5
"""What was written to consoles just before the cut has come by then."""
LOOK_S: Final = 30.0


class Cuttable:
    """The way of node a to the database goes through a link that can be cut; all others go straight."""

    def __init__(self, stack: AsyncExitStack, directory: Path) -> None:
        self._stack = stack
        self._directory = directory
        self.link: Proxy

    async def __call__(self, name: str, database: str) -> str:
        """Return the URL by which ``name`` reaches the database."""
        if name != "a":
            return database
        self.link = await self._stack.enter_async_context(postgres_proxy(database, self._directory))
        return self.link.url


async def tell(field: Field, way: Cuttable, *, is_moved: bool) -> None:
    """Play it; ``is_moved``: nodes speak to each other, so that the consoles of the one go to the other."""
    await field.press_on(1 / 4)
    before = _answers_of_b(field, 0.0, field.now())
    for words, cut in (
        ("node a is cut from PostgreSQL: nothing passes", way.link.blackhole),
        ("what node a asks PostgreSQL is heard, and no answer passes", lambda: way.link.drop("down")),
    ):
        field.say(words)
        there, cut_at = field.on("a"), field.now()
        cut()
        noticed_at = await _until_database_is(field, known=False)
        field.findings.within(f"{words}: it says so", [noticed_at - cut_at], NOTICED_S, of="node")
        await field.press_on(1 / 4)
        if is_moved and there:
            await field.look("its consoles are on the other node", lambda: not field.on("a"), LOOK_S)
        field.findings.within(
            "meanwhile the other node answers as before",
            _answers_of_b(field, cut_at, field.now()),
            UNTOUCHED_S,
            of=f"presses there (before: slowest {max(before):.3f} s)",
        )
        way.link.heal()
        way.link.reset()
        healed_at = field.now()
        back_at = await _until_database_is(field, known=True)
        field.findings.within("healed: it commits again", [back_at - healed_at], BACK_S, of="node")
        await _show_news(field, words, there, cut_at, is_moved=is_moved)
    await field.press_on(1 / 4)
    field.findings.within(
        "what node a only kept was on a screen at once",
        shown_s(field.history, kept(field.history)),
        SHOWN_S,
        of="kept",
    )
    await field.settle()


def _news(there: Sequence[Watcher], cut_at: float) -> list[float | None]:
    """Return when each console that was at the node first saw an event after the cut."""
    since = cut_at + IN_FLIGHT_S
    return [min((at for at in one.heard().values() if at > since), default=None) for one in there]


async def _show_news(
    field: Field, words: str, there: Sequence[Watcher], cut_at: float, *, is_moved: bool
) -> None:
    """Wait until each of these consoles has news, and say how long they had none."""
    if not there:
        return
    await field.look("its consoles have news", lambda: None not in _news(there, cut_at), LOOK_S)
    took = [at - cut_at for at in _news(there, cut_at) if at is not None]
    if is_moved:
        field.findings.within(f"{words}: its consoles have news again", took, NEWS_S, of="consoles")
    else:
        seen = f"{len(took)} consoles, slowest {max(took):.3f} s"
        field.findings.show(
            f"{words}: without NATS its consoles have no news before its end", seen, holds=True
        )


def _answers_of_b(field: Field, since: float, until: float) -> list[float]:
    """Return how long the other node took for each press that it answered 2xx."""
    return [
        one.ended - one.began
        for one in field.history.tries
        if one.node == field.stage.urls[1] and one.told is not None and since <= one.began < until
    ]


async def _until_database_is(field: Field, *, known: bool) -> float:
    """Wait until node a says that it reaches the database, or does not; return when."""
    async with asyncio.timeout(LOOK_S), httpx.AsyncClient(timeout=2.0) as http:
        while True:
            answer = await http.get(f"{field.stage.urls[0]}/readyz")
            if answer.json()["database"] is known:
                return field.now()
            await asyncio.sleep(0.05)
