"""Positions from gpsd: newline-delimited JSON over TCP (gpsd_json(5)).

gpsd listens on the loopback only, and should: whoever can connect knows where she is.
"""

import asyncio
import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from ble_bridge import timing
from ble_bridge.ports import Clock, Fix
from ble_bridge.positions import LastFixes
from schemas.position import Method

_WATCH: Final = b'?WATCH={"enable":true,"json":true};\n'
_SIMULATED: Final = 8
_MODE_2D: Final = 2
_LONGEST_LINE: Final = 65_536

# gpsd calls its error estimate's certainty unknown; one standard deviation promises the least.
_CONFIDENCE: Final = 0.68

_log = structlog.get_logger(__name__)


class Gpsd:
    """The last fixes of a gpsd at ``host:port``, across its restarts."""

    def __init__(self, host: str, port: int, clock: Clock) -> None:
        self._host, self._port, self._clock = host, port, clock
        self._fixes = LastFixes()

    def latest(self) -> Sequence[Fix]:
        """Return at most three fixes, newest first."""
        return self._fixes.latest()

    async def run(self) -> None:
        """Follow gpsd for ever; a loss is told once, and the last fixes stay, ageing."""
        is_up = True
        while True:
            try:
                async with asyncio.timeout(timing.BUS_S):
                    reader, writer = await asyncio.open_connection(
                        self._host, self._port, limit=_LONGEST_LINE
                    )
            except (OSError, TimeoutError):
                if is_up:
                    _log.warning("gpsd.unreachable")
                is_up = False
            else:
                _log.info("gpsd.connected")
                is_up = True
                await self._follow(reader, writer)
            await asyncio.sleep(timing.GPSD_RETRY_S)

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(_WATCH)
            while True:
                async with asyncio.timeout(timing.GPSD_SILENCE_S):
                    line = await reader.readline()
                if not line:
                    return
                fix = fix_of(line, self._clock)
                if fix is not None:
                    self._fixes.add(fix)
        except (OSError, TimeoutError, ValueError):
            _log.warning("gpsd.lost")
        finally:
            writer.close()


def fix_of(line: bytes, clock: Clock) -> Fix | None:
    """Read one line of gpsd: the fix of a TPV report that has one, else None."""
    try:
        report = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(report, dict) or report.get("class") != "TPV":
        return None
    if (_number(report, "mode") or 0) < _MODE_2D:
        return None
    latitude, longitude = _number(report, "lat"), _number(report, "lon")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    heading, speed = _number(report, "track"), _number(report, "speed")
    return Fix(
        latitude=latitude,
        longitude=longitude,
        fixed_s=clock.monotonic(),
        fixed_at=_instant(report.get("time")) or clock.now(),
        method=Method.GNSS,
        radius_m=_radius(report),
        confidence=_CONFIDENCE,
        mock=report.get("status") == _SIMULATED,
        speed_mps=speed if speed is not None and 0 <= speed <= 500 else None,
        heading_deg=heading if heading is not None and 0 <= heading < 360 else None,
    )


def _radius(report: dict[str, Any]) -> float | None:
    """Horizontal error in metres: ``eph``, or from its two axes in older versions."""
    radius = _number(report, "eph")
    if radius is None:
        east, north = _number(report, "epx"), _number(report, "epy")
        radius = None if east is None or north is None else math.hypot(east, north)
    return radius if radius is not None and 0 <= radius <= 1_000_000 else None


def _number(report: dict[str, Any], name: str) -> float | None:
    value = report.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _instant(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
