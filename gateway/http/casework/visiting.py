"""Who works on files, as a request's dependency."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from gateway.domain.casework.access import ASKS
from gateway.domain.casework.scope import CASEWORK, Scope
from gateway.domain.people import Operator
from gateway.http.principal import require_role
from schemas.session import Role

RegistrationId = Annotated[UUID, Path(description="The registration's id")]


def scope_of(*roles: Role) -> Callable[[Operator], Awaitable[Scope]]:
    """Make a dependency that lets only these roles through, as what they may see. It raises ``NotYours``."""

    async def scope(operator: Annotated[Operator, Depends(require_role(*roles))]) -> Scope:
        return Scope.of(operator)

    return scope


CaseOfficer = Annotated[Scope, Depends(scope_of(Role.CASE_OFFICER))]
Magistrate = Annotated[Scope, Depends(scope_of(Role.MAGISTRATE))]
FileReader = Annotated[Scope, Depends(scope_of(Role.CASE_OFFICER, Role.MAGISTRATE))]
Asker = Annotated[Scope, Depends(scope_of(*ASKS))]
Overseer = Annotated[Scope, Depends(scope_of(*ASKS, Role.AUDITOR))]
Caseworker = Annotated[Scope, Depends(scope_of(*CASEWORK))]
Auditor = Annotated[Scope, Depends(scope_of(Role.AUDITOR))]
Admin = Annotated[Scope, Depends(scope_of(Role.ADMIN))]
