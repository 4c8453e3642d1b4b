"""What an account may do, and for whom: roles, centres, police zones. Pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Self

from gateway.domain.errors import RightsRefused
from gateway.domain.people import BOUND_TO_CENTRES, Operator
from schemas.session import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """The rights of one account."""

    roles: frozenset[Role]
    centres: frozenset[str]
    zones: frozenset[str] = frozenset()

    @classmethod
    def of(cls, operator: Operator) -> Self:
        """Return those an account has."""
        return cls(roles=operator.roles, centres=operator.centres, zones=operator.zones)

    def with_more(
        self, roles: Iterable[Role] = (), centres: Iterable[str] = (), zones: Iterable[str] = ()
    ) -> Self:
        """Return these and others."""
        return replace(
            self,
            roles=self.roles.union(roles),
            centres=self.centres.union(centres),
            zones=self.zones.union(zones),
        )

    def without(
        self, roles: Iterable[Role] = (), centres: Iterable[str] = (), zones: Iterable[str] = ()
    ) -> Self:
        """Return these but some."""
        return replace(
            self,
            roles=self.roles.difference(roles),
            centres=self.centres.difference(centres),
            zones=self.zones.difference(zones),
        )


def check(rights: Rights, centres: AbstractSet[str], zones: Mapping[str, str]) -> Rights:
    """Return them if an account can have them. Raises ``RightsRefused`` saying why not.

    ``zones``: the centre of each police zone there is. A zone needs its centre, so that taking a centre
    away leaves nothing of it.
    """
    if not rights.roles:
        raise RightsRefused("an account has at least one role; `msa operator disable` closes it")
    if Role.CANARY in rights.roles and len(rights.roles) > 1:
        raise RightsRefused("a canary sees nothing but canaries: it has no other role")
    if unknown := rights.centres - centres:
        raise RightsRefused(f"there is no such centre: {_named(unknown)}")
    if unknown := rights.zones - zones.keys():
        raise RightsRefused(f"there is no such zone: {_named(unknown)}; `msa zone list` shows them")
    if BOUND_TO_CENTRES & rights.roles and not rights.centres:
        raise RightsRefused("an operator, supervisor or canary needs at least one centre")
    if abroad := {zone for zone in rights.zones if zones[zone] not in rights.centres}:
        raise RightsRefused(f"give the centre of these zones too: {_named(abroad)}")
    return rights


def _named(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
