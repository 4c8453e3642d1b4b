"""The steps of a button's counter that were never heard. Pure.

That a step becomes exactly one press is the work of its ``press_id`` and of the outbox. Here is
watched that no step is skipped. Steps may come out of order: a press is notified at once while
older ones still wait on the button. So a jump is only *open* until the button says that nothing
waits; what is still open then was missed, and is told once.
"""

from dataclasses import dataclass, field
from typing import Final

from ble_bridge.decoding import Step

# A jump wider than this is another history rather than lost presses: its last steps are told.
_WIDEST_GAP: Final = 256
_BOOTS_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """Steps ``first`` to ``last`` of ``boot`` that this companion never heard."""

    boot: int | None
    first: int
    last: int


@dataclass(slots=True)
class _Boot:
    highest: int
    open: set[int] = field(default_factory=set)


class Counting:
    """The steps heard of one button; ``highest`` is what an earlier run had heard, if anything."""

    def __init__(self, highest: Step | None = None) -> None:
        self._boots: dict[int | None, _Boot] = {}
        if highest is not None:
            self.heard(highest)

    def heard(self, step: Step) -> None:
        """Note a step. The first one ever of a boot is where the counting starts."""
        boot = self._boots.get(step.boot)
        if boot is None:
            self._forget_oldest()
            self._boots[step.boot] = _Boot(step.counter)
        elif step.counter > boot.highest:
            first = max(boot.highest + 1, step.counter - _WIDEST_GAP)
            boot.open.update(range(first, step.counter))
            boot.highest = step.counter
        else:
            boot.open.discard(step.counter)

    def missed(self) -> tuple[Gap, ...]:
        """Return the steps still open, as gaps, and close them. Call when the button is drained."""
        gaps: list[Gap] = []
        for name, boot in self._boots.items():
            for counter in sorted(boot.open):
                if gaps and gaps[-1].boot == name and gaps[-1].last == counter - 1:
                    gaps[-1] = Gap(name, gaps[-1].first, counter)
                else:
                    gaps.append(Gap(name, counter, counter))
            boot.open.clear()
        return tuple(gaps)

    def _forget_oldest(self) -> None:
        while len(self._boots) >= _BOOTS_KEPT:
            del self._boots[next(iter(self._boots))]
