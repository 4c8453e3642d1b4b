"""Pressing the virtual button with the keys of a terminal."""

import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ble_bridge.bench.virtual_button import Vibration, VirtualButton
from ble_bridge.reference_service import PatternCode

HELP: Final = "Enter = hold (the alarm)   s = short   d = double   a = away   b = back   q = quit"
QUIT: Final = "q"
_ACTS: Final = {
    "\n": PatternCode.HOLD,
    "\r": PatternCode.HOLD,
    "s": PatternCode.SHORT,
    "d": PatternCode.DOUBLE,
}


@contextmanager
def single_keys(descriptor: int) -> Iterator[None]:
    """Let the terminal hand over each key at once, and give it back as it was."""
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


async def strike(key: str, button: VirtualButton) -> None:
    """Do what a key stands for; other keys do nothing."""
    if act := _ACTS.get(key):
        say(f"{act.name.lower()} ...")
        made = await button.press(act)
        say(f"press {made.counter} made" + (", kept until the phone is back" if made.latched else ""))
    elif key == "a":
        button.carry_away()
        say("out of reach of the phone")
    elif key == "b":
        button.bring_back()
        say("in reach of the phone again")


def feel(vibration: Vibration) -> None:
    """Say what the wearer feels."""
    often = "twice" if vibration.pulses == 2 else "once"
    say(f"vibrates {often}: press {vibration.counter} {vibration.stage.name.lower().replace('_', ' ')}")


def say(words: str) -> None:
    """Tell the person at the terminal; standard output is for the machine."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 # a person is reading
