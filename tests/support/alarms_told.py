"""Alarms as they stand when they are told to other systems: one with everything, and how each begins."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.formats.leaving import Leaving
from schemas.alarm import (
    AlarmSource,
    AlarmState,
    AlarmView,
    Breach,
    CancelRequest,
    Closure,
    Note,
    Share,
    ShareReason,
    SourceKind,
    Trail,
)
from schemas.outcome import Outcome
from schemas.position import Method, Position
from schemas.press import Purpose
from schemas.registration import (
    AgeBand,
    Circumstance,
    CircumstanceKind,
    CoProtected,
    Offender,
    Person,
    Severity,
    Victim,
)
from schemas.session import OperatorName
from schemas.unit import AssignedUnit, UnitStatus

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ALARM = UUID("0199f0c0-0000-7000-8000-000000000001")
OPERATOR = OperatorName(operator_id=UUID(int=4), name="Operator One", centre="BE-VOV")
ELSEWHERE = OperatorName(operator_id=UUID(int=5), name="Operator Two", centre="BE-VAN")
DOMAIN = "msa.example"


def a_fix(minutes: float = 0, **changes: Any) -> Position:
    """A fix some minutes after the alarm was raised, a little north for each."""
    values: dict[str, Any] = {
        "latitude": 51.0543 + minutes / 1000,
        "longitude": 3.7174,
        "radius_m": 12.0,
        "confidence": 0.68,
        "fixed_at": AT + timedelta(minutes=minutes),
        "method": Method.GNSS,
    }
    return Position(**values | changes)


def a_person() -> Person:
    """A made-up file."""
    return Person(
        victim=Victim(
            name="Victim <One>", born_on=date(1990, 5, 17), languages=("nl", "fr"), phone="+32 400 00 00 01"
        ),
        offender=Offender(
            name="Offender One",
            also_known_as="Nobody",
            born_on=date(1988, 1, 2),
            relation="former partner",
            description="tall",
            vehicle="white van",
        ),
        co_protected=(CoProtected(name="Child One", relation="son", age_band=AgeBand.CHILD),),
        safe_word="SAFEWORD",
        duress_word="DURESSWORD",
    )


def an_alarm(**changes: Any) -> AlarmView:
    """An alarm just raised, of which nothing else is known."""
    values: dict[str, Any] = {
        "alarm_id": ALARM,
        "centre": "BE-VOV",
        "registration_id": UUID(int=7),
        "purpose": Purpose.REAL,
        "state": AlarmState.RAISED,
        "version": 1,
        "raised_at": AT,
        "last_pressed_at": AT,
        "verified": True,
        "trail": Trail(pressed_at=AT - timedelta(seconds=1), received_at=AT, committed_at=AT),
    }
    return AlarmView(**values | changes)


def a_unit(status: UnitStatus = UnitStatus.EN_ROUTE, *, number: int = 9, **changes: Any) -> AssignedUnit:
    """A unit on its way."""
    values: dict[str, Any] = {
        "unit_id": UUID(int=number),
        "centre": "BE-VOV",
        "name": "ALPHA 1",
        "status": status,
        "assigned_at": AT + timedelta(minutes=1),
        "assigned_by": OPERATOR,
        "status_at": AT + timedelta(minutes=2),
        "eta_s": 240,
    }
    return AssignedUnit(**values | changes)


def a_full_alarm(**changes: Any) -> AlarmView:
    """An alarm in which everything that can be told is there."""
    values: dict[str, Any] = {
        "version": 9,
        "state": AlarmState.ACKNOWLEDGED,
        "reference": "GE.12.L1.000001/2026",
        "acknowledged_by": OPERATOR,
        "acknowledged_at": AT + timedelta(seconds=8),
        "enriched": True,
        "person": a_person(),
        "circumstances": (
            Circumstance(
                kind=CircumstanceKind.WEAPON, severity=Severity.CRITICAL, text="He owns a gun", lang="en"
            ),
            Circumstance(kind=CircumstanceKind.CHILDREN, severity=Severity.HIGH, text="A child in the house"),
        ),
        "notes": (Note(at=AT + timedelta(minutes=3), by=ELSEWHERE, text="Called <back>, no answer."),),
        "positions": (a_fix(4, speed_mps=1.5, heading_deg=35.0), a_fix(-1, radius_m=None)),
        "units": (
            a_unit(),
            a_unit(UnitStatus.CLEARED, number=10, centre="BE-VAN", assigned_by=ELSEWHERE, taken_away=True),
        ),
        "shared": (Share(centre="BE-VAN", reason=ShareReason.CROSSED, since=AT),),
        "cancel": CancelRequest(at=AT + timedelta(minutes=2), coerced=True, word="duress"),
        "verified": False,
        "source": AlarmSource(kind=SourceKind.APP_112, name="The 112 app"),
        "breach": Breach(
            perimeter_id=UUID(int=11),
            name="PERIMETERNAME",
            certain=False,
            probability=0.4,
            distance_m=120.0,
            offender=a_fix(3, latitude=51.0553, radius_m=80.0),
            judged_at=AT + timedelta(minutes=3),
        ),
    }
    return an_alarm(**values | changes)


def closed_as(outcome: Outcome, **changes: Any) -> AlarmView:
    """The full alarm, closed."""
    closure = Closure(at=AT + timedelta(minutes=20), by=OPERATOR, outcome=outcome)
    return a_full_alarm(**{"state": AlarmState.CLOSED, "closure": closure, "version": 12, **changes})


def leaving(*, with_person: bool = True, **changes: Any) -> Leaving:
    """The circumstances of one event."""
    values: dict[str, Any] = {"at": AT + timedelta(minutes=5), "domain": DOMAIN, "with_person": with_person}
    values["location_url"] = "https://msa.example/v1/locations/ticket"
    return Leaving(**values | changes)
