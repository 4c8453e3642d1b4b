"""The life of a file, as one table: which step may follow where, by whom, through which gates.

``take`` decides a step; what is not in the table is refused, and so is a step that lacks a gate, a date
that cannot be, or the role. Nobody's word opens a gate that can be looked up. Time ends nothing: what
falls due is recorded as a step of the system's own, and her alarm works on until a magistrate closes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from gateway.domain.casework.case import Case, Found, Life, Moment, with_life
from gateway.domain.casework.dates import check_date
from gateway.domain.casework.effects import System, Wish, brought, facts_of, resulting
from gateway.domain.casework.gates import BROUGHT, OFFERED, evaluation_near, lacking
from gateway.domain.errors import NotAllowedNow, NotYours
from schemas.life import FileState, Gate, NextStep, Procedure, StepKind, Turn
from schemas.session import Role

OFFICER: Final = frozenset({Role.CASE_OFFICER})
MAGISTRATE: Final = frozenset({Role.MAGISTRATE})
EITHER: Final = OFFICER | MAGISTRATE
SYSTEM: Final[frozenset[Role]] = frozenset()
"""No person takes this step."""

_S = FileState
_ALL: Final = (Procedure.STANDARD, Procedure.URGENT)
_STANDARD: Final = (Procedure.STANDARD,)
_URGENT: Final = (Procedure.URGENT,)
_BEFORE_ALARM: Final = (_S.REQUESTED, _S.HEARD, _S.DELIBERATED, _S.GRANTED)
_ALIVE: Final = (*_BEFORE_ALARM, _S.INSTALLED)
_ASSESSED: Final = (Gate.PV_NUMBER, Gate.WILLING, Gate.AGREEMENT_SIGNED, Gate.RISK_ASSESSED)
_PROVEN: Final = (Gate.PROOF_PRESS, Gate.PROOF_POSITION)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A row of the table. ``before`` None: there is no file yet; ``after`` None: the state stays."""

    kind: StepKind
    before: tuple[FileState | None, ...]
    after: FileState | None
    by: frozenset[Role]
    gates: tuple[Gate, ...] = ()
    procedures: tuple[Procedure, ...] = _ALL


def _rule(
    kind: StepKind,
    before: tuple[FileState | None, ...],
    after: FileState | None,
    by: frozenset[Role],
    *gates: Gate,
    only: tuple[Procedure, ...] = _ALL,
) -> Rule:
    return Rule(kind=kind, before=before, after=after, by=by, gates=gates, procedures=only)


