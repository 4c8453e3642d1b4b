"""``storm``: every console loses its link at the same moment, and all come back, while phones press."""

import asyncio
from typing import Final

from gateway.drill.crowd import accepted_s
from gateway.drill.field import Field
from gateway.drill.watching import Watcher

BACK_S: Final = 10.0
ACCEPTED_S: Final = 2.0
STORMS: Final = 3
LOOK_S: Final = 60.0


async def tell(field: Field) -> None:
    """Play it."""
    await field.press_on(1 / 4)
    before = list(accepted_s(field.history.tries, 0.0, field.now()).values())
    began, back = field.now(), []
    for storm in range(1, STORMS + 1):
        field.say(f"storm {storm}: {len(field.watchers)} consoles lose their link at the same moment")
        cut_at = field.now()
        await asyncio.gather(*(watcher.cut() for watcher in field.watchers))
        back += await asyncio.gather(*(_back(field, watcher, cut_at) for watcher in field.watchers))
    await field.press_on(1 / 4)
    field.findings.within("every console is back and caught up", back, BACK_S, of="returns")
    field.findings.within(
        "presses meanwhile are accepted",
        list(accepted_s(field.history.tries, began, field.now()).values()),
        ACCEPTED_S,
        of=f"presses (before: slowest {max(before):.3f} s)",
    )
    await field.settle()


async def _back(field: Field, watcher: Watcher, cut_at: float) -> float:
    """Return how long it took until this console had another link, and everything over it."""
    links = len(watcher.history.links)

    def live() -> bool:
        centres = watcher.board.centres.values()
        return (
            len(watcher.history.links) > links
            and watcher.node is not None
            and all(centre.caught_up for centre in centres)
        )

    return await field.look("a console comes back", live, LOOK_S) - cut_at
