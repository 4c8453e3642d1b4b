"""The gates: what a step cannot do without, and how each is looked at."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from gateway.domain.casework.case import Case, Found, Moment
from gateway.domain.casework.terms import EVALUATION_DAYS
from schemas.life import Context, Gate, StepKind, Threat

Look = Callable[[Case, Found, Moment], bool]

DANGEROUS: Final = frozenset({Threat.LIFE_THREATENING, Threat.THREATENING})
"""What the circular calls (life-)threatening."""

CLOSE_TO_HER: Final = frozenset({Context.DOMESTIC, Context.HONOUR})
"""The contexts in which an alarm can be granted."""


def evaluation_near(case: Case, _: Found, moment: Moment) -> bool:
    """Whether the term ends within six weeks, or has ended."""
    return case.ends_on is not None and case.ends_on - timedelta(days=EVALUATION_DAYS[0]) <= moment.today


def decision_late(case: Case, _: Found, moment: Moment) -> bool:
    """Whether the magistrate's decision on an urgent alarm is due and not there."""
    return case.life.decision is None and case.decide_by is not None and case.decide_by <= moment.now


LOOKS: Final[Mapping[Gate, Look]] = MappingProxyType(
    {
        Gate.PV_NUMBER: lambda case, *_: case.life.pv_number,
        Gate.WILLING: lambda case, *_: case.life.willing is True,
        Gate.AGREEMENT_SIGNED: lambda case, *_: case.life.agreement_signed,
        Gate.DELIBERATED: lambda case, *_: case.life.deliberated,
        Gate.RISK_ASSESSED: lambda case, *_: case.life.risk_assessed,
        Gate.GROUND: lambda case, *_: case.life.ground,
        Gate.UNDECIDED: lambda case, *_: case.life.decision is None,
        Gate.GRANTED: lambda case, *_: case.life.decision == "granted",
        Gate.PROOF_PRESS: lambda _, found, __: found.proof_press,
        Gate.PROOF_POSITION: lambda _, found, __: found.proof_position,
        Gate.SUPPORT_NOTIFIED: lambda case, *_: case.life.support_notified,
        Gate.SUPPORT_OPEN: lambda case, *_: not case.life.support_notified,
        Gate.EVALUATED: lambda case, *_: case.life.evaluated,
        Gate.NO_OPEN_ALARM: lambda _, found, __: not found.alarm_open,
        Gate.OUT_OF_MULTI_AGENCY: lambda case, *_: not case.life.multi_agency,
        Gate.IN_MULTI_AGENCY: lambda case, *_: case.life.multi_agency,
        Gate.EVALUATION_NEAR: evaluation_near,
        Gate.DECISION_LATE: decision_late,
    }
)

BROUGHT: Final[Mapping[StepKind, frozenset[Gate]]] = MappingProxyType(
    {
        StepKind.REQUESTED: frozenset({Gate.PV_NUMBER}),
        StepKind.HEARD: frozenset({Gate.PV_NUMBER}),
        StepKind.GRANTED: frozenset({Gate.GROUND}),
    }
)
"""Gates that the step itself may bring what is looked for."""

OFFERED: Final = frozenset(
    {
        Gate.UNDECIDED,
        Gate.SUPPORT_OPEN,
        Gate.OUT_OF_MULTI_AGENCY,
        Gate.IN_MULTI_AGENCY,
        Gate.EVALUATION_NEAR,
        Gate.DECISION_LATE,
    }
)
"""A step that lacks one of these makes no sense now, and is not offered; the others are worked towards."""


def lacking(gates: tuple[Gate, ...], case: Case, found: Found, moment: Moment) -> tuple[Gate, ...]:
    """Return which of these gates are shut."""
    return tuple(gate for gate in gates if not LOOKS[gate](case, found, moment))
