"""The last fixes of a source, and how they travel with a press. Pure."""

from collections import deque
from collections.abc import Sequence

from ble_bridge import timing
from ble_bridge.ports import Fix
from schemas.position import Position


class LastFixes:
    """The newest fix and two before it, those at least a second apart."""

    def __init__(self) -> None:
        self._fixes: deque[Fix] = deque(maxlen=timing.KEPT_FIXES)

    def add(self, fix: Fix) -> None:
        """Take a fix, newer than those before."""
        is_crowded = (
            len(self._fixes) > 1 and self._fixes[0].fixed_s - self._fixes[1].fixed_s < timing.FIX_SPACING_S
        )
        if is_crowded:
            self._fixes[0] = fix
        else:
            self._fixes.appendleft(fix)

    def latest(self) -> Sequence[Fix]:
        """Return them, newest first."""
        return tuple(self._fixes)


def as_positions(fixes: Sequence[Fix], now_s: float) -> tuple[Position, ...]:
    """Return what travels with a press, each with its age at ``now_s``."""
    return tuple(
        Position(
            latitude=fix.latitude,
            longitude=fix.longitude,
            radius_m=fix.radius_m,
            confidence=fix.confidence,
            fixed_at=fix.fixed_at,
            age_s=round(max(0.0, now_s - fix.fixed_s), 3),
            method=fix.method,
            mock=fix.mock,
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
        )
        for fix in fixes[: timing.KEPT_FIXES]
    )
