"""``kill-node``: a gateway is killed while phones press and consoles look on."""

import asyncio

from gateway.drill.crowd import accepted_s
from gateway.drill.field import Field
from gateway.drill.watching import Watcher

CAUGHT_UP_S = 10.0
ACCEPTED_S = 3.0


async def tell(field: Field) -> None:
    """Play it."""
    await field.press_on(1 / 3)
    moved = field.on("a")
    field.say(f"kill -9 node a: {len(moved)} consoles, half of the phones")
    killed_at = field.now()
    await field.stage.nodes["a"].kill()
    took = await asyncio.gather(*(_moved(field, watcher, killed_at) for watcher in moved))
    field.findings.within(
        "each console of the dead node is caught up on the other", list(took), CAUGHT_UP_S, of="consoles"
    )
    await field.press_on(1 / 3)
    field.findings.within(
        "presses meanwhile are accepted, by whichever node lives",
        list(accepted_s(field.history.tries, killed_at, killed_at + max(took, default=0.0) + 1.0).values()),
        ACCEPTED_S,
        of="presses",
    )
    await field.settle()


async def _moved(field: Field, watcher: Watcher, killed_at: float) -> float:
    """Return how long it took until this console was live on the other node, with everything so far."""
    other = field.stage.urls[1]

    def live() -> bool:
        centres = watcher.board.centres.values()
        return watcher.node == other and all(centre.caught_up for centre in centres)

    return await field.look("a console moves to the living node", live, 60.0) - killed_at
