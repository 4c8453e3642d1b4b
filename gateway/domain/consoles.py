"""What is wrong with an attached console: why an alarm might come to it unnoticed."""

from datetime import datetime
from typing import Final

from schemas.frames import Condition, SoundState
from schemas.overview import ConsoleFault

NOT_HEARD_S: Final = 20.0
"""A console answers a heartbeat each 5 s, which is written down each 5 s: one that was not heard for so
long missed two of them. Its workstation sleeps, or its network has gone."""

SLOW_MS: Final = 1000.0
"""The whole budget from a press to a screen (``MSA_LATENCY_BUDGET_MS``)."""


def faults_of(condition: Condition | None, heard_at: datetime, now: datetime) -> tuple[ConsoleFault, ...]:
    """Return what is wrong with a console, the gravest first.

    One that does not say how it is (a program, a terminal) is judged by being heard alone.
    """
    found = set()
    if (now - heard_at).total_seconds() > NOT_HEARD_S:
        found.add(ConsoleFault.NOT_HEARD)
    if condition is not None:
        found |= _said(condition)
    return tuple(fault for fault in ConsoleFault if fault in found)


def _said(condition: Condition) -> set[ConsoleFault]:
    said = {
        ConsoleFault.SOUND_BLOCKED: condition.sound is SoundState.BLOCKED,
        ConsoleFault.SOUND_UNCHECKED: condition.sound is SoundState.UNCHECKED,
        ConsoleFault.HIDDEN: not condition.visible,
        # A hidden page may hold no lock on the screen: that is the same fault twice.
        ConsoleFault.MAY_GO_DARK: condition.visible and not condition.awake,
        ConsoleFault.SLOW: condition.lag_ms is not None and condition.lag_ms > SLOW_MS,
    }
    return {fault for fault, it_is in said.items() if it_is}
