"""What the button has still to be told, and telling it as soon as it can be reached."""

import asyncio
from typing import Protocol

import structlog

from ble_bridge.cancelling import heed_cancellation
from ble_bridge.decoding import Step
from ble_bridge.ports import GattRefusedError, LinkLostError
from ble_bridge.reference_service import Stage

# A button keeps eight presses; more untold stages than this belong to buttons long gone.
_MOST_KEPT = 64

_log = structlog.get_logger(__name__)


class Telling(Protocol):
    """The link, as far as it tells the button something."""

    async def stage(self, step: Step | None, stage: Stage) -> None:
        """Tell a stage; raises LinkLostError, or GattRefusedError."""


class Feedback:
    """Keeps for each press the stages not yet told. ``wanted`` false: she wants to feel nothing.

    A press that is committed must leave the button's queue all the same; it is then dismissed,
    which is not felt.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._due: dict[tuple[Step | None, Stage], None] = {}
        self._changed = asyncio.Event()

    def tell(self, step: Step | None, stage: Stage) -> None:
        """Have the button told; again and again if need be."""
        if not self._wanted:
            if stage not in {Stage.DISMISSED, Stage.COMMITTED}:
                return
            stage = Stage.DISMISSED
        self._due[step, stage] = None
        while len(self._due) > _MOST_KEPT:
            del self._due[next(iter(self._due))]
        self._changed.set()

    def link_is_up(self) -> None:
        """Try what is due again."""
        self._changed.set()

    async def run(self, link: Telling) -> None:
        """Tell, until cancelled."""
        while True:
            heed_cancellation()
            await self._changed.wait()
            self._changed.clear()
            for step, stage in list(self._due):
                try:
                    await link.stage(step, stage)
                except LinkLostError:
                    break
                except GattRefusedError:
                    heed_cancellation()
                    _log.warning("feedback.refused", stage=stage.name)
                self._due.pop((step, stage), None)
