"""Who works on files, and on whose."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.people import Operator
from schemas.session import OperatorName, Role

CASEWORK: Final = frozenset({Role.CASE_OFFICER, Role.MAGISTRATE, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
"""The roles that have pages of their own besides the console."""

OVERSEES: Final = frozenset({Role.MAGISTRATE, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
"""The roles whose centre stands for every team in it; a case officer's stands for its own team only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A person at work: what the policies of the database are told, and what the journal says."""

    operator_id: UUID
    name: str
    roles: frozenset[Role]
    centres: frozenset[str]
    zones: frozenset[str]

    @classmethod
    def of(cls, operator: Operator) -> "Scope":
        """Return the scope of somebody who is signed in."""
        return cls(
            operator_id=operator.operator_id,
            name=operator.name,
            roles=operator.roles,
            centres=operator.centres,
            zones=operator.zones,
        )

    @property
    def oversees(self) -> bool:
        """Whether every team of her centres is in it."""
        return not OVERSEES.isdisjoint(self.roles)

    @property
    def who(self) -> OperatorName:
        """Return whom a step or an entry names."""
        return OperatorName(operator_id=self.operator_id, name=self.name)
