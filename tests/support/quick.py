"""What tests do far more often than anybody else, made cheap."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import asyncpg
import pytest
from argon2 import PasswordHasher

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The same Argon2id in a thousandth of its time: nobody attacks what a test keeps."""

BUILT_IN: Final = 16_384
"""Below are the numbers of PostgreSQL's own types, the same in every database."""

Introspect = Callable[[Any, Iterable[int], float | None], Awaitable[Any]]


def make_cheap(patch: pytest.MonkeyPatch) -> None:
    """Hash passwords cheaply; learn what PostgreSQL's own array types are once a process."""
    patch.setattr("gateway.passwords._hasher", CHEAP)
    introspect: Introspect = vars(asyncpg.Connection)["_introspect_types"]
    patch.setattr("asyncpg.Connection._introspect_types", remembering(introspect))


def remembering(introspect: Introspect) -> Introspect:
    """Ask a server once what a type is: asyncpg asks on each connection, in a query that takes 4 ms."""
    known: dict[frozenset[int], Any] = {}

    async def remembered(connection: Any, types: Iterable[int], timeout_s: float | None) -> Any:
        asked = frozenset(types)
        if asked not in known or max(asked) >= BUILT_IN:
            known[asked] = await introspect(connection, asked, timeout_s)
        return known[asked]

    return remembered
