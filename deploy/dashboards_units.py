"""A number as Grafana would write it, in the units that the dashboards use."""

import math
from typing import Final

SECONDS: Final = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
BYTES: Final = ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B"))
PLAIN: Final = ((1e6, " M"), (1e3, " K"), (1.0, ""))


def worded(value: float, unit: str) -> str:
    """Return a value with its unit, in three figures."""
    if not math.isfinite(value):
        return "none"
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "s":
        return _scaled(value, SECONDS, " ")
    if unit == "bytes":
        return _scaled(value, BYTES, " ")
    return _scaled(value, PLAIN, "") + (" /s" if unit == "ops" else "")


def _scaled(value: float, scales: tuple[tuple[float, str], ...], between: str) -> str:
    if not value:
        return f"0{between}{'s' if scales is SECONDS else ''}".strip()
    least = scales[-1][0]
    factor, name = next((one for one in scales if abs(value) >= one[0]), (least, scales[-1][1]))
    shown = value / factor
    figures = f"{shown:.0f}" if abs(shown) >= 100 else f"{shown:.3g}"
    return f"{figures}{between}{name}"
