"""Positions for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from schemas.position import Position

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_fix(latitude: float, longitude: float, *, age_s: float = 1.0, **changes: Any) -> Position:
    """One fix, so many seconds old at ``AT``."""
    return Position(
        latitude=latitude,
        longitude=longitude,
        fixed_at=AT - timedelta(seconds=age_s),
        **{"radius_m": 10.0, **changes},
    )


def fixes() -> st.SearchStrategy[Position]:
    """Any position that can be written down, the ends of every field among them."""
    return st.builds(
        Position,
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        radius_m=st.none() | st.floats(0, 1_000_000),
        confidence=st.floats(0, 1, exclude_min=True),
        fixed_at=st.datetimes(timezones=st.just(UTC)),
        age_s=st.none(),
        mock=st.booleans(),
    )
