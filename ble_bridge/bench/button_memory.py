"""What a button keeps over a change of its battery: identity, counter, settings, unconfirmed presses."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from ble_bridge.reference_service import BUTTON_ID_BYTES, MAX_UNCONFIRMED, PatternCode, Settings


@dataclass(frozen=True, slots=True)
class KeptPress:
    """A press that was not confirmed yet. ``completed_at_s`` is lost with the power (None then)."""

    pattern: PatternCode
    counter: int
    latched: bool
    completed_at_s: float | None


@dataclass(slots=True)
class ButtonMemory:
    """The flash of the virtual button, a JSON file replaced as a whole by ``save``."""

    path: Path
    button_id: bytes
    boot: int
    settings: Settings = field(default_factory=Settings)
    counter: int = 0
    unconfirmed: list[KeptPress] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path, settings: Settings) -> Self:
        """Read the memory, or make that of a new button with ``settings`` where there is none."""
        if not path.exists():
            memory = cls(path, secrets.token_bytes(BUTTON_ID_BYTES), _new_boot(0), settings)
            memory.save()
            return memory
        kept = json.loads(path.read_text())
        return cls(
            path,
            button_id=bytes.fromhex(kept["button_id"]),
            boot=kept["boot"],
            settings=Settings(**kept["settings"]),
            counter=kept["counter"],
            unconfirmed=[
                KeptPress(PatternCode(press["pattern"]), press["counter"], press["latched"], None)
                for press in kept["unconfirmed"]
            ],
        )

    def save(self) -> None:
        """Write the file anew, so that a cut in between leaves the old one."""
        kept = {
            "button_id": self.button_id.hex(),
            "boot": self.boot,
            "settings": asdict(self.settings),
            "counter": self.counter,
            "unconfirmed": [
                {"pattern": int(press.pattern), "counter": press.counter, "latched": press.latched}
                for press in self.unconfirmed
            ],
        }
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(kept))
        fresh.replace(self.path)

    def keep(self, pattern: PatternCode, *, latched: bool, completed_at_s: float) -> KeptPress:
        """Count a press and keep it until it is confirmed.

        With the queue full the newest press takes the last place: the first seven are the begin of
        what happened, and the last is where it stands.
        """
        self.counter += 1
        press = KeptPress(pattern, self.counter, latched, completed_at_s)
        if len(self.unconfirmed) >= MAX_UNCONFIRMED:
            self.unconfirmed.pop()
        self.unconfirmed.append(press)
        self.save()
        return press

    def confirm(self, boot: int, counter: int) -> None:
        """Let go of a press; one that is not kept (any more) changes nothing."""
        if boot == self.boot:
            self.unconfirmed = [press for press in self.unconfirmed if press.counter != counter]
            self.save()

    def reset(self) -> None:
        """Do a factory reset: only the identity stays, and a new ``boot`` says so."""
        self.boot, self.counter, self.settings, self.unconfirmed = _new_boot(self.boot), 0, Settings(), []
        self.save()


def _new_boot(old: int) -> int:
    """Draw at random: a button that lost its memory cannot count its boots."""
    while (boot := secrets.randbits(32)) in {0, old}:
        pass
    return boot
