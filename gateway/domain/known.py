"""Values that a later version of the program may have written: what is not known is passed over. Pure.

While nodes are replaced one by one, rows hold what only the newer ones know. A node that cannot read one
scope of an account must still take that account's alarms.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


def known(kind: type[E], values: Iterable[str]) -> tuple[E, ...]:
    """Return those of the values that this program knows, in their order."""
    return tuple(one for value in values if (one := _read(kind, value)) is not None)


def known_or(kind: type[E], value: str, otherwise: E) -> E:
    """Return the value, or what it is taken for where this program does not know it."""
    found = _read(kind, value)
    return otherwise if found is None else found


def _read(kind: type[E], value: str) -> E | None:
    try:
        return kind(value)
    except ValueError:
        return None
