"""Heartbeats: one that shows nothing wrong, and any at all."""

from typing import Any

from hypothesis import strategies as st

from schemas.protection import CompanionHeartbeat, LinkState, PositionSourceState


def well(**changes: Any) -> CompanionHeartbeat:
    """A companion and a button that are well, but for ``changes``."""
    return CompanionHeartbeat.model_validate(
        {
            "companion_version": "1.2.0",
            "phone_battery_pct": 80,
            "phone_charging": False,
            "button_battery_pct": 90,
            "button_link": "up",
            "position_source": "ok",
            "last_fix_age_s": 2.0,
            **changes,
        }
    )


def heartbeats() -> st.SearchStrategy[CompanionHeartbeat]:
    """Any heartbeat, its readings mostly near where something begins or ends."""
    percent = st.none() | st.sampled_from([0, 4, 5, 6, 9, 10, 11, 19, 20, 21, 24, 25, 26, 100])
    return st.builds(
        CompanionHeartbeat,
        companion_version=st.sampled_from([None, "1.1.9", "1.2.0", "x"]),
        phone_battery_pct=percent,
        phone_charging=st.none() | st.booleans(),
        button_battery_pct=percent,
        button_link=st.sampled_from(LinkState),
        button_link_since_s=st.none() | st.floats(0, 1000),
        missing_permissions=st.sampled_from([(), ("location",), ("bluetooth",), ("background", "location")]),
        position_source=st.sampled_from(PositionSourceState),
        last_fix_age_s=st.none() | st.floats(0, 8000),
        presses_waiting=st.integers(0, 2),
        alarm_id=st.none() | st.uuids(),
    )
