"""The words of EIDO's registries that an alarm is told in (NENA-STA-021.1b).

The registries themselves are not published with the schema: the incident types are APCO ANS 2.103.2, the
dispositions APCO ANS 1.111.2; every other word is taken from the standard's text. Where neither has one,
ours stands here and ``docs/eido.md`` says so.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from gateway.domain.alarm import EventKind
from schemas.alarm import AlarmState, AlarmView, SourceKind
from schemas.outcome import DISPOSITIONS, Outcome
from schemas.press import Purpose
from schemas.registration import CircumstanceKind, Severity
from schemas.unit import UnitStatus

STALKING: Final = "STKX"
"""Stalking with the suspect on the scene."""

NOT_REAL: Final = "ADMIN"
"""Of whatever is not real: a receiver that does not know our extension must never take a test for danger."""

PRIORITY: Final[Mapping[Purpose, int]] = MappingProxyType(
    {Purpose.REAL: 1, Purpose.EXERCISE: 5, Purpose.TEST: 5, Purpose.CANARY: 5}
)
"""1 is the highest, 5 the lowest."""

INTERNAL_TEXT: Final[Mapping[SourceKind, str]] = MappingProxyType(
    {
        SourceKind.BUTTON: "Stalking alarm: her hidden button",
        SourceKind.APP_112: "Stalking alarm: the 112 app",
        SourceKind.DEVICE: "Stalking alarm: a device without a phone",
        SourceKind.ALARM_CENTRE: "Stalking alarm: an alarm-receiving centre",
        SourceKind.PERIMETER: "Stalking alarm: the offender entered a zone he must stay out of",
    }
)

CautionSeverity = Literal["highest", "high", "normal", "low", "lowest"]

CAUTION_SEVERITY: Final[Mapping[Severity, CautionSeverity]] = MappingProxyType(
    {Severity.CRITICAL: "highest", Severity.HIGH: "high", Severity.NORMAL: "normal"}
)

CAUTION: Final[Mapping[CircumstanceKind, str]] = MappingProxyType(
    {
        CircumstanceKind.WEAPON: "Weapons",
        CircumstanceKind.THREAT_TO_LIFE: "ViolentTendencies",
        CircumstanceKind.CHILDREN: "Other",
        CircumstanceKind.MEASURE: "Other",
        CircumstanceKind.APPROACH: "Other",
        CircumstanceKind.MEDICAL: "Medical",
        CircumstanceKind.MENTAL_STATE: "Medical",
        CircumstanceKind.VEHICLE: "Other",
        CircumstanceKind.PET: "Animal",
        CircumstanceKind.HABIT: "Other",
        CircumstanceKind.PLACE: "Other",
        CircumstanceKind.OTHER: "Other",
    }
)
"""Kinds of caution: our assumption, as no list of them was at hand."""

SECONDARY_STATUS: Final[Mapping[UnitStatus, str]] = MappingProxyType(
    {
        UnitStatus.DISPATCHED: "Dispatched",
        UnitStatus.EN_ROUTE: "EnRoute",
        UnitStatus.ON_SCENE: "OnScene",
        UnitStatus.CLEARED: "Cleared",
    }
)

_OF_UNITS: Final[tuple[tuple[UnitStatus, str], ...]] = (
    (UnitStatus.ON_SCENE, "ResourcesOnscene"),
    (UnitStatus.EN_ROUTE, "ResourcesEnroute"),
    (UnitStatus.DISPATCHED, "ResourcesAssigned"),
)

_OF_EVENT: Final[Mapping[str, str]] = MappingProxyType(
    {EventKind.VICTIM_MOVED: "NewLocation", EventKind.REOPENED: "ReOpened"}
)

CANCELLED: Final = frozenset(outcome for outcome, code in DISPOSITIONS.items() if code.code == "10")
"""Outcomes whose disposition is "event cancelled"."""


def statuses(event_kind: str, alarm: AlarmView) -> list[str]:
    """Return how the incident stands, and last what is new in it."""
    if alarm.state is AlarmState.CLOSED:
        return ["Cancelled" if _outcome(alarm) in CANCELLED else "Closed"]
    standing = {unit.status for unit in alarm.units}
    found = ["Active", *(word for status, word in _OF_UNITS if status in standing)]
    if event_kind in _OF_EVENT:
        found.append(_OF_EVENT[event_kind])
    return found


def _outcome(alarm: AlarmView) -> Outcome | None:
    return alarm.closure.outcome if alarm.closure is not None else None
