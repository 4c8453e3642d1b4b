"""The console's twenty requirements, and the browser tests that hold them."""

import re
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent.parent / "tests/acceptance/console"
REQUIREMENTS: Final = (
    "only what needs an answer now sounds the siren; the rest are notices",
    "each state has a word, a shape and a colour of its own, the same everywhere",
    "the siren loops until every alarm of the centre is acknowledged",
    "silence is not acknowledging: 60 s, this workstation, counted down, ended by a new alarm",
    "sound is tried at sign-in; blocked sound is a fault that is seen, by the supervisor too",
    "a full-width banner; only an unanswered alarm flashes, at most once a second, not under reduced motion",
    "seconds since raised on banner and row; shares acknowledged in time",
    "a new alarm moves neither selection, focus nor scroll; unanswered first, oldest first",
    "acknowledging is one key from anywhere; the gateway decides",
    "acknowledged and nobody sent falls back",
    "alarms cannot be shelved; notices can, with an end, a reason, a list and a trace",
    "repeats join their alarm; a flood is told and hides nothing",
    "text 4.5:1, symbols 3:1, targets 24 px, 44 px to acknowledge, visible focus, usable at 200 %",
    "everything by keyboard, keys printed on their buttons",
    "position, radius to scale, track and age; follow mode is seen, ends by hand, one key back",
    "a fix older than 30 s is stale in words; the time left is told",
    "a lost link is a red bar in words, with its own sound; its return is said",
    "all that the map tells is also text; new alarms are announced at once, the rest when there is time",
    "circumstances first, by severity, word and icon, date checked, own language; languages switch in place",
    "closing needs outcome and note; input belongs to its alarm; nothing is deleted",
)
NAMED: Final = re.compile(r"def (test_requirement_(\d\d)_\w+)\(")


def held_by() -> dict[str, list[str]]:
    """Return each requirement's number with its tests, as ``file::test``."""
    found: dict[str, list[str]] = {}
    for file in sorted(TESTS.glob("test_*.py")):
        for name, number in NAMED.findall(file.read_text(encoding="utf-8")):
            found.setdefault(number, []).append(f"tests/acceptance/console/{file.name}::{name}")
    return found


def rows() -> list[tuple[str, str, str]]:
    """Return number, words and tests of each requirement."""
    found = held_by()
    return [
        (f"{number:02}", words, ", ".join(f"`{test}`" for test in found.get(f"{number:02}", [])))
        for number, words in enumerate(REQUIREMENTS, 1)
    ]
