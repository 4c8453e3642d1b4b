"""What must have been before a step of a file: told from the steps alone, by no flag of the machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.domain.casework.case import Found
from gateway.domain.casework.effects import Wish
from schemas.life import Procedure, StepKind
from schemas.steps import DeliberatedStep, GrantedStep, HeardStep


@dataclass(kw_only=False)
class History:
    """The steps that were taken on a file."""

    procedure: Procedure
    pv: bool = field(kw_only=True)
    steps: list[Wish] = field(default_factory=list)

    def allows(self, step: Wish, found: Found) -> None:
        """Assert that nothing was skipped on the way to this step."""
        assert not self.has(StepKind.ARCHIVED), "nothing follows the archive"
        assert not self.has(StepKind.CLOSED) or step.kind is StepKind.ARCHIVED
        look = LOOKS.get(step.kind)
        if look:
            look(self, step, found)

    def has(self, kind: StepKind) -> bool:
        """Whether such a step was taken."""
        return any(step.kind is kind for step in self.steps)

    @property
    def heard(self) -> HeardStep | None:
        """What she said last."""
        return next((step for step in reversed(self.steps) if isinstance(step, HeardStep)), None)

    @property
    def report(self) -> bool:
        """Whether there is a police report."""
        return self.pv or any(isinstance(step, HeardStep) and step.pv_number for step in self.steps)

    @property
    def willing(self) -> bool:
        """Whether she said last that she will carry it."""
        return self.heard is not None and self.heard.willing

    @property
    def assessed(self) -> bool:
        """Whether everything a decision rests on is there."""
        deliberated = [step for step in self.steps if isinstance(step, DeliberatedStep)]
        return (
            self.report
            and self.heard is not None
            and self.heard.willing
            and self.heard.agreement_signed
            and any(step.risk_assessed for step in deliberated)
        )

    @property
    def evaluated(self) -> bool:
        """Whether it was evaluated since its present term began."""
        kinds = [step.kind for step in self.steps]
        begun = [place for place, kind in enumerate(kinds) if kind in {StepKind.GRANTED, StepKind.EXTENDED}]
        return bool(begun) and StepKind.EVALUATED in kinds[begun[-1] :]


def _granted(before: History, step: Wish, _: Found) -> None:
    assert isinstance(step, GrantedStep)
    assert before.assessed
    assert step.threat in {"life_threatening", "threatening"}
    assert step.context in {"domestic", "honour"}
    assert not before.has(StepKind.GRANTED)
    assert not before.has(StepKind.REFUSED)
    if before.procedure is Procedure.URGENT:
        assert before.has(StepKind.INSTALLED)
        assert before.has(StepKind.DELIBERATED)
        assert before.has(StepKind.VICTIM_SUPPORT_NOTIFIED)


def _installed(before: History, _: Wish, found: Found) -> None:
    assert before.report
    assert found.proof_press
    assert found.proof_position
    assert not before.has(StepKind.INSTALLED)
    assert not before.has(StepKind.REFUSED)
    if before.procedure is Procedure.STANDARD:
        assert before.assessed
        assert before.has(StepKind.GRANTED)
        assert before.has(StepKind.VICTIM_SUPPORT_NOTIFIED)


def _deliberated(before: History, _: Wish, __: Found) -> None:
    assert before.report
    assert before.willing


def _evaluated(before: History, _: Wish, __: Found) -> None:
    assert before.has(StepKind.INSTALLED)
    assert before.has(StepKind.GRANTED)


def _extended(before: History, _: Wish, __: Found) -> None:
    assert before.has(StepKind.INSTALLED)
    assert before.evaluated


def _archived(before: History, _: Wish, __: Found) -> None:
    assert before.has(StepKind.CLOSED) or before.has(StepKind.REFUSED)
    assert before.has(StepKind.CLOSED) or not before.has(StepKind.INSTALLED)


def _without_alarm(_: History, __: Wish, found: Found) -> None:
    assert not found.alarm_open


def _heard(before: History, step: Wish, _: Found) -> None:
    assert not before.has(StepKind.REFUSED)
    assert before.report or getattr(step, "pv_number", None)


Look = Callable[[History, Wish, Found], Any]
LOOKS: Final[Mapping[StepKind, Look]] = {
    StepKind.HEARD: _heard,
    StepKind.DELIBERATED: _deliberated,
    StepKind.GRANTED: _granted,
    StepKind.INSTALLED: _installed,
    StepKind.EVALUATED: _evaluated,
    StepKind.EXTENDED: _extended,
    StepKind.CLOSED: _without_alarm,
    StepKind.TRANSFERRED: _without_alarm,
    StepKind.ARCHIVED: _archived,
}
"""What is looked at before each step; what is not here needs nothing."""
