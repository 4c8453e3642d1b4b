"""Who may be let in to a file, and from whom it may be kept. Pure; the database holds the same once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.scope import Scope
from schemas.access import GlassState
from schemas.session import Role

ASKS: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CASE_OFFICER, Role.MAGISTRATE})
"""The roles that may ask to see a file; an auditor reads who looked, and no file."""

ANSWERS: Final = frozenset({Role.SUPERVISOR, Role.CASE_OFFICER, Role.MAGISTRATE})
"""The roles that may let somebody of any centre in to a file of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """An asking as it is stored."""

    asked_by: UUID
    centre: str
    answer_by: datetime
    allowed: bool | None
    until: datetime | None

    def state(self, now: datetime) -> GlassState:
        """Return what has become of it."""
        if self.allowed is None:
            return GlassState.ASKED if now <= self.answer_by else GlassState.LAPSED
        if not self.allowed or self.until is None:
            return GlassState.REFUSED
        return GlassState.ALLOWED if now < self.until else GlassState.OVER

    def may_be_answered_by(self, scope: Scope, now: datetime) -> bool:
        """Whether this person may allow or refuse it: another one, of the file's centre, in time."""
        return (
            self.state(now) is GlassState.ASKED
            and scope.operator_id != self.asked_by
            and self.centre in scope.centres
            and not ANSWERS.isdisjoint(scope.roles)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """Somebody of a file's centre or team."""

    operator_id: UUID
    on_case: bool
    denied: bool


def leaves_somebody(near: Iterable[Near], denied: UUID, by: UUID) -> bool:
    """Whether a file that is kept from one more person is left with one who works on it.

    Another than who keeps it: or one suspect could keep everybody else away.
    """
    return any(one.on_case and not one.denied and one.operator_id not in {denied, by} for one in near)
