"""Operators' sessions, and victims' registrations."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from dispatch.ports import Admission
from gateway.domain.casework.scope import Scope
from gateway.domain.people import Operator
from schemas.session import OperatorName
from schemas.window import WindowView


class Sessions(Protocol):
    """The sessions of operators. Raises ``DatabaseUnavailable``."""

    async def changed(self, admissions: Sequence[Admission]) -> Mapping[int, Operator | None]:
        """Return, by place in ``admissions``, those whose grounds do not hold any more.

        With the operator whose roles or centres are others now; None: the session is over, or the
        account is disabled.
        """


class Windows(Protocol):
    """Test windows of registrations. All raise ``NotFound`` and ``DatabaseUnavailable``."""

    async def find(self, scope: Scope, registration_id: UUID) -> WindowView:
        """Return whose registration it is, to its case team and the supervisors of its centre."""

    async def open(
        self, registration_id: UUID, minutes: int, by: OperatorName | None, scope: Scope | None = None
    ) -> WindowView:
        """Take her real presses as tests for some minutes; 0 ends that. Raises ``NotAllowedNow``."""


class Unopened(Protocol):
    """Files that this node could not open when it showed their alarms."""

    async def readable(self) -> dict[UUID, UUID]:
        """Return the open alarms whose file opens now, with their registrations.

        Raises ``DatabaseUnavailable``.
        """

    def forget(self, registration_id: UUID) -> None:
        """Forget one: consoles have been told."""
