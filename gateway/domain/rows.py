"""A row of the database as values are made from it."""

from typing import Any, Protocol


class Row(Protocol):
    """Columns by name; an ``asyncpg.Record`` is one, a dictionary too."""

    def __getitem__(self, column: str, /) -> Any:
        """Return a column's value; ``KeyError`` where the query did not ask for it."""
