"""What a load test does to a gateway, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loadtests.profiles.alarms import ALARMS
from loadtests.profiles.base import Profile
from loadtests.profiles.doors import DOORS
from loadtests.profiles.reconnect import RECONNECT
from loadtests.profiles.screen import SCREEN
from loadtests.profiles.soak import SOAK
from loadtests.profiles.storm import STORM
from loadtests.profiles.tracks import TRACKS

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "alarms": ALARMS,
        "tracks": TRACKS,
        "doors": DOORS,
        "storm": STORM,
        "reconnect": RECONNECT,
        "soak": SOAK,
        "screen": SCREEN,
    }
)
