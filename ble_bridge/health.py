"""The battery of this machine, where the system tells of one.

Linux lists its supplies under ``/sys/class/power_supply`` (Documentation/ABI/testing/sysfs-class-power);
elsewhere nothing is known, and nothing is made up.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ble_bridge import timing
from ble_bridge.ports import PhoneHealth

_SUPPLIES: Final = Path("/sys/class/power_supply")
_CHARGING: Final = {"Charging": True, "Full": True, "Discharging": False, "Not charging": False}


class UnknownHealth:
    """A machine that tells nothing."""

    async def run(self, changed: Callable[[], None]) -> None:
        """Nothing to follow."""

    def phone(self) -> PhoneHealth:
        """Return that nothing is known."""
        return PhoneHealth()


class PowerSupply:
    """The machine's own batteries; those of a mouse or a headset are not its life."""

    def __init__(self, supplies: Path = _SUPPLIES) -> None:
        self._supplies = supplies
        self._phone = PhoneHealth()

    def phone(self) -> PhoneHealth:
        """Return how the battery was when last looked at."""
        return self._phone

    async def run(self, changed: Callable[[], None]) -> None:
        """Look at intervals, in a thread: some firmware answers slowly."""
        while True:
            phone = await asyncio.to_thread(read, self._supplies)
            if phone != self._phone:
                self._phone = phone
                changed()
            await asyncio.sleep(timing.HEALTH_S)


def read(supplies: Path) -> PhoneHealth:
    """Read the batteries: of several the mean; unknown where there is none or it does not say."""
    levels: list[int] = []
    charging: list[bool] = []
    for supply in sorted(supplies.glob("*")):
        if _word(supply / "type") != "Battery" or _word(supply / "scope") == "Device":
            continue
        level = _word(supply / "capacity")
        if level.isascii() and level.isdecimal() and int(level) <= 100:
            levels.append(int(level))
        if (state := _CHARGING.get(_word(supply / "status"))) is not None:
            charging.append(state)
    return PhoneHealth(
        battery_pct=sum(levels) // len(levels) if levels else None,
        charging=any(charging) if charging else None,
    )


def _word(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
