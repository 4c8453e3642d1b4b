"""On which day a step can have been taken."""

from datetime import date, timedelta
from typing import Final

from gateway.domain.casework.case import Life, Moment
from gateway.domain.casework.terms import DECIDED_DAYS, WRITTEN_DAYS
from gateway.domain.errors import FieldInvalid
from schemas.life import StepKind

DECISIONS: Final = frozenset({StepKind.GRANTED, StepKind.REFUSED, StepKind.EXTENDED, StepKind.CLOSED})
"""What a magistrate decides; it binds from its day on."""

BESIDE: Final = frozenset(
    {
        StepKind.VICTIM_SUPPORT_NOTIFIED,
        StepKind.TRANSFERRED,
        StepKind.MULTI_AGENCY_BEGAN,
        StepKind.MULTI_AGENCY_ENDED,
        StepKind.EVALUATION_DUE,
        StepKind.DECISION_OVERDUE,
    }
)
"""Steps beside the line from request to closure: they may be written down after a later one was."""


def check_date(kind: StepKind, on_date: date, life: Life | None, moment: Moment) -> None:
    """Refuse a day that cannot be. Raises ``FieldInvalid`` on ``on_date``."""
    if on_date > moment.today:
        raise FieldInvalid("on_date", "is in the future")
    if on_date < moment.today - timedelta(days=WRITTEN_DAYS):
        raise FieldInvalid("on_date", f"is more than {WRITTEN_DAYS} days ago")
    if kind in DECISIONS and on_date < moment.today - timedelta(days=DECIDED_DAYS):
        raise FieldInvalid("on_date", f"is more than {DECIDED_DAYS} days ago, which a decision cannot be")
    if life is None:
        return
    floor = life.begun_on if kind in BESIDE else life.last_on
    if floor is not None and on_date < floor:
        raise FieldInvalid("on_date", f"is before the step it follows, of {floor}")