_K = StepKind
TABLE: Final = (
    _rule(_K.REQUESTED, (None,), _S.REQUESTED, OFFICER, only=_STANDARD),
    _rule(_K.REQUESTED, (None,), _S.REQUESTED, OFFICER, Gate.PV_NUMBER, only=_URGENT),
    _rule(_K.IMPORTED, (None,), _S.INSTALLED, SYSTEM, only=_STANDARD),
    # the standard procedure
    _rule(_K.HEARD, (_S.REQUESTED, _S.HEARD), _S.HEARD, OFFICER, Gate.PV_NUMBER, only=_STANDARD),
    _rule(_K.HEARD, (_S.DELIBERATED, _S.GRANTED), None, OFFICER, Gate.PV_NUMBER, only=_STANDARD),
    _rule(
        _K.DELIBERATED,
        (_S.HEARD, _S.DELIBERATED),
        _S.DELIBERATED,
        OFFICER,
        Gate.PV_NUMBER,
        Gate.WILLING,
        only=_STANDARD,
    ),
    _rule(_K.GRANTED, (_S.DELIBERATED,), _S.GRANTED, MAGISTRATE, *_ASSESSED, Gate.GROUND, only=_STANDARD),
    _rule(_K.REFUSED, (_S.HEARD, _S.DELIBERATED), _S.REFUSED, MAGISTRATE, only=_STANDARD),
    _rule(
        _K.INSTALLED,
        (_S.GRANTED,),
        _S.INSTALLED,
        OFFICER,
        *_ASSESSED,
        Gate.GRANTED,
        *_PROVEN,
        Gate.SUPPORT_NOTIFIED,
        only=_STANDARD,
    ),
    # the urgent one: the alarm first, the rest while it works
    _rule(_K.INSTALLED, (_S.REQUESTED,), _S.INSTALLED, OFFICER, Gate.PV_NUMBER, *_PROVEN, only=_URGENT),
    _rule(_K.HEARD, (_S.REQUESTED,), None, OFFICER, Gate.PV_NUMBER, only=_URGENT),
    _rule(_K.HEARD, (_S.INSTALLED,), None, OFFICER, Gate.PV_NUMBER, Gate.UNDECIDED, only=_URGENT),
    _rule(
        _K.DELIBERATED,
        (_S.INSTALLED,),
        None,
        OFFICER,
        Gate.UNDECIDED,
        Gate.PV_NUMBER,
        Gate.WILLING,
        only=_URGENT,
    ),
    _rule(
        _K.GRANTED,
        (_S.INSTALLED,),
        None,
        MAGISTRATE,
        Gate.UNDECIDED,
        *_ASSESSED,
        Gate.DELIBERATED,
        Gate.GROUND,
        Gate.SUPPORT_NOTIFIED,
        only=_URGENT,
    ),
    _rule(_K.REFUSED, (_S.INSTALLED,), None, MAGISTRATE, Gate.UNDECIDED, only=_URGENT),
    _rule(_K.DECISION_OVERDUE, (_S.INSTALLED,), None, SYSTEM, Gate.DECISION_LATE, only=_URGENT),
    # both
    _rule(_K.VICTIM_SUPPORT_NOTIFIED, _ALIVE, None, OFFICER, Gate.SUPPORT_OPEN),
    _rule(_K.EVALUATION_DUE, (_S.INSTALLED,), None, SYSTEM, Gate.EVALUATION_NEAR),
    _rule(_K.EVALUATED, (_S.INSTALLED,), None, OFFICER, Gate.GRANTED),
    _rule(_K.EXTENDED, (_S.INSTALLED,), None, MAGISTRATE, Gate.GRANTED, Gate.EVALUATED),
    _rule(_K.CLOSED, _ALIVE, _S.CLOSED, MAGISTRATE, Gate.NO_OPEN_ALARM),
    _rule(_K.ARCHIVED, (_S.REFUSED, _S.CLOSED), _S.ARCHIVED, OFFICER),
    _rule(_K.TRANSFERRED, _ALIVE, None, EITHER, Gate.NO_OPEN_ALARM),
    _rule(_K.MULTI_AGENCY_BEGAN, _ALIVE, None, OFFICER, Gate.OUT_OF_MULTI_AGENCY),
    _rule(_K.MULTI_AGENCY_ENDED, _ALIVE, None, OFFICER, Gate.IN_MULTI_AGENCY),
)
"""What is not here is refused. By nobody: the system's own."""

TIMELESS: Final = Moment(now=datetime(2000, 1, 1, tzinfo=UTC))

Key = tuple[Procedure, FileState | None, StepKind]


PLAINLY_NEXT: Final[Mapping[FileState, StepKind]] = MappingProxyType(
    {
        FileState.REQUESTED: StepKind.HEARD,
        FileState.HEARD: StepKind.DELIBERATED,
        FileState.GRANTED: StepKind.INSTALLED,
        FileState.REFUSED: StepKind.ARCHIVED,
        FileState.CLOSED: StepKind.ARCHIVED,
    }
)
"""What is waited for where nothing else is."""


def _by_key() -> Mapping[Key, Rule]:
    rows: dict[Key, Rule] = {}
    for rule in TABLE:
        for procedure in rule.procedures:
            for before in rule.before:
                if rows.setdefault((procedure, before, rule.kind), rule) is not rule:
                    raise ValueError(f"two rows for {procedure} {before} {rule.kind}")
    return MappingProxyType(rows)


