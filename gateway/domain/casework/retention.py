"""How long what is kept, and why; what becomes of it then. The documentation's table is made from this."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.domain.errors import RetentionRefused


class DataClass(StrEnum):
    """What is kept for a time of its own."""

    POSITIONS = "positions"
    ALARMS = "alarms"
    DELIVERIES = "deliveries"
    NOTICES = "notices"
    CALLS = "calls"
    HOTSPOTS = "hotspots"
    SOUND = "sound"
    REPORTS = "reports"
    JOURNAL = "journal"
    FILES = "files"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """How long a class is kept by default, from when, what then, and on what ground."""

    days: int
    since: str
    what: str
    then: str
    reason: str
    source: str


GDPR_5: Final = "GDPR art. 5(1)(e); law of 30 July 2018, art. 28"

RULES: Final[Mapping[DataClass, Rule]] = MappingProxyType(
    {
        DataClass.POSITIONS: Rule(
            days=30,
            since="the alarm was closed",
            what="tracks, positions of presses, alarms and events, raw bytes of presses",
            then="deleted; the salts of the events' places are destroyed",
            reason="needed to help her, and to take evidence; where she was is the most telling of all",
            source=GDPR_5,
        ),
        DataClass.ALARMS: Rule(
            days=365,
            since="the alarm was closed",
            what="an alarm's sealed copy of the file, notes, reference",
            then="pseudonymised: keys destroyed, reference removed; kinds and instants stay for statistics",
            reason="complaint, inquiry and evaluation come within the year",
            source=GDPR_5,
        ),
        DataClass.DELIVERIES: Rule(
            days=3 * 365,
            since="it was delivered",
            what="which console drew which alarm, and who asked for what",
            then="deleted",
            reason="who saw it is answered as long as for other looks",
            source="law of 30 July 2018, art. 56 (logging)",
        ),
        DataClass.NOTICES: Rule(
            days=365,
            since="it was cleared",
            what="notices",
            then="deleted",
            reason="to do at leisure, and done",
            source=GDPR_5,
        ),
        DataClass.CALLS: Rule(
            days=30,
            since="it ended",
            what="calls to the outside, with what was said",
            then="deleted",
            reason="to find out what was told when something went wrong",
            source=GDPR_5,
        ),
        DataClass.HOTSPOTS: Rule(
            days=365,
            since="it ended",
            what="flags on addresses and numbers",
            then="deleted, with the key of what it was on and why",
            reason="asked with the alarm that it was shown beside; one set by hand ends with no file",
            source=GDPR_5,
        ),
        DataClass.SOUND: Rule(
            days=365,
            since="it was noted",
            what="what became of consoles' sirens",
            then="deleted",
            reason="was the siren heard: asked with the alarm",
            source=GDPR_5,
        ),
        DataClass.REPORTS: Rule(
            days=365,
            since="the day",
            what="daily reports",
            then="deleted",
            reason="sent and read; what they tell is kept elsewhere",
            source=GDPR_5,
        ),
        DataClass.JOURNAL: Rule(
            days=3 * 365,
            since="the month's end",
            what="the journal: looks and acts",
            then="its month is dropped; the entries' salts are destroyed",
            reason="who looked is asked long after; operators' names are personal data too",
            source="law of 30 July 2018, art. 56 (logging)",
        ),
        DataClass.FILES: Rule(
            days=365,
            since="the last step of a refused, closed or archived file",
            what="files",
            then="erased: every key is destroyed",
            reason="the protection may be asked for again within the year",
            source=GDPR_5,
        ),
    }
)

SHORTEST_DAYS: Final = 1
LONGEST_DAYS: Final = 30 * 365


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each class is kept here, in days."""

    days: Mapping[DataClass, int]

    @classmethod
    def usual(cls) -> "Retention":
        """Return what is built in."""
        return cls(MappingProxyType({one: rule.days for one, rule in RULES.items()}))

    @classmethod
    def read(cls, text: str) -> "Retention":
        """Read TOML, ``class = days`` a line, over what is built in. Raises ``RetentionRefused``."""
        try:
            given = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RetentionRefused(str(error)) from None
        days = dict(cls.usual().days)
        for name, value in given.items():
            if name not in set(DataClass):
                raise RetentionRefused(f"there is no class {name}")
            if type(value) is not int or not SHORTEST_DAYS <= value <= LONGEST_DAYS:
                raise RetentionRefused(f"{name} is not a number of days from 1 to {LONGEST_DAYS}")
            days[DataClass(name)] = value
        if days[DataClass.POSITIONS] > days[DataClass.ALARMS]:
            raise RetentionRefused("positions are kept longer than the alarms they are of")
        return cls(MappingProxyType(days))

    def before(self, of: DataClass, now: datetime) -> datetime:
        """Return the instant before which what is of this class has no more ground to be kept."""
        return now - timedelta(days=self.days[of])
