"""What a load test does to a gateway, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from loadtests.profiles.alarms import ALARMS
from loadtests.profiles.base import Profile
from loadtests.profiles.reconnect import RECONNECT
from loadtests.profiles.storm import STORM

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {"alarms": ALARMS, "storm": STORM, "reconnect": RECONNECT}
)