RULES: Final = _by_key()


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A step as it is to be written down, and the file after it."""

    kind: StepKind
    on_date: date
    facts: dict[str, Any]
    case: Case


def begin(procedure: Procedure, team: str, on_date: date, moment: Moment, *, pv_number: bool) -> Taken:
    """Open a file.

    Raises:
        NotAllowedNow: the urgent procedure lacks the PV number.
        FieldInvalid: the date cannot be.
    """
    life = Life(procedure=procedure, pv_number=pv_number, begun_on=on_date, last_on=on_date)
    case = Case(state=FileState.REQUESTED, life=life, team=team)
    check_date(StepKind.REQUESTED, on_date, None, moment)
    rule = RULES[procedure, None, StepKind.REQUESTED]
    _pass(rule.gates, case, Found(), moment)
    return Taken(kind=StepKind.REQUESTED, on_date=on_date, facts={"procedure": procedure}, case=_turned(case))


def take(case: Case, wish: Wish, roles: frozenset[Role], found: Found, moment: Moment) -> Taken:
    """Decide a step that a person, or the system (``System``), wants to take.

    Raises:
        NotYours: it is not this role's.
        NotAllowedNow: it does not follow on this state, or lacks gates, which are named.
        FieldInvalid: a date cannot be.
    """
    rule = RULES.get((case.life.procedure, case.state, wish.kind))
    _check_role(rule, wish, roles)
    if rule is None:
        raise NotAllowedNow(f"{wish.kind} does not follow on {case.state}")
    with_it = brought(case, wish)
    _pass(rule.gates, with_it, found, moment)
    check_date(wish.kind, wish.on_date, case.life, moment)
    after = resulting(with_it, wish, moment)
    return Taken(
        kind=wish.kind,
        on_date=wish.on_date,
        facts=facts_of(wish, case, after),
        case=_turned(replace(after, state=rule.after or case.state)),
    )


def next_steps(case: Case, found: Found, moment: Moment) -> Iterator[NextStep]:
    """List the steps that persons could take next, with what each lacks."""
    for rule in TABLE:
        if rule.by and case.state in rule.before and case.life.procedure in rule.procedures:
            shut = lacking(rule.gates, case, found, moment)
            if OFFERED.isdisjoint(shut):
                brings = BROUGHT.get(rule.kind, frozenset())
                yield NextStep(
                    kind=rule.kind,
                    by=tuple(sorted(rule.by)),
                    missing=tuple(gate for gate in shut if gate not in brings),
                    asks=tuple(gate for gate in shut if gate in brings),
                )


def awaited(case: Case, moment: Moment) -> StepKind | None:
    """Return the step that is waited for; None: nothing is."""
    life = case.life
    if case.state is FileState.INSTALLED:
        return _while_installed(case, moment)
    if case.state is FileState.DELIBERATED:
        return _towards_decision(life)
    if case.state is FileState.GRANTED and not life.support_notified:
        return StepKind.VICTIM_SUPPORT_NOTIFIED
    if case.state is FileState.HEARD and not life.willing:
        return StepKind.HEARD
    if case.state is FileState.REQUESTED and life.procedure is Procedure.URGENT:
        return StepKind.INSTALLED
    return PLAINLY_NEXT.get(case.state)


def turn_of(case: Case, moment: Moment) -> Turn:
    """Return whose step is waited for."""
    kind = awaited(case, moment)
    if kind is None:
        return Turn.NOBODY
    by = RULES[case.life.procedure, case.state, kind].by
    return Turn.MAGISTRATE if by == MAGISTRATE else Turn.OFFICER


def _towards_decision(life: Life) -> StepKind:
    if not life.willing or not life.agreement_signed:
        return StepKind.HEARD
    return StepKind.GRANTED if life.deliberated and life.risk_assessed else StepKind.DELIBERATED


def _while_installed(case: Case, moment: Moment) -> StepKind | None:
    life = case.life
    if not life.support_notified:
        return StepKind.VICTIM_SUPPORT_NOTIFIED
    if life.decision is None:
        return _towards_decision(life)
    if life.decision == "refused":
        return StepKind.CLOSED
    if life.evaluated:
        return StepKind.EXTENDED
    return StepKind.EVALUATED if evaluation_near(case, Found(), moment) else None


def _check_role(rule: Rule | None, wish: Wish, roles: frozenset[Role]) -> None:
    """Say first that it is not hers: whoever may never take a step learns nothing about the file by it."""
    allowed = rule.by if rule else frozenset().union(*(one.by for one in TABLE if one.kind is wish.kind))
    if isinstance(wish, System):
        if allowed:
            raise NotYours(f"{wish.kind} is a person's")
    elif allowed.isdisjoint(roles):
        raise NotYours(f"{wish.kind} is for: {', '.join(sorted(allowed)) or 'the system itself'}")


def _pass(gates: tuple[Gate, ...], case: Case, found: Found, moment: Moment) -> None:
    shut = lacking(gates, case, found, moment)
    if shut:
        raise NotAllowedNow(f"missing: {', '.join(shut)}")


def _turned(case: Case) -> Case:
    """Keep with the file whose turn it is whatever the day; the weeks before its end are looked at later."""
    return with_life(case, turn=turn_of(replace(case, ends_on=None), TIMELESS))
