"""One canary: a signed press through one node, seen at every node's console, answered at the first's."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import httpx

from dispatch.client import CommandError
from gateway.canary.console import NodeConsole
from gateway.canary.timing import PROBE_S, SEEN_S
from gateway.ports import Clock
from gateway.synthetic.door import PressRefusedError, a_press, post
from gateway.synthetic.wallet import SyntheticCompanion
from schemas.press import Purpose, Receipt


class Stage(StrEnum):
    """Where a canary may end, in the order of its way."""

    PRESS = "press"
    PURPOSE = "purpose"
    CONSOLE = "console"
    ANSWER = "answer"


@dataclass(slots=True, kw_only=True)
class Probed:
    """How far a canary came, in seconds after its press; ``failed`` None: all the way."""

    node: str
    centre: str
    at: datetime
    commit_s: float | None = None
    console_s: dict[str, float] = field(default_factory=dict)
    answered_s: float | None = None
    failed: Stage | None = None
    words: str | None = None
    unseen: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Prober:
    """The companions by centre, the consoles by node. Canaries of one centre go one after the other."""

    companions: Mapping[str, SyntheticCompanion]
    consoles: Mapping[str, NodeConsole]
    http: httpx.AsyncClient
    clock: Clock
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def probe(self, node: str, centre: str) -> Probed:
        """Send one canary through ``node`` for ``centre``; never raises."""
        async with self._turns.setdefault(centre, asyncio.Lock()):
            probed = Probed(node=node, centre=centre, at=self.clock.now())
            stage = Stage.PRESS
            try:
                async with asyncio.timeout(PROBE_S):
                    began = self._now()
                    receipt = await self._press(node, centre)
                    probed.commit_s = self._now() - began
                    stage = Stage.CONSOLE
                    await self._seen(receipt, probed, began)
                    stage = Stage.ANSWER
                    await self.consoles[node].answer(receipt.alarm_id)
                    probed.answered_s = self._now() - began
            except _NotACanaryError as error:
                _fail(probed, Stage.PURPOSE, str(error))
            except (PressRefusedError, CommandError, TimeoutError) as error:
                _fail(probed, stage, str(error) or type(error).__name__)
            return probed

    async def _press(self, node: str, centre: str) -> Receipt:
        press = a_press(self.clock.now())
        receipt = await post(self.http, self.consoles[node].url, self.companions[centre], press)
        if receipt.purpose is not Purpose.CANARY or receipt.centre != centre:
            raise _NotACanaryError(receipt.alarm_id, receipt.purpose, receipt.centre)
        return receipt

    async def _seen(self, receipt: Receipt, probed: Probed, began: float) -> None:
        """Wait for the event at every console; what one does not see is said, and the way goes on."""
        waiting = {
            asyncio.ensure_future(console.seen(receipt.centre, receipt.sequence)): name
            for name, console in self.consoles.items()
        }
        try:
            await asyncio.wait(waiting, timeout=SEEN_S)
            for seen, name in waiting.items():
                if seen.done():
                    probed.console_s[name] = max(0.0, seen.result() - began)
        finally:
            for seen in waiting:
                seen.cancel()
        probed.unseen = tuple(sorted(set(self.consoles) - set(probed.console_s)))
        if probed.unseen:
            _fail(probed, Stage.CONSOLE, f"not seen at {', '.join(probed.unseen)}")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class _NotACanaryError(Exception):
    def __init__(self, alarm_id: UUID, purpose: Purpose, centre: str) -> None:
        super().__init__(f"taken as {purpose} at {centre}: alarm {alarm_id} has to be closed by hand")


def _fail(probed: Probed, stage: Stage, words: str) -> None:
    """Keep the first failure: what comes after it follows from it."""
    if probed.failed is None:
        probed.failed, probed.words = stage, words
