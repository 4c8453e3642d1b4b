"""Whether a node that alone is cut from the database sends its consoles elsewhere. Pure; monotonic seconds.

Only while somebody else reaches it: in a whole outage every console stays where it is, and is shown there
what is only kept.
"""

from dataclasses import dataclass, replace
from math import inf
from typing import Final, Self

CUT_OFF_S: Final = 5.0
"""No answer of the database for so long: longer than a restart of PostgreSQL takes."""

NEIGHBOUR_FRESH_S: Final = 2.0
"""So long a neighbour's word counts that it reaches the database: one that is lost may be lost with it."""

EDGE_NOTICES_S: Final = 2.0
"""A node is not ready for so long before it moves anybody, so that an edge does not send them back."""

MOVED_AGAIN_S: Final = 30.0
"""Who comes back all the same, because there is no way to the other node, stays for so long at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a node knows of its own way to the database and of its neighbours'; -inf: never."""

    answered_at: float
    neighbour_at: float = -inf
    cut_since: float | None = None
    moved_at: float = -inf

    def answered(self, now: float) -> Self:
        """Return it after an answer of the database."""
        return replace(self, answered_at=now, cut_since=None)

    def heard(self, now: float) -> Self:
        """Return it after a neighbour's word that it reaches the database."""
        return replace(self, neighbour_at=now)

    def judged(self, now: float) -> Self:
        """Return it with whether it alone is cut off, as of now."""
        alone = now - self.answered_at >= CUT_OFF_S and now - self.neighbour_at <= NEIGHBOUR_FRESH_S
        since = self.cut_since if self.cut_since is not None else now
        return replace(self, cut_since=since if alone else None)

    def moves(self, now: float) -> bool:
        """Return whether its consoles are to go elsewhere now; judge it first."""
        return (
            self.cut_since is not None
            and now - self.cut_since >= EDGE_NOTICES_S
            and now - self.moved_at >= MOVED_AGAIN_S
        )

    def moved(self, now: float) -> Self:
        """Return it after its consoles were moved."""
        return replace(self, moved_at=now)
