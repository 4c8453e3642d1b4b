"""What a step establishes, and what follows from it."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from gateway.domain.casework.case import Case, Moment, with_life
from gateway.domain.casework.dates import BESIDE
from gateway.domain.casework.gates import CLOSE_TO_HER, DANGEROUS
from gateway.domain.casework.terms import (
    GRANTED_MONTHS,
    SUPPORT_DAYS,
    TERM_MONTHS_MAX,
    end_of,
    months_on,
)
from gateway.domain.errors import FieldInvalid
from schemas.life import StepKind
from schemas.steps import (
    ClosedStep,
    DeliberatedStep,
    ExtendedStep,
    GrantedStep,
    HeardStep,
    InstalledStep,
    NewStep,
    RefusedStep,
    TransferredStep,
)

APART: Final = {"kind", "on_date", "document", "ground", "pv_number"}
"""Of a step: what has a column of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """A step that time takes, and nobody."""

    kind: StepKind
    on_date: date
    facts: dict[str, Any] = field(default_factory=dict)


Wish: TypeAlias = NewStep | System


def brought(case: Case, wish: Wish) -> Case:
    """Return the case with what the step itself brings: the gates are looked at with it."""
    life = case.life
    match wish:
        case HeardStep():
            return with_life(
                case,
                willing=wish.willing,
                agreement_signed=wish.agreement_signed,
                pv_number=life.pv_number or wish.pv_number is not None,
            )
        case DeliberatedStep():
            return with_life(case, deliberated=True, risk_assessed=life.risk_assessed or wish.risk_assessed)
        case GrantedStep():
            return with_life(case, ground=wish.threat in DANGEROUS and wish.context in CLOSE_TO_HER)
    return case


def resulting(case: Case, wish: Wish, moment: Moment) -> Case:
    """Return the case after the step, its state aside. Raises ``FieldInvalid`` for a term that cannot be."""
    if wish.kind not in BESIDE:
        case = with_life(case, last_on=wish.on_date)
    match wish:
        case GrantedStep() | RefusedStep() | ExtendedStep() | ClosedStep():
            return _decided(case, wish, moment)
        case InstalledStep():
            return _installed(case, wish, moment)
        case TransferredStep():
            if wish.to == case.team:
                raise FieldInvalid("to", "has it already")
            return replace(case, team=wish.to)
    return with_life(case, **_noted(wish.kind))


def facts_of(wish: Wish, before: Case, after: Case) -> dict[str, Any]:
    """Return a step's codes, days and numbers, as they are kept."""
    if isinstance(wish, System):
        return wish.facts
    facts: dict[str, Any] = wish.model_dump(mode="json", exclude=APART)
    if isinstance(wish, GrantedStep | ExtendedStep) and after.ends_on:
        facts["ends_on"] = after.ends_on.isoformat()
    if isinstance(wish, TransferredStep):
        facts["from"] = before.team
    return facts


def _noted(kind: StepKind) -> dict[str, Any]:
    """Return what a step establishes that says nothing but that it was taken."""
    noted: dict[StepKind, dict[str, Any]] = {
        StepKind.VICTIM_SUPPORT_NOTIFIED: {"support_notified": True, "support_by": None},
        StepKind.EVALUATED: {"evaluated": True},
        StepKind.MULTI_AGENCY_BEGAN: {"multi_agency": True},
        StepKind.MULTI_AGENCY_ENDED: {"multi_agency": False},
        StepKind.DECISION_OVERDUE: {"overdue": True},
    }
    return noted.get(kind, {})


def _decided(case: Case, wish: GrantedStep | RefusedStep | ExtendedStep | ClosedStep, moment: Moment) -> Case:
    match wish:
        case GrantedStep():
            ends_on = _end(wish.ends_on, wish.on_date, moment)
            case = with_life(case, decision="granted", overdue=False, evaluated=False)
            return replace(case, ends_on=ends_on, decide_by=None)
        case RefusedStep():
            return replace(with_life(case, decision="refused", overdue=False), decide_by=None)
        case ExtendedStep():
            ends_on = _end(wish.ends_on, max(case.ends_on or wish.on_date, wish.on_date), moment)
            return replace(with_life(case, evaluated=False), ends_on=ends_on)
        case ClosedStep():
            return replace(with_life(case, support_by=None), decide_by=None)


def _installed(case: Case, wish: InstalledStep, moment: Moment) -> Case:
    """Start the clocks of the urgent procedure: its alarm works before anybody decided."""
    if case.life.decision is not None:
        return with_life(case, installed_on=wish.on_date)
    decide_on = wish.on_date + timedelta(days=moment.urgent_decision_days)
    support_by = min(
        moment.now + timedelta(days=SUPPORT_DAYS), end_of(wish.on_date + timedelta(days=SUPPORT_DAYS))
    )
    case = with_life(
        case,
        installed_on=wish.on_date,
        support_by=None if case.life.support_notified else support_by,
    )
    return replace(case, decide_by=end_of(decide_on))


def _end(given: date | None, begins_on: date, moment: Moment) -> date:
    if given is None:
        return months_on(begins_on, GRANTED_MONTHS)
    latest = months_on(begins_on, TERM_MONTHS_MAX)
    if given <= begins_on or given < moment.today:
        raise FieldInvalid("ends_on", "is over before it begins")
    if given > latest:
        raise FieldInvalid("ends_on", f"is later than {TERM_MONTHS_MAX} months on, {latest}")
    return given
